"""Rules: made, saved, listed by pages of 20, switched, removed; over GraphQL and REST."""

from __future__ import annotations

from typing import Any

from tests.sandbox._cluedin import RULE, V1, Client

CREATE = "mutation r($rule: InputCreateRule!) { management { createRule(rule: $rule) { id name isActive isOwner } } }"
SAVE = (
    "mutation r($rule: InputRule!) { management { saveRule(rule: $rule) {"
    " id name description isActive condition actions rules } } }"
)
ONE = "query r($id: ID!) { management { rule(id: $id) { id name scope condition actions rules author { username } } } }"
LIST = (
    "query r($page: Int, $name: String, $active: Boolean, $scope: String) { management { rules("
    "pageNumber: $page, searchName: $name, isActive: $active, scope: $scope) { total data { id name order } } } }"
)
TREE = {"condition": "AND", "rules": [RULE]}
TAG = {"name": "Add Tag", "type": "CluedIn.Rules.Actions.AddTag, CluedIn.Rules"}
TAG |= {"properties": [{"name": "Value", "type": "System.String", "value": "buyer", "isRequired": True}]}


def made(client: Client, name: str = "Buyers", scope: str = "DataPart") -> str:
    return str(client.data(CREATE, rule={"name": name, "scope": scope})["id"])


def save(client: Client, id: str, **more: Any) -> Any:
    inner = {"name": "Tag them", "actions": [TAG], "conditions": {}}
    return client.data(SAVE, rule={"id": id, "name": "Buyers", "condition": TREE, "rules": [inner], **more})


def test_a_rule_is_made_empty_and_saved() -> None:
    client = Client()
    id = made(client)
    assert client.data(ONE, id=id)["condition"]["rules"] == []
    save(client, id, isActive=True)
    found = client.data(ONE, id=id)
    assert (found["scope"], found["actions"], found["author"]["username"]) == ("DataPart", None, "admin@contoso.test")
    assert found["condition"]["rules"][0]["value"] == ["/Person"]
    [inner] = found["rules"]
    assert (inner["type"], inner["order"], inner["actions"]) == ("ProcessingRule", 1, [TAG])


def test_pages_have_twenty_rules_of_one_scope() -> None:
    client = Client()
    for number in range(21):
        made(client, f"rule {number:02}")
    made(client, "golden", "Entity")
    first, second = (client.data(LIST, page=page) for page in (1, 2))
    assert (first["total"], len(first["data"]), len(second["data"])) == (21, 20, 1)
    assert [one["name"] for one in client.data(LIST, scope="Entity")["data"]] == ["golden"]
    assert [one["name"] for one in client.data(LIST, name="rule 2")["data"]] == ["rule 20"]
    assert client.data(LIST, active=True)["total"] == 0


def test_what_cannot_be_is_refused() -> None:
    client = Client()
    refused = client.gql(CREATE, rule={"name": " "})
    assert "400" in refused.body["errors"][0]["message"]
    assert "scope" in client.gql(CREATE, rule={"name": "x", "scope": "Row"}).body["errors"][0]["message"]
    assert "404" in client.gql(ONE, id="8f0f0d4e-0000-4000-8000-000000000000").body["errors"][0]["message"]
    id = made(client)
    assert "scope" in client.gql(SAVE, rule={"id": id, "name": "x", "scope": "Entity"}).body["errors"][0]["message"]


def test_rest_reads_switches_and_removes() -> None:
    client = Client()
    id = made(client)
    save(client, id)
    assert client.send("POST", f"{V1}/rules/{id}/activate").status == 200
    found = client.send("GET", f"{V1}/rules/{id}").body
    assert (found["isActive"], found["scope"], found["rulesApplied"]) == (True, 0, 1)
    assert client.send("GET", f"{V1}/rules?filterActive=true").body["total"] == 1
    assert client.send("POST", f"{V1}/rules/{id}/deactivate").status == 200
    assert client.send("GET", f"{V1}/rules?filterActive=true").body["total"] == 0
    assert client.send("GET", f"{V1}/rules?scope=7").status == 400
    assert client.send("DELETE", f"{V1}/rules/{id}").status == 200
    assert client.send("GET", f"{V1}/rules/{id}").status == 404


def test_a_change_may_wait_for_approval() -> None:
    client = Client()
    id = made(client)
    client.settings.approvals = True
    save(client, id, isActive=True)
    assert client.send("GET", f"{V1}/rules/{id}").body["isActive"] is False, "a 200 proves nothing"
