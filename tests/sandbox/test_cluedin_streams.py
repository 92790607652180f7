"""Streams: making, setting up, starting, exporting, removing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from reconciler_sandbox.cluedin.world import STREAM
from tests.sandbox._cluedin import RULE, V1, Client
from tests.sandbox.test_cluedin_annotations import CREATE as ANNOTATE
from tests.sandbox.test_cluedin_annotations import mapping_input
from tests.sandbox.test_cluedin_data_sources import AUTO, data_set
from tests.sandbox.test_cluedin_targets import target

STREAM_FIELDS = (
    "id name status description condition rules rulesApplied numberOfRecords containerName mode type isOwner"
    " exportOutgoingEdges exportIncomingEdges exportOutgoingEdgeProperties exportIncomingEdgeProperties"
    " connectorProperties mappingConfiguration author { username }"
    " connector { id name accountDisplay streamModes connector { id } connectorStatus { status } }"
)
CREATE = f"mutation x($s: InputCreateStream!) {{ consume {{ createStream(stream: $s) {{ {STREAM_FIELDS} }} }} }}"
SAVE = f"mutation x($s: InputStream!) {{ consume {{ saveStream(stream: $s) {{ {STREAM_FIELDS} }} }} }}"
SET_UP = (
    "mutation x($id: ID!, $e: InputExportConfiguration) { consume {"
    f" setupConnectorStream(streamId: $id, exportConfiguration: $e) {{ {STREAM_FIELDS} }} }} }}"
)
ONE = f"query x($id: ID!) {{ consume {{ stream(id: $id) {{ {STREAM_FIELDS} }} }} }}"
LIST = (
    "query x($page: Int, $size: Int, $name: String, $status: String, $target: ID) { consume { streams("
    "pageNumber: $page, itemsPerPage: $size, searchName: $name, status: $status, exportTargetId: $target)"
    " { total data { id name status } } } }"
)
CONDITION = {"condition": "AND", "rules": [RULE]}
TYPES = [{"key": "Name", "type": "metadata"}, {"key": "user.email", "type": "vocabkey"}]


@dataclass
class Scene:
    """A stream that is set up on a target, and ready to start."""

    client: Client
    target: str
    stream: str

    def read(self) -> Any:
        return self.client.data(ONE, id=self.stream)

    def export(self, **more: Any) -> dict[str, Any]:
        given = {"connectorProviderDefinitionId": self.target, "containerName": "customers", "mode": "Sync"}
        edges = {"exportOutgoingEdges": False, "exportIncomingEdges": False}
        return {**given, **edges, "dataTypes": TYPES, **more}

    def post(self, what: str, body: Any = None) -> Any:
        return self.client.send("POST", f"{V1}/streams/{self.stream}/{what}", body)

    def act(self, action: str) -> Any:
        return self.post(f"connectorActions/{action}/execute", {})

    @property
    def resent(self) -> int:
        found = self.client.store.get(STREAM, self.stream, latest=True)
        assert found is not None
        return int(found["resent"])


def scene_of(client: Client, **options: Any) -> Scene:
    one = client.data(CREATE, s={"name": "customers"})["id"]
    scene = Scene(client, target(client, **options), one)
    client.data(SAVE, s={"id": one, "name": "customers", "condition": CONDITION})
    client.data(SET_UP, id=one, e=scene.export())
    return scene


@pytest.fixture
def scene() -> Scene:
    return scene_of(Client())


def test_new_streams_hold_a_name_only() -> None:
    client = Client()
    found = client.data(CREATE, s={"name": "customers"})
    assert found["status"] == "New"
    assert (found["connector"], found["mode"], found["containerName"], found["description"]) == (None,) * 4
    assert (found["mappingConfiguration"], found["rules"], found["condition"]["rules"]) == ([], [], [])
    assert client.data(CREATE, s={"name": "customers"})["id"] != found["id"]
    assert "400" in client.error(CREATE, s={"name": " "})


def test_save_replaces_condition_and_actions(scene: Scene) -> None:
    action = {"name": "Tag", "conditions": {"condition": "AND", "rules": []}, "actions": []}
    given = {"id": scene.stream, "name": "people", "description": "All", "condition": CONDITION, "rules": [action]}
    found = scene.client.data(SAVE, s=given)
    assert (found["name"], found["description"], found["rulesApplied"]) == ("people", "All", 1)
    assert found["condition"]["rules"][0]["value"] == ["/Person"]
    bare = scene.client.data(SAVE, s={"id": scene.stream, "name": "people"})
    assert (bare["description"], bare["rules"], bare["condition"]["rules"]) == (None, [], [])
    assert bare["containerName"] == "customers"


def test_export_reads_back(scene: Scene) -> None:
    found = scene.read()
    assert found["connector"]["id"] == scene.target
    assert found["connector"]["connectorStatus"] == {"status": "Healthy"}
    assert (found["containerName"], found["mode"]) == ("customers", "Sync")
    assert found["mappingConfiguration"] == [
        {"sourceDataType": "Name", "sourceObjectType": "metadata"},
        {"sourceDataType": "user.email", "sourceObjectType": "vocabkey"},
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"dataTypes": [{"key": "user.nothing", "type": "vocabkey"}]},
        {"dataTypes": [{"key": "user.Email", "type": "vocabkey"}]},
        {"dataTypes": [{"key": "Nothing", "type": "metadata"}]},
        {"dataTypes": [{"key": "Name", "type": "other"}]},
        {"mode": "Batch"},
        {"mode": "EventStream"},
        {"containerName": ""},
        {"connectorProviderDefinitionId": "00000000-0000-0000-0000-000000000001"},
    ],
)
def test_export_is_checked(scene: Scene, wrong: dict[str, Any]) -> None:
    assert "400" in scene.client.error(SET_UP, id=scene.stream, e=scene.export(**wrong))


def test_properties_that_are_no_keys() -> None:
    found = Client().data("{ consume { streamMappingProperties { displayName key type } } }")
    assert {"displayName": "Name", "key": "Name", "type": "metadata"} in found


def test_list_pages_from_one_and_filters(scene: Scene) -> None:
    client = scene.client
    for _ in range(2):
        client.data(CREATE, s={"name": "customers"})
    first = client.data(LIST, page=1, size=2)
    assert (first["total"], len(first["data"])) == (3, 2)
    assert len(client.data(LIST, page=2, size=2)["data"]) == 1
    assert client.data(LIST, target=scene.target)["total"] == 1
    assert client.data(LIST, name="orders")["total"] == 0
    assert client.data(LIST, status="Started")["total"] == 0


def test_states(scene: Scene) -> None:
    assert scene.post("pause").status == 400
    for step, state in (("start", "Started"), ("pause", "Paused"), ("start", "Started"), ("stop", "Stopped")):
        assert scene.post(step).status == 200
        assert scene.read()["status"] == state


def test_start_needs_a_healthy_target() -> None:
    scene = scene_of(Client(), AccountKey="")
    refused = scene.post("start")
    assert refused.status == 400
    assert "AccountKey" in refused.body["detail"]
    bare = scene.client.data(CREATE, s={"name": "bare"})["id"]
    assert scene.client.send("POST", f"{V1}/streams/{bare}/start").status == 400


def test_a_target_that_breaks_stops_its_streams(scene: Scene) -> None:
    scene.post("start")
    save = (
        "mutation x($c: InputConnectorConfiguration) { inbound {"
        " saveConnectorConfiguration(connectorConfiguration: $c) { id } } }"
    )
    scene.client.data(save, c={"id": scene.target, "helperConfiguration": {"AccountName": "contosolake"}})
    assert scene.read()["status"] == "Stopped"
    assert scene.client.get(f"/streams/{scene.stream}")["requiresAttention"] is True


def test_streams_use_keys() -> None:
    client = Client()
    vocabulary = client.vocabulary()["vocabularyId"]
    client.key(vocabulary, "email")
    scene = scene_of(client)
    types = [{"key": "customer.email", "type": "vocabkey"}]
    client.data(SET_UP, id=scene.stream, e=scene.export(dataTypes=types))
    users = client.get(f"/vocabusage/vocabulary/{vocabulary}/usage")
    assert [(user["type"], user["id"]) for user in users] == [("Stream", scene.stream)]
    assert client.send("DELETE", f"{V1}/vocabs/vocabulary/{vocabulary}").status == 400


def test_changes_of_a_started_stream_send_again(scene: Scene) -> None:
    client = scene.client
    client.data(SET_UP, id=scene.stream, e=scene.export(containerName="other"))
    assert scene.resent == 0
    scene.post("start")
    same = {"id": scene.stream, "name": "people", "description": "x", "condition": CONDITION}
    client.data(SAVE, s=same)
    client.data(SET_UP, id=scene.stream, e=scene.export(containerName="other"))
    assert scene.resent == 0
    client.data(SET_UP, id=scene.stream, e=scene.export(containerName="other", dataTypes=TYPES[:1]))
    client.data(SAVE, s={**same, "condition": {"condition": "OR", "rules": []}})
    assert scene.resent == 2


def test_rest_speaks_integers(scene: Scene) -> None:
    client = scene.client
    scene.post("start")
    found = client.get(f"/streams/{scene.stream}")
    assert all(isinstance(found[name], int) for name in ("status", "mode"))
    assert found["connectorProviderDefinitionId"] == scene.target
    listed = client.get("/streams?page=0&take=5")
    assert (listed["total"], listed["data"][0]["id"]) == (1, scene.stream)
    mapping = client.get(f"/streammapping/{scene.stream}")
    assert [item["sourceDataType"] for item in mapping] == ["Name", "user.email"]
    options = {item["key"]: item["type"] for item in client.get("/streammapping/options")}
    assert [item["sourceObjectType"] for item in mapping] == [options["Name"], options["user.email"]]


def test_rest_set_up_knows_more_than_graphql(scene: Scene) -> None:
    client = scene.client
    found = client.get(f"/streams/{scene.stream}")
    options = {item["key"]: item for item in client.get("/streammapping/options")}
    body = {
        "connectorProviderDefinitionId": scene.target,
        "containerName": "customers",
        "mode": found["mode"],
        "existingContainerAction": 0,
        "exportOutgoingEdgeProperties": True,
        "connectorProperties": {"a": 1},
        "dataTypes": [options["Name"]],
    }
    path = f"{V1}/streams/setupconnector/{scene.stream}"
    assert client.send("POST", path, body).status == 200
    read = scene.read()
    assert (read["exportOutgoingEdgeProperties"], read["connectorProperties"]) == (True, {"a": 1})
    assert [item["sourceDataType"] for item in read["mappingConfiguration"]] == ["Name"]
    client.data(SET_UP, id=scene.stream, e=scene.export())
    assert scene.read()["connectorProperties"] == {"a": 1}
    assert client.send("POST", path, {**body, "mode": 7}).status == 400
    wrong = [{"key": "Nothing", "type": options["Name"]["type"]}]
    assert client.send("POST", path, {**body, "dataTypes": wrong}).status == 400


def test_rest_makes_and_saves_whole_streams(scene: Scene) -> None:
    client = scene.client
    mode = client.get(f"/streams/{scene.stream}")["mode"]
    body = {"name": "second", "condition": CONDITION, "mode": mode, "containerName": "c"}
    made = client.send("POST", f"{V1}/streams", {**body, "connectorProviderDefinitionId": scene.target})
    assert made.status == 200
    assert client.get(f"/streams/{made.body}")["containerName"] == "c"
    assert client.send("PUT", f"{V1}/streams/{made.body}", {**body, "name": "third"}).status == 200
    assert client.get(f"/streams/{made.body}")["name"] == "third"


def test_mapping_over_rest(scene: Scene) -> None:
    mapping = scene.client.get(f"/streammapping/{scene.stream}")
    path = f"{V1}/streammapping/{scene.stream}"
    assert scene.client.send("POST", path, mapping[:1]).status == 200
    assert scene.client.get(f"/streammapping/{scene.stream}") == mapping[:1]


def test_removal_frees_the_target(scene: Scene) -> None:
    client = scene.client
    refused = client.send("DELETE", f"{V1}/connector/{scene.target}")
    assert refused.status == 409
    assert "customers" in refused.body["detail"]
    assert client.send("DELETE", f"{V1}/streams/{scene.stream}").status == 200
    assert client.send("DELETE", f"{V1}/streams/{scene.stream}").status == 404
    assert client.send("DELETE", f"{V1}/connector/{scene.target}").status == 200


def test_export_runs_and_is_remembered(scene: Scene) -> None:
    client = scene.client
    assert client.get(f"/streams/{scene.stream}/connectorActions") == []
    assert scene.act("RunExport").status == 400
    scene.post("start")
    assert [item["name"] for item in client.get(f"/streams/{scene.stream}/connectorActions")] == ["RunExport"]
    assert scene.act("RunExport").body["success"] is True
    (row,) = scene.act("GetExportHistory").body
    assert list(row) == ["DataTime", "StartTime", "EndTime", "TotalRows", "Status", "FilePath", "CronSchedule"]
    assert (row["FilePath"], row["Status"]) == ("exports/customers/customers.parquet", "Complete")
    assert scene.act("GetStreamCacheRowCount").body == {"rowCount": 0}
    assert scene.act("Dance").status == 404


def test_actions_came_with_4_6() -> None:
    scene = scene_of(Client(cluedin_version="4.5"))
    scene.post("start")
    assert scene.client.send("GET", f"{V1}/streams/{scene.stream}/connectorActions").status == 404
    assert scene.act("RunExport").status == 404


def test_changes_states_and_removals_wait_for_approval(scene: Scene) -> None:
    client = scene.client
    client.settings.approvals = True
    scene.post("start")
    client.data(SAVE, s={"id": scene.stream, "name": "clients", "condition": {}})
    assert (scene.read()["status"], scene.read()["name"]) == ("New", "customers")
    names = [task["name"] for task in client.get("/tasks")["data"]]
    assert names == ["Change stream state", "Update stream"]
    for task in client.get("/tasks")["data"]:
        client.send("PUT", f"{V1}/tasks/approval/approve/{task['id']}")
    assert (scene.read()["status"], scene.read()["name"]) == ("Started", "clients"), "one undoes nothing of the other"
    assert client.send("DELETE", f"{V1}/streams/{scene.stream}").status == 200
    assert scene.read()["name"] == "clients"
    (task,) = client.get("/tasks")["data"]
    client.send("PUT", f"{V1}/tasks/approval/approve/{task['id']}")
    assert client.send("GET", f"{V1}/streams/{scene.stream}").status == 404
    assert client.send("DELETE", f"{V1}/connector/{scene.target}").status == 200
    assert [task["name"] for task in client.get("/tasks")["data"]] == ["Delete connector"]


def test_exports_hold_the_records_that_fit(scene: Scene) -> None:
    client = scene.client
    one = data_set(client)
    vocabulary = client.vocabulary()["vocabularyId"]
    client.data(ANNOTATE, d=one, t="endpoint", m=mapping_input(vocabulary), v=True)
    client.send("POST", f"/upload/api/endpoint/{one}", [{"id": 1}, {"id": 2}])
    scene.post("start")
    assert scene.read()["numberOfRecords"] == 0
    client.data(AUTO, d=one, a=True)
    assert scene.read()["numberOfRecords"] == 2
    scene.act("RunExport")
    assert scene.act("GetExportHistory").body[0]["TotalRows"] == 2
    other = {"condition": "AND", "rules": [{**RULE, "value": ["/Organization"]}]}
    client.data(SAVE, s={"id": scene.stream, "name": "customers", "condition": other})
    assert scene.act("GetStreamCacheRowCount").body == {"rowCount": 0}


def test_default_file_name_holds_the_stream() -> None:
    scene = scene_of(Client(), FileNamePattern="")
    scene.post("start")
    scene.act("RunExport")
    name = scene.act("GetExportHistory").body[0]["FilePath"].rsplit("/", 1)[-1]
    assert name.startswith(scene.stream)
    assert name.removeprefix(f"{scene.stream}_").removesuffix(".parquet").isdigit()


def test_text_booleans_leave_the_cache_off() -> None:
    scene = scene_of(Client(), IsStreamCacheEnabled="true")
    scene.post("start")
    assert "cache" in scene.act("RunExport").body["detail"]


def test_normalising_sandboxes_reorder() -> None:
    scene = scene_of(Client(normalise=True))
    assert [item["sourceDataType"] for item in scene.read()["mappingConfiguration"]] == ["Name", "user.email"][::-1]
    assert scene.read()["name"] == "customers"


def test_new_streams_lag() -> None:
    client = Client(lag_ms=60_000)
    assert "404" in client.error(ONE, id=client.data(CREATE, s={"name": "x"})["id"])
