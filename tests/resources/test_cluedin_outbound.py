"""Export targets and streams against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from reconciler.errors import StoppedError, SystemFailureError
from reconciler.questions.outbound import TargetNamed
from reconciler.resources.cluedin import stream_state
from reconciler.resources.cluedin._export_rest import MODES, _learnt, set_up
from reconciler.resources.cluedin.outbound import RESENDS, ailment, catalogue, inputs, secret_names
from reconciler.resources.objects import Failed, Write
from reconciler.resources.rules import Disruptive
from reconciler.systems.cluedin import CluedIn
from reconciler_sandbox.server import Running, running
from tests.resources.cluedin_support import Desk, connect, faked, type_

LAKE = "Azure DataLake Connector"
PERSON = {
    "field": "EntityType",
    "objectTypeId": "3be85371-cbe0-4180-8820-73e6e37a6c32",
    "operator": "0bafc522-8011-43ba-978a-babe222ba466",
    "type": "string",
    "value": ["/Person"],
}
OPTIONS = {
    "AccountName": "contosolake",
    "FileSystemName": "mdm",
    "DirectoryName": "exports/people",
    "OutputFormat": "parquet",
    "Schedule": "Hourly",
    "IsStreamCacheEnabled": True,
}
KEY = {"AccountKey": "k-123=="}
RAW = """query q($id: ID) { inbound { id connectorConfiguration(id: $id) {
  accountDisplay source sourceQuality helperConfiguration } } }"""
ACTIONS = """mutation saveStream($stream: InputStream!) { consume { saveStream(stream: $stream) { id } } }"""
RULE = {"name": "Mask", "isActive": True, "actions": [{"type": "MaskValue"}]}


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "normalising"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running(seed="demo", normalise=request.param) as one:
        yield one


@pytest.fixture
def cluedin(sandbox: Running) -> CluedIn:
    return connect(sandbox)


def desk(cluedin: CluedIn, name: str) -> Desk:
    return Desk(cluedin, name)


def raw_target(cluedin: CluedIn, id: str) -> dict[str, Any]:
    found: dict[str, Any] = cluedin.graphql(RAW, {"id": id}, effect="read")["inbound"]["connectorConfiguration"]
    return found


def made(cluedin: CluedIn, name: str, *, secrets: dict[str, str] | None = None, state: str = "") -> str:
    """A target, a stream and its export, all of one name; answers the key of the target."""
    target = f"{LAKE}/{name}"
    desk(cluedin, "export_target").create(target, config=OPTIONS, secrets=KEY if secrets is None else secrets)
    desk(cluedin, "stream").create(name, condition=PERSON, description="People")
    desk(cluedin, "stream_export").create(
        name, target=target, container="people", export_mode="Sync", columns=["metadata:Name", "vocabkey:person.email"]
    )
    if state:
        desk(cluedin, "stream_state").create(name, state=state)
    return target


# -- export targets --------------------------------------------------------------------------------------------


def test_target_create_read_update_delete(cluedin: CluedIn) -> None:
    targets, key = desk(cluedin, "export_target"), f"{LAKE}/people of %2F sales"
    id = targets.create(key, config=OPTIONS, secrets=KEY)
    live = targets.get(key)
    assert live.id == id
    assert live.fields["config[AccountName]"] == "contosolake"
    assert live.fields["config[IsStreamCacheEnabled]"] == "true"
    assert not [path for path in live.fields if "Key" in path or "secret" in path], "secrets are never shown"
    stored = raw_target(cluedin, live.id)
    assert stored["helperConfiguration"]["IsStreamCacheEnabled"] is True
    assert stored["accountDisplay"].strip() == "people of / sales"

    targets.update(key, config={"OutputFormat": "csv"})
    after = raw_target(cluedin, live.id)
    assert after == {**stored, "helperConfiguration": {**stored["helperConfiguration"], "OutputFormat": "csv"}}
    targets.update(key, secrets={"AccountKey": "new"})
    assert raw_target(cluedin, live.id)["helperConfiguration"]["AccountKey"] == "new"
    targets.delete(key)
    assert targets.read(key) is None


def test_target_text_for_a_boolean_is_sent_as_json_and_live_text_is_no_truth(cluedin: CluedIn) -> None:
    targets, key = desk(cluedin, "export_target"), f"{LAKE}/booleans"
    targets.create(key, config=OPTIONS | {"IsStreamCacheEnabled": "true"}, secrets=KEY)
    live = targets.get(key)
    assert raw_target(cluedin, live.id)["helperConfiguration"]["IsStreamCacheEnabled"] is True
    options = raw_target(cluedin, live.id)["helperConfiguration"] | {"IsStreamCacheEnabled": "true"}
    save = """mutation save($c: InputConnectorConfiguration) { inbound {
      saveConnectorConfiguration(connectorConfiguration: $c) { id } } }"""
    cluedin.graphql(save, {"c": {"id": live.id, "helperConfiguration": options}}, effect="set")
    assert targets.get(key).fields["config[IsStreamCacheEnabled]"] != "true"
    targets.update(key, config={"IsStreamCacheEnabled": True})
    assert raw_target(cluedin, live.id)["helperConfiguration"]["IsStreamCacheEnabled"] is True
    targets.update(key, config={"Schedule": None})
    assert "config[Schedule]" not in targets.get(key).fields


def test_target_words_of_choices_compare_without_case() -> None:
    config = type_("export_target").fields["config"].canonical
    assert config("Parquet") == config("parquet")
    assert config("Contoso") != config("contoso")


def test_target_names_are_not_unique_and_can_change(cluedin: CluedIn) -> None:
    targets, key = desk(cluedin, "export_target"), f"{LAKE}/twice"
    for _ in range(2):
        targets.create(key, config=OPTIONS, secrets=KEY)
    found = [live for live in targets.type.read(cluedin.fresh(), {key: frozenset()}) if live.key == key]
    assert len({live.id for live in found}) == 2
    new = f"{LAKE}/once"
    targets.type.rename(cluedin.fresh(), Write(targets.type.address(new), new, {}, found[0], targets.id_of))
    assert targets.get(new).id == found[0].id
    assert raw_target(cluedin, found[0].id)["helperConfiguration"]["AccountKey"] == KEY["AccountKey"]


@pytest.mark.parametrize(
    ("key", "values", "words"),
    [
        ("Azure DataLake/x", {"config": OPTIONS}, "no connector Azure DataLake is installed"),
        (f"{LAKE}/x", {"config": {"AcountName": "x"}}, "no option AcountName"),
        (f"{LAKE}/x", {"config": {"AccountKey": "x"}}, "is a secret"),
    ],
)
def test_target_refused_before_it_is_sent(cluedin: CluedIn, key: str, values: Any, words: str) -> None:
    with pytest.raises(SystemFailureError, match=words):
        desk(cluedin, "export_target").create(key, **values)
    assert desk(cluedin, "export_target").read(key) is None


def test_target_in_use_is_not_deleted_and_stars_are_not_written_back(cluedin: CluedIn) -> None:
    key = made(cluedin, "used")
    targets = desk(cluedin, "export_target")
    with pytest.raises(SystemFailureError, match=r"409.*used"):
        targets.delete(key)
    live = targets.get(key)
    live.raw["helperConfiguration"]["AccountKey"] = "****"
    write = targets.write(key, live, config={"OutputFormat": "csv"})
    with pytest.raises(SystemFailureError, match="stars"):
        targets.type.update(cluedin.fresh(), write)
    write = targets.write(key, live, config={"OutputFormat": "csv"}, secrets=KEY)
    targets.type.update(cluedin.fresh(), write)
    assert raw_target(cluedin, live.id)["helperConfiguration"]["AccountKey"] == KEY["AccountKey"]


HOOK = "Http Connector"
SIGNED = {"url": "https://hook.test/in?code=c-of-the-hook", "authorization": "Bearer b-of-the-hook"}


def test_what_is_secret_by_name_or_value_never_leaves_the_resource(cluedin: CluedIn) -> None:
    """The controls of the Http connector are plain inputs."""
    targets, key = desk(cluedin, "export_target"), f"{HOOK}/hook"
    id = targets.create(key, config={"url": "https://hook.test/in"}, secrets={"authorization": SIGNED["authorization"]})
    assert targets.get(key).fields["config[url]"] == "https://hook.test/in"
    assert not [path for path in targets.get(key).fields if "authorization" in path]
    targets.update(key, secrets=SIGNED)
    assert "of-the-hook" not in repr((targets.get(key).key, targets.get(key).fields))
    assert raw_target(cluedin, id)["helperConfiguration"] == SIGNED
    rows = TargetNamed.ask(cluedin.fresh(), [TargetNamed(key)])
    assert [[row.config for row in found] for _, found in rows] == [[{}]]


def test_a_save_keeps_secrets_that_are_no_passwords_and_refuses_stars(cluedin: CluedIn) -> None:
    targets, key = desk(cluedin, "export_target"), f"{HOOK}/stars"
    id = targets.create(key, config={"url": "https://hook.test/in"}, secrets={"authorization": SIGNED["authorization"]})
    targets.update(key, config={"url": "https://hook.test/out"})
    assert raw_target(cluedin, id)["helperConfiguration"]["authorization"] == SIGNED["authorization"]
    live = targets.get(key)
    live.raw["helperConfiguration"]["authorization"] = "*****"
    with pytest.raises(SystemFailureError, match="stars"):
        targets.type.update(cluedin.fresh(), targets.write(key, live, config={"url": "https://hook.test/in"}))


def test_a_display_name_that_the_server_composes_of_secrets_is_not_shown(cluedin: CluedIn) -> None:
    made = "mutation m($i: ID, $a: JSON) { inbound { createConnection(connectorId: $i, authInfo: $a) { id } } }"
    connector = next(row["id"] for row in catalogue(cluedin) if row["name"] == HOOK)
    id = cluedin.graphql(made, {"i": connector, "a": SIGNED}, effect="once")["inbound"]["createConnection"]["id"]
    assert raw_target(cluedin, id)["accountDisplay"].strip() == f"{SIGNED['url']}.{SIGNED['authorization']}"
    targets = desk(cluedin, "export_target")
    live = {one.id: one for one in targets.type.read(cluedin.fresh(), {})}
    assert live[id].key == f"{HOOK}/(composed)"
    assert "of-the-hook" not in repr([(one.key, one.fields) for one in live.values()])
    found = targets.type.find(cluedin.fresh(), id)
    assert found is not None
    assert found.key == f"{HOOK}/(composed)"
    name = f"{HOOK}/of words"
    targets.type.rename(cluedin.fresh(), Write(targets.type.address(name), name, {}, found, targets.id_of))
    assert targets.get(name).id == id


def test_fields_of_a_form_are_joined_by_name_and_a_secret_in_either_is_one() -> None:
    token = [{"name": "key", "type": "input"}, {"name": "other", "type": "password"}]
    properties = [{"name": "key", "type": "password"}, {"name": "other", "type": "input"}, {"name": "url"}]
    form = {"authMethods": {"token": token, "oauth": None}, "properties": properties}
    assert [field["name"] for field in inputs(form)] == ["key", "other", "url"]
    assert secret_names(form) == {"key", "other"}
    assert secret_names(form, {"url": "https://u:p@hook.test", "mine": "x"}) == {"key", "other", "url"}


@pytest.mark.parametrize(
    "values", [{"config": {"authorization": "Bearer b-of-the-hook"}}, {"config": {"url": SIGNED["url"]}}]
)
def test_a_secret_under_config_is_refused_by_the_resource_as_well(cluedin: CluedIn, values: Any) -> None:
    targets = desk(cluedin, "export_target")
    told = targets.problems(f"{HOOK}/x", **values)
    assert "is a secret" in told
    assert "of-the-hook" not in told
    with pytest.raises(SystemFailureError, match="is a secret"):
        targets.create(f"{HOOK}/x", **values)
    assert "address" in targets.problems(f"{HOOK}/https:%2F%2Fhook.test", config={})


def test_target_problems(cluedin: CluedIn) -> None:
    targets = desk(cluedin, "export_target")
    assert "connector/name" in targets.problems("Lake")
    assert "blank" in targets.problems(f"{LAKE}/x ")
    assert "white space" in targets.problems(f"{LAKE}/x", config={"AccountName": "a b"})
    assert targets.problems(f"{LAKE}/x", config=OPTIONS) == ""


# -- streams ---------------------------------------------------------------------------------------------------


def test_stream_create_read_update_delete(cluedin: CluedIn) -> None:
    streams, key = desk(cluedin, "stream"), "People %2F EU"
    id = streams.create(key, condition=PERSON, description="People")
    live = streams.get(key)
    assert (live.id, live.fields["description"]) == (id, "People")
    assert live.fields["condition"] == streams.type.fields["condition"].canonical(PERSON)
    whole = {name: live.raw[name] for name in ("id", "name", "description", "condition")}
    cluedin.graphql(ACTIONS, {"stream": {**whole, "rules": [RULE]}}, effect="set")
    streams.update(key, description="Persons")
    after = streams.get(key)
    assert after.fields == {**live.fields, "description": "Persons"}
    assert [rule["name"] for rule in after.raw["rules"]] == ["Mask"], "actions of others stay"
    streams.update(key, "none", condition={"condition": "OR", "rules": [PERSON]})
    assert streams.get(key).fields["condition"]["condition"] == "OR"
    assert streams.get(key).fields["description"] == "Persons"
    streams.type.rename(cluedin.fresh(), Write("", "Persons", {}, streams.get(key), streams.id_of))
    assert streams.get("Persons").id == id
    assert streams.type.find(cluedin.fresh(), str(id)).key == "Persons"  # type: ignore[union-attr]
    streams.delete("Persons")
    assert streams.read("Persons") is None
    assert streams.type.find(cluedin.fresh(), str(id)) is None


def test_streams_of_one_name_are_two_objects(cluedin: CluedIn) -> None:
    streams = desk(cluedin, "stream")
    ids = {streams.create("Twin"), streams.create("Twin")}
    found = streams.type.read(cluedin.fresh(), {"Twin": frozenset({"condition"})})
    assert {live.id for live in found if live.key == "Twin"} == ids


def test_stream_problems(cluedin: CluedIn) -> None:
    streams = desk(cluedin, "stream")
    assert "every record" in streams.problems("x", condition={})
    assert "no member" in streams.problems("x", condition={**PERSON, "colour": "red"})
    assert "blank" in streams.problems(" x")
    assert streams.problems("x", condition=PERSON) == ""


# -- exports ---------------------------------------------------------------------------------------------------


def test_export_create_read_update(cluedin: CluedIn) -> None:
    streams, exports = desk(cluedin, "stream"), desk(cluedin, "stream_export")
    streams.create("Export", condition=PERSON)
    assert exports.read("Export") is None, "a stream without a target has no export"
    streams.delete("Export")
    target = made(cluedin, "Export")
    live = exports.get("Export")
    assert live.fields["target"] == target
    assert live.fields["columns"] == ["metadata:Name", "vocabkey:person.email"]
    assert (live.fields["container"], live.fields["export_mode"]) == ("people", "Sync")
    exports.update("Export", outgoing_edges=True)
    assert exports.get("Export").fields == {**live.fields, "outgoing_edges": True}
    exports.update("Export", "none", columns=["metadata:Name"])
    assert exports.get("Export").fields == {**live.fields, "outgoing_edges": True, "columns": ["metadata:Name"]}
    assert exports.type.find(cluedin.fresh(), live.id) is not None
    assert streams.get("Export").fields["description"] == "People"


RICH = {"connectorProperties": {"a": "b"}, "exportOutgoingEdgeProperties": True, "exportIncomingEdgeProperties": False}


def enriched(cluedin: CluedIn, name: str, columns: list[dict[str, Any]] | None = None) -> Desk:
    """A stream whose export has what GraphQL's input has no place for, as somebody set it in the portal."""
    made(cluedin, name)
    exports = desk(cluedin, "stream_export")
    live = exports.get(name)
    numbers = {row["sourceDataType"]: row["sourceObjectType"] for row in rest(cluedin, f"/streammapping/{live.id}")}
    both = [{"key": key, "type": number} for key, number in numbers.items()]
    body = {
        "connectorProviderDefinitionId": live.raw["connector"]["id"],
        "containerName": "people",
        "existingContainerAction": 0,
        "dataTypes": both if columns is None else columns,
        **dict.fromkeys(("exportIncomingEdges", "exportOutgoingEdges"), False),
        "mode": rest(cluedin, f"/streams/{live.id}")["mode"],
        **RICH,
    }
    cluedin.rest("POST", f"/streams/setupconnector/{live.id}", body, effect="set")
    return exports


