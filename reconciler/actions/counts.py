"""Files that an export wrote in the past, beside what CluedIn's stream cache held at the moment of their data.

`GetStreamCacheRowCount` is an action of the data-lake connectors that takes a `DataTime` and counts as of then
(CluedIn.Connector.AzureDataLake, `DataLakeConnector.ConnectorActions.cs`, [B]); the form of its answer is not public
[U], so any member that is called a count of rows is taken, and none is "unknown", never "the same".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from reconciler.actions.exports import Run, execute, history, insides
from reconciler.errors import SystemFailureError
from reconciler.systems.cluedin import CluedIn

COUNT = "GetStreamCacheRowCount"
_NAMES = ("rowcount", "totalrows", "count", "value")


@dataclass(frozen=True, slots=True)
class Step:
    """A length of time, with its newest complete run and the rows of the cache as of that run's data."""

    start: datetime
    state: Literal["same", "differs", "no_run", "unknown"]
    run: Run | None = None
    rows: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape; times in ISO 8601 with offset."""
        run = self.run.as_dict() if self.run else None
        return {"from": self.start.isoformat(), "state": self.state, "run": run, "rows": self.rows}


def compared(cluedin: CluedIn, stream_id: str, start: datetime, end: datetime, step: timedelta) -> list[Step]:
    """Each step from `start` to before `end`, in order. Raises as `history` does."""
    runs = [run for run in history(cluedin, stream_id) if run.complete and run.data_time is not None]
    found = []
    for at in _moments(start, end, step):
        inside = [run for run in runs if run.data_time is not None and at <= run.data_time < min(at + step, end)]
        found.append(_judged(cluedin, stream_id, at, inside[0]) if inside else Step(at, "no_run"))
    return found


def _moments(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    at = start
    while at < end:
        yield at
        at += step


def _judged(cluedin: CluedIn, stream_id: str, at: datetime, run: Run) -> Step:
    rows = _rows_as_of(cluedin, stream_id, run.data_time)
    if rows is None or run.rows is None:
        return Step(at, "unknown", run, rows)
    return Step(at, "same" if rows == run.rows else "differs", run, rows)


def _rows_as_of(cluedin: CluedIn, stream_id: str, moment: datetime | None) -> int | None:
    given = {"DataTime": moment.isoformat() if moment else None}
    try:
        answer = cluedin.rest("POST", execute(stream_id, COUNT), given, effect="read", accept=(400, 404, 405))
    except SystemFailureError:
        return None
    for value in insides(answer):
        if isinstance(value, dict):
            folded = {str(name).casefold(): one for name, one in value.items()}
            counts = (folded.get(name) for name in _NAMES)
            if (count := next((one for one in counts if _is_count(one)), None)) is not None:
                return int(count)
    return None


def _is_count(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, str) and value.isdigit())
