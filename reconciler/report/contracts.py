"""What export contracts promise, and what changed of it, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.errors import Diagnostic
from reconciler.report import text as plain
from reconciler.report import words
from reconciler.report.colour import painter

CHANGES = ("contract.breaking.", "contract.additive.", "contract.governance.")
"""How the codes of what changed for readers begin."""
Shape = Mapping[str, Any]


def text(shapes: Sequence[Shape], diagnostics: Sequence[Diagnostic], *, against: str = "", colour: bool = False) -> str:
    """Each contract in two lines, then the findings and what they amount to."""
    paint = painter(colour)
    lines = [line for shape in shapes for line in (paint(_title(shape), bold=True), f"  {_promise(shape)}", "")]
    if against and not any(one.code.startswith(CHANGES) for one in diagnostics):
        lines.append(paint(f"Nothing changed for readers since {words.visible(against)}.", fg="green", bold=True))
    if not shapes:
        lines.append("There is no export contract.")
    found = plain.findings(diagnostics, colour=colour) if diagnostics else ""
    return "\n".join(lines).rstrip("\n") + "\n" + (f"\n{found}" if found else "")


def _title(shape: Shape) -> str:
    parts = [words.visible(shape["contract"]), f"({words.visible(shape['status'])})"]
    return " ".join(parts if shape["bound"] else [*parts, "unbound: nothing is exported"])


def _promise(shape: Shape) -> str:
    return words.visible("; ".join(_parts(shape)))


def _parts(shape: Shape) -> Iterator[str]:
    columns = [one for one in shape["columns"] if one["source"] != "system"]
    added = len(shape["columns"]) - len(columns)
    yield words.number(len(columns), "column") + (f" and {added} of the system's" if added else "")
    if shape["sample_path"]:
        yield shape["sample_path"]
    if shape["schedule"]:
        yield shape["schedule"]
    if shape["freshness_p95_minutes"] is not None:
        yield f"fresh within {shape['freshness_p95_minutes']} minutes"
    if shape["compatibility"]:
        yield shape["compatibility"]
    yield from _listed("labels", shape["labels"])
    yield from _listed("approval for", shape["approvals"])


def _listed(what: str, items: Iterable[str]) -> Iterator[str]:
    if names := ", ".join(items):
        yield f"{what} {names}"
