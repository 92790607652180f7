"""The life of an export: made, scanned, changed, edited by people, and taken away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.diff import Options
from reconciler.errors import ManifestError, RefusedError
from reconciler.kinds import models
from reconciler.manifest.spec import example as example_of
from reconciler.plan import Plan
from reconciler.questions import assets
from reconciler.report import text
from reconciler.workflow import Approval, apply_plan

from .. import portal
from ..support import SECRETS, Project, project
from .conftest import Recorder

CONTRACT = "exportcontract.yaml"
TARGET = "cluedin.export_target:Azure DataLake Connector/people_wide_v1"
STREAM = "cluedin.stream:people_wide_v1"
EXPORT = "cluedin.stream_export:people_wide_v1"
PROCESS = "purview.entity:cluedin_export/cluedin.export.people_wide_v1"
PLACEHOLDER = "purview.entity:cluedin_export_target/cluedin.target.people_wide_v1"
FILE = "exports/people_wide_v1/people_wide_v1.parquet"
QUALIFIED = f"https://contosolake.dfs.core.windows.net/mdm/{FILE}"
COLUMNS = ["person_email", "person_fullName", "Name"]


@pytest.fixture
def people(tmp_path: Path) -> Iterator[Project]:
    """A contract about people, who are in every CluedIn; one file that each run replaces."""
    with project(tmp_path) as made:
        made.write("labelmap.yaml", example_of(models()["LabelMap"]))
        made.write(CONTRACT, example_of(models()["ExportContract"]))
        made.edit(CONTRACT, "schedule: hourly", "schedule: hourly\n    overwrite: true")
        yield made


@pytest.fixture
def exported(people: Project) -> Project:
    """The same, applied."""
    assert people.apply().complete
    return people


def graphql(made: Project, document: str, **variables: Any) -> Any:
    """A call of CluedIn's as its pages make it."""
    form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
    token = made.http("POST", "/auth/connect/token", data={**form, "password": SECRETS["CLUEDIN_PASSWORD"]})
    headers = {"authorization": f"Bearer {token['access_token']}"}
    body = {"query": document, "variables": variables}
    answer = portal.post(f"{made.url}/graphql", headers=headers, json=body, timeout=30).json()
    assert "errors" not in answer, answer
    return answer["data"]


def stream(made: Project) -> dict[str, Any]:
    listed = graphql(made, "query s { consume { streams { data { id name status } } } }")["consume"]["streams"]["data"]
    [found] = [one for one in listed if one["name"] == "people_wide_v1"]
    whole = """query s($id: ID!) { consume { stream(id: $id) {
      id name status description condition rules containerName mode mappingConfiguration } } }"""
    return graphql(made, whole, id=found["id"])["consume"]["stream"]  # type: ignore[no-any-return]


def target(made: Project) -> dict[str, Any]:
    listed = graphql(made, "query t { inbound { connectorConfigurations { configurations { id accountDisplay } } } }")
    rows = listed["inbound"]["connectorConfigurations"]["configurations"]
    [found] = [one for one in rows if one["accountDisplay"].strip() == "people_wide_v1"]
    whole = "query t($id: ID) { inbound { connectorConfiguration(id: $id) { id accountDisplay helperConfiguration } } }"
    return graphql(made, whole, id=found["id"])["inbound"]["connectorConfiguration"]  # type: ignore[no-any-return]


def save_target(made: Project, **options: Any) -> None:
    """What CluedIn's page does when somebody edits a target."""
    live = target(made)
    configuration = {"id": live["id"], "helperConfiguration": live["helperConfiguration"] | options}
    graphql(made, """mutation t($c: InputConnectorConfiguration) { inbound {
      saveConnectorConfiguration(connectorConfiguration: $c) { id } } }""", c=configuration)  # fmt: skip


def save_stream(made: Project, **members: Any) -> None:
    live = {name: stream(made)[name] for name in ("id", "name", "description", "condition", "rules")}
    document = "mutation s($s: InputStream!) { consume { saveStream(stream: $s) { id } } }"
    graphql(made, document, s=live | members)


def scan(made: Project, path: str = FILE, *, resource_set: bool = False, columns: Any = COLUMNS) -> dict[str, Any]:
    body = {"account": "contosolake", "filesystem": "mdm", "path": path, "columns": columns}
    return made.http("POST", "/_sandbox/scan", json=body | {"resource_set": resource_set})  # type: ignore[no-any-return]


def shown(made: Project, **options: object) -> str:
    """The plan as a person reads it, without what differs from run to run."""
    lines = text.plan(made.plan(**options).as_dict(), colour=False).splitlines()
    return "\n".join(line for line in lines if not line.startswith("Digest:")) + "\n"


