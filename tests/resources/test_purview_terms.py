"""Terms, their relations and assignments, against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from reconciler.resources import types
from reconciler.resources.keys import PARTS
from reconciler.resources.objects import Write
from reconciler.resources.purview.terms import Hierarchy
from reconciler.systems.refusals import Refused
from reconciler_sandbox.seed_demo import ADA, SALES_OPS
from tests.resources.purview_bench import Bench, bench

TERM = types()["purview.term"]


@pytest.fixture(params=[False, True], ids=["plain", "normalised"])
def on(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with bench(normalise=request.param) as found:
        yield found


def customer(on: Bench) -> str:
    on.create(
        "term",
        "Enterprise/Customer",
        definition="Buys < 3 & more from us.",
        summary="A buyer",
        status="Approved",
        experts=[ADA],
        templates=["CluedIn Template"],
        attributes={"CluedIn Template": {"CluedInVocab": True}},
        resources=[{"name": "Playbook", "url": "https://wiki.example.com/customer"}],
    )
    return "Enterprise/Customer"


def test_create_reads_back_what_was_wanted(on: Bench) -> None:
    live = on.one("term", customer(on))
    assert live.fields == {
        "definition": "Buys < 3 & more from us.",
        "summary": "A buyer",
        "status": "approved",
        f"experts[{ADA}]": True,
        "templates[CluedIn Template]": True,
        "attributes[CluedIn Template][CluedInVocab]": "true",
        "resources": [{"name": "Playbook", "url": "https://wiki.example.com/customer"}],
    }
    assert on.purview.get(f"/glossary/term/{live.id}")["nickName"] == "Customer"


def test_line_ends_survive_the_portals_html(on: Bench) -> None:
    on.create("term", "Enterprise/Customer", definition="Buys from us.\nOr did.")
    assert on.one("term", "Enterprise/Customer").fields["definition"] == "Buys from us.\nOr did."


def test_children_get_formal_names_and_paths_of_own_names(on: Bench) -> None:
    customer(on)
    made = on.create_many("term", {"Enterprise/Customer/E-mail": {}, "Enterprise/Customer/Full %2F Name": {}})
    assert on.purview.get(f"/glossary/term/{made[0]}")["name"] == "Customer_E-mail"
    assert on.purview.get(f"/glossary/term/{made[1]}")["nickName"] == "Full / Name"
    live = on.read("term", "Enterprise/Customer/E-mail")
    assert live["Enterprise/Customer/Full %2F Name"].id == made[1]
    assert on.parts("term", "Enterprise/Customer") == {
        "purview.term:Enterprise/Customer/E-mail",
        "purview.term:Enterprise/Customer/Full %2F Name",
    }
    assert "Enterprise/Finance/Payment/IBAN" in live
    found = TERM.find(on.purview.fresh(), str(made[0]))
    assert found is not None
    assert (found.key, found.id) == ("Enterprise/Customer/E-mail", made[0])


def test_one_post_creates_a_whole_batch(on: Bench) -> None:
    before = len(on.sent)
    keys = {f"Enterprise/T{number}": {"definition": "x"} for number in range(50)}
    assert all(on.create_many("term", keys))
    assert [path for _, path, _ in on.writes(before)] == ["/datamap/api/atlas/v2/glossary/terms"]


def test_plain_texts_change_by_partial_and_lose_nothing(on: Bench) -> None:
    key = customer(on)
    on.create("related_term", "synonyms:Enterprise/Account@Enterprise/Customer")
    before = len(on.sent)
    on.update("term", key, {"summary": "Somebody", "status": None})
    assert [path.rpartition("/")[2] for _, path, _ in on.writes(before)] == ["partial"]
    live = on.one("term", key)
    assert live.fields["summary"] == "Somebody"
    assert live.fields["status"] == "draft"
    assert live.fields[f"experts[{ADA}]"] is True
    assert on.there("related_term", "synonyms:Enterprise/Account@Enterprise/Customer")


def test_a_whole_put_keeps_what_others_wrote(on: Bench) -> None:
    """Relations, `info` of contacts, fields that no resource knows."""
    key = customer(on)
    on.create("related_term", "synonyms:Enterprise/Account@Enterprise/Customer")
    child = on.create("term", f"{key}/Email")
    live = on.one("term", f"{key}/Email")
    theirs = {"examples": ["a@b.c"], "usage": "theirs", "contacts": {"Steward": [{"id": ADA, "info": "kept"}]}}
    foreign = {**live.raw, **theirs, "lastModifiedTS": "2"}
    foreign.pop("reconciler:place", None)  # our own note on what was read
    on.purview.call("PUT", f"/glossary/term/{child}", foreign, {"includeTermHierarchy": True}, effect="set")

    on.update("term", f"{key}/Email", {f"experts[{SALES_OPS}]": True, f"stewards[{SALES_OPS}]": True})
    raw = on.one("term", f"{key}/Email").raw
    assert raw["examples"] == ["a@b.c"]
    assert raw["usage"] == "theirs"
    assert {"id": ADA, "info": "kept"} in raw["contacts"]["Steward"]
    assert raw["contacts"]["Expert"] == [{"id": SALES_OPS}]

    on.update("term", key, {f"experts[{ADA}]": False, "attributes[CluedIn Template][CluedInDataType]": "Text"})
    live = on.one("term", key)
    assert f"experts[{ADA}]" not in live.fields
    assert live.fields["attributes[CluedIn Template][CluedInVocab]"] == "true"
    assert live.fields["resources"][0]["name"] == "Playbook"
    assert on.there("related_term", "synonyms:Enterprise/Account@Enterprise/Customer")
    assert f"{key}/Email" in on.read("term", key)


def test_a_stale_whole_put_is_refused(on: Bench) -> None:
    key = customer(on)
    old = on.one("term", key)
    on.update("term", key, {"summary": "Meanwhile"})
    with pytest.raises(Refused) as refused:
        TERM.update(on.purview, Write(TERM.address(key), key, {f"stewards[{ADA}]": True}, old, on.id_of))
    assert refused.value.status == 412
    assert on.one("term", key).fields["summary"] == "Meanwhile"


def test_rename_keeps_guid_and_parent(on: Bench) -> None:
    key = customer(on)
    guid = on.create("term", f"{key}/Mail", definition="x")
    on.rename("term", f"{key}/Mail", f"{key}/Email")
    live = on.one("term", f"{key}/Email")
    assert live.id == guid
    assert live.raw["name"] == "Customer_Email"
    assert live.fields["definition"] == "x"
    assert TERM.join(TERM.parent_key(live.key), TERM.own_name(live.key)) == live.key
    on.rename("term", key, "Enterprise/Client")
    assert on.one("term", "Enterprise/Client/Email").id == guid


def test_delete_and_delete_again(on: Bench) -> None:
    key = customer(on)
    live = on.one("term", key)
    on.delete("term", key)
    assert not on.there("term", key)
    TERM.delete(on.purview, Write(TERM.address(key), key, {}, live, on.id_of))
    assert TERM.find(on.purview.fresh(), live.id) is None


def test_relations_are_made_and_taken_back_by_pair(on: Bench) -> None:
    keys = [f"Enterprise/T{number}" for number in range(5)]
    on.create_many("term", {key: {"definition": "x"} for key in keys})
    pairs = [f"synonyms:{a}@{b}" for a, b in pairwise(keys)]
    more = f"seeAlso:{keys[0]}@{keys[4]}"
    on.create_many("related_term", {pair: {} for pair in [*pairs, more]})
    assert {*pairs, more} <= set(on.read("related_term", *pairs, more))
    on.delete("related_term", pairs[0], more)
    left = set(on.read("related_term", *pairs))
    assert set(pairs[1:]) <= left
    assert not {pairs[0], more} & left
    assert on.one("term", keys[0]).fields["definition"] == "x"


def test_assignments(on: Bench) -> None:
    on.define_types()
    terms = ["Enterprise/Party", "Marketing/Lead"]
    hosts = [f"t_column/q#{number}" for number in range(3)]
    on.create_many("entity", {host: {} for host in hosts})
    keys = [f"{term}@{host}" for term in terms for host in hosts]
    before = len(on.sent)
    ids = on.create_many("assignment", {key: {} for key in keys})
    assert len(on.writes(before)) == 2  # one for each term
    live = on.read("assignment", *keys)
    assert [live[key].id for key in keys] == ids
    assert {part.id for part in on.one("term", "Enterprise/Party", PARTS).parts} >= set(ids[:3])
    on.delete("assignment", *keys[:2])
    assert set(on.read("assignment", *keys)) == set(keys[2:])


def test_problems() -> None:
    def problems(key: str, **values: object) -> list[str]:
        return list(TERM.problems(TERM.desired(key, **values)))

    assert problems("Enterprise/Customer/Email") == []
    assert problems("Enterprise/A.B")
    assert problems("Enterprise/ A")
    assert problems("Enterprise/" + "x" * 256)
    assert problems("Enterprise/A", experts=[f"{n:08d}" for n in range(21)])
    related = types()["purview.related_term"]
    assert list(related.problems(related.desired("synonyms:E/B@E/A")))
    assert not list(related.problems(related.desired("seeAlso:E/A@E/B")))


def test_keys_without_nicknames_hierarchy_or_parents() -> None:
    terms = [
        {"guid": "1", "name": "Party"},
        {"guid": "2", "name": "Party_Legal", "parentTerm": {"termGuid": "1"}},
        {"guid": "3", "name": "Party_Legal_Seat", "nickName": "Seat"},
        {"guid": "4", "name": "Party_Name", "nickName": "Party_Name", "hierarchyInfo": [{"guid": "1"}]},
        {"guid": "5", "name": "Lost", "nickName": "Lost", "parentTerm": {"termGuid": "gone"}},
        {"guid": "6", "name": "Loop", "parentTerm": {"termGuid": "7"}},
        {"guid": "7", "name": "Pool", "parentTerm": {"termGuid": "6"}},
    ]
    found = Hierarchy("A/B", {term["guid"]: term for term in terms})
    assert [found.key(term) for term in terms[:5]] == [
        "A%2FB/Party", "A%2FB/Party/Legal", "A%2FB/Party/Legal/Seat", "A%2FB/Party/Name", "A%2FB/Lost",
    ]  # fmt: skip
    assert len({found.key(term) for term in terms}) == 7


def test_a_relation_touches_neither_term(on: Bench) -> None:
    """Both may be other people's; a whole PUT of one would take away what they wrote meanwhile."""
    pair = "synonyms:Enterprise/Account@Enterprise/Customer"
    customer(on)
    before = len(on.sent)
    on.create("related_term", pair)
    [(method, path, body)] = on.writes(before)
    assert (method, path.rpartition("/v2")[2]) == ("POST", "/relationship")
    assert body["typeName"] == "AtlasGlossarySynonym"
    on.create("related_term", pair)
    before = len(on.sent)
    on.delete("related_term", pair)
    assert [(method, path.split("/")[-3:-1]) for method, path, _ in on.writes(before)] == [
        ("DELETE", ["relationship", "guid"])
    ]
    assert not on.there("related_term", pair)


def test_where_a_service_refuses_relationships_the_term_is_written(on: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = "seeAlso:Enterprise/Account@Enterprise/Customer"
    customer(on)
    call = on.purview.call

    def refusing(method: str, path: str, *rest: object, **more: object) -> object:
        if path.startswith("/relationship"):
            raise Refused("purview", f"{method} {path}", 400, "ATLAS-400-00-014", "no such type")
        return call(method, path, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(on.purview, "call", refusing)
    on.create("related_term", pair)
    assert on.there("related_term", pair)
    on.delete("related_term", pair)
    assert not on.there("related_term", pair)


def test_a_relation_that_may_not_be_made_is_no_reason_to_write_the_term(
    on: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer(on)
    call = on.purview.call

    def refusing(method: str, path: str, *rest: object, **more: object) -> object:
        if path.startswith("/relationship"):
            raise Refused("purview", f"{method} {path}", 403, "ATLAS-403-00-001", "not authorized")
        return call(method, path, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(on.purview, "call", refusing)
    before = len(on.sent)
    with pytest.raises(Refused):
        on.create("related_term", "seeAlso:Enterprise/Account@Enterprise/Customer")
    assert on.writes(before) == []
