"""`exports run` and `exports history` against the sandbox."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import httpx
import pytest

from reconciler.actions import exports
from reconciler.actions.exports import Runner
from reconciler.actions.streams import LiveStream
from reconciler.errors import RefusedError
from reconciler.systems.http import Connection

from ..resources.cluedin_support import faked
from ..support import Project
from .conftest import LAKE_KEY, Run, cluedin, contract
from .test_history import ROW

LIVE = LiveStream("customers", "0a1b", "started", "Sync", True)


@pytest.fixture
def headers(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Path and own headers of every request from here on."""
    found: list[tuple[str, Any]] = []
    send = Connection.send

    def recorded(self: Connection, method: str, path: str, **more: Any) -> Any:
        found.append((path, more.get("headers")))
        return send(self, method, path, **more)

    monkeypatch.setattr(Connection, "send", recorded)
    return found


def test_a_run_is_asked_for_waited_for_and_in_the_history(
    acting: Project, run: Run, headers: list[tuple[str, Any]]
) -> None:
    contract(acting, stream="Customers (wide)")
    assert acting.apply().complete
    ran = run("exports", "run", "customers", "--wait", "10", "--format", "json")
    assert ran.code == 0, ran.err
    shape = json.loads(ran.out)
    assert (shape["state"], shape["stream"], shape["run"]["status"]) == ("complete", "Customers (wide)", "Complete")
    assert shape["run"]["file"].startswith("exports/customers/")
    assert [given for path, given in headers if path.endswith("/RunExport/execute")] == [
        {"X-Correlation-Id": shape["correlation_id"]}
    ]
    assert shape["correlation_id"] in ran.err

    ran = run("exports", "run", "customers")
    assert ran.code == 0
    assert "Correlation id: " in ran.out
    history = json.loads(run("exports", "history", "ExportContract/customers", "--format", "json").out)
    assert len(history["runs"]) == 2
    assert history["freshness"]["complete"] == 2
    assert history["freshness"]["age_minutes"] < 5
    assert "2 runs in its history" in run("exports", "history", "customers").out
    assert acting.plan().changes == [], "an action is no state"
    assert LAKE_KEY not in ran.out + ran.err


def test_a_pipeline_brings_its_own_id(acting: Project, run: Run, headers: list[tuple[str, Any]]) -> None:
    contract(acting)
    assert acting.apply().complete
    id = "manual__2026-03-01T00:00:00+00:00"
    assert f"Correlation id: {id}" in run("exports", "run", "customers", "--correlation-id", id).out
    assert headers[-1][1] == {"X-Correlation-Id": id}
    for bad in ("a b", "a\r\nX: y", "é", ""):
        assert run("exports", "run", "customers", "--correlation-id", bad).code == 1


def test_before_an_apply_there_is_nothing_to_run(acting: Project, run: Run) -> None:
    contract(acting)
    ran = run("exports", "run", "customers")
    assert ran.code == 4
    assert "no stream named customers" in ran.err
    assert acting.writes() == []


def test_a_name_that_no_document_has(acting: Project, run: Run) -> None:
    contract(acting)
    ran = run("exports", "run", "custmers")
    assert ran.code == 1
    assert "Did you mean `customers`?" in ran.err
    assert acting.requests() == [], "nothing was asked"


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"state": "null"}, "it was never started"),
        ({"mode": "EventStream", "cache": False}, "its mode is EventStream; its target has no stream cache"),
        ({"cache": False}, "its target has no stream cache"),
    ],
)
def test_a_stream_that_cannot_be_run_says_why(acting: Project, run: Run, spec: dict[str, Any], why: str) -> None:
    contract(acting, **spec)
    acting.apply()
    ran = run("exports", "run", "customers")
    assert ran.code == 4
    assert why in ran.err
    assert not [one for one in acting.requests() if one["path"].endswith("/execute")], "nothing was executed"


def test_two_streams_of_one_name_are_not_guessed_between(acting: Project, run: Run) -> None:
    contract(acting)
    assert acting.apply().complete
    cluedin(acting).graphql(
        "mutation x($s: InputCreateStream!) { consume { createStream(stream: $s) { id } } }",
        {"s": {"name": "customers"}},
        effect="once",
    )
    ran = run("exports", "run", "customers")
    assert ran.code == 4
    assert "more than one stream" in ran.err


def test_a_server_without_actions(acting: Project, run: Run) -> None:
    contract(acting)
    assert acting.apply().complete
    none = {"title": "Not Found", "status": 404}
    acting.http("POST", "/_sandbox/faults", json={"path": "connectorActions", "status": 404, "body": none})
    ran = run("exports", "run", "customers")
    assert ran.code == 4
    assert "4.6" in ran.err
    ran = run("exports", "history", "customers")
    assert ran.code == 4
    assert "4.6" in ran.err


