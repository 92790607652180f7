"""The runs of a stream's export: which there were, and one more now.

The facts are those of the public source of the data-lake connectors (CluedIn.Connector.AzureDataLake,
`DataLakeConnector.ConnectorActions.cs` and `DataLakeExportEntitiesJobBase.cs`):

* `RunExport` and `GetExportHistory` are executed through `POST /streams/{id}/connectorActions/{name}/execute` [B].
* An execution answers when the export has ended, with whether it was successful [B], so that a large one outlasts
  any time-out; the names of the members of that answer are not public [U].
* The history is a table: `DataTime`, `StartTime` and `EndTime` with their offsets from UTC, `TotalRows`, `Status`,
  `FilePath`, `TriggerSource`, `CronSchedule`; the last 1,000 runs, the newest first [B]. It comes as JSON in a text
  in a list of results [B]; a plain list is taken too.
* A run is `Starting`, then `Complete` [B]. A run that breaks off is rolled back with its row [B], so that `Failed`
  may never show there; other versions may write it [C].
* A run that finds another one at work ends in success and leaves no row [B].
* Rows carry no correlation id [B]: a run of ours is told by having appeared since.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

from reconciler.actions.streams import LiveStream
from reconciler.errors import Diagnostic, RefusedError, SystemFailureError
from reconciler.systems import correlation
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.redact import SECRETS
from reconciler.systems.refusals import LostAnswer

RUN, HISTORY = "RunExport", "GetExportHistory"
POLL = (0.5, 5.0)
"""Seconds between two looks at the history: the first, and the longest."""

_NO_ACTIONS = Diagnostic(
    "error",
    "exports.no_actions",
    "this CluedIn has no actions of connectors, so an export can neither be run nor looked at from outside",
    "They came with the data-lake connectors 4.6; until then the schedule of the target runs it.",
)

State = Literal["accepted", "complete", "failed", "running", "no_run", "unknown"]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of an export, as the history has it. Times are aware; `None` where the row has none."""

    data_time: datetime | None
    """The moment whose data the file holds."""
    start_time: datetime | None
    end_time: datetime | None
    status: str
    rows: int | None = None
    file: str = ""
    schedule: str = ""
    trigger: str = ""
    assumed_utc: bool = False
    """Whether a time came without an offset, and was taken for UTC [C]."""

    @property
    def complete(self) -> bool:
        """Whether the file was written."""
        return self.status.casefold() == "complete"

    @property
    def failed(self) -> bool:
        """Whether the run is over and wrote no file."""
        return self.status.casefold() == "failed"

    @property
    def identity(self) -> tuple[Any, ...]:
        """What stays the same while a run goes on: the table's own key, the start and the file."""
        return self.data_time, self.trigger, self.schedule, self.start_time, self.file

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape; times in ISO 8601 with offset."""
        return {
            "data_time": _iso(self.data_time),
            "start_time": _iso(self.start_time),
            "end_time": _iso(self.end_time),
            "status": self.status,
            "rows": self.rows,
            "file": self.file,
            "schedule": self.schedule,
            "trigger": self.trigger,
        }


@dataclass(slots=True)
class Outcome:
    """What became of a request to run an export.

    `accepted`: CluedIn took it, and nobody waited · `complete`, `failed`: as it ended · `running`: not over when
    the patience was · `no_run`: CluedIn says success and no new run shows · `unknown`: the answer was lost.
    """

    correlation_id: str
    state: State
    message: str = ""
    run: Run | None = None

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "correlation_id": self.correlation_id,
            "state": self.state,
            "message": self.message,
            "run": self.run.as_dict() if self.run else None,
        }


# -- the history ---------------------------------------------------------------------------------------------


def history(cluedin: CluedIn, stream_id: str) -> list[Run]:
    """The runs that the connector remembers, the newest first.

    Raises `RefusedError` where CluedIn has no such action, `SystemFailureError` where it does not tell.
    """
    answer = cluedin.rest("POST", execute(stream_id, HISTORY), {}, effect="read", accept=(404, 405))
    if answer is None:
        raise RefusedError(_NO_ACTIONS)
    if _said(answer, "issuccessful", "success") is False:
        raise SystemFailureError(_broken("exports.history_failed", f"CluedIn did not tell the history: {_why(answer)}"))
    rows = _rows(answer)
    if rows is None:
        raise SystemFailureError(
            _broken("exports.history_form", "CluedIn's answer about the history has a form that is not known")
        )
    return sorted((_run(row) for row in rows), key=_moment, reverse=True)


def _rows(answer: Any) -> list[Mapping[str, Any]] | None:
    """The rows, as a list of their own or as `History` in a text of JSON somewhere in the answer."""
    if isinstance(answer, list) and all(isinstance(row, Mapping) and "starttime" in _folded(row) for row in answer):
        return answer
    return next((found for value in insides(answer) if (found := _rows_below(value)) is not None), None)


def _rows_below(value: Any) -> list[Mapping[str, Any]] | None:
    if isinstance(value, Mapping):
        rows = _folded(value).get("history")
        if isinstance(rows, list):
            return [row for row in rows if isinstance(row, Mapping)]
    return None


def insides(value: Any, depth: int = 0) -> Iterator[Any]:
    """The value and everything in it; a text that is JSON counts as what it says."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return
    yield value
    if depth < 6:
        inner: Iterable[Any] = (
            value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        )
        for item in inner:
            yield from insides(item, depth + 1)


