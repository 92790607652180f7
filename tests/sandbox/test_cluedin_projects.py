"""Clean projects: made, edited in each state, removed; over GraphQL, REST and the control call."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler_sandbox.cluedin.project_states import put
from tests.sandbox._cluedin import RULE, Client

CREATE = """mutation c($p: InputNewCleanProject!) {
  preparation { createNewCleanProject(cleanProject: $p) { id status } } }"""
UPDATE = """mutation u($id: ID!, $p: InputNewCleanProject!) {
  preparation { updateNewCleanProject(id: $id, cleanProject: $p) { id status hasCleanChanges name } } }"""
ONE = """query o($id: ID!) { preparation { cleanProjectDetail(id: $id) { id name status hasCleanChanges hasRules
  includeDataParts fields { property type displayName icon } condition { condition rules { field value } } } } }"""
LIST = """query l($name: String) {
  preparation { allCleanProjects(page: 1, pageSize: 50, searchName: $name) { total projects { name } } } }"""
RULES = """query r($id: ID!) {
  preparation { allCleanProjectRules(id: $id, page: 1, pageSize: 9) { total rules { name isActive } } } }"""
FIELD = {"property": "user.email", "type": "vocabulary"}
NODE = {name: value for name, value in RULE.items() if name != "id"}
GIVEN: dict[str, Any] = {
    "name": "Mails",
    "query": "",
    "includeDataParts": False,
    "fields": [FIELD],
    "description": None,
    "condition": {"condition": "AND", "rules": [NODE]},
}


def made(client: Client, **more: Any) -> str:
    return str(client.data(CREATE, p={**GIVEN, **more})["id"])


def state(client: Client, status: str, **more: Any) -> None:
    put(client.plane._world, {"kind": "clean", "name": "Mails", "status": status, **more})


def folded(status: str) -> str:
    return "".join(status.split()).casefold()


def test_a_project_begins_as_new_and_is_shown_with_what_no_write_takes() -> None:
    client = Client()
    found = client.data(ONE, id=made(client))
    assert (found["status"], found["hasCleanChanges"]) == ("New", False)
    assert found["fields"] == [{**FIELD, "displayName": found["fields"][0]["displayName"], "icon": "Tag"}]
    refused = client.gql(CREATE, p={**GIVEN, "fields": [{**FIELD, "icon": "Tag"}]})
    assert refused.status == 400  # the schema has no such input


def test_another_text_changes_nothing_else_and_other_values_throw_the_cleaning_away() -> None:
    client = Client()
    id = made(client)
    state(client, "Ready to process", changes=True)
    kept = client.data(UPDATE, id=id, p={**GIVEN, "name": "Mail"})
    assert (folded(kept["status"]), kept["hasCleanChanges"], kept["name"]) == ("readytoprocess", True, "Mail")
    lost = client.data(UPDATE, id=id, p={**GIVEN, "fields": [{"property": "name", "type": "entity"}]})
    assert (folded(lost["status"]), lost["hasCleanChanges"]) == ("readyforclean", False)


def test_a_new_project_stays_new_whatever_is_edited() -> None:
    client = Client()
    id = made(client)
    assert client.data(UPDATE, id=id, p={**GIVEN, "includeDataParts": True})["status"] == "New"


@pytest.mark.parametrize("status", ["Archived", "Generating", "Processing"])
def test_in_some_states_nothing_is_edited(status: str) -> None:
    client = Client()
    id = made(client)
    state(client, status)
    assert "400" in client.gql(UPDATE, id=id, p=GIVEN).body["errors"][0]["message"]


def test_what_was_put_away_is_in_no_list_and_still_there() -> None:
    client = Client()
    id = made(client)
    assert client.data(LIST, name="Mails")["total"] == 1
    state(client, "archived")
    assert client.data(LIST, name="Mails")["total"] == 0
    assert client.data(ONE, id=id)["status"] == "Archived"


def test_a_project_at_work_is_not_removed() -> None:
    client = Client()
    id = made(client)
    state(client, "Processing")
    assert client.send("DELETE", f"/api/api/v2/clean/{id}").status == 400
    state(client, "Processed")
    assert client.send("DELETE", f"/api/api/v2/clean/{id}").status == 200
    assert client.data(LIST, name="Mails")["total"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"fields": []},
        {"name": " "},
        {"fields": [{"property": "Name", "type": "entity"}]},
        {"fields": [{"property": "user.none", "type": "vocabulary"}]},
    ],
)
def test_what_is_wrong_is_refused(wrong: dict[str, Any]) -> None:
    client = Client()
    assert client.gql(CREATE, p={**GIVEN, **wrong}).body["errors"]


def test_the_rules_that_cleaning_made_are_told() -> None:
    client = Client()
    id = made(client)
    assert client.data(RULES, id=id) == {"total": 0, "rules": []}
    rule = client.data(
        "mutation r($rule: InputCreateRule!) { management { createRule(rule: $rule) { id } } }",
        rule={"name": "Upper case", "scope": "DataPart"},
    )["id"]
    world = client.plane._world
    world.put("cluedin/rule", {**(world.get("cluedin/rule", rule) or {}), "sourceId": id})
    assert client.data(RULES, id=id) == {"total": 1, "rules": [{"name": "Upper case", "isActive": False}]}
    assert client.data(ONE, id=id)["hasRules"] is True
