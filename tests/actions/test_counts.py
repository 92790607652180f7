"""Files of past days beside what CluedIn's cache held then."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from reconciler.actions.counts import compared

from ..resources.cluedin_support import faked
from ..support import Project
from .conftest import Run, contract
from .test_history import ROW

START = datetime(2026, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "state", "rows"),
    [
        ({"rowCount": 1200}, "same", 1200),
        ({"results": [{"name": "Count", "value": "1200"}]}, "same", 1200),
        ({"results": [{"value": '{"RowCount": 1199}'}]}, "differs", 1199),
        ({"isSuccessful": True}, "unknown", None),
        (None, "unknown", None),
    ],
)
def test_each_step_looks_at_its_newest_complete_run(told: Any, state: str, rows: int | None) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("GetExportHistory/execute"):
            going = {**ROW, "Status": "Starting", "DataTime": "2026-01-13T11:00:00+00:00", "StartTime": None}
            older = {**ROW, "DataTime": "2026-01-13T04:00:00+00:00", "StartTime": "2026-01-13T04:00:01+00:00"}
            return httpx.Response(200, json=[going, ROW, older])
        asked.append(json.loads(request.content)["DataTime"])
        return httpx.Response(200, json=told) if told is not None else httpx.Response(404)

    found = compared(faked(answer), "0a1b", START, START + timedelta(days=2), timedelta(days=1))
    assert [(one.start.day, one.state, one.rows) for one in found] == [(12, "no_run", None), (13, state, rows)]
    assert asked == ["2026-01-13T10:00:00.123456+00:00"]


def test_the_verb_says_what_differs_and_ends_with_1(acting: Project, run: Run) -> None:
    contract(acting)
    assert acting.apply().complete
    assert run("exports", "run", "customers", "--wait", "10").code == 0
    today = datetime.now(UTC).date().isoformat()
    ran = run("exports", "compare", "customers", "--from", today, "--to", today)
    assert (ran.code, "same: " in ran.out) == (0, True), ran.err
    shape = json.loads(
        run(
            "exports",
            "compare",
            "customers",
            "--from",
            "2020-01-01",
            "--to",
            today,
            "--step",
            "3000d",
            "--format",
            "json",
        ).out
    )
    assert [step["state"] for step in shape["steps"]] == ["same"]
    for bad in (
        ["--to", "2019-01-01"],
        ["--to", today, "--step", "1m"],
        ["--to", "soon"],
        ["--to", today, "--step", "1h"],
    ):
        assert run("exports", "compare", "customers", "--from", "2020-01-01", *bad).code == 1