def _run(row: Mapping[str, Any]) -> Run:
    given = _folded(row)
    times = {name: _time(given.get(name)) for name in ("datatime", "starttime", "endtime")}
    naive = any(moment is not None and moment.tzinfo is None for moment in times.values())
    aware = {name: moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None for name, moment in times.items()}
    total = given.get("totalrows")
    return Run(
        aware["datatime"],
        aware["starttime"],
        aware["endtime"],
        str(given.get("status") or ""),
        int(total) if isinstance(total, int | float) and not isinstance(total, bool) else None,
        str(given.get("filepath") or ""),
        str(given.get("cronschedule") or ""),
        str(given.get("triggersource") or ""),
        naive,
    )


def _time(value: Any) -> datetime | None:
    """A time as .NET writes it: up to seven decimals, of which six count, and an offset [B]."""
    try:
        return datetime.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _moment(run: Run) -> datetime:
    return run.start_time or run.data_time or datetime.min.replace(tzinfo=UTC)


# -- a run now -----------------------------------------------------------------------------------------------


@dataclass
class Runner:
    """Runs the export of one stream. `wait` is how many seconds to look for its end; 0 does not look."""

    cluedin: CluedIn
    stream: LiveStream
    wait: float = 0.0
    correlation_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    """Sent with the request to run, instead of the id of the whole run."""
    after: datetime | None = None
    """A run that began after this moment of CluedIn's clock is the one that is wanted: then none is asked for."""

    def run(self) -> Outcome:
        """Asks for a run and, with patience, for its end.

        Raises `RefusedError` where the stream cannot be run, and then nothing was sent that does anything.
        """
        self._require_action()
        there = history(self.cluedin, self.stream.id) if self.wait or self.after is not None else []
        until = time.monotonic() + self.wait
        if self.after is not None:
            ours = [run for run in there if _moment(run) > self.after and not run.failed]
            if ours:
                return self._found(ours, {run.identity for run in there} - {run.identity for run in ours}, until)
        known = {run.identity for run in there}
        answered = self._ask()
        if answered.state == "failed" or not self.wait:
            return answered
        return self._watch(answered, known, until)

    def _require_action(self) -> None:
        """`GET …/connectorActions` lists what the connector can do now; before 4.6 there is no such path [B]."""
        path = f"/streams/{self.stream.id}/connectorActions"
        answer = self.cluedin.rest("GET", path, effect="read", accept=(404, 405))
        if answer is None:
            raise RefusedError(_NO_ACTIONS)
        if RUN.casefold() in {name.replace(" ", "").casefold() for name in _names(answer)}:
            return
        reasons = self.stream.reasons()
        raise RefusedError(
            _broken(
                "exports.cannot_run",
                f"the stream {self.stream.name} cannot be run now: {'; '.join(reasons)}"
                if reasons
                else f"the connector of the stream {self.stream.name} offers no export on request",
                "Data-lake connectors run a stream that is started or paused, in mode Sync, with the stream cache.",
            )
        )

    def _ask(self) -> Outcome:
        try:
            answer = self.cluedin.rest(
                "POST",
                execute(self.stream.id, RUN),
                {},
                effect="once",
                headers={correlation.HEADER: self.correlation_id},
            )
        except LostAnswer as lost:
            return Outcome(self.correlation_id, "unknown", lost.diagnostics[0].summary)
        if _said(answer, "issuccessful", "success") is False:
            return Outcome(self.correlation_id, "failed", _why(answer))
        return Outcome(self.correlation_id, "accepted")

    def _found(self, ours: Sequence[Run], others: set[tuple[Any, ...]], until: float) -> Outcome:
        """What came of a run that an earlier try asked for, or the schedule: complete, or looked at to its end."""
        if (complete := next((run for run in reversed(ours) if run.complete), None)) is not None:
            told = f"a run that began after {_iso(self.after)} is there already, so none was asked for"
            return Outcome(self.correlation_id, "complete", told, complete)
        going = Outcome(self.correlation_id, "running", "one is under way, so none was asked for", ours[-1])
        return self._watch(going, others, until) if self.wait else going

    def _watch(self, answered: Outcome, known: set[tuple[Any, ...]], until: float) -> Outcome:
        """Looks at the history until the first run that was not there before is over.

        A run that was asked for is not forgotten where the history cannot be read: then its end is unknown.
        """
        pause = POLL[0]
        while True:
            try:
                looked = history(self.cluedin, self.stream.id)
            except SystemFailureError as failure:
                return Outcome(self.correlation_id, "unknown", failure.diagnostics[0].summary)
            fresh = [run for run in looked if run.identity not in known]
            ours = fresh[-1] if fresh else None
            if ours is not None and (ours.complete or ours.failed):
                state: State = "complete" if ours.complete else "failed"
                return Outcome(self.correlation_id, state, run=ours)
            left = until - time.monotonic()
            if left <= 0 or self.cluedin.connection.stop.is_set():
                break
            self.cluedin.connection.stop.wait(min(pause, left))
            pause = min(pause * 1.5, POLL[1])
        if ours is not None:
            return Outcome(self.correlation_id, "running", "it is not over yet", ours)
        if answered.state == "unknown":
            return answered
        return Outcome(
            self.correlation_id,
            "no_run",
            "CluedIn says success, and its history shows no new run: a run that finds another one at work ends so",
        )


