"""Export targets: the catalogue, connections, secrets, health, removal."""

from __future__ import annotations

from typing import Any

from tests.sandbox._cluedin import V1, Client

LAKE = "f6178e19-7168-449c-b4b6-f9810e86c1c2"
HTTP = "486cc091-4c77-4190-8e2d-058bc4ca8a85"
OPTIONS = {
    "AccountName": "contosolake",
    "AccountKey": "s3cret",
    "FileSystemName": "mdm",
    "DirectoryName": "exports/customers",
    "OutputFormat": "parquet",
    "Schedule": "Hourly",
    "IsStreamCacheEnabled": True,
    "FileNamePattern": "{ContainerName}.{OutputFormat}",
}
CREATE = (
    "mutation x($id: ID, $auth: JSON, $display: String) { inbound {"
    " createConnection(connectorId: $id, authInfo: $auth, accountDisplay: $display) { id } } }"
)
ONE = (
    "query x($id: ID) { inbound { connectorConfiguration(id: $id) { id name accountDisplay providerId"
    " configuration helperConfiguration failingAuthentication users { username } connector { id streamModes }"
    " connectorStatus { status connectorStatusDetails { providerDefinitionId hasError errorMessage } } } } }"
)
SAVE = (
    "mutation x($c: InputConnectorConfiguration) { inbound { saveConnectorConfiguration(connectorConfiguration: $c)"
    " { id accountDisplay helperConfiguration } } }"
)
LIST = (
    "query x($page: Int, $size: Int, $status: String, $name: String) { inbound { connectorConfigurations("
    "pageNo: $page, itemsPerPage: $size, status: $status, searchName: $name)"
    " { total configurations { id accountDisplay helperConfiguration providerId } } } }"
)


def target(client: Client, display: str | None = "customers", **options: Any) -> str:
    given = {**OPTIONS, **options}
    return str(client.data(CREATE, id=LAKE.upper(), auth=given, display=display)["id"])


def test_catalogue_marks_secrets_and_choices() -> None:
    found = Client().data("{ inbound { connectors { id authMethods } } }")
    fields = {f["name"]: f for f in next(c for c in found if c["id"] == LAKE)["authMethods"]["token"]}
    assert fields["AccountKey"]["type"] == fields["StreamCacheConnectionString"]["type"] == "password"
    assert fields["IsStreamCacheEnabled"]["type"] == "checkbox"
    assert [o["value"] for o in fields["OutputFormat"]["options"]] == ["csv", "json", "parquet"]


def test_the_http_connector_has_no_password_field_and_composes_its_name_of_both() -> None:
    """Public source of the connector: both controls are inputs, the display name is `{Url}.{Authorization}`."""
    client = Client()
    found = next(c for c in client.data("{ inbound { connectors { id name authMethods } } }") if c["id"] == HTTP)
    assert found["name"] == "Http Connector"
    assert [(f["name"], f["type"]) for f in found["authMethods"]["token"]] == [
        ("url", "input"), ("authorization", "input"),
    ]  # fmt: skip
    given = {"url": "https://hook.test", "authorization": "Bearer x"}
    id = client.data(CREATE, id=HTTP, auth=given, display=None)["id"]
    assert client.data(ONE, id=id)["accountDisplay"] == "https://hook.test.Bearer x"


def test_connection_reads_back() -> None:
    client = Client()
    found = client.data(ONE, id=target(client))
    assert found["accountDisplay"] == "customers"
    assert found["name"] == "Azure DataLake Connector"
    assert found["helperConfiguration"] == OPTIONS
    assert "AccountKey" not in found["configuration"]
    assert found["connectorStatus"]["status"] == "Healthy"
    assert found["connector"]["streamModes"] == ["Sync", "EventStream"]