def sent(requests: Recorder) -> str:
    """The writes, without searches and without the key of the lake."""
    kept = [line for line in requests.text.splitlines(keepends=True) if "/search/query" not in line]
    return "".join(kept).replace(SECRETS["LAKE_KEY"], "<the key>")


def resent(made: Project) -> list[str]:
    """Requests that stopped or started a stream."""
    return [one["path"] for one in made.requests() if one["path"].endswith(("/stop", "/start", "/pause"))]


# -- day one, and the scan of day two --------------------------------------------------------------------------


def said(plan: Plan) -> list[str]:
    """Why documents are held back."""
    return [one.summary for one in plan.diagnostics if one.document]


def test_day_one(people: Project, requests: Recorder, golden: Any) -> None:
    golden("export_day_one.plan.txt", shown(people))
    assert people.apply().complete
    golden("export_day_one.requests.txt", sent(requests))
    assert people.actions() == []
    assert stream(people)["status"] == "Started"
    assert SECRETS["LAKE_KEY"] == target(people)["helperConfiguration"]["AccountKey"]


def test_purview_knows_before_anything_flows(exported: Project) -> None:
    paths = [(one["method"], one["path"]) for one in exported.writes()]
    start = next(at for at, (_, path) in enumerate(paths) if path.endswith("/start"))
    catalogue = [at for at, (_, path) in enumerate(paths) if "/entity" in path]
    assert max(catalogue) < start


def test_the_scan_of_day_two_moves_the_lineage_once(exported: Project, requests: Recorder, golden: Any) -> None:
    found = scan(exported)
    golden("export_scanned.plan.txt", shown(exported))
    requests.lines.clear()
    before = len(exported.writes())
    assert exported.apply().complete
    order = [(one["method"], one["path"].rpartition("/v2/")[2]) for one in exported.writes()[before:]]
    assert order.index(("POST", "entity/bulk")) < order.index(("DELETE", "entity/bulk")), "first it moves"
    golden("export_scanned.requests.txt", sent(requests))
    assert exported.actions() == []
    atlas = "/datamap/api/atlas/v2/entity"
    column = exported.http("GET", f"{atlas}/guid/{found['columns']['person_email']}")["entity"]
    assert [one["typeName"] for one in column["classifications"]] == ["CLUEDIN.PII"]
    process = exported.http(
        "GET",
        f"{atlas}/uniqueAttribute/type/cluedin_export",
        params={"attr:qualifiedName": "cluedin.export.people_wide_v1"},
    )["entity"]
    assert found["guid"] in {one["guid"] for one in process["attributes"]["outputs"]}
    gone = {"attr:qualifiedName": "cluedin.target.people_wide_v1"}
    answer = portal.get(
        f"{exported.url}{atlas}/uniqueAttribute/type/cluedin_export_target",
        headers={"authorization": "Bearer of-a-person"},
        params=gone,
    )
    assert answer.status_code == 404 or answer.json()["entity"]["status"] == "DELETED"


