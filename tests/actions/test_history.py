"""The history of an export: the forms in which an answer may hold it, and what its rows say."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from reconciler.actions.exports import history
from reconciler.errors import SystemFailureError

from ..resources.cluedin_support import faked

ROW = {
    "StreamId": "0a1b",
    "DataTime": "2026-01-13T10:00:00.1234567+00:00",
    "TriggerSource": "JobServer",
    "CronSchedule": "0 0 1 1 *",
    "FilePath": "customers.parquet",
    "FileFormat": "parquet",
    "StartTime": "2026-01-13T10:00:01+00:00",
    "EndTime": "2026-01-13T12:04:31+02:00",
    "TotalRows": 1200,
    "Status": "Complete",
}


def told(answer: Any) -> Any:
    """The history that an answer holds."""
    return history(faked(lambda request: httpx.Response(200, json=answer)), "0a1b")


def wrapped(rows: list[Any], **more: Any) -> dict[str, Any]:
    """An answer as the connector composes it: JSON as text in a list of results."""
    value = json.dumps({"History": rows, "TableName": "t", "StreamId": "0a1b"})
    entry = {"name": "ExportHistory", "type": "Json", "value": value, "source": "Connector"}
    return {"streamId": "0a1b", "actionName": "GetExportHistory", "isSuccessful": True, "results": [entry], **more}


@pytest.mark.parametrize(
    "answer",
    [[ROW], wrapped([ROW]), {"History": [ROW]}, [{name.lower(): value for name, value in ROW.items()}]],
    ids=["a list", "text in results", "an object", "other case"],
)
def test_rows_are_found_in_every_form(answer: Any) -> None:
    [run] = told(answer)
    assert run.complete
    assert (run.rows, run.file, run.trigger, run.assumed_utc) == (1200, "customers.parquet", "JobServer", False)
    assert run.data_time == datetime(2026, 1, 13, 10, 0, 0, 123456, UTC)
    assert run.end_time - run.start_time == timedelta(minutes=4, seconds=30), "offsets count"


def test_a_time_without_a_zone_is_taken_for_utc_and_says_so() -> None:
    [run] = told([{**ROW, "EndTime": "2026-01-13T10:04:31"}])
    assert run.assumed_utc
    assert run.end_time == datetime(2026, 1, 13, 10, 4, 31, tzinfo=UTC)


def test_the_newest_is_first_and_what_is_open_has_no_end() -> None:
    later = {**ROW, "StartTime": "2026-01-13T11:00:00+00:00", "EndTime": None, "TotalRows": None, "Status": "Starting"}
    first, second = told(wrapped([ROW, later]))
    assert (first.status, first.end_time, first.rows, first.complete) == ("Starting", None, None, False)
    assert second.complete


def test_no_runs_yet() -> None:
    assert told([]) == told(wrapped([])) == []


def test_what_is_no_history_is_said_and_a_stack_is_not_shown() -> None:
    with pytest.raises(SystemFailureError, match="form that is not known"):
        told({"isSuccessful": True, "results": []})
    broken = {"name": "Result", "value": "Failed: no table\n   at CluedIn.Connector.Secret.Method()"}
    with pytest.raises(SystemFailureError, match="no table") as raised:
        told({"isSuccessful": False, "results": [broken]})
    assert "Secret" not in str(raised.value)