def rest(cluedin: CluedIn, path: str) -> Any:
    return cluedin.rest("GET", path, effect="read")


def test_export_keeps_what_graphql_has_no_place_for(cluedin: CluedIn) -> None:
    exports = enriched(cluedin, "Rich")
    before = exports.get("Rich")
    exports.update("Rich", container="other", outgoing_edges=True)
    after = exports.get("Rich")
    assert after.fields == {**before.fields, "container": "other", "outgoing_edges": True}
    assert {name: after.raw[name] for name in RICH} == RICH
    exports.update("Rich", columns=["vocabkey:person.email"])
    assert exports.get("Rich").fields["columns"] == ["vocabkey:person.email"]
    exports.update("Rich", columns=["metadata:Name", "metadata:Id"])
    assert exports.get("Rich").fields["columns"] == ["metadata:Id", "metadata:Name"], "the other type's integer"
    assert {name: exports.get("Rich").raw[name] for name in RICH} == RICH


def test_export_whose_integers_nothing_shows_is_left_alone(cluedin: CluedIn) -> None:
    exports = enriched(cluedin, "No columns", columns=[])
    with pytest.raises(SystemFailureError, match="integer of 'metadata'"):
        exports.update("No columns", columns=["metadata:Name"])
    assert "columns" not in exports.get("No columns").fields
    exports.update("No columns", container="other")
    assert exports.get("No columns").fields["container"] == "other", "without columns no integer of theirs is needed"


