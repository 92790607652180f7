"""Data source groups, sources, data sets and their endpoint."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox._cluedin import Client

GROUP = "mutation x($s: InputDataSourceSet) { inbound { createDataSourceSet(dataSourceSet: $s) } }"
SOURCE = (
    "mutation x($g: ID, $s: InputDataSource) { inbound {"
    " createDataSource(dataSourceSetId: $g, dataSource: $s) { id } } }"
)
SETS = "mutation x($s: ID, $d: [InputDataSet]) { inbound { createDataSets(dataSourceId: $s, dataSets: $d) { id } } }"
GROUPS = (
    "query x($page: Int, $size: Int, $name: String) { inbound { dataSourceSets(page: $page, pageSize: $size,"
    " searchName: $name) { total data { id name author { username } dataSources { id name dataSets { id } } } } } }"
)
ONE_SOURCE = (
    "query x($id: ID!) { inbound { dataSource(id: $id) { id name type dataSourceSet { id name } dataSets { id name }"
    " connectorConfigurationId connectorConfiguration { id accountDisplay sourceQuality configuration"
    " helperConfiguration connector { id type } } } } }"
)
ONE_SET = (
    "query x($id: ID!) { inbound { dataSet(id: $id) { id name originalFields configuration annotationId elasticTotal"
    " annotation { id nameKey } onlyUpdateClueHeadVersion isArchive canBeDeleted dataSourceId"
    " dataSource { id dataSourceSet { name } } stats { total successful failed }"
    " fieldMappings { id originalField key } } } }"
)
AUTO = "mutation x($d: ID!, $a: Boolean) { inbound { modifyDataSetAutoSubmit(dataSetId: $d, autoSubmit: $a) } }"
KIND = {"new": False, "icon": "User", "entityType": "/Person", "displayName": "Person"}


def set_input(name: str = "contacts", **more: Any) -> dict[str, Any]:
    inner = {"endPointName": name, "autoSubmit": False, "entityType": "/Person"}
    given = {"name": name, "type": "endpoint", "store": True, "originalFields": []}
    return {**given, "configuration": {"object": inner, "entityTypeConfiguration": KIND}, **more}


def source(client: Client, kind: str = "endpoint") -> str:
    group = client.data(GROUP, s={"name": "CRM"})
    return str(client.data(SOURCE, g=group, s={"type": kind, "name": "contacts"})["id"])


def data_set(client: Client, **more: Any) -> str:
    return str(client.data(SETS, s=source(client), d=[set_input(**more)])[0]["id"])


def test_groups_answer_with_an_id_and_repeat_names() -> None:
    client = Client()
    assert [client.data(GROUP, s={"name": "CRM"}) for _ in range(3)] == ["1", "2", "3"]
    assert [g["id"] for g in client.data(GROUPS, page=0, size=2)["data"]] == ["1", "2"]
    second = client.data(GROUPS, page=1, size=2)
    assert second["total"] == 3
    assert [g["id"] for g in second["data"]] == ["3"]
    assert client.data(GROUPS, name="erp")["total"] == 0
    assert client.data(GROUPS)["data"][0]["author"]["username"] == "admin@contoso.test"
    assert "400" in client.error(GROUP, s={"name": " "})


def test_source_has_a_configuration_under_two_cases() -> None:
    client = Client()
    found = client.data(ONE_SOURCE, id=source(client))
    assert found["id"] == "1"
    assert found["dataSourceSet"] == {"id": "1", "name": "CRM"}
    assert found["connectorConfigurationId"] == found["connectorConfigurationId"].upper()
    nested = found["connectorConfiguration"]
    assert nested["id"] == found["connectorConfigurationId"].lower()
    assert nested["helperConfiguration"] == {"EndpointName": "contacts", "DataSourceId": 1}
    assert nested["configuration"]["firstTime"] is True
    assert nested["connector"]["type"] == "Crawler"


def test_source_configuration_is_saved_by_either_case() -> None:
    client = Client()
    one = source(client)
    shouting = client.data(ONE_SOURCE, id=one)["connectorConfigurationId"]
    save = (
        "mutation x($c: InputConnectorConfiguration) { inbound {"
        " saveConnectorConfiguration(connectorConfiguration: $c) { id } } }"
    )
    options = {"EndpointName": "contacts", "DataSourceId": 1}
    given = {"id": shouting, "accountDisplay": "people", "helperConfiguration": options, "sourceQuality": 8}
    client.data(save, c=given)
    nested = client.data(ONE_SOURCE, id=one)["connectorConfiguration"]
    assert (nested["accountDisplay"], nested["sourceQuality"]) == ("people", 8)


def test_sources_need_a_group_and_a_type() -> None:
    client = Client()
    assert "404" in client.error(SOURCE, g="9", s={"type": "endpoint", "name": "x"})
    group = client.data(GROUP, s={"name": "CRM"})
    assert "400" in client.error(SOURCE, g=group, s={"type": "ftp", "name": "x"})
    assert "404" in client.error(ONE_SOURCE, id="9")


def test_sets_come_as_a_list_with_upper_case_ids() -> None:
    client = Client()
    one = source(client)
    made = client.data(SETS, s=one, d=[set_input("a"), set_input("a")])
    assert len(made) == 2
    assert all(item["id"] == item["id"].upper() for item in made)
    found = client.data(ONE_SET, id=made[0]["id"].lower())
    assert found["configuration"]["object"]["autoSubmit"] is False
    assert found["configuration"]["entityTypeConfiguration"] == KIND
    assert found["originalFields"] is None
    assert found["dataSource"] == {"id": one, "dataSourceSet": {"name": "CRM"}}
    assert len(client.data(ONE_SOURCE, id=one)["dataSets"]) == 2


def test_null_columns_are_refused() -> None:
    client = Client()
    one = source(client)
    assert "400" in client.error(SETS, s=one, d=[set_input(originalFields=None)])
    assert "404" in client.error(SETS, s="9", d=[set_input()])


def test_shared_annotations_say_that_they_are_to_come() -> None:
    client = Client()
    shared = SETS.replace("dataSets: $d)", 'dataSets: $d, existingAnnotationId: "1")')
    assert "501" in client.error(shared, s=source(client), d=[set_input()])
    assert Client(cluedin_version="4.1").gql(shared, s="1", d=[set_input()]).status == 400


def test_sets_change_two_members() -> None:
    client = Client()
    one = data_set(client, originalFields=["id", "email"])
    save = "mutation x($d: InputSaveDataSet) { inbound { saveDataSet(dataSet: $d) { id name } } }"
    client.data(save, d={"id": one, "onlyUpdateClueHeadVersion": True})
    assert client.data(AUTO, d=one, a=True) is True
    found = client.data(ONE_SET, id=one)
    assert found["onlyUpdateClueHeadVersion"] is True
    assert found["configuration"]["object"] == {"endPointName": "contacts", "autoSubmit": True, "entityType": "/Person"}
    assert found["originalFields"] == ["id", "email"]


def test_endpoint_adds_columns_and_counts() -> None:
    client = Client()
    one = data_set(client, originalFields=["email"])
    path = f"/upload/api/endpoint/{one}"
    assert client.send("POST", path, [{"key": 1, "email": "a@b"}, {"key": 2, "city": "Oslo"}]).status == 200
    found = client.data(ONE_SET, id=one)
    assert found["originalFields"] == ["email", "key", "city"]
    assert found["stats"] == {"total": 2, "successful": 0, "failed": 0}
    assert client.send("POST", path, {"id": 1}).status == 400
    assert client.send("POST", path, [{f"c{n}": 1 for n in range(488)}]).status == 400
    client.token = ""
    assert client.send("POST", path, []).status == 401


def test_properties_get_other_names_as_they_arrive() -> None:
    """The vendor's pages "Logs" and "Endpoint", and the answer in its picture."""
    client = Client()
    one = data_set(client, originalFields=[])
    path = f"/upload/api/endpoint/{one}"
    answer = client.send("POST", path, [{"id": 1, "first name": "Ada", "address.city": "Oslo", "Größe": 3}])
    assert answer.status == 200
    assert (answer.body["success"], answer.body["warning"], answer.body["error"]) == (True, True, False)
    spaces = answer.body["warnings"][1]
    assert spaces["errorMessage"] == (
        "Spaces found in first name and is not allowed. Column has been replaced with a value without spaces"
    )
    assert (spaces["messageId"], spaces["property"], spaces["rowIndex"]) == ("space-in-property", "first name", "0")
    assert client.data(ONE_SET, id=one)["originalFields"] == ["_id", "firstname", "addresscity", "Größe"]


