"""How fresh the files of an export are, in minutes, from the rows of its history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.actions.exports import Run
from reconciler.actions.freshness import measure

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def run(age: float, took: float, status: str = "Complete", **more: Any) -> Run:
    """A run that ended so many minutes ago, so many minutes after the moment of its data."""
    end = NOW - timedelta(minutes=age)
    start = end - timedelta(minutes=took)
    return Run(**{"data_time": start, "start_time": start, "end_time": end, "status": status, **more})


def test_p95_is_what_nearly_all_files_kept() -> None:
    runs = [run(60 * number, took=5) for number in range(19)] + [run(60 * 19, took=300)]
    assert measure(runs, NOW).p95_minutes == 5, "one of twenty may be late"
    assert measure([*runs, run(1200, took=300)], NOW).p95_minutes == 300, "two of twenty-one may not"
    assert measure([run(10, took=7)], NOW).p95_minutes == 7


def test_the_newest_complete_run_tells_the_age_of_run_and_of_data() -> None:
    found = measure([run(90, 5), run(30, 5), run(1, 5, "Starting"), run(2, 5, "Failed")], NOW)
    assert (found.age_minutes, found.data_age_minutes) == (30, 35)
    assert (found.complete, found.other) == (2, 2)


def test_nothing_complete_is_not_zero() -> None:
    found = measure([run(5, 5, "Failed"), run(5, 5, end_time=None)], NOW)
    assert (found.p95_minutes, found.age_minutes, found.newest, found.other) == (None, None, None, 2)
    assert measure([], NOW).as_dict()["p95_minutes"] is None


def test_a_run_that_ends_before_its_data_is_no_measurement() -> None:
    found = measure([run(5, took=-3), run(60, took=4)], NOW)
    assert (found.complete, found.other, found.p95_minutes) == (1, 1, 4)


def test_zones_are_taken_into_account_and_a_missing_one_is_told() -> None:
    zone = datetime.fromisoformat("2026-03-01T13:00:00+02:00")
    found = measure([run(0, 0, data_time=zone, end_time=zone + timedelta(minutes=10))], NOW)
    assert (found.p95_minutes, found.age_minutes) == (10, 50)
    assert not found.assumed_utc
    assert measure([run(5, 5, assumed_utc=True)], NOW).assumed_utc
    with pytest.raises(ValueError, match="zone"):
        measure([], datetime(2026, 3, 1))


def test_only_runs_since_a_moment() -> None:
    runs = [run(10, took=5), run(5000, took=500)]
    assert measure(runs, NOW, since=NOW - timedelta(days=1)).p95_minutes == 5
    assert measure(runs, NOW).p95_minutes == 500