@pytest.mark.parametrize(
    ("pairs", "learnt"),
    [
        ([("Sync", 1)], {"Sync": 1, "EventStream": 0}),
        ([("sync", 0), ("EventStream", 1)], {"Sync": 0, "EventStream": 1}),
        ([], {}),
        ([(None, 0)], {}),
        ([("Sync", None)], {}),
        ([("Sync", 7)], {}),
        ([("Sync", True)], {}),
        ([("Sync", 0), ("EventStream", 0)], {}),
        ([("Sync", 0), ("Sync", 1)], {}),
    ],
)
def test_integers_are_learnt_from_what_is_shown_or_not_at_all(pairs: Any, learnt: dict[str, int]) -> None:
    assert _learnt(MODES, pairs) == learnt


def test_export_that_rest_does_not_show_whole_is_left_alone() -> None:
    posted = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            posted.append(request.url.path)
        return httpx.Response(200, json={"mode": 1, "connectorProperties": None})

    given = {"mode": "Sync", "containerName": "x", "connectorProviderDefinitionId": "1", "dataTypes": []}
    with pytest.raises(SystemFailureError, match="REST does not show its connectorProperties"):
        set_up(faked(answer), "Rich", "1", {"mode": "Sync", "connectorProperties": {"a": "b"}}, given)
    assert not posted


