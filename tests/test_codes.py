"""docs/codes.md has every code that a finding may carry, with what it means and what to do, and no other."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

import pytest

from .codes import OPEN, Told, collected

PAGE = Path(__file__).parent.parent / "docs" / "codes.md"
_ROW = re.compile(r"\| `([^`]+)` \| (.*) \| (.*) \|")
INTRODUCTION = """# Codes of findings

Every finding ends with a code in brackets, and has it as `code` in JSON and as the rule in SARIF, so that a script can
go by it: what a sentence says may change, a code stays. `…` stands for what only a run knows; `*` for a word that a run
puts there: a system (`cluedin.unreachable`), an option (`target.unknown`), or what a plan says of a change.
"""


def rows(text: str) -> dict[str, Told]:
    """The rows of the page by their code."""
    return {found[1]: Told(found[1], found[2], found[3]) for found in _ROW.finditer(text)}


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def page(known: dict[str, Told]) -> str:
    """The page with a row for each code: as it is written, or else as the sources say it."""
    parts = [INTRODUCTION]
    for area, found in groupby(collected().values(), key=lambda told: told.code.partition(".")[0]):
        lines = [f"## {area}" if area != "*" else "## Of any system, option or change", ""]
        lines += ["| Code | Means | What to do |", "|---|---|---|"]
        for told in found:
            row = known.get(told.code, told)
            lines.append(f"| `{row.code}` | {cell(row.meaning)} | {cell(row.advice)} |")
        parts.append("\n".join([*lines, ""]))
    return "\n".join(parts)


@pytest.fixture
def text(request: pytest.FixtureRequest) -> str:
    """The page, which `--update` brings up to date first."""
    if request.config.getoption("--update"):
        PAGE.write_text(page(rows(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}), encoding="utf-8")
    return PAGE.read_text(encoding="utf-8")


def test_the_page_has_every_code_and_no_other(text: str) -> None:
    have, want = rows(text).keys(), collected().keys()
    assert sorted(want - have) == [], "pytest --update tests/test_codes.py adds rows"
    assert sorted(have - want) == [], "pytest --update tests/test_codes.py takes them away"
    assert len(_ROW.findall(text)) == len(have)


def test_every_row_says_what_it_means_and_what_to_do(text: str) -> None:
    assert [one.code for one in rows(text).values() if OPEN in (one.meaning, one.advice)] == []


def test_enough_of_them_are_found_to_trust_the_search() -> None:
    found = collected()
    assert len(found) > 350
    for code in ("manifest.unknown_kind", "*.unreachable", "secret.missing", "plan.edited", "guard.deletes"):
        assert code in found