def execute(stream_id: str, action: str) -> str:
    """The path of an action of a stream's connector."""
    return f"/streams/{stream_id}/connectorActions/{action}/execute"


def _names(answer: Any) -> set[str]:
    """The names in a list of actions, in whatever it is wrapped [C]."""
    found = {str(_folded(value).get("name") or "") for value in insides(answer) if isinstance(value, Mapping)}
    return found | {value for value in insides(answer) if isinstance(value, str)}


def _said(answer: Any, *names: str) -> bool | None:
    """A verdict in the answer, by any of the names; None where it has none."""
    given = _folded(answer) if isinstance(answer, Mapping) else {}
    return next((given[name] for name in names if isinstance(given.get(name), bool)), None)


def _why(answer: Any) -> str:
    """The first line of the reason in an answer: the connector writes a stack below it [B]."""
    texts = [text for value in insides(answer) if isinstance(value, Mapping) for text in _texts(value)]
    told = next((text for text in texts if text.strip()), "")
    if not told.strip():
        return "it gives no reason"
    return SECRETS.cut(told.strip().splitlines()[0].removeprefix("Failed: "), 300)


def _texts(value: Mapping[str, Any]) -> Sequence[str]:
    given = _folded(value)
    return [str(given[name]) for name in ("errormessage", "message", "value") if isinstance(given.get(name), str)]


def _folded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name).casefold(): value for name, value in row.items()}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _broken(code: str, summary: str, detail: str = "") -> Diagnostic:
    return Diagnostic("error", code, summary, detail)