def test_a_lost_answer_is_not_sent_again_and_the_history_tells(acting: Project, run: Run) -> None:
    contract(acting)
    assert acting.apply().complete
    lost = {"path": "RunExport/execute", "status": 504, "times": 1, "after": "response"}
    acting.http("POST", "/_sandbox/faults", json=lost)
    ran = run("exports", "run", "customers", "--wait", "10")
    assert ran.code == 0, ran.out
    assert "is complete" in ran.out
    acting.http("POST", "/_sandbox/faults", json=lost)
    ran = run("exports", "run", "customers")
    assert ran.code == 5
    assert "the answer was lost" in ran.out
    assert len(json.loads(run("exports", "history", "customers", "--format", "json").out)["runs"]) == 2


# -- answers that the sandbox does not give --------------------------------------------------------------------


def runner(told: Any, histories: list[list[Any]], wait: float = 0.3) -> Runner:
    """A runner against answers of the test's own: to RunExport, and to each look at the history."""
    looks = iter(histories)
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.url.path)
        if request.method == "GET":
            return httpx.Response(200, json={"streamId": "0a1b", "actions": [{"name": "RunExport"}]})
        if request.url.path.endswith("GetExportHistory/execute"):
            return httpx.Response(200, json=next(looks, histories[-1]))
        return httpx.Response(200, json=told)

    found = Runner(faked(answer), LIVE, wait)
    found.sent = sent  # type: ignore[attr-defined]
    return found


def test_the_run_that_was_there_before_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "POLL", (0.01, 0.02))
    going = {**ROW, "Status": "Starting", "EndTime": None}
    mine = {**ROW, "StartTime": "2026-01-13T11:00:00+00:00", "FilePath": "mine.parquet"}
    open_ = {**mine, "Status": "Starting"}
    outcome = runner({"isSuccessful": True}, [[going], [ROW], [open_, ROW], [mine, ROW]]).run()
    assert outcome.state == "complete"
    assert outcome.run is not None
    assert outcome.run.file == "mine.parquet"


@pytest.mark.parametrize(
    ("told", "after", "state"),
    [
        ({"isSuccessful": True}, [ROW], "no_run"),
        ({"isSuccessful": True}, [{**ROW, "FilePath": "b", "Status": "Starting"}, ROW], "running"),
        ({"isSuccessful": True}, [{**ROW, "FilePath": "b", "Status": "Failed"}, ROW], "failed"),
    ],
)
def test_how_a_run_may_end(monkeypatch: pytest.MonkeyPatch, told: Any, after: list[Any], state: str) -> None:
    monkeypatch.setattr(exports, "POLL", (0.01, 0.02))
    assert runner(told, [[ROW], after], wait=0.05).run().state == state


@pytest.mark.parametrize(
    ("there", "state", "asked"),
    [
        ([ROW], "complete", 1),
        ([{**ROW, "StartTime": "2026-01-13T11:00:00+00:00", "FilePath": "b"}, ROW], "complete", 0),
        ([{**ROW, "StartTime": "2026-01-13T11:00:00+00:00", "FilePath": "b", "Status": "Starting"}, ROW], "running", 0),
        ([{**ROW, "StartTime": "2026-01-13T11:00:00+00:00", "FilePath": "b", "Status": "Failed"}, ROW], "complete", 1),
        ([], "complete", 1),
    ],
)
def test_a_run_that_began_since_is_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, there: list[Any], state: str, asked: int
) -> None:
    monkeypatch.setattr(exports, "POLL", (0.01, 0.02))
    mine = {**ROW, "StartTime": "2026-01-13T12:00:00+00:00", "FilePath": "mine.parquet"}
    one = runner({"isSuccessful": True}, [there, [mine, *there] if asked else there], wait=0.05)
    one.after = datetime.fromisoformat("2026-01-13T10:00:01+00:00")
    outcome = one.run()
    sent = [path for path in one.sent if path.endswith("RunExport/execute")]  # type: ignore[attr-defined]
    assert (outcome.state, len(sent)) == (state, asked)
    assert ("none was asked for" in outcome.message) == (asked == 0 and state == "complete")


def test_a_run_that_was_asked_for_stays_open_where_the_history_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "POLL", (0.01, 0.02))
    outcome = runner({"isSuccessful": True}, [[ROW], {"nothing": "known"}]).run()  # type: ignore[list-item]
    assert (outcome.state, "has a form that is not known" in outcome.message) == ("unknown", True)


def test_a_failure_shows_its_first_line() -> None:
    result = {"name": "Result", "value": "Failed: no room\n   at Method()"}
    outcome = runner({"isSuccessful": False, "isCompleted": True, "results": [result]}, [[]]).run()
    assert (outcome.state, outcome.message) == ("failed", "no room")


def test_a_connector_without_the_action_is_refused() -> None:
    cluedin = faked(lambda request: httpx.Response(200, json={"actions": []}))
    with pytest.raises(RefusedError, match="offers no export on request"):
        Runner(cluedin, LIVE).run()
