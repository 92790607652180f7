"""How fresh the files of an export are, measured from its history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from reconciler.actions.exports import Run


@dataclass(frozen=True, slots=True)
class Freshness:
    """All durations are minutes, as contracts promise them; None where no run is complete.

    `p95_minutes`: nearly all files (95 of 100, by nearest rank) held data at most so old when they were ready.
    `age_minutes`: since the newest complete run ended. `data_age_minutes`: since the moment whose data its file
    holds, which is what a reader feels now.
    """

    complete: int
    """Complete runs that were measured."""
    other: int
    """Runs that were not: under way, failed, or without the times."""
    p95_minutes: float | None = None
    age_minutes: float | None = None
    data_age_minutes: float | None = None
    newest: Run | None = None
    assumed_utc: bool = False
    """Whether a measured time came without an offset and was taken for UTC [C]; then all of this is uncertain."""

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape; minutes with one decimal."""
        return {
            "complete": self.complete,
            "other": self.other,
            "p95_minutes": _rounded(self.p95_minutes),
            "age_minutes": _rounded(self.age_minutes),
            "data_age_minutes": _rounded(self.data_age_minutes),
            "newest": self.newest.as_dict() if self.newest else None,
            "assumed_utc": self.assumed_utc,
        }


def measure(runs: Iterable[Run], now: datetime, *, since: datetime | None = None) -> Freshness:
    """The freshness that the history of an export shows at `now`, over the runs that ended after `since`.

    The connector keeps 1,000 runs [B], so without `since` this looks back as far as that reaches. `EndTime` and
    `DataTime` come from one clock, the connector's [B]; `now` is ours, so that the ages carry the difference of
    both clocks. A run that ends before its data is no measurement. Raises `ValueError` for times without zone.
    """
    if now.tzinfo is None or (since is not None and since.tzinfo is None):
        raise ValueError("a time with its zone is needed")
    kept = [run for run in runs if since is None or run.end_time is None or run.end_time >= since]
    measured = [(run, data, end) for run in kept if (times := _times(run)) is not None for data, end in [times]]
    if not measured:
        return Freshness(0, len(kept))
    delays = sorted(_minutes(data, end) for _, data, end in measured)
    newest, data, end = max(measured, key=lambda one: one[2])
    return Freshness(
        len(measured),
        len(kept) - len(measured),
        delays[ceil(0.95 * len(delays)) - 1],
        _minutes(end, now),
        _minutes(data, now),
        newest,
        any(run.assumed_utc for run, _, _ in measured),
    )


def _times(run: Run) -> tuple[datetime, datetime] | None:
    """Data and end of a complete run, where both are known and in order."""
    if not run.complete or run.data_time is None or run.end_time is None or run.end_time < run.data_time:
        return None
    return run.data_time, run.end_time


def _minutes(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 60


def _rounded(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes, 1)
