"""The same types against Apache Atlas: no stamps, hierarchies, contacts or collections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.resources import types
from tests.resources.purview_bench import Bench, bench


@pytest.fixture
def on() -> Iterator[Bench]:
    with bench(mode="atlas") as found:
        found.define_types()
        found.create("glossary", "Words", description="All of them")
        yield found
        assert [path for _, path, _ in found.sent if not path.startswith("/api/atlas/v2/")] == []


def test_terms(on: Bench) -> None:
    on.create("term", "Words/Customer", definition="x", status="Approved", experts=["someone"])
    on.update("term", "Words/Customer", {"summary": "A buyer"})
    assert on.one("term", "Words/Customer").fields == {"definition": "x", "summary": "A buyer"}
    on.delete("term", "Words/Customer")
    assert not on.there("term", "Words/Customer")


def test_terms_go_whole_by_one_name_and_without_a_query(on: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    queries, send = [], on.purview.connection.send

    def spy(method: str, path: str, **more: Any) -> Any:
        if method != "GET":
            queries.append(list(more.get("query") or ()))
        return send(method, path, **more)

    monkeypatch.setattr(on.purview.connection, "send", spy)
    before = len(on.sent)
    on.create("term", "Words/Customer", definition="x")
    on.update("term", "Words/Customer", {"definition": "y"})
    on.rename("term", "Words/Customer", "Words/Client")
    sent = on.writes(before)
    bodies = [body[0] if isinstance(body, list) else body for _, _, body in sent]
    assert [(method, path.rpartition("/glossary/")[2].partition("/")[0]) for method, path, _ in sent] == [
        ("POST", "terms"),
        ("PUT", "term"),
        ("PUT", "term"),
    ]
    assert [(body["name"], body["longDescription"], body.get("nickName")) for body in bodies] == [
        ("Customer", "x", None),
        ("Customer", "y", None),
        ("Client", "y", None),
    ]
    assert not any(path.endswith("/partial") for _, path, _ in sent)
    assert queries == [[], [], []]


def test_terms_are_taken_off_with_put(on: Bench) -> None:
    on.create("term", "Words/Customer")
    on.create("entity", "t_table/x", name="x")
    on.create("assignment", "Words/Customer@t_table/x")
    before = len(on.sent)
    on.delete("assignment", "Words/Customer@t_table/x")
    assert [(method, path.rpartition("/")[2]) for method, path, _ in on.writes(before)] == [("PUT", "assignedEntities")]


def test_a_relation_is_taken_out_of_its_term(on: Bench) -> None:
    """Deleted by itself it would stay listed."""
    key = "synonyms:Words/Client@Words/Customer"
    on.create_many("term", {"Words/Customer": {}, "Words/Client": {}})
    on.create("related_term", key)
    before = len(on.sent)
    on.delete("related_term", key)
    assert {method for method, _, _ in on.writes(before)} == {"PUT"}
    assert not on.there("related_term", key)


def test_it_is_known_by_its_address_alone(on: Bench) -> None:
    assert on.purview.identities() == (f"atlas:{on.purview.connection.base}",)


def test_a_category_stands_for_the_parent(on: Bench) -> None:
    on.create("category", "Words/Party")
    on.create("category", "Words/Party/Customer")
    on.create("term", "Words/Party/Customer")
    on.create("term", "Words/Party/Customer/Email")
    assert on.one("term", "Words/Party/Customer/Email").raw["name"] == "Party_Customer_Email"
    assert on.parts("category", "Words/Party") == {
        "purview.term:Words/Party/Customer",
        "purview.category:Words/Party/Customer",
    }
    assert on.parts("term", "Words/Party/Customer") == set(), "no term goes with another"
    on.rename("category", "Words/Party/Customer", "Words/Party/Client")
    assert on.there("term", "Words/Party/Client/Email")


def test_a_category_of_another_sense_says_nothing_about_a_term(on: Bench) -> None:
    on.create("category", "Words/Approved")
    on.create("term", "Words/Order")
    term, category = on.one("term", "Words/Order"), on.one("category", "Words/Approved")
    body = term.raw | {"categories": [{"categoryGuid": category.id}]}
    body.pop("reconciler:place", None)  # our own note on what was read
    on.purview.call("PUT", f"/glossary/term/{term.id}", body, effect="set")
    assert on.there("term", "Words/Order")
    on.update("term", "Words/Order", {"definition": "x"})
    assert on.parts("category", "Words/Approved") == {"purview.term:Words/Order"}


def test_inputs_that_were_deleted_softly_are_no_inputs(on: Bench) -> None:
    for name in ("a", "b"):
        on.create("entity", f"t_table/{name}", name=name)
    on.create("entity", "t_process/p", name="p", inputs=["t_table/a", "t_table/b"], outputs=[])
    on.delete("entity", "t_table/a")
    on.create("entity", "t_table/a", name="a again")
    assert on.one("entity", "t_process/p").fields["inputs"] == ["t_table/b"]
    on.update("entity", "t_process/p", {"inputs": ["t_table/a", "t_table/b"]})
    assert on.one("entity", "t_process/p").fields["inputs"] == ["t_table/a", "t_table/b"]


def test_entities_of_a_type_to_come_are_not_there(on: Bench) -> None:
    assert on.read("entity", "t_later/x", "t_table/x") == {}


def test_an_update_of_a_part_names_its_whole(on: Bench) -> None:
    on.create("entity", "t_table/x", name="x")
    on.create("entity", "t_column/x#c", name="c", table="t_table/x")
    on.update("entity", "t_column/x#c", {"description": "changed"})
    live = on.one("entity", "t_column/x#c")
    assert (live.fields["description"], live.fields["table"]) == ("changed", "t_table/x")


def test_an_assignment_known_by_two_names_is_taken_off_once(on: Bench) -> None:
    """After a rename the ledger may still hold the old name beside the new one."""
    on.create("term", "Words/Customer")
    on.create("entity", "t_table/x", name="x")
    on.create("assignment", "Words/Customer@t_table/x")
    on.delete("assignment", "Words/Customer@t_table/x", "Words/Customer@t_table/x")
    assert not on.there("assignment", "Words/Customer@t_table/x")


def test_entities_and_what_is_on_them(on: Bench) -> None:
    on.create("term", "Words/Customer")
    on.create("entity", "t_table/x", name="X", attributes={"group": "g"})
    on.create("entity", "t_column/x#c", name="c", table="t_table/x")
    on.update("entity", "t_table/x", {"name": "Y"})
    live = on.one("entity", "t_table/x")
    assert live.fields == {"name": "Y", "attributes[group]": "g"}
    assert on.parts("entity", "t_table/x") == {"purview.entity:t_column/x#c"}
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


def test_a_classification_says_that_it_does_not_spread(on: Bench) -> None:
    """Where nothing is said, Atlas takes it for yes; so every write says it."""
    on.create("entity", "t_table/x")
    on.create("classification_type", "PII")
    before = len(on.sent)
    on.create("classification", "PII@t_table/x")
    [(_, _, body)] = on.writes(before)
    assert body["classification"] == {"typeName": "PII", "propagate": False}
    assert on.one("classification", "PII@t_table/x").fields == {"propagate": False}


def test_a_classification_that_spreads_is_seen_and_stopped(on: Bench) -> None:
    periods = [{"startTime": "2024/01/01 00:00:00", "endTime": "2030/01/01 00:00:00", "timeZone": "UTC"}]
    guid = on.create("entity", "t_table/x")
    on.create("classification_type", "PII")
    theirs = {"typeName": "PII", "validityPeriods": periods}  # nothing said of spreading
    on.purview.call("POST", f"/entity/guid/{guid}/classifications", [theirs], effect="once")
    assert on.one("classification", "PII@t_table/x").fields == {"propagate": True}
    before = len(on.sent)
    on.update("classification", "PII@t_table/x", {"propagate": False})
    [(method, path, body)] = on.writes(before)
    assert (method, path.rpartition("/")[2]) == ("PUT", "classifications")
    assert body[0]["propagate"] is False
    assert body[0]["validityPeriods"] == periods, "what is not sent of them is taken away"
    assert on.one("classification", "PII@t_table/x").fields == {"propagate": False}


def test_names_that_look_alike_are_told_by_the_search(on: Bench) -> None:
    on.create("entity", "t_table/A", name="A")
    others = sorted(
        types()["purview.entity"].others(on.purview, dict.fromkeys(("t_table/a", "t_none/a", "t_column/a#b")))
    )
    assert others == ["t_table/A"], "columns are not searched for, and a type that is not there has none"
