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
RECORDED = "CluedIn.Rules.Actions.AddTag, CluedIn.Rules"


def tag(client: Client) -> dict[str, Any]:
    """The action that adds a tag, as this server calls it."""
    type = next(one["type"] for one in client.get("/rules/actions") if one["name"] == "Add Tag")
    properties = [{"name": "Value", "type": "System.String", "value": "buyer", "isRequired": True}]
    return {"name": "Add Tag", "type": type, "properties": properties}


def made(client: Client, name: str = "Buyers", scope: str = "DataPart") -> str:
    return str(client.data(CREATE, rule={"name": name, "scope": scope})["id"])


def save(client: Client, id: str, **more: Any) -> Any:
    inner = {"name": "Tag them", "actions": [tag(client)], "conditions": {}}
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
    assert (inner["type"], inner["order"], inner["actions"]) == ("ProcessingRule", 1, [tag(client)])


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
    assert (found["isActive"], found["rulesApplied"]) == (True, 1)
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


# what the reference of the kinds asks of the sandbox


def rest(client: Client, id: str) -> Any:
    return client.get(f"/rules/{id}")


def put(client: Client, id: str, **more: Any) -> Any:
    return client.send("PUT", f"{V1}/rules", {**rest(client, id), **more})


def test_numbers_of_scopes_are_learnt_by_joining_ids() -> None:
    """No public source says which number is which scope, so that each sandbox shuffles them."""
    seen = set()
    for _ in range(60):
        client = Client()
        ids = {scope: made(client, scope, scope) for scope in ("DataPart", "Survivorship", "Entity")}
        numbers = {scope: rest(client, id)["scope"] for scope, id in ids.items()}
        assert sorted(numbers.values()) == [0, 1, 2]
        for scope, number in numbers.items():
            [one] = client.get(f"/rules?scope={number}")["data"]
            assert one["name"] == scope
        assert [one["name"] for one in client.get("/rules")["data"]] == ["DataPart"], "the default ([B])"
        seen.add(tuple(numbers.values()))
    assert len(seen) > 1


def test_the_catalogue_is_live() -> None:
    """Members are the official description's ([B]); ids of operators and types of actions are the SDK's ([B])."""
    client = Client()
    actions = {one["name"]: one for one in client.get("/rules/actions")}
    assert [one["name"] for one in actions["Set Value"]["properties"]] == ["FieldName", "Value"]
    assert {one["kind"] for action in actions.values() for one in action["properties"]} == {0}, "a number in REST"
    operators = client.get("/rules/operators")
    assert operators[RULE["operator"]]["friendlyName"] == "Equals"
    inputs = {one["friendlyName"]: one["noOfInputs"] for one in operators.values()}
    assert (inputs["Exists"], inputs["Between"], inputs["Contains"]) == (0, 2, 1)
    kinds = {one["id"] for one in client.get("/rules/objecttypes/1")}
    assert {RULE["objectTypeId"], "96102979-e952-43d8-afe6-987676c0698b"} <= kinds
    client.get("/rules/objecttypes/3", status=400)


def test_an_unknown_action_is_refused_and_a_version_is_cut() -> None:
    """Older payloads name the version in an action's type (SDK, [B]); REST shows one ([C])."""
    client = Client()
    id = made(client)
    wrong = [{"name": "x", "actions": [{**tag(client), "type": RECORDED}]}]
    assert "400" in client.gql(SAVE, rule={"id": id, "name": "Buyers", "rules": wrong}).body["errors"][0]["message"]
    save(client, id)
    [action] = rest(client, id)["rules"][0]["actions"]
    assert action["type"] == f"{tag(client)['type']}, Version=4.8.0.0, Culture=neutral, PublicKeyToken=null"
    assert put(client, id).status == 200, "what REST shows can be sent back"
    assert client.data(ONE, id=id)["rules"][0]["actions"][0]["type"] == tag(client)["type"]


def test_types_of_actions_are_the_servers_own() -> None:
    """Nobody gets far with a type from memory, unless the sandbox is told to have the recorded ones."""
    seen = {tag(Client())["type"] for _ in range(20)}
    assert len(seen) > 1
    assert RECORDED not in seen
    client = Client(recorded_actions=True)
    assert tag(client)["type"] == RECORDED
    id = made(client)
    save(client, id)
    client.settings.recorded_actions = False
    [action] = client.data(ONE, id=id)["rules"][0]["actions"]
    assert action["type"] == tag(client)["type"] != RECORDED, "a rule keeps what it does"


def test_actions_belong_to_scopes() -> None:
    client = Client()
    rows = client.get("/rules/actions")
    number = rest(client, made(client, "golden", "Entity"))["scope"]
    dates = next(one for one in rows if one["name"] == "Normalize Date")
    assert number not in dates["supportsProcessingRuleScopes"]
    id = made(client, "golden too", "Entity")
    inner = {"name": "Dates", "conditions": {}, "actions": [dates]}
    told = client.gql(SAVE, rule={"id": id, "name": "golden too", "rules": [inner]})
    assert "400" in told.body["errors"][0]["message"]