def test_export_problems_and_sentences(cluedin: CluedIn) -> None:
    exports = desk(cluedin, "stream_export")
    assert "Sync or EventStream" in exports.problems("x", export_mode="sync")
    assert "vocabkey:KEY" in exports.problems("x", columns=["person.email"])
    assert exports.problems("x", export_mode="Sync", columns=["metadata:Name"]) == ""
    with pytest.raises(SystemFailureError, match="needs target, container, export_mode"):
        exports.create("x", columns=[])
    assert {field.get(Disruptive) for field in exports.type.fields.values()} == {Disruptive(RESENDS)}


@pytest.mark.parametrize("told", [False, True], ids=["tried", "told"])
def test_older_server_without_connector_properties(told: bool) -> None:
    with running(seed="demo", cluedin_version="4.3") as old:
        cluedin = connect(old)
        if told:
            assert cluedin.version() == "4.3.0"
        made(cluedin, "Old")
        before = cluedin.counts.requests
        assert desk(cluedin, "stream_export").get("Old").fields["export_mode"] == "Sync"
        assert cluedin.counts.requests - before == (2 if told else 3), "a known version needs no second try"


# -- states ----------------------------------------------------------------------------------------------------


def test_state_goes_through_its_words(cluedin: CluedIn) -> None:
    states = desk(cluedin, "stream_state")
    made(cluedin, "Runs")
    assert states.read("Runs") is None, "a new stream has no state"
    for word in ("stopped", "paused"):
        with pytest.raises(SystemFailureError, match="never started"):
            states.create("Runs", state=word)
    states.create("Runs", state="started")
    assert states.get("Runs").fields == {"state": "started"}
    for word in ("paused", "started", "stopped"):
        states.update("Runs", state=word)
        assert states.get("Runs").fields == {"state": word}
    with pytest.raises(SystemFailureError, match="cannot be paused"):
        states.update("Runs", state="paused")
    states.update("Runs", state="started")
    desk(cluedin, "stream").update("Runs", description="Still running")
    assert states.get("Runs").fields == {"state": "started"}, "no update stops a stream"
    desk(cluedin, "stream").delete("Runs")
    assert states.read("Runs") is None
    assert "one of started" in states.problems("x", state="running")


