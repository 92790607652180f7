"""The same types against Apache Atlas: no stamps, hierarchies, contacts or collections."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.resources.purview_bench import Bench, bench


@pytest.fixture
def on() -> Iterator[Bench]:
    with bench({"mode": "atlas"}, mode="atlas") as found:
        found.define_types()
        found.create("glossary", "Words", description="All of them")
        yield found


def test_terms(on: Bench) -> None:
    on.create("term", "Words/Customer", definition="x", status="Approved", experts=["someone"])
    on.update("term", "Words/Customer", {"summary": "A buyer"})
    assert on.one("term", "Words/Customer").fields == {"definition": "x", "summary": "A buyer"}
    on.delete("term", "Words/Customer")
    assert not on.there("term", "Words/Customer")


def test_entities_and_what_is_on_them(on: Bench) -> None:
    on.create("term", "Words/Customer")
    on.create("entity", "t_table/x", name="X", attributes={"group": "g"})
    on.create("entity", "t_column/x#c", name="c", table="t_table/x")
    on.update("entity", "t_table/x", {"name": "Y"})
    live = on.one("entity", "t_table/x")
    assert live.fields == {"name": "Y", "attributes[group]": "g"}
    assert live.parts == ("purview.entity:t_column/x#c",)
    on.create("assignment", "Words/Customer@t_table/x")
    on.create("label", "pii@t_table/x")
    on.create("classification_type", "PII")
    on.create("classification", "PII@t_table/x")
    for name, key in (("assignment", "Words/Customer"), ("label", "pii"), ("classification", "PII")):
        assert on.there(name, f"{key}@t_table/x")
        on.delete(name, f"{key}@t_table/x")
        assert not on.there(name, f"{key}@t_table/x")
    on.delete("entity", "t_column/x#c")
    assert not on.there("entity", "t_column/x#c")
