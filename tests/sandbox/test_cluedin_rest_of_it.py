"""Entity types, settings, people, and approval."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox._cluedin import (
    ACTIVATE,
    CREATE_ENTITY_TYPE,
    ENTITY_TYPES,
    TERMS,
    V1,
    VOCABULARIES,
    Client,
)

TYPES = "/api/api/entitytypeinfo"
UPDATE = """mutation ($id: ID!, $model: UpdateConfigurations!) { administration {
  updateConfigurationSettings(organizationId: $id, model: $model) {
    errors { groupName messages keys { key messages } } } } }"""
SETTINGS = """query ($id: ID!, $all: Boolean) {
  administration { configurationSettings(id: $id, includeHiddenFromUi: $all) } }"""


@pytest.fixture
def client() -> Client:
    return Client()


def _organization(client: Client) -> str:
    return str(client.data("{ administration { organization { Id } } }")["Id"])


# Entity types


def test_creation_takes_json_text(client: Client) -> None:
    given = {
        "type": "/Customer",
        "active": True,
        "displayName": "Big Customer",
        "icon": "User",
        "pageTemplateId": "",
    }
    assert client.data(CREATE_ENTITY_TYPE, json=json.dumps(given)) is True
    found = client.data(ENTITY_TYPES, searchName="/Customer")["data"][0]
    assert (found["type"], found["entityType"], found["route"]) == ("/Customer", "/Customer", "bigcustomer")
    again = json.dumps({**given, "type": "/CUSTOMER"})
    assert "409" in client.error(CREATE_ENTITY_TYPE, json=again)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"type": "Customer"}', '{"type": "/"}', '{"type": "/X", "colour": 1}']
)
def test_bad_entity_types(client: Client, text: str) -> None:
    assert "400" in client.error(CREATE_ENTITY_TYPE, json=text)


def test_get_entity_type_info(client: Client) -> None:
    query = "query ($t: String!) { management { getEntityTypeInfo(type: $t) { type icon displayName } } }"
    assert client.data(query, t="/person") == {"type": "/Person", "icon": "Person", "displayName": "Person"}
    assert client.data(query, t="/Nobody") is None


def test_a_put_replaces_the_whole_object(client: Client) -> None:
    found = client.send("GET", f"{TYPES}?type=/Person").body
    assert found["layoutConfiguration"]
    answer = client.send("PUT", TYPES, {"id": found["id"], "type": "/Person", "displayName": "Human", "active": True})
    assert answer.status == 200
    after = client.send("GET", f"{TYPES}?type=/Person").body
    assert (after["displayName"], after["icon"], after["layoutConfiguration"]) == ("Human", None, None)


@pytest.mark.parametrize("change", [{"type": "/Human"}, {"route": "human"}, {"id": None}, {"source": "Default"}])
def test_code_and_route_are_fixed(client: Client, change: dict[str, Any]) -> None:
    found = client.send("GET", f"{TYPES}?type=/Person").body
    body = {"id": found["id"], "type": "/Person", "active": True, **change}
    assert client.send("PUT", TYPES, body).status == 400


def test_rest_entity_types_have_no_version_in_their_path(client: Client) -> None:
    page = client.send("GET", f"{TYPES}/paged?take=2&page=1").body
    assert (page["total"], len(page["data"])) == (5, 2)
    assert client.send("GET", f"{TYPES}/exists?entityType=/Person").body is True
    assert client.send("POST", TYPES, {"type": "/Person"}).status == 409
    assert client.send("POST", TYPES, {"type": "/New", "active": True}).status == 200
    with pytest.raises(AssertionError, match="no route"):
        client.send("GET", f"{V1}/entitytypeinfo")


# Settings and people


def test_settings_are_texts(client: Client) -> None:
    shown = client.data(SETTINGS, id=_organization(client))
    assert shown["Purview.SyncDataSources.Keywords"] == '"CluedInSource"'
    assert shown["Purview.FetchNoVocabularyKeys"] == "9999"
    assert "400" in client.error(SETTINGS, id="x")
    assert "403" in client.error(SETTINGS, id="00000000-0000-0000-0000-000000000000")


def test_refused_settings_come_in_the_payload(client: Client) -> None:
    organization = _organization(client)
    good = {"configurationKey": "Purview.SyncStreams.Enabled", "value": "true", "useDefault": False}
    bad = {"configurationKey": "Purview.FetchNoVocabularyKeys", "value": "many", "useDefault": False}
    answer = client.data(UPDATE, id=organization, model={"settings": [good, bad]})
    assert answer["errors"][0]["groupName"] == "Purview"
    assert answer["errors"][0]["keys"][0]["key"] == "Purview.FetchNoVocabularyKeys"
    assert client.data(SETTINGS, id=organization)["Purview.SyncStreams.Enabled"] == "false"
    assert client.data(UPDATE, id=organization, model={"settings": [good]}) == {"errors": []}
    assert client.data(SETTINGS, id=organization)["Purview.SyncStreams.Enabled"] == "true"
    back = {**good, "useDefault": True, "value": ""}
    client.data(UPDATE, id=organization, model={"settings": [back]})
    assert client.data(SETTINGS, id=organization)["Purview.SyncStreams.Enabled"] == "false"


def test_secrets_are_in_no_map_and_what_is_hidden_is_another_matter(client: Client) -> None:
    """A recorded map that includes what the pages hide has the connection string, and no client secret ([B])."""
    shown = client.data(SETTINGS, id=_organization(client))
    whole = client.data(SETTINGS, id=_organization(client), all=True)
    assert whole.keys() - shown.keys() == {"EventHub.ConnectionString"}
    assert not [key for key in whole if key.endswith("Secret")]
    body = {"settings": [{"configurationKey": "Purview.ClientSecret", "value": "hush", "useDefault": False}]}
    client.send("PUT", f"{V1}/organization/configurationvalue/v2/{_organization(client)}", body)
    path = f"{V1}/organization/configurationSettingsFiltered?includeHiddenFromUi=true"
    assert client.send("POST", path, ["Purview.ClientSecret", "EventHub.Name"]).body == {"EventHub.Name": ""}
    assert "hush" not in str(client.get(f"/organization/configurationsettings/{_organization(client)}"))
    value = f"/organization/configurationvalue/{_organization(client)}?configurationKey=Purview.ClientSecret"
    assert client.get(value) == ""


def test_an_unknown_setting_is_told_in_the_payload_and_all_or_some_are_set(client: Client) -> None:
    """The form of the refusal is [B]; whether the rest is set is not known, so that a switch decides."""
    organization = _organization(client)
    good = {"configurationKey": "Purview.SyncStreams.Enabled", "value": "true", "useDefault": False}
    unknown = {**good, "configurationKey": "Purview.SyncStreems.Enabled"}
    for partly in (False, True):
        client.settings.partial_settings = partly
        [group] = client.data(UPDATE, id=organization, model={"settings": [good, unknown]})["errors"]
        assert [key["key"] for key in group["keys"]] == ["Purview.SyncStreems.Enabled"]
        assert client.data(SETTINGS, id=organization)["Purview.SyncStreams.Enabled"] == str(partly).lower()


def test_servers_before_4_4_set_one_setting_at_a_time() -> None:
    """The bulk mutation came with 4.4 (toolkit, [B])."""
    old = Client(cluedin_version="4.3")
    organization = _organization(old)
    good = {"configurationKey": "Purview.SyncStreams.Enabled", "value": "true", "useDefault": False}
    refused = old.gql(UPDATE, id=organization, model={"settings": [good]})
    assert (refused.status, "updateConfigurationSettings" in str(refused.body)) == (400, True)
    change = "mutation c($id: ID!, $key: String!, $value: String!) { administration { changeConfigurationSettings("
    change += "organizationId: $id, key: $key, value: $value) } }"
    old.data(change, id=organization, key="Purview.SyncStreams.Enabled", value="true")
    assert old.data(SETTINGS, id=organization)["Purview.SyncStreams.Enabled"] == "true"


def test_rest_masks_secrets(client: Client) -> None:
    organization = _organization(client)
    body = {"settings": [{"configurationKey": "Purview.ClientSecret", "value": "hush", "useDefault": False}]}
    answer = client.send("PUT", f"{V1}/organization/configurationvalue/v2/{organization}", body)
    assert answer.body == {"errors": []}
    models = client.get(f"/organization/configurationsettings/v2/{organization}?includeHiddenFromUi=true")
    secret = next(model for model in models if model["key"] == "Purview.ClientSecret")
    assert (secret["isSecret"], secret["value"]) == (True, "********")
    client.get("/organization/configurationsettings/v2/00000000-0000-0000-0000-000000000000", status=403)


def test_people(client: Client) -> None:
    users = client.data("{ administration { users { id roles Account Entity } } }")
    assert {"admin@contoso.test", "ada@example.com", "sales-ops@example.com"} <= {
        user["Account"]["UserName"] for user in users
    }


# Approval


def test_writes_wait_for_approval() -> None:
    client = Client(approvals=True)
    made = client.vocabulary()
    assert made["vocabularyId"]
    assert client.data(VOCABULARIES, searchName="Customer")["total"] == 0
    tasks = client.get("/tasks")
    assert (tasks["total"], tasks["data"][0]["status"], tasks["data"][0]["objectId"]) == (
        1,
        "Pending",
        made["vocabularyId"],
    )
    path = f"{V1}/tasks/approval/approve/{tasks['data'][0]['id']}"
    assert client.send("PUT", path).body["status"] == "Approved"
    assert client.send("PUT", path).status == 409
    assert client.data(VOCABULARIES, searchName="Customer")["total"] == 1
    assert (client.get("/tasks")["total"], client.get("/tasks?filterActive=false")["total"]) == (0, 1)


def test_rejected_writes_never_happen() -> None:
    client = Client(approvals=True)
    category = client.category()
    client.term("Customer", category)
    task = client.get("/tasks")["data"][0]
    assert client.send("PUT", f"{V1}/tasks/approval/reject/{task['id']}", {"reason": "no"}).body["status"] == "Rejected"
    assert client.data(TERMS, searchName="Customer")["total"] == 1  # the seeded one


def test_approval_can_be_switched() -> None:
    client = Client(approvals=False)
    made = client.vocabulary()["vocabularyId"]
    client.settings.approvals = True
    assert client.data(ACTIVATE, vocabularyId=made)["isActive"] is True
    client.key(made)
    assert client.send("DELETE", f"{V1}/vocabs/vocabulary/{made}").status == 200
    assert client.keys(made) == {}
    assert client.data(VOCABULARIES, searchName="Customer")["data"][0]["isActive"] is False
    assert client.get(f"/tasks/byobject/{made}/{made}")["total"] == 2
