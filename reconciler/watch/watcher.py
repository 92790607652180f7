"""The watcher: looks, writes down, tells, delivers, ticks off; again and again, or once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from reconciler.environment.secrets import Secrets
from reconciler.errors import Diagnostic, Exit
from reconciler.watch.cursor import BLIND, Cursor, CursorFile, Told
from reconciler.watch.delivering import Delivering
from reconciler.watch.events import Event, digest
from reconciler.watch.hooks import hooks_of
from reconciler.watch.looking import Look, look
from reconciler.workflow import Session

DRIFT_EVERY = 3600.0
"""Seconds after which a watcher that stays plans anew, whatever it saw: of what people change in Purview it sees
nothing else."""
_SOONEST = 1.0

Tell = Callable[[dict[str, Any]], None]
"""Called with each message, in order; it has to be told when this returns."""
Complain = Callable[[Iterable[Diagnostic]], None]


@dataclass
class Watcher:
    """One watcher of an environment."""

    session: Session
    tell: Tell
    complain: Complain
    deliver: bool = False
    since: datetime | None = None
    _drift_due: float = 0.0
    _said: set[Diagnostic] = field(default_factory=set)

    def once(self) -> Exit:
        """One look. Raises `ReconcilerError` where it showed nothing, until that is so for the fifth time in a row."""
        with self.file.held():
            return self._turn(raises=True)

    def stay(self, every: float) -> Exit:
        """Looks every so many seconds until the session stops; what has to be delivered again is so in between."""
        with self.file.held():
            while not self.session.stop.is_set():
                begun = time.monotonic()
                self._turn(raises=False)
                self._wait(begun + every)
        return Exit.INTERRUPTED

    @property
    def file(self) -> CursorFile:
        """Where the cursor is kept."""
        return CursorFile(self.session.root, self.session.environment)

    def _turn(self, *, raises: bool) -> Exit:
        draft = self.session.draft()
        system = draft.environment.cluedin.url if draft.environment.cluedin is not None else ""
        cursor = self.file.load(system)
        delivering = self._delivering(cursor)
        self._report(cursor)  # what a kill kept from being told
        with_drift = raises or time.monotonic() >= self._drift_due
        found = look(self.session, cursor, self.since, with_drift=with_drift)
        if found.blind is None and with_drift:
            self._drift_due = time.monotonic() + DRIFT_EVERY
        is_blind = self._count(cursor, found)
        self._note(cursor, found, delivering)
        self.file.save(cursor)
        self._report(cursor)
        if delivering is not None:
            delivering.run()
        self.file.save(cursor)
        self._complain_of(found, delivering)
        if found.blind is not None and not is_blind and raises:
            raise found.blind
        unsent = delivering is not None and bool(cursor.deliveries or _failed(delivering))
        return Exit.PARTIAL if is_blind or unsent else Exit.OK

    def _delivering(self, cursor: Cursor) -> Delivering | None:
        if not self.deliver:
            return None
        wishes = self.session.draft().wishes().required()
        hooks, said = hooks_of(wishes, Secrets(self.session.process_env))
        self._once_each(said)
        return Delivering(self.file, cursor, hooks)

    def _count(self, cursor: Cursor, found: Look) -> bool:
        """Whether it is blind: nothing was seen for so many looks in a row, of which the first to be is told."""
        if found.blind is None:
            cursor.failed = 0
            return False
        cursor.failed += 1
        if cursor.failed == BLIND:
            about = {"object": "watch", "looks": cursor.failed}
            began = digest([cursor.begun, datetime.now(UTC).isoformat()])
            found.events.append(Event("watch.blind", self.session.environment, began, about))
        return cursor.failed >= BLIND

    def _note(self, cursor: Cursor, found: Look, delivering: Delivering | None) -> None:
        """Writes what happened into the cursor, with whom to tell; the caller saves it."""
        now = datetime.now(UTC)
        fresh = []
        for event in found.events:
            id = event.id(self.session.environment)
            if id not in cursor.waiting:
                message = event.message(self.session.environment, self.session.correlation_id, now)
                cursor.waiting[id] = Told(message)
                fresh.append((id, event))
        if delivering is not None:
            delivering.plan(fresh)

    def _report(self, cursor: Cursor) -> None:
        waiting = [one for one in cursor.waiting.values() if not one.reported]
        for one in waiting:
            self.tell(one.message)
            one.reported = True
        if waiting:
            self.file.save(cursor)

    def _complain_of(self, found: Look, delivering: Delivering | None) -> None:
        self._once_each(found.findings)
        if found.blind is not None:
            self.complain(found.blind.diagnostics)
        if delivering is not None and delivering.findings:
            self.complain(delivering.findings)

    def _once_each(self, findings: Iterable[Diagnostic]) -> None:
        """A watcher that stays says the same once."""
        fresh = [one for one in findings if one not in self._said]
        self._said.update(fresh)
        if fresh:
            self.complain(fresh)

    def _wait(self, until: float) -> None:
        while (left := until - time.monotonic()) > 0:
            due = self._due() if self.deliver else None
            step = left if due is None else min(left, max(_SOONEST, due - time.time()))
            if self.session.stop.wait(step):
                return
            if due is not None and due <= time.time():
                self._deliver_again()

    def _due(self) -> float | None:
        cursor = self.file.load(self._system)
        return min((one.due for one in cursor.deliveries), default=None)

    def _deliver_again(self) -> None:
        cursor = self.file.load(self._system)
        delivering = self._delivering(cursor)
        if delivering is not None:
            delivering.run()
            if delivering.findings:
                self.complain(delivering.findings)

    @property
    def _system(self) -> str:
        environment = self.session.draft().environment
        return environment.cluedin.url if environment.cluedin is not None else ""


def _failed(delivering: Delivering) -> bool:
    return any(one.severity == "error" for one in delivering.findings)
