"""The pages that show what comes are typed line by line, each in one shell, against a sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli.sandbox import to_paste
from reconciler_sandbox import welcome
from reconciler_sandbox.server import running
from reconciler_sandbox.settings import Settings

from .pages import DOCS, PAGES, blocks, name
from .shell import NEEDED, PORT, Shell, Typed, typed

START = DOCS / "start.md"
OTHERS = ["ledger.md", "faq.md", "secrets.md", "sign-in.md"]
"""Pages whose reader has the project of `start.md`, applied."""

pytestmark = pytest.mark.skipif(bool(NEEDED), reason=f"needs {' and '.join(NEEDED)}")


def beginning() -> list[Typed]:
    """The lines of `docs/start.md` up to its first apply."""
    lines = typed(START)
    applied = next(at for at, one in enumerate(lines) if one.line.startswith("reconciler apply"))
    return lines[: applied + 1]


@pytest.mark.long
def test_the_first_page_does_what_it_says(tmp_path: Path) -> None:
    lines = typed(START)
    assert len(lines) > 12
    with running(seed="demo") as sandbox:
        shell = Shell(tmp_path, sandbox.url)
        for one in lines:
            shell.does(one)


@pytest.mark.long
@pytest.mark.parametrize("page", OTHERS)
def test_a_page_does_what_it_says(page: str, tmp_path: Path) -> None:
    lines = typed(DOCS / page)
    assert lines
    with running(seed="demo") as sandbox:
        shell = Shell(tmp_path, sandbox.url)
        for one in [*beginning(), *lines]:
            shell.does(one)


def test_no_page_shows_what_nobody_types() -> None:
    told = {page for page in PAGES if any(block.language == "console" for block in blocks(page))}
    assert {name(page) for page in told} == {f"docs/{one}" for one in ("start.md", *OTHERS)}


@pytest.mark.long
def test_the_other_terminal_shows_what_the_sandbox_tells() -> None:
    [one] = typed(START, elsewhere=True)
    assert one.line == "reconciler sandbox serve"
    told = welcome.lines(f"http://{PORT}", Settings())
    assert one.shown == [told[0], *to_paste(told[0], Settings())]
    pasted = [shown.strip() for shown in one.shown if shown.startswith("  ")]
    assert pasted == [other.line for other in typed(START)][3:5]