@pytest.mark.parametrize("name", ["имя", "اسم", "名前", "όνομα", "", " . ", "x" * 251, "1st"])
def test_a_record_with_a_property_that_is_refused_is_not_saved(name: str) -> None:
    client = Client()
    one = data_set(client, originalFields=[])
    path = f"/upload/api/endpoint/{one}"
    answer = client.send("POST", path, [{"email": "a@b", name: 1}, {"email": "c@d"}, {}])
    assert (answer.status, answer.body["error"]) == (200, True)
    assert [(line["rowIndex"], line["property"]) for line in answer.body["errors"]] == [("0", name), ("2", "")]
    found = client.data(ONE_SET, id=one)
    assert (found["stats"]["total"], found["originalFields"]) == (1, ["email"])


def test_what_is_no_array_is_refused_with_errors() -> None:
    client = Client()
    answer = client.send("POST", f"/upload/api/endpoint/{data_set(client)}", {"id": 1})
    assert answer.status == 400
    assert [one["messageId"] for one in answer.body["errors"]] == ["invalid-array-json-sent"]


@pytest.mark.parametrize("kind", ["file", "sql"])
def test_only_endpoints_take_records(kind: str) -> None:
    client = Client()
    one = client.data(SETS, s=source(client, kind), d=[set_input()])[0]["id"]
    assert client.send("POST", f"/upload/api/endpoint/{one}", [{"id": 1}]).status == 400


def test_database_of_a_source() -> None:
    client = Client()
    save = (
        "mutation x($id: ID!, $c: JSON) { inbound {"
        " saveDataBaseConfigurationForDataSource(id: $id, configuration: $c) } }"
    )
    assert client.data(save, id=source(client, "sql"), c={"host": "db"}) is True
    assert "400" in client.error(save, id=source(client), c={"host": "db"})


def test_new_objects_lag() -> None:
    client = Client(lag_ms=60_000)
    assert "404" in client.error(ONE_SET, id=data_set(client))
    assert client.data(GROUPS)["total"] == 0
