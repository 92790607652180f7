"""Glossary categories, terms and entity types against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.resources.cluedin.conditions import POWER_FX, Condition, faults, wire
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler_sandbox.server import Running, running
from tests.resources.cluedin_support import Desk, connect

ZERO = "00000000-0000-0000-0000-000000000000"
PERSON = {
    "field": "EntityType",
    "objectTypeId": "3be85371-cbe0-4180-8820-73e6e37a6c32",
    "operator": "0bafc522-8011-43ba-978a-babe222ba466",
    "type": "string",
    "value": ["/Person"],
}
EMAIL = {
    "field": "Properties[person.email]",
    "objectTypeId": "011AC3B4-0B46-4F9C-A82A-8C14F9DD642B",
    "operator": "306e5d29-832f-41e7-a6db-1c02eb5ebf74",
    "type": "string",
}
BOTH = {"condition": "AND", "rules": [PERSON, EMAIL]}
canonical = Condition().canonical


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "normalising"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running(seed="demo", normalise=request.param) as one:
        yield one


@pytest.fixture
def terms(sandbox: Running) -> Desk:
    return Desk(connect(sandbox), "glossary_term")


def test_create_read_update_delete(terms: Desk) -> None:
    id = terms.create("Buyer", category="Lookups", condition=BOTH, description="Who buys", active=True)
    live = terms.get("Buyer")
    assert live.id == id
    assert live.fields["condition"] == canonical(BOTH)
    assert live.fields["category"] == "Lookups"
    assert live.fields["active"] is True
    assert live.fields["description"] == "Who buys"
    terms.update("Buyer", "active", active=False)
    after = terms.get("Buyer").fields
    assert after == live.fields | {"active": False}
    terms.update("Buyer", condition=PERSON, short_description="Short", description=None)
    after = terms.get("Buyer").fields
    assert after["condition"] == canonical(PERSON)
    assert after["short_description"] == "Short"
    assert "description" not in after
    terms.delete("Buyer")
    assert terms.read("Buyer") is None
    assert terms.type.find(terms.cluedin, live.id) is None


def test_a_save_keeps_what_others_wrote(terms: Desk) -> None:
    id = terms.create("Foreign", category="Lookups", condition=PERSON)
    document = """mutation saveGlossaryTerm($term: InputGlossaryTerm) { management { id
      saveGlossaryTerm(term: $term) { id } } }"""
    category = terms.id_of("cluedin.glossary_category:Lookups")
    foreign = {"certificationLevel": "Gold", "relatedTags": [{"name": "reviewed"}], "shortDescription": "Theirs"}
    term = {"id": id, "name": "Foreign", "categoryId": category, "ruleSet": wire(PERSON), **foreign}
    terms.cluedin.graphql(document, {"term": term}, effect="set")
    terms.update("Foreign", "active", active=True)
    raw = terms.get("Foreign").raw
    assert raw["certificationLevel"] == "Gold"
    assert [tag["name"] for tag in raw["relatedTags"]] == ["reviewed"]
    assert raw["shortDescription"] == "Theirs"
    assert raw["active"] is True


def test_names_are_unique_over_categories(terms: Desk) -> None:
    Desk(terms.cluedin, "glossary_category").create("Elsewhere")
    terms.create("Only", category="Lookups", condition=PERSON)
    with pytest.raises(GraphQLRefused, match="FilterTermsByOwnership") as refused:
        terms.create("Only", category="Elsewhere", condition=PERSON)
    assert refused.value.conflict
    terms.update("Only", category="Elsewhere")
    assert terms.get("Only").fields["category"] == "Elsewhere"


def test_a_term_is_renamed_in_place(terms: Desk) -> None:
    terms.create("Before", category="Lookups", condition=PERSON, description="Stays")
    live = terms.get("Before")
    terms.type.rename(terms.cluedin.fresh(), terms.write("After", live))
    assert terms.read("Before") is None
    assert terms.get("After").id == live.id
    assert terms.get("After").fields["description"] == "Stays"


def test_a_category(sandbox: Running) -> None:
    desk = Desk(connect(sandbox), "glossary_category")
    id = desk.create("Enterprise")
    assert desk.get("Enterprise").id == id
    assert desk.type.find(desk.cluedin, str(id)) is not None
    assert desk.type.find(desk.cluedin, ZERO) is None
    with pytest.raises(GraphQLRefused):
        desk.create("Enterprise")
    assert "must not be empty" in desk.problems(" ")


def test_an_entity_type_keeps_what_graphql_does_not_show(sandbox: Running) -> None:
    desk = Desk(connect(sandbox), "entity_type")
    desk.create("/Shop", display_name="Web Shop", icon="User")
    live = desk.get("/Shop")
    assert live.fields == {"display_name": "Web Shop", "icon": "User", "route": "webshop", "active": True}
    model = desk.cluedin.rest("GET", "/entitytypeinfo", query={"type": "/Shop"}, effect="read", version="")
    painted = {name: value for name, value in model.items() if name != "source"} | {"color": "#123456"}
    desk.cluedin.rest("PUT", "/entitytypeinfo", painted, effect="set", version="")
    desk.update("/Shop", display_name="Shop")
    assert desk.get("/Shop").fields == {"display_name": "Shop", "icon": "User", "route": "webshop", "active": True}
    model = desk.cluedin.rest("GET", "/entitytypeinfo", query={"type": "/Shop"}, effect="read", version="")
    assert model["color"] == "#123456"
    assert "starts with `/`" in desk.problems("Shop")


# -- conditions -----------------------------------------------------------------------------------------------


def noisy(node: dict[str, Any], id: str) -> dict[str, Any]:
    """A tree as servers give it back."""
    filled = {"id": id, "condition": "AND", "objectTypeId": ZERO, "operator": ZERO, "value": None, "field": None}
    return filled | node | {"rules": [noisy(rule, id + "1") for rule in node.get("rules", [])][::-1]}


def test_conditions_are_compared_by_what_they_select() -> None:
    assert canonical(noisy(BOTH, "a")) == canonical(BOTH) == canonical(noisy(BOTH, "b"))
    assert canonical(PERSON) == canonical({"rules": [PERSON]})
    assert canonical({**BOTH, "condition": "or"}) != canonical(BOTH)
    assert canonical({**PERSON, "value": [1, True]}) == canonical({**PERSON, "value": ["1", "true"]})
    assert canonical({**PERSON, "value": "/Person"}) == canonical(PERSON)
    assert canonical({"condition": "AND", "rules": [], "objectTypeId": ZERO, "operator": ZERO}) is None
    assert canonical(canonical(BOTH)) == canonical(BOTH)


def test_conditions_are_sent_as_inputs_take_them() -> None:
    assert wire(PERSON) == {"condition": "AND", "rules": [{**PERSON, "condition": "AND", "rules": []}]}
    assert wire(noisy(BOTH, "a")).keys() == {"condition", "rules"}


def test_offline_findings(terms: Desk) -> None:
    assert "at least one rule" in terms.problems("A", category="B")
    assert "at least one rule" in terms.problems("A", condition={"condition": "AND", "rules": []})
    assert terms.problems("A", condition=BOTH) == ""
    assert terms.problems("A", condition=PERSON) == ""
    assert list(terms.type.problems(terms.type.desired("A", mode="refer"))) == []
    assert "no member colour" in " ".join(faults({**BOTH, "colour": 1}))
    assert "AND or OR" in " ".join(faults({**BOTH, "condition": "XOR"}))
    assert "is a mapping" in " ".join(faults({"rules": ["x"]}))


def test_a_power_fx_condition_is_no_empty_group(terms: Desk) -> None:
    """It has neither field nor operator (SDK, [B]): its formula counts, alone and among others."""
    formula = {"objectTypeId": POWER_FX, "operator": ZERO, "value": ['Name = "x"'], "type": "string"}
    assert canonical({"rules": [formula, PERSON]}) != canonical(PERSON)
    assert canonical(formula) != canonical({**formula, "value": ['Name = "y"']})
    assert canonical(noisy({"condition": "AND", "rules": [formula]}, "a")) == canonical(formula)
    assert wire(formula)["rules"][0]["value"] == formula["value"]
    assert terms.problems("A", condition=formula) == ""
