"""Every code of a finding that a page names is one that the tool has."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from reconciler.kinds.webhook.spec import GROUPS
from reconciler.resources import types
from reconciler.schema import schemas

from ..codes import collected
from .pages import DOCS, PAGES, inline, name

_DOTTED = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")
CODES = collected()
AREAS = {code.partition(".")[0] for code in CODES} - {"*"}
EVENTS = {event for events in GROUPS.values() for event in events}
"""What a webhook may tell of."""
LAST_OF_ANY = {code.partition(".")[2] for code in CODES if code.startswith("*.")}


@cache
def fields() -> set[str]:
    """Two names of fields that stand in each other, of every kind: `ledger.git`, `scope.purview`."""
    found = set()
    for schema in schemas().values():
        definitions = schema.get("$defs", {})
        for shape in (schema.get("properties", {}).get("spec", {}), *definitions.values()):
            for field, told in shape.get("properties", {}).items():
                for below in re.findall(r"#/\$defs/([\w.]+)", str(told)):
                    found |= {f"{field}.{one}" for one in definitions.get(below, {}).get("properties", {})}
    return found


def known(word: str) -> bool:
    """Whether a dotted word is a code, or what else has that form: a type of objects, an event, a field in a field."""
    area, _, last = word.partition(".")
    return word in CODES or f"{area}.*" in CODES or last in LAST_OF_ANY or word in {*types(), *EVENTS, *fields()}


def named(page: Path) -> list[str]:
    """The dotted words of a page that begin like a code."""
    words = [one for one in inline(page) if _DOTTED.fullmatch(one) and not one.endswith(".py")]
    return [one for one in words if one.partition(".")[0] in AREAS]


@pytest.mark.parametrize("page", [page for page in PAGES if page != DOCS / "codes.md"], ids=name)
def test_every_code_that_a_page_names_exists(page: Path) -> None:
    assert [word for word in named(page) if not known(word)] == []


def test_codes_are_found() -> None:
    assert {"claim.held", "ledger.moved", "environment.same_ledger"} <= {*named(DOCS / "ledger.md")}
    assert not known("ledger.luck")
