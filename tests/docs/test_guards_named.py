"""Every guard that a report names in brackets is explained to whoever reads it, in the words of the report."""

from __future__ import annotations

import re

from reconciler.report.words import GUARDS

from .pages import DOCS


def test_the_page_explains_every_guard_and_no_other() -> None:
    section = (
        (DOCS / "reading.md").read_text(encoding="utf-8").partition("## When it is refused")[2].partition("\n## ")[0]
    )
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", section, re.M)
    told = [one for row in rows if row != "In brackets" for one in row.split(", ")]
    assert sorted(told) == sorted(set(GUARDS.values()))