def test_a_preview_shows_a_record_before_and_after_each_action() -> None:
    """It takes actions alone, and answers with their names, a record and messages ([B])."""
    client = Client()
    rows = {one["name"]: one for one in client.get("/rules/actions")}
    value = {"FieldName": "person.gender", "Value": "unknown"}
    filled = {**rows["Set Value"], "properties": [{**one, "value": value[one["name"]]}
                                                  for one in rows["Set Value"]["properties"]]}  # fmt: skip
    first, second = client.send("POST", f"{V1}/rules/preview", [filled, rows["Expression"]]).body
    assert (first["actionName"], first["after"]["properties"]["person.gender"]) == ("Set Value", "unknown")
    assert "person.gender" not in first["before"]["properties"]
    assert (second["before"], second["messages"]) == (first["after"], ["This action has no preview."])
    assert client.send("POST", f"{V1}/rules/preview", {}).status == 400
    assert client.send("POST", f"{V1}/rules/preview", [{"type": RECORDED}]).status == 400


def test_order_is_of_a_scope_and_set_as_a_whole() -> None:
    client = Client()
    one, two, three = (made(client, name) for name in ("one", "two", "three"))
    other = made(client, "other", "Entity")
    number = rest(client, one)["scope"]
    order = client.get(f"/rules/byprocessingorder?scope={number}")
    assert order == [{"id": one, "name": "one", "order": 1}, {"id": two, "name": "two", "order": 2},
                     {"id": three, "name": "three", "order": 3}]  # fmt: skip
    for wrong in ([three, one], [three, two, one, other], [one, one, two], ["x"], {}):
        assert client.send("POST", f"{V1}/rules/setprocessingorder", wrong).status == 400
    assert client.send("POST", f"{V1}/rules/setprocessingorder", [three, one, two]).status == 200
    order = client.get(f"/rules/byprocessingorder?scope={number}")
    assert [(one["name"], one["order"]) for one in order] == [("three", 1), ("one", 2), ("two", 3)]
    assert rest(client, other)["order"] == 1


def test_pages_over_rest_have_twenty_whatever_is_asked() -> None:
    client = Client()
    for number in range(21):
        made(client, f"rule {number:02}")
    page = client.get("/rules?take=100")
    assert (page["total"], len(page["data"])) == (21, 20)
    assert len(client.get("/rules?take=100&page=1")["data"]) == 1


def test_rest_makes_and_replaces() -> None:
    client = Client()
    scope = rest(client, made(client, "known", "Survivorship"))["scope"]
    body = {"name": "New", "scope": scope, "condition": TREE, "rules": [{"name": "Tag", "actions": [tag(client)]}]}
    id = client.send("POST", f"{V1}/rules", body).body
    assert client.data(ONE, id=id)["scope"] == "Survivorship"
    assert put(client, id, name="Newer", rules=[]).status == 200
    assert (rest(client, id)["name"], rest(client, id)["rulesApplied"]) == ("Newer", 0)
    assert put(client, id, unknown=1).status == 400
    assert put(client, id, scope=7).status == 400


def test_nothing_is_saved_while_records_are_processed_anew() -> None:
    """A save with `shouldReprocess` sends the records along; 409 until that is done ([B])."""
    client = Client()
    id = made(client)
    save(client, id)
    client.store.lag_ms = 60_000
    body = {**rest(client, id), "shouldReprocess": True}
    assert client.send("PUT", f"{V1}/rules", body).status == 200
    assert client.get(f"/rules/{id}/reprocess/status") == {"isReprocessing": True}
    assert rest(client, id)["isReprocessing"] is True
    assert client.send("PUT", f"{V1}/rules", body).status == 409
    assert client.send("POST", f"{V1}/rules/{id}/reprocess").status == 409
    assert client.send("POST", f"{V1}/rules/{id}/reprocess/abort").status == 202
    assert client.get(f"/rules/{id}/reprocess/status") == {"isReprocessing": False}
    client.store.lag_ms = 0
    assert client.send("POST", f"{V1}/rules/{id}/reprocess").status == 202
    assert rest(client, id)["isReprocessing"] is False, "without lag it is done at once"


def test_who_does_not_own_a_rule_waits_for_approval_and_does_not_remove_it() -> None:
    client = Client()
    id = made(client)
    client.token = client.sign_in("ada@example.com")
    save(client, id, isActive=True)
    assert rest(client, id)["isActive"] is False
    assert client.send("DELETE", f"{V1}/rules/{id}").status == 403
    client.token = client.sign_in()
    assert [task["objectId"] for task in client.get("/tasks")["data"]] == [id]
    client.token = client.sign_in("ada@example.com")
    mine = made(client, "Mine")
    save(client, mine, isActive=True, name="Mine")
    assert rest(client, mine)["isActive"] is True
    assert client.send("DELETE", f"{V1}/rules/{mine}").status == 200
