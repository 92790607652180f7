"""Glossary categories and terms over both faces."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.sandbox._cluedin import (
    CREATE_CATEGORY,
    CREATE_TERM,
    ONE_TERM,
    RULE,
    SAVE_TERM,
    TERMS,
    V1,
    Client,
    slate,
)

CATEGORIES = "{ management { glossaryCategories { id name } } }"
SETTINGS = """query ($id: ID!) { administration { configurationSettings(id: $id) } }"""
CHANGE = """mutation ($id: ID!, $key: String!, $value: String!) {
  administration { changeConfigurationSettings(organizationId: $id, key: $key, value: $value) } }"""


@pytest.fixture
def client() -> Client:
    return Client()


def _ids(node: dict[str, Any]) -> list[str]:
    return [node["id"], *(id_ for child in node["rules"] for id_ in _ids(child))]


def _save(term: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**{name: term[name] for name in ("id", "name", "categoryId", "ruleSet", "active")}, **changes}


def test_seeded_lookup_term(client: Client) -> None:
    found = client.data(TERMS, searchName="segments")["data"]
    assert [(term["name"], term["active"]) for term in found] == [("Customer segments", True)]
    assert [item["name"] for item in client.data(CATEGORIES)] == ["Lookups"]


def test_new_terms_are_inactive(client: Client) -> None:
    made = client.term("Customer", client.category())
    assert (made["active"], made["version"], made["isOwner"]) == (False, "1", True)
    saved = client.data(SAVE_TERM, term=_save(made, active=True, description=slate("Buys")))
    assert (saved["active"], saved["version"], saved["description"]) == (True, "2", slate("Buys"))


def test_lists_lack_rules_and_description(client: Client) -> None:
    made = client.term("Customer", client.category())
    listed = client.data(TERMS, searchName="customer")["data"][-1]
    assert (listed["name"], listed["ruleSet"], listed["description"]) == ("Customer", None, None)
    assert client.data(ONE_TERM, id=made["id"])["ruleSet"]["rules"][0]["field"] == "EntityType"


@pytest.mark.parametrize("rules", [None, {"condition": "AND"}, {"condition": "AND", "rules": []}])
def test_a_term_needs_a_rule(client: Client, rules: Any) -> None:
    given = {"name": "X", "categoryId": client.category(), "ruleSet": rules}
    assert "400" in client.error(CREATE_TERM, term=given)


def test_old_servers_do_not_need_a_rule() -> None:
    client = Client(cluedin_version="4.3")
    answer = client.gql(
        "mutation ($t: InputGlossaryTerm) { management { createGlossaryTerm(term: $t) { id ruleSet } } }",
        t={"name": "X", "categoryId": client.category()},
    )
    assert answer.body["data"]["management"]["createGlossaryTerm"]["ruleSet"] is None


def test_names_are_unique_over_categories(client: Client) -> None:
    one, other = client.category("One"), client.category("Other")
    client.term("Customer", one)
    given = {"name": "Customer", "categoryId": other, "ruleSet": {"rules": [RULE]}}
    assert "409" in client.error(CREATE_TERM, term=given)
    assert "409" in client.error(CREATE_CATEGORY, category={"name": "One"})


def test_nodes_get_new_ids_from_each_save(client: Client) -> None:
    made = client.term("Customer", client.category())
    saved = client.data(SAVE_TERM, term=_save(made))
    assert set(_ids(made["ruleSet"])).isdisjoint(_ids(saved["ruleSet"]))
    assert saved["ruleSet"]["objectTypeId"] == "00000000-0000-0000-0000-000000000000"
    assert saved["ruleSet"]["rules"][0]["value"] == ["/Person"]


def test_a_save_clears_what_it_leaves_out(client: Client) -> None:
    made = client.term("Customer", client.category())
    first = client.data(SAVE_TERM, term=_save(made, shortDescription="short", relatedTags=[{"name": "tag"}]))
    assert (first["shortDescription"], first["relatedTags"]) == ("short", [{"name": "tag"}])
    second = client.data(SAVE_TERM, term=_save(made))
    assert (second["shortDescription"], second["relatedTags"]) == (None, [])
    assert [tag["name"] for tag in client.data("{ management { glossaryTags { name } } }")] == ["tag"]


def test_ownership_can_hide_terms(client: Client) -> None:
    category = client.category()
    client.term("Mine", category)
    organization = client.data("{ administration { organization { Id } } }")["Id"]
    assert client.data(SETTINGS, id=organization)["GlossaryAccess.FilterTermsByOwnership"] == "false"
    client.data(CHANGE, id=organization, key="GlossaryAccess.FilterTermsByOwnership", value="true")
    client.token = client.sign_in("ada@example.com")
    assert client.data(TERMS)["total"] == 0
    given = {"name": "Mine", "categoryId": category, "ruleSet": {"rules": [RULE]}}
    assert "409" in client.error(CREATE_TERM, term=given)


def test_normalised_trees_mean_the_same() -> None:
    client = Client(normalise=True)
    rules = [{**RULE, "value": "/Person"}, {**RULE, "field": "Name", "value": [1]}, {**RULE, "field": "Zip"}]
    made = client.term(" Customer ", client.category(), ruleSet={"condition": "AND", "rules": rules})
    assert made["name"] == "Customer"
    stored = made["ruleSet"]["rules"]
    assert sorted(rule["field"] for rule in stored) == ["EntityType", "Name", "Zip"]
    assert [rule["field"] for rule in stored] != ["EntityType", "Name", "Zip"]
    assert next(rule for rule in stored if rule["field"] == "Name")["value"] == ["1"]
    again = client.data(SAVE_TERM, term=_save(made))["ruleSet"]["rules"]
    assert [rule["field"] for rule in again] == [rule["field"] for rule in stored]


def test_terms_are_visible_late() -> None:
    client = Client(lag_ms=120)
    client.term("Customer", client.category())
    assert client.data(TERMS, searchName="Customer")["total"] == 1  # the seeded one
    time.sleep(0.15)
    assert client.data(TERMS, searchName="Customer")["total"] == 2


def test_pages_count_from_one(client: Client) -> None:
    category = client.category()
    for number in range(22):
        client.term(f"T{number:02}", category)
    assert len(client.data(TERMS, searchName="T", pageNumber=2)["data"]) == 3
    assert "400" in client.error(TERMS, pageNumber=0)
    assert len(client.get("/glossary?searchName=T&page=1")["data"]) == 3
    total = client.data(
        "query ($id: ID!) { management { glossaryCategory(id: $id) { terms { total } } } }", id=category
    )
    assert total == {"terms": {"total": 22}}


# REST


def test_rest_life_of_a_term(client: Client) -> None:
    category = client.send("POST", f"{V1}/glossary/category", {"name": "Enterprise"})
    assert category.status == 201
    rule = {**RULE, "id": "00000000-0000-0000-0000-000000000000"}
    given = {
        "name": "Customer",
        "categoryId": category.body["id"],
        "ruleSet": {"condition": "AND", "rules": [rule]},
    }
    made = client.send("POST", f"{V1}/glossary", given)
    assert made.status == 201
    assert client.send("POST", f"{V1}/glossary", given).status == 409
    assert client.send("POST", f"{V1}/glossary", {**given, "name": "Other", "ruleSet": None}).status == 400
    assert client.send("POST", f"{V1}/glossary", {**given, "name": "Other", "description": "x"}).status == 400
    change = {**given, "id": made.body["id"], "active": True, "description": "text"}
    assert client.send("PUT", f"{V1}/glossary", change).body["version"] == "2"
    assert client.get("/glossary/term/search/customer")[0]["name"] == "Customer segments"
    client.get("/glossary/term/search/nothing", status=404)
    assert client.get("/glossary/category/search/enterprise")[0]["id"] == category.body["id"]
    path = f"{V1}/glossary/{made.body['id']}"
    assert client.send("DELETE", f"{V1}/glossary/category/{category.body['id']}").status == 400
    assert client.send("DELETE", path).status == 200
    assert client.send("GET", path).status == 404
    assert client.send("DELETE", f"{V1}/glossary/category/{category.body['id']}").status == 200


def test_a_term_that_lists_values_stays(client: Client) -> None:
    term = client.data(TERMS, searchName="segments")["data"][0]["id"]
    client.key(client.vocabulary()["vocabularyId"], dataType="Lookup", glossaryTermId=term)
    assert client.send("DELETE", f"{V1}/glossary/{term}").status == 400
    assert client.get(f"/glossary/dependencies/{term}")[0]["name"] == "customer.email"


def test_tags_synonyms_ratings(client: Client) -> None:
    term = client.term("Customer", client.category())["id"]
    assert client.send("POST", f"{V1}/glossary/tag", {"name": "a"}).status == 201
    assert client.send("POST", f"{V1}/glossary/tag", {"name": "A"}).status == 409
    synonym = {"value": "Client", "glossaryTermId": term}
    assert client.send("POST", f"{V1}/glossary/termlexicon", synonym).status == 201
    assert client.send("POST", f"{V1}/glossary/termlexicon", synonym).status == 409
    assert client.get(f"/glossary/{term}")["lexicon"][0]["value"] == "Client"
    assert client.send("POST", f"{V1}/glossary/rating", {"termId": term, "rating": 4}).body["rating"] == "4"
    assert client.send("POST", f"{V1}/glossary/endorsement", {"termId": term}).status == 200
    endorsed = client.data(
        "query ($id: ID!) { management { glossaryTerm(id: $id) { isEndorsedByCurrentUser rating } } }",
        id=term,
    )
    assert endorsed == {"isEndorsedByCurrentUser": True, "rating": "4"}


def test_a_normalising_server_types_nodes_by_the_data_type_of_their_key() -> None:
    """Types follow the data type (the vendor's SDK and recorded payloads, [B]); who sets them is [C]."""
    client = Client(normalise=True)
    vocabulary = client.vocabulary()["vocabularyId"]
    for name, kind in {"age": "Integer", "born": "DateTime", "adult": "Boolean", "email": "Email"}.items():
        client.key(vocabulary, name, dataType=kind)
    fields = [f"Properties[customer.{name}]" for name in ("age", "born", "adult", "email", "unknown")]
    rules = [{**RULE, "field": field, "type": "string"} for field in fields]
    stored = client.term("Customer", client.category(), ruleSet={"condition": "AND", "rules": rules})["ruleSet"][
        "rules"
    ]
    assert {rule["field"]: rule["type"] for rule in stored} == dict(
        zip(fields, ("integer", "datetime", "boolean", "string", "string"), strict=True)
    )
