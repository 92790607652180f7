"""One look at an environment: what happened since the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from reconciler.audit.place import trail_of
from reconciler.desired import Wishes
from reconciler.diff import Change, Options
from reconciler.errors import ConfigurationError, Diagnostic, ReconcilerError, SystemFailureError
from reconciler.ledger import Ledger
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import Refused, Unreachable
from reconciler.watch.applies import ended_applies
from reconciler.watch.authors import authored
from reconciler.watch.changes import Held, compared
from reconciler.watch.cursor import Cursor
from reconciler.watch.drifts import drifted
from reconciler.watch.events import Event, stamp
from reconciler.watch.runs import watched
from reconciler.watch.things import AREAS, Area
from reconciler.workflow import Session, make_plan


@dataclass
class Look:
    """What one look found. `blind` where it showed nothing at all, and why."""

    events: list[Event] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    blind: ReconcilerError | None = None


def look(session: Session, cursor: Cursor, since: datetime | None = None, *, with_drift: bool = True) -> Look:
    """Looks at everything, and moves the cursor: the caller makes it durable before anybody is told.

    The first look tells of nothing but what happened from `since` on, as far as systems tell when. `with_drift` plans
    as well, which takes as many requests; without it that is done where something changed that is ours. Raises
    `ManifestError` and `ConfigurationError`; what a system refuses is a finding.
    """
    found = Look()
    is_first = not cursor.begun
    now = datetime.now(UTC)
    if is_first:
        cursor.begun = stamp(since or now)
    draft = session.draft()
    wishes, ledger = draft.wishes().required(), session.book(draft).load()
    with session.connected(draft) as systems:
        cluedin = systems.get("cluedin")
        if not isinstance(cluedin, CluedIn):
            raise ConfigurationError.of("watch.no_cluedin", "the environment names no CluedIn", "Add `cluedin` to it.")
        try:
            _look_at(cluedin, cursor, wishes, ledger, found, since if is_first else None, is_first=is_first, now=now)
        except Unreachable as error:
            found.blind = error
    if found.blind is None:
        if with_drift or any(one.data.get("managed") for one in found.events):
            found.events += _drift(session, cursor, found, is_first=is_first)
        found.events += _applies(session, cursor, found)
    return found


def _look_at(
    cluedin: CluedIn,
    cursor: Cursor,
    wishes: Wishes,
    ledger: Ledger,
    found: Look,
    since: datetime | None,
    *,
    is_first: bool,
    now: datetime,
) -> None:
    seen = 0
    last: ReconcilerError | None = None
    for area in AREAS:
        is_new = area.name not in cursor.areas
        try:
            events = _area(cluedin.fresh(), area, cursor)
        except Unreachable:
            raise
        except SystemFailureError as error:
            if isinstance(error, Refused) and error.status == 401:
                raise Unreachable("cluedin", "sign-in", error.diagnostics[0].summary) from None
            last = error
            found.findings.append(_unseen(area, error))
            continue
        seen += 1
        found.events += list(_since(events, cursor.areas[area.name], since)) if is_new else events
    if not seen and last is not None:
        found.blind = last
        return
    if found.events and cursor.looked:
        found.events = authored(cluedin.fresh(), found.events, datetime.fromisoformat(cursor.looked))
    cursor.looked = stamp(now)
    streams = list(watched(wishes, ledger, cursor.areas.get("streams", {})))
    _as_managed(found.events, ledger, {one.id: one.names for one in streams})
    events, findings = cursor.runs.look(cluedin, streams, cursor.since, None if is_first else now)
    found.events += events
    found.findings += findings
    events, findings = cursor.logs.look(cluedin, streams)
    found.events += events
    found.findings += findings


def _area(cluedin: CluedIn, area: Area, cursor: Cursor) -> list[Event]:
    """What happened in one area; its first look tells of all that is there, which the caller passes over."""
    now = {thing.key: thing for thing in area.read(cluedin)}
    events, after = compared(cursor.areas.get(area.name, {}), now, lambda group, id: area.is_gone(cluedin, group, id))
    cursor.areas[area.name] = after
    return events


def _since(events: list[Event], area: dict[str, Held], since: datetime | None) -> Iterator[Event]:
    """Of all that is there for the first time what was changed since."""
    for event in events if since is not None else ():
        held = area.get(f":{event.data.get('object_id')}")
        modified = _moment(held.parts.get("modified", "")) if held is not None else None
        if since is not None and modified is not None and modified >= since:
            yield event


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _drift(session: Session, cursor: Cursor, found: Look, *, is_first: bool) -> list[Event]:
    try:
        changes: list[Change] = make_plan(session, Options()).drifted
    except ReconcilerError as error:
        said = f"drift is not told: {error.diagnostics[0].summary}"
        advice = "`reconciler drift` says the same, with all of it."
        found.findings.append(Diagnostic("warning", "watch.no_drift", said, advice))
        return []
    events, cursor.drifted = drifted(changes, cursor.drifted)
    return [] if is_first else [_counted(one, cursor) for one in events]


def _counted(event: Event, cursor: Cursor) -> Event:
    key = f"{event.subject} {event.occurrence}"
    cursor.counts[key] = cursor.counts.get(key, 0) + 1
    return Event(event.type, event.subject, f"{event.occurrence}/{cursor.counts[key]}", event.data)


def _applies(session: Session, cursor: Cursor, found: Look) -> list[Event]:
    try:
        trail = trail_of(session.draft().environment, session.environment, session.root, session.process_env)
        events, cursor.audited = ended_applies(trail, session.environment, cursor.audited)
    except ReconcilerError as error:
        said = f"applies are not told: {error.diagnostics[0].summary}"
        found.findings.append(Diagnostic("warning", "watch.no_audit", said, error.diagnostics[0].detail))
        return []
    return events


def _as_managed(events: list[Event], ledger: Ledger, names: dict[str, frozenset[str]]) -> None:
    """Names what the ledger knows by its address there, and streams by their documents too."""
    known = {entry.id: entry for entry in ledger.entries.values() if entry.id and entry.address.startswith("cluedin.")}
    for at, event in enumerate(events):
        id = str(event.data.get("object_id"))
        entry = known.get(id)
        ours = entry is not None and entry.how != "referred"
        events[at] = Event(
            event.type,
            event.subject,
            event.occurrence,
            {**event.data, "managed": ours},
            event.at,
            event.names | names.get(id, frozenset()),
        )


def _unseen(area: Area, error: ReconcilerError) -> Diagnostic:
    return Diagnostic(
        "warning",
        "watch.not_seen",
        f"{area.name} could not be looked at: {error.diagnostics[0].summary}",
        "What happened there is told once they can be seen again; `reconciler doctor` shows missing rights.",
    )
