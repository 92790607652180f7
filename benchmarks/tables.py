"""Small tables on stdout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def heading(name: str, *lines: str) -> None:
    """The name of a benchmark and what it times."""
    print(f"\n## {name}\n")
    for line in lines:
        print(line)
    print()


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table in Markdown: the first column to the left, the others to the right."""
    texts = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(head))]
    lines = ["| " + " | ".join(_padded(row, widths)) + " |" for row in texts]
    rule = "|" + "|".join("-" * (width + 1) + (":" if at else "-") for at, width in enumerate(widths)) + "|"
    print("\n".join([lines[0], rule, *lines[1:]]), flush=True)


def goal(text: str, met: bool) -> None:
    """One goal, and whether this run met it."""
    print(f"{'met   ' if met else 'MISSED'} {text}", flush=True)


def skipped(what: str, why: str) -> None:
    """Says that a peer takes no part."""
    print(f"skipped: {what} ({why})", flush=True)


def seconds(value: float) -> str:
    """A time as people read it."""
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.0f} ms"


def megabytes(value: float) -> str:
    """A size of bytes as people read it."""
    return f"{value / 1e6:,.0f} MB"


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        text.ljust(width) if at == 0 else text.rjust(width)
        for at, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