def test_streaming_is_started() -> None:
    row = {"id": "1", "name": "a", "status": "Streaming", "connector": None}
    data = {"data": {"consume": {"streams": {"total": 1, "data": [row]}}}}
    found = list(type_("stream_state").read(faked(lambda _: httpx.Response(200, json=data)), {}))
    assert [live.fields for live in found] == [{"state": "started"}]


def test_start_waits_for_a_healthy_target(cluedin: CluedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    made(cluedin, "Ill", secrets={})
    states = desk(cluedin, "stream_state")
    monkeypatch.setattr(stream_state, "HEALTHY_WITHIN", 0.3)
    with pytest.raises(SystemFailureError, match=r"not healthy.*AccountKey"):
        states.create("Ill", state="started")
    desk(cluedin, "export_target").update(f"{LAKE}/Ill", secrets=KEY)
    states.create("Ill", state="started")
    assert states.get("Ill").fields == {"state": "started"}


def test_no_stream_waits_for_the_target_of_another(cluedin: CluedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """The three that can start do, before anybody waits for the fourth."""
    made(cluedin, "Sick", secrets={})
    for name in ("Well 1", "Well 2"):
        made(cluedin, name)
    desk(cluedin, "stream").create("Nowhere", condition=PERSON)
    states = desk(cluedin, "stream_state")
    running: list[str | None] = []
    monkeypatch.setattr(stream_state, "until_visible", lambda *_: running.extend(map(state_of, ("Well 1", "Well 2"))))

    def state_of(name: str) -> str | None:
        found = states.read(name)
        return found.fields["state"] if found is not None else None

    names = ["Sick", "Well 1", "Nowhere", "Well 2"]
    ends = states.type.create_many(cluedin.fresh(), [states.write(name, None, state="started") for name in names])
    assert running == ["started", "started"]
    assert [isinstance(end, Failed) for end in ends] == [True, False, True, False]
    assert [end.begun for end in ends if isinstance(end, Failed)] == [False, False]
    assert states.read("Sick") is None


def test_a_stop_ends_the_waiting(cluedin: CluedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    made(cluedin, "Waits", secrets={})
    states = desk(cluedin, "stream_state")
    write = states.write("Waits", None, state="started")

    def ill(_: object) -> str:
        cluedin.connection.stop.set()
        return "it is ill"

    monkeypatch.setattr(stream_state, "ailment", ill)
    with pytest.raises(StoppedError):
        states.type.create(cluedin.fresh(), write)
    cluedin.connection.stop.clear()


def test_a_stream_without_target_cannot_start(cluedin: CluedIn) -> None:
    desk(cluedin, "stream").create("Bare", condition=PERSON)
    with pytest.raises(SystemFailureError, match="no export target"):
        desk(cluedin, "stream_state").create("Bare", state="started")


def test_ailments() -> None:
    assert ailment(None) == "it is not there"
    assert ailment({"connectorStatus": {"status": "Unhealthy", "connectorStatusDetails": []}}) is not None
    assert ailment({"connectorStatus": {"status": "Healthy", "connectorStatusDetails": [{"hasError": False}]}}) is None
