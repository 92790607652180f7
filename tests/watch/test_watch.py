"""What `watch` tells beside what people do in lists: exports, drift, applies, and when it sees nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler_sandbox.cluedin.seed import user_id
from reconciler_sandbox.sign_in import ADMIN

from ..support import Project
from .conftest import Ran, Watch
from .people import HTTP, HUBSPOT, People
from .test_hold import STREAM, at_work

__all__ = ["at_work"]

_SAVE = """mutation m($c: InputConnectorConfiguration) { inbound {
  saveConnectorConfiguration(connectorConfiguration: $c) { id } } }"""


def of_type(ran: Ran, word: str) -> list[dict[str, Any]]:
    return [one for one in ran.events if one["type"] == word]


def run_export(people: People, minutes_ago: float = 0.0) -> None:
    """A run, by a clock that may be behind."""
    people.project.http("PUT", "/_sandbox/settings", json={"clock_skew_s": -60 * minutes_ago})
    [id] = people.runnable
    people.rest("POST", f"/streams/{id}/connectorActions/RunExport/execute", json={})
    people.project.http("PUT", "/_sandbox/settings", json={"clock_skew_s": 0})


def test_the_first_look_tells_nothing_but_what_happened_since(made: Project, people: People, watch: Watch) -> None:
    before = people.rest("POST", "/streams", json={"name": "before", "condition": {}, "rules": [], "mode": 0})
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    ran = watch("--since", hour_ago)
    assert [one["data"]["object_id"] for one in of_type(ran, "stream.changed")] == [before]
    assert watch().events == []
    path = made.root / ".reconciler/watch/sandbox.json"
    path.unlink()
    assert watch("--since", (datetime.now(UTC) + timedelta(hours=1)).isoformat()).events == []
    path.unlink()
    assert watch().events == []
    assert oct(path.stat().st_mode)[-3:] == "600"
    assert "since is for the first" in watch("--since", hour_ago).err


def test_runs_before_the_first_look_are_told_with_since_only(at_work: People, made: Project, watch: Watch) -> None:
    run_export(at_work, minutes_ago=30)
    run_export(at_work)
    assert len(of_type(watch(), "export.succeeded")) == 2  # the history was read before, and these are new in it
    path = made.root / ".reconciler/watch/sandbox.json"
    path.unlink()
    assert watch().events == []
    path.unlink()
    since = (datetime.now(UTC) - timedelta(minutes=10)).isoformat()
    assert len(of_type(watch("--since", since), "export.succeeded")) == 1


def test_an_export_says_what_it_was(at_work: People, watch: Watch) -> None:
    run_export(at_work)
    [event] = watch().events
    run, correlation = event["data"].pop("run"), event["data"].pop("correlation_id")
    assert event["data"] == {
        "environment": "sandbox",
        "subject": "cluedin.stream:people_wide_v1",
        "object": "stream",
        "name": "people_wide_v1",
        "object_id": next(iter(at_work.runnable)),
    }
    assert len(correlation) == 36
    assert (run["status"], run["rows"]) == ("Complete", 0)
    assert event["timestamp"].endswith("Z")


def test_what_is_late_is_told_once_until_a_run_comes(at_work: People, made: Project, watch: Watch) -> None:
    made.edit("contract.yaml", "spec:\n", "spec:\n  sla: {freshness_p95_minutes: 60}\n")
    assert made.apply().complete
    watch()
    run_export(at_work, minutes_ago=90)
    first = watch()
    [late] = of_type(first, "export.late")
    assert late["data"]["promised_minutes"] == 60
    assert of_type(watch(), "export.late") == []
    run_export(at_work, minutes_ago=10)
    assert of_type(watch(), "export.late") == []


def test_a_run_that_failed_is_told(at_work: People, watch: Watch) -> None:
    [(stream, target)] = at_work.runnable.items()
    at_work.rest("POST", f"/streams/{stream}/pause")
    at_work.graphql(
        _SAVE,
        c={"id": target, "helperConfiguration": {"AccountName": "contosolake", "IsStreamCacheEnabled": True}},
    )
    run_export(at_work)
    ran = watch()
    assert len(of_type(ran, "export.failed")) == 1
    assert len(of_type(ran, "target.unhealthy")) == 1


def test_errors_in_the_log_of_a_stream_are_counted_and_not_repeated(
    at_work: People, made: Project, watch: Watch
) -> None:
    run_export(at_work)
    assert of_type(watch(), "stream.errors") == [], "a run that succeeded leaves a line, which is no error"
    [(stream, target)] = at_work.runnable.items()
    at_work.rest("POST", f"/streams/{stream}/pause")
    broken = {"AccountName": "contosolake", "IsStreamCacheEnabled": True}
    at_work.graphql(_SAVE, c={"id": target, "helperConfiguration": broken})
    run_export(at_work)
    run_export(at_work)
    ran = watch()
    [event] = of_type(ran, "stream.errors")
    assert (event["data"]["errors"], event["data"]["object_id"]) == (2, stream)
    assert event["data"]["subject"] == "cluedin.stream:people_wide_v1"
    log = made.http("GET", "/_sandbox/state")["cluedin"]["stream"][stream]["log"]
    assert [row for row in log if row["text"] in ran.out] == [], "a line may hold values of records"
    assert of_type(watch(), "stream.errors") == []
    at_work.rest("POST", f"/streams/{stream}/stop")
    assert of_type(watch(), "stream.errors") == []
    made.http("POST", "/_sandbox/faults", json={"path": "/streamlog/", "status": 403})
    ran = watch()
    assert (ran.code, "[watch.no_log]" in ran.err, of_type(ran, "stream.errors")) == (0, True, [])
    made.http("DELETE", "/_sandbox/faults")
    made.http("POST", "/_sandbox/faults", json={"path": "/streamlog/", "status": 200, "body": {"a": 1}})
    assert "[watch.no_log]" in watch().err


def test_who_did_it_is_told_where_the_audit_log_may_be_read(made: Project, people: People, watch: Watch) -> None:
    watch()
    [_, id, _] = people.connect("target", HTTP, {"url": "https://a.example.com/x"})
    [event] = watch().events
    assert (event["data"]["object_id"], event["data"]["modified_by"]) == (id, user_id(ADMIN))
    people.graphql(_SAVE, c={"id": id, "accountDisplay": "renamed"})
    made.http("POST", "/_sandbox/faults", json={"path": "/auditLog/", "status": 403})
    ran = watch()
    [event] = ran.events
    assert (event["data"]["action"], "modified_by" in event["data"], ran.err) == ("renamed", False, "")


def test_drift_of_what_is_ours_is_told_once_each_time_it_comes(at_work: People, made: Project, watch: Watch) -> None:
    [stream] = at_work.runnable

    def drift() -> list[dict[str, Any]]:
        ran = watch()
        assert of_type(ran, "stream.changed")[0]["data"]["managed"] is True
        return of_type(ran, "drift.detected")

    ids = []
    for _ in range(2):
        at_work.rest("POST", f"/streams/{stream}/pause")
        [event] = drift()
        assert event["data"]["subject"] == "cluedin.stream_state:people_wide_v1"
        assert event["data"]["fields"] == ["state"]
        assert of_type(watch(), "drift.detected") == []
        at_work.rest("POST", f"/streams/{stream}/start")
        assert drift() == []
        ids.append(event["id"])
    assert len(set(ids)) == 2


def test_an_apply_is_told_when_it_ends(at_work: People, made: Project, watch: Watch) -> None:
    made.write("source.yaml", STREAM.replace("people_wide_v1", "more_v1").replace("exports/people/", "exports/more/"))
    assert made.apply().complete
    ran = watch()
    [event] = of_type(ran, "apply.finished")
    assert event["data"]["complete"] is True
    assert event["data"]["subject"] == "sandbox"
    assert "cluedin.stream:more_v1" in {one["data"]["subject"] for one in of_type(ran, "stream.changed")}
    assert of_type(ran, "drift.detected") == []
    assert watch().events == []


def test_an_audit_in_a_blob_tells_of_applies_as_well(
    at_work: People, made: Project, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "{blob: {account_url: 'https://contoso.blob.core.windows.net', container: governance, name: audit.jsonl}}"
    made.edit("environments/sandbox.yaml", "\nspec:\n", f"\nspec:\n  audit: {place}\n")
    lines: list[bytes] = []

    def read(_trail: Any, since: int) -> tuple[int, bytes]:
        whole = b"".join(lines)
        begin = since if 0 <= since <= len(whole) else 0
        return begin, whole[begin:]

    monkeypatch.setattr("reconciler.audit.blob.BlobTrail.read", read)
    end = {"audit": 1, "event": "end", "environment": "sandbox", "complete": True, "at": "2026-03-01T08:00:00Z"}
    lines.append(json.dumps({**end, "correlation_id": "before"}).encode() + b"\n")
    watch()
    lines.append(json.dumps({**end, "correlation_id": "after"}).encode() + b"\n")
    lines.append(b'{"audit":1,"event":"en')
    [event] = of_type(watch(), "apply.finished")
    assert event["data"]["apply_correlation_id"] == "after"
    lines.append(b'd"}\n')
    assert of_type(watch(), "apply.finished") == []


def test_an_audit_that_cannot_be_read_is_said_and_the_rest_is_told(made: Project, watch: Watch) -> None:
    assert watch().code == 0
    path = made.root / ".reconciler/audit/sandbox.jsonl"
    path.mkdir(parents=True)
    ran = watch()
    assert (ran.code, "[watch.no_audit]" in ran.err, "applies are not told" in ran.err) == (0, True, True)


def test_it_is_blind_after_five_looks_that_show_nothing(made: Project, watch: Watch) -> None:
    assert watch().code == 0
    fault = {"path": "^/(graphql|api)", "status": 401}
    made.http("POST", "/_sandbox/faults", json=fault)
    codes = []
    ran = Ran(0, "", "")
    for _ in range(6):
        ran = watch()
        codes.append(ran.code)
        if len(codes) == 5:
            assert [one["type"] for one in ran.events] == ["watch.blind"]
    assert codes == [1, 1, 1, 1, 5, 5]
    assert ran.events == []
    made.http("DELETE", "/_sandbox/faults")
    ran = watch()
    assert (ran.code, ran.events) == (0, [])


def test_an_area_that_is_refused_is_a_finding_and_caught_up_with(made: Project, people: People, watch: Watch) -> None:
    assert watch().code == 0
    made.http("PUT", "/_sandbox/settings", json={"denied_fields": ["Management.rules"]})
    group = people.graphql(
        "mutation m($s: InputDataSourceSet) { inbound { createDataSourceSet(dataSourceSet: $s) } }", s={"name": "g"}
    )
    people.graphql(
        "mutation m($r: InputCreateRule!) { management { createRule(rule: $r) { id } } }",
        r={"name": "r", "scope": "DataPart"},
    )
    ran = watch()
    assert ran.code == 0
    assert "rules could not be looked at" in ran.err
    assert [one["data"]["object_id"] for one in ran.events] == [group]
    made.http("PUT", "/_sandbox/settings", json={"denied_fields": []})
    assert [one["type"] for one in watch().events] == ["rule.changed"]


def test_what_a_list_lacks_and_is_there_is_not_gone(made: Project, people: People, watch: Watch) -> None:
    id = people.rest("POST", "/streams", json={"name": "s", "condition": {}, "rules": [], "mode": 0})
    assert watch().code == 0
    empty = {"method": "GET", "path": "/api/api/v1/streams$", "status": 200, "body": {"data": [], "total": 0}}
    made.http("POST", "/_sandbox/faults", json=empty)
    assert watch().events == []
    made.http("DELETE", "/_sandbox/faults")
    assert watch().events == []
    people.rest("DELETE", f"/streams/{id}")
    assert [one["data"]["action"] for one in watch().events] == ["removed"]


def test_what_is_switched_there_and_back_is_another_event_each_time(people: People, watch: Watch) -> None:
    made = people.graphql(
        "mutation m($c: ID, $a: JSON, $d: String) { inbound { createConnection(connectorId: $c, authInfo: $a,"
        " accountDisplay: $d) { id } } }",
        c=HUBSPOT, a={"apiToken": "of-somebody"}, d="EU",
    )  # fmt: skip
    assert watch().code == 0
    ids = []
    for on in ("false", "true", "false", "true"):
        people.rest("PUT", "/organization/providers", params={"id": made["id"], "active": on})
        [event] = watch().events
        ids.append(event["id"])
    assert len(set(ids)) == 4


def test_two_watchers_give_what_happened_one_id(made: Project, people: People, watch: Watch) -> None:
    """Each with a cursor of its own, as on two machines."""
    path = made.root / ".reconciler/watch/sandbox.json"
    assert watch().code == 0
    first = path.read_bytes()
    people.rest("POST", "/streams", json={"name": "s", "condition": {}, "rules": [], "mode": 0})
    one = watch().events
    path.write_bytes(first)
    other = watch().events
    assert [event["id"] for event in one] == [event["id"] for event in other]
    assert one[0]["data"]["correlation_id"] != other[0]["data"]["correlation_id"]


def test_it_writes_nothing_and_calls_nothing_that_switches(at_work: People, made: Project, watch: Watch) -> None:
    before = len(made.writes())
    assert watch().code == 0
    after = made.writes()[before:]
    assert [one["path"] for one in after if not one["path"].endswith("GetExportHistory/execute")] == []
    assert not any("toggleprovider" in one["path"].lower() for one in made.requests())


def test_people_read_lines(at_work: People, watch: Watch) -> None:
    run_export(at_work)
    [stream] = at_work.runnable
    at_work.rest("POST", f"/streams/{stream}/pause")
    ran = watch(verb=("watch", "--once"))
    lines = [line.split("  ", 1)[1] for line in ran.out.splitlines()]
    assert lines[0] == "stream.changed  cluedin.stream:people_wide_v1  (paused)"
    assert lines[1].startswith("export.succeeded  cluedin.stream:people_wide_v1  (0 rows, Complete 20")
    assert lines[2] == "drift.detected  cluedin.stream_state:people_wide_v1  (state)"


@pytest.mark.parametrize("words", [("--every", "0"), ("--since", "yesterday"), ("--format", "xml")])
def test_bad_words_are_told(made: Project, watch: Watch, words: tuple[str, ...]) -> None:
    ran = watch(*words)
    assert ran.code == 2  # click's own; the command line makes 1 of it
    assert words[0] in ran.err


def test_json_is_one_message_a_line(at_work: People, watch: Watch) -> None:
    run_export(at_work)
    ran = watch()
    assert ran.out == json.dumps(json.loads(ran.out), separators=(",", ":")) + "\n"


@pytest.mark.parametrize("made", [{"cluedin_version": "4.3"}, {"cluedin_version": "4.5"}], indirect=True)
def test_before_4_6_runs_are_not_told_and_all_else_is(made: Project, people: People, watch: Watch) -> None:
    """Actions of connectors, and with them the history of runs, came with 4.6 ([C])."""
    made.write("contract.yaml", STREAM.replace("spec:\n", "spec:\n  sla: {freshness_p95_minutes: 60}\n", 1))
    body = {"name": "people_wide_v1", "condition": {}, "rules": [], "mode": 0}
    stream = people.rest("POST", "/streams", json=body)
    ran = watch()
    assert (ran.code, ran.events) == (0, [])
    assert "[watch.no_history]" in ran.err
    people.rest("PUT", f"/streams/{stream}", json={**body, "name": "another"})
    [kind, id, action] = people.connect("target", HTTP, {"url": "https://a.example.com/x"})
    ran = watch()
    told = {(one["type"], one["data"]["object_id"], one["data"]["action"]) for one in ran.events}
    assert told == {("stream.changed", stream, "renamed"), (kind, id, action)}