def test_composed_display_ends_in_a_blank() -> None:
    client = Client()
    assert client.data(ONE, id=target(client, None))["accountDisplay"] == "contosolake mdm exports/customers "
    old = Client(cluedin_version="4.2")
    assert old.gql(CREATE, id=LAKE, auth=OPTIONS, display="customers").status == 400
    bare = "mutation x($id: ID, $auth: JSON) { inbound { createConnection(connectorId: $id, authInfo: $auth) { id } } }"
    made = old.data(bare, id=LAKE, auth=OPTIONS)["id"]
    assert old.data(ONE, id=made)["accountDisplay"] == "contosolake mdm exports/customers "
    strict = Client(normalise=True)
    assert strict.data(ONE, id=target(strict))["accountDisplay"] == "customers "


def test_unknown_provider_is_refused() -> None:
    client = Client()
    assert "404" in client.error(CREATE, id="00000000-0000-0000-0000-000000000001", auth={}, display="x")
    assert "400" in client.error(CREATE, id=LAKE, auth=[1], display="x")


def test_save_replaces_and_wipes_secrets() -> None:
    client = Client()
    one = target(client)
    bare = {key: value for key, value in OPTIONS.items() if key != "AccountKey"}
    saved = client.data(SAVE, c={"id": one, "helperConfiguration": bare})
    assert saved["accountDisplay"] == "customers"
    found = client.data(ONE, id=one)
    assert "AccountKey" not in found["helperConfiguration"]
    assert found["failingAuthentication"] is True
    details = found["connectorStatus"]["connectorStatusDetails"]
    assert details == [{"providerDefinitionId": one, "hasError": True, "errorMessage": "Missing: AccountKey."}]
    assert client.send("GET", f"{V1}/connector/verifyconnection/{one}").status == 500


def test_text_booleans_count_for_nothing() -> None:
    client = Client()
    found = client.data(ONE, id=target(client, IsStreamCacheEnabled="true", ShouldEscapeVocabularyKeys=True))
    assert found["helperConfiguration"]["IsStreamCacheEnabled"] == "true"
    assert found["configuration"]["IsStreamCacheEnabled"] is False
    assert found["configuration"]["ShouldEscapeVocabularyKeys"] is True


def test_bad_options_are_unhealthy() -> None:
    client = Client()
    for options in (
        {"AccountName": "a b"},
        {"OutputFormat": "Parquet"},
        {"Schedule": "hourly"},
        {"Schedule": "CustomCron"},
        {"FileNamePattern": "a/b"},
    ):
        one = target(client, **options)
        assert client.get(f"/connector/connectorstatus/{one}")["status"] == "Unhealthy", options


def test_list_pages_from_one_and_names_repeat() -> None:
    client = Client()
    ids = [target(client) for _ in range(3)]
    first = client.data(LIST, page=1, size=2, status="All")
    second = client.data(LIST, page=2, size=2, status="All")
    assert first["total"] == 3
    assert [c["id"] for c in first["configurations"] + second["configurations"]] == ids
    assert first["configurations"][0]["helperConfiguration"] is None
    assert client.data(LIST, name="nobody", status="All")["total"] == 0
    assert "400" in client.error(LIST, page=0, status="All")


def test_rest_reads_verifies_and_removes() -> None:
    client = Client()
    one = target(client)
    assert client.get(f"/connector/connectorinfo?id={one}")["accountDisplay"] == "customers"
    assert client.send("GET", f"{V1}/connector/verifyconnection/{one}").status == 200
    verified = client.send("POST", f"{V1}/connector/verifycredentials/{LAKE}", {"AccountName": "x"})
    assert verified.body["success"] is False
    assert client.send("DELETE", f"{V1}/connector/{one}").status == 200
    assert client.send("DELETE", f"{V1}/connector/{one}").status == 404
    assert "404" in client.error(ONE, id=one)


def test_grant_adds_people() -> None:
    client = Client()
    one = target(client)
    ada = next(u["id"] for u in client.data("{ administration { users { id username } } }") if "ada" in u["username"])
    grant = "mutation x($c: ID, $u: [ID]) { inbound { grantUsersPermission(connectorId: $c, userIds: $u) { id } } }"
    client.data(grant, c=one, u=[ada])
    assert len(client.data(ONE, id=one)["users"]) == 2


def test_new_targets_lag() -> None:
    client = Client(lag_ms=60_000)
    assert "404" in client.error(ONE, id=target(client))