def test_a_search_that_misses_moves_nothing_back(exported: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    scan(exported)
    assert exported.apply().complete
    monkeypatch.setattr(assets, "_search", lambda purview, condition: [])
    assert exported.actions() == []


def test_a_scan_that_cannot_tell_two_contracts_apart_moves_nothing(exported: Project) -> None:
    second = (exported.root / "manifests" / CONTRACT).read_text(encoding="utf-8").replace("wide_v1", "wide_v2")
    exported.write("second.yaml", second)
    assert exported.apply().complete
    scan(exported, "exports/people_wide_v{N}/people_wide_v{N}.parquet", resource_set=True)
    plan = exported.plan()
    assert plan.changes == []
    said = [one for one in plan.diagnostics if one.code == "contract.ambiguous_asset"]
    assert len(said) == 2
    assert "`people_wide_v2`" in said[0].summary


def test_what_the_scanner_found_is_said_and_kept(exported: Project) -> None:
    email = {"name": "Name", "classifications": ["MICROSOFT.PERSONAL.EMAIL"]}
    found = scan(exported, columns=["person_email", "person_fullName", email])
    said = [one for one in exported.plan().diagnostics if one.code == "label.detected"]
    assert [one.severity for one in said] == ["warning"]
    assert exported.apply().complete
    column = exported.http("GET", f"/datamap/api/atlas/v2/entity/guid/{found['columns']['Name']}")["entity"]
    assert [one["typeName"] for one in column["classifications"]] == ["MICROSOFT.PERSONAL.EMAIL"]


# -- changes ---------------------------------------------------------------------------------------------------


def test_a_secret_is_written_again_when_its_version_moves(exported: Project, requests: Recorder) -> None:
    exported.env["LAKE_KEY"] = "the-next-key-of-the-lake=="
    assert exported.actions() == [], "a new value alone is not seen: it is never read"
    exported.edit(CONTRACT, 'version: "1"', 'version: "2"')
    plan = exported.plan()
    assert [(one.action, one.address) for one in plan.changes] == [("update", TARGET)]
    printed = shown(exported) + str(plan.as_dict())
    assert exported.apply().complete
    assert target(exported)["helperConfiguration"]["AccountKey"] == "the-next-key-of-the-lake=="
    ledger = exported.root / ".reconciler"
    kept = printed + "".join(one.read_text(errors="replace") for one in ledger.rglob("*") if one.is_file())
    assert not [key for key in ("the-key-of-the-lake", "the-next-key") if key in kept]
    assert exported.actions() == []


def test_a_running_stream_is_updated_without_a_stop(exported: Project) -> None:
    before = len(resent(exported))
    exported.edit(CONTRACT, "operator: exists}", "operator: exists}\n    - {key: person.fullName, operator: exists}")
    exported.edit(CONTRACT, "- {name: Name, from: {property: Name}}", "- {from: {property: CreatedDate}}")
    changes = {one.address: one for one in exported.plan().changes}
    assert {STREAM, EXPORT} <= changes.keys()
    assert exported.apply().complete
    assert resent(exported)[before:] == []
    assert stream(exported)["status"] == "Started"
    assert exported.actions() == []


def test_what_disrupts_is_refused_without_consent(exported: Project) -> None:
    exported.edit("environments/sandbox.yaml", "policy: {allow_disruptive: true}", "policy: {}")
    exported.edit(CONTRACT, "operator: exists}", "operator: exists}\n    - {key: person.fullName, operator: exists}")
    with pytest.raises(RefusedError) as refused:
        exported.apply()
    assert "sends everything again" in str(refused.value.diagnostics)


def test_a_schedule_is_changed_on_the_target_alone(exported: Project) -> None:
    exported.edit(CONTRACT, "schedule: hourly", 'schedule: "0 * * * *"')
    assert exported.actions() == [], "the same in other words"
    exported.edit(CONTRACT, 'schedule: "0 * * * *"', 'schedule: "*/30 * * * *"')
    plan = exported.plan()
    fields = [(one.address, item.path, item.after) for one in plan.changes for item in one.fields]
    assert (TARGET, "config[CustomCron]", "*/30 * * * *") in fields
    assert {one.address for one in plan.changes} == {TARGET, PROCESS}
    assert exported.apply().complete
    assert target(exported)["helperConfiguration"]["Schedule"] == "CustomCron"


def test_an_approval_is_asked_for_by_labels_of_keys_too(people: Project) -> None:
    people.edit(CONTRACT, '  labels: ["PII:email"]\n', "")
    people.edit(CONTRACT, "approval_required_when_labels: [Restricted]", "approval_required_when_labels: [PII]")
    people.write("person.yaml", """
        apiVersion: reconciler/v1
        kind: GlossaryMapping
        metadata: {name: client}
        spec:
          vocabulary: {name: Client, key_prefix: client, entity_type: {name: Client}}
          terms: [{name: Email, key: email, labels: [PII]}]
        """)  # fmt: skip
    people.edit(CONTRACT, "{name: person_email, from: person.email,", "{from: client.email,")
    with pytest.raises(RefusedError, match="PII"):
        people.apply()
    approved = apply_plan(people.session(), Options(), Approval(labels=frozenset({"PII"})))
    assert approved.complete


def test_a_strict_environment_takes_no_promise_that_nothing_keeps(people: Project) -> None:
    people.edit("environments/sandbox.yaml", "policy:", "strict: true\n  policy:")
    with pytest.raises(ManifestError, match="declared only"):
        people.plan()


# -- people ----------------------------------------------------------------------------------------------------


def test_edits_of_people_are_drift(exported: Project) -> None:
    save_stream(exported, condition={"condition": "AND", "rules": []})
    save_target(exported, DirectoryName="elsewhere", Schedule="CustomCron", CustomCron="0 * * * *")
    found = {(one.address, item.path) for one in exported.plan().changes for item in one.fields}
    assert found == {(STREAM, "condition"), (TARGET, "config[DirectoryName]")}, "the same schedule in other words"
    assert exported.apply().complete
    assert target(exported)["helperConfiguration"]["DirectoryName"] == "exports/people_wide_v1"
    assert exported.actions() == []


def test_what_people_added_survives(exported: Project) -> None:
    rule = {"name": "Mask", "isActive": True, "actions": [{"type": "MaskValue"}]}
    save_stream(exported, rules=[rule])
    save_target(exported, UseCurrentTimeForExport=True)
    assert exported.actions() == []
    exported.edit(CONTRACT, "operator: exists}", "operator: exists}\n    - {key: person.fullName, operator: exists}")
    exported.edit(CONTRACT, "schedule: hourly", "schedule: daily")
    exported.edit(CONTRACT, "freshness_p95_minutes: 60", "freshness_p95_minutes: 1440")
    assert exported.apply().complete
    assert [one["name"] for one in stream(exported)["rules"]] == ["Mask"]
    options = target(exported)["helperConfiguration"]
    assert options["UseCurrentTimeForExport"] is True
    assert options["AccountKey"] == SECRETS["LAKE_KEY"]


# -- the end ---------------------------------------------------------------------------------------------------


def test_a_contract_that_is_gone_takes_everything_with_it(exported: Project) -> None:
    (exported.root / "manifests" / CONTRACT).unlink()
    assert exported.actions() == [], "nothing goes without pruning"
    removals = [one for one in exported.plan(prune=True).changes if one.action == "delete"]
    assert {TARGET, STREAM, PROCESS, PLACEHOLDER} <= {one.address for one in removals}
    result = exported.apply(prune=True, allow_deletes=len(removals))
    assert [(one.change.address, one.status, one.message) for one in result.outcomes if one.status != "done"] == []
    refused = [(one["method"], one["path"]) for one in exported.requests() if one["status"] == 409]
    assert refused == [], "the stream goes before the target that it uses"
    listed = graphql(exported, "query s { consume { streams { data { name } } } }")["consume"]["streams"]["data"]
    assert "people_wide_v1" not in {one["name"] for one in listed}
    assert exported.actions(prune=True) == []


def removed(made: Project) -> int:
    """How many removals a plan with pruning holds."""
    return len([one for one in made.plan(prune=True).changes if one.action == "delete"])


@pytest.mark.parametrize("status", [409, pytest.param(500, marks=pytest.mark.long)])
def test_a_stream_that_was_stopped_and_not_deleted_is_still_ours(exported: Project, status: int) -> None:
    """The first step of a delete that the system refused is no change of people's: it goes on, or is taken back."""
    manifest = exported.root / "manifests" / CONTRACT
    kept = manifest.read_text(encoding="utf-8")
    manifest.unlink()
    removals = removed(exported)
    fault = {"method": "DELETE", "path": "streams/", "status": status, "times": 50}
    exported.http("POST", "/_sandbox/faults", json=fault)
    assert not exported.apply(prune=True, allow_deletes=removals).complete
    exported.http("DELETE", "/_sandbox/faults")
    state = STREAM.replace("stream:", "stream_state:")
    assert [one for one in exported.plan(prune=True).changes if one.action in ("conflict", "blocked")] == []
    assert ("delete", STREAM) in exported.actions(prune=True)
    manifest.write_text(kept, encoding="utf-8")
    assert ("update", state) in exported.actions()
    assert exported.apply().complete
    assert exported.actions() == []
    manifest.unlink()
    assert exported.apply(prune=True, allow_deletes=removed(exported)).complete
    assert exported.actions(prune=True) == []


def test_a_retired_contract_is_the_same(exported: Project) -> None:
    exported.edit(CONTRACT, "compatibility: additive_only", "compatibility: additive_only\n  status: retired")
    assert exported.actions() == []
    assert ("delete", STREAM) in exported.actions(prune=True)


def test_a_target_of_people_is_used_and_checked_and_never_written(people: Project) -> None:
    secrets = """
    target:
      secrets: {AccountKey: {env: LAKE_KEY, version: "1"}}
"""
    people.edit(CONTRACT, secrets, "\n    target: {name: shared, manage: false}\n")
    assert said(people.plan()) == ["CluedIn has no export target `shared` of `Azure DataLake Connector`"]
    options = {
        "AccountName": "contosolake", "FileSystemName": "mdm", "DirectoryName": "/exports/people_wide_v1/",
        "AccountKey": "k", "OutputFormat": "Parquet", "IsStreamCacheEnabled": True, "Schedule": "Hourly",
        "FileNamePattern": "{ContainerName}.{OutputFormat}", "ShouldEscapeVocabularyKeys": "true",
        "ShouldWriteGuidAsString": True,
    }  # fmt: skip
    create = """mutation c($id: ID, $o: JSON, $n: String) { inbound {
      createConnection(connectorId: $id, authInfo: $o, accountDisplay: $n) { id } } }"""
    lake = "f6178e19-7168-449c-b4b6-f9810e86c1c2"
    id = graphql(people, create, id=lake, o=options, n="shared")["inbound"]["createConnection"]["id"]
    [told] = said(people.plan())
    assert "ShouldEscapeVocabularyKeys" in told  # the text "true" counts for nothing
    save = """mutation s($c: InputConnectorConfiguration) { inbound {
      saveConnectorConfiguration(connectorConfiguration: $c) { id } } }"""
    right = options | {"ShouldEscapeVocabularyKeys": True, "OutputFormat": "parquet"}
    graphql(people, save, c={"id": id, "helperConfiguration": right})
    assert people.apply().complete
    assert people.actions() == []
    assert not [one for one in people.plan().changes if one.address.startswith("cluedin.export_target")]
