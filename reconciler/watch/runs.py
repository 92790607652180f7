"""Runs of exports: which ended since, and whose newest is older than its contract promises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.actions.exports import Run, history
from reconciler.actions.freshness import measure
from reconciler.actions.streams import KINDS
from reconciler.desired import Wishes
from reconciler.errors import Diagnostic, ReconcilerError
from reconciler.kinds.export_contract.spec import ExportContract
from reconciler.ledger import Ledger
from reconciler.resources.keys import unquote
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import Unreachable
from reconciler.watch.changes import Held
from reconciler.watch.events import Event, digest, stamp

_MOST_KEPT = 1000
"""Runs that are remembered of a stream: as many as a connector does [B]."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A stream whose runs are looked at."""

    id: str
    address: str
    names: frozenset[str]
    """Its own name, and those of its documents."""
    promised: float | None = None
    """Minutes within which its contract promises a new file."""


def watched(wishes: Wishes, ledger: Ledger, live: Mapping[str, Held]) -> Iterator[Watched]:
    """The streams of the manifests that CluedIn has, by the id that the ledger knows or by their name."""
    promises = _promises(wishes)
    by_name: dict[str, list[str]] = {}
    for key, held in live.items():
        by_name.setdefault(held.subject, []).append(key.rpartition(":")[2])
    for address, want in wishes.resources.items():
        if want.type.full_name != "cluedin.stream":
            continue
        entry = ledger.get(address)
        ids = [entry.id] if entry is not None and f":{entry.id}" in live else by_name.get(address, [])
        documents = [one for one in want.origins if one.kind in KINDS]
        if len(ids) != 1:
            continue
        limits = [promises[one.name] for one in documents if one.kind == "ExportContract" and one.name in promises]
        names = frozenset({unquote(want.key), *(one.name for one in documents)})
        yield Watched(ids[0], address, names, min(limits, default=None))


def _promises(wishes: Wishes) -> dict[str, float]:
    documents = wishes.world.written("ExportContract") if wishes.world is not None else []
    specs = {one.name: one.as_a(ExportContract) for one in documents}
    return {
        name: float(spec.sla.freshness_p95_minutes)
        for name, spec in specs.items()
        if spec is not None and spec.sla.freshness_p95_minutes is not None
    }


@dataclass(slots=True)
class Runs:
    """What is remembered of them: by id of the stream the runs that ended, and the run after which it was late."""

    ended: dict[str, list[str]]
    late: dict[str, str]

    def look(
        self, cluedin: CluedIn, streams: Iterable[Watched], since: datetime, now: datetime | None
    ) -> tuple[list[Event], list[Diagnostic]]:
        """What happened; runs of a stream that was never looked at count from `since` on, and what is late at `now`.

        A history that cannot be read is a finding, and is looked at again the next time.
        """
        events: list[Event] = []
        findings: list[Diagnostic] = []
        for stream in streams:
            try:
                runs = history(cluedin, stream.id)
            except Unreachable:
                raise
            except ReconcilerError as error:
                findings.append(_unread(stream, error))
                continue
            events += self._ended(stream, runs, since)
            if now is not None:
                events += self._late(stream, runs, now)
        return events, findings

    def _ended(self, stream: Watched, runs: list[Run], since: datetime) -> Iterator[Event]:
        known = self.ended.get(stream.id)
        over = [run for run in reversed(runs) if run.complete or run.failed]
        marks = [digest(run.identity) for run in over]
        fresh = [
            run
            for run, mark in zip(over, marks, strict=True)
            if (mark not in known if known is not None else run.start_time is not None and run.start_time >= since)
        ]
        self.ended[stream.id] = marks[-_MOST_KEPT:]
        for run in fresh:
            word = "export.succeeded" if run.complete else "export.failed"
            told = {**about(stream), "run": _told(run)}
            ended = run.end_time or run.start_time
            at = stamp(ended) if ended is not None else ""
            yield Event(word, stream.address, f"{stream.id}/{_start(run)}", told, at, stream.names)

    def _late(self, stream: Watched, runs: list[Run], now: datetime) -> Iterator[Event]:
        """Told once for each run after which nothing came in time."""
        if stream.promised is None:
            return
        found = measure(runs, now)
        if found.newest is None or found.age_minutes is None or found.age_minutes <= stream.promised:
            self.late.pop(stream.id, None)
            return
        start = _start(found.newest)
        if self.late.get(stream.id) != start:
            self.late[stream.id] = start
            promise = {"promised_minutes": stream.promised, "newest": _told(found.newest)}
            told = {**about(stream), **promise}
            yield Event("export.late", stream.address, f"{stream.id}/{start}", told, names=stream.names)


def about(stream: Watched) -> dict[str, Any]:
    """What every event about a stream says of it."""
    return {"object": "stream", "name": unquote(stream.address.partition(":")[2]), "object_id": stream.id}


def _told(run: Run) -> dict[str, Any]:
    """A run without what nobody needs to act on it."""
    shape = run.as_dict()
    return {name: shape[name] for name in ("data_time", "start_time", "end_time", "status", "rows")}


def _start(run: Run) -> str:
    moment = run.start_time or run.data_time
    return stamp(moment) if moment is not None else digest(run.identity)


def _unread(stream: Watched, error: ReconcilerError) -> Diagnostic:
    return Diagnostic(
        "warning",
        "watch.no_history",
        f"the runs of {unquote(stream.address.partition(':')[2])} are not told: {error.diagnostics[0].summary}",
        "CluedIn tells them from 4.6 on, of a stream that is started or paused, in mode Sync, with the stream cache.",
        address=stream.address,
    )
