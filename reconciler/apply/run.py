"""One apply under way: what became of its changes so far, and how it looks at the systems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reconciler.apply.conflicts import Conflicts
from reconciler.apply.evidence import UNSEEN, unseen
from reconciler.apply.forbidden import Forbidden
from reconciler.apply.record import Recorder
from reconciler.apply.result import Outcome, Result
from reconciler.audit.audit import Audit
from reconciler.desired import Wishes
from reconciler.diff import Change
from reconciler.diff.identity import split
from reconciler.errors import ReconcilerError, StoppedError
from reconciler.ledger import Book, Ledger
from reconciler.live import LiveState, Note, Wanted, read
from reconciler.plan import Plan
from reconciler.resources import type_of
from reconciler.resources.asked import Known
from reconciler.resources.base import Resource
from reconciler.resources.keys import PARTS, Address
from reconciler.resources.objects import Live, Write
from reconciler.resources.rules import Secret
from reconciler.saved.words import Status
from reconciler.systems.base import System

FIRST_LOOK = 0.05
LONGEST_LOOK = 1.0
"""Seconds between looks at what was written, the first and at most."""


class Run:
    """What every step of an apply shares."""

    def __init__(
        self,
        plan: Plan,
        wishes: Wishes,
        book: Book,
        ledger: Ledger,
        systems: Mapping[str, System],
        note: Note,
        secret: Callable[[Any], str],
        audit: Audit | None = None,
    ) -> None:
        self.plan, self.systems, self.note, self.secret = plan, systems, note, secret
        self.audit = audit or Audit()
        self._audited: set[str] = set()
        self.requests: dict[str, list[str]] = {}
        """Ids that the systems gave the requests that were sent for a change, by address."""
        self.recorder = Recorder(wishes, book, ledger)
        self.forbidden = Forbidden(systems)
        self.result = Result(plan)
        self.outcomes: dict[str, Outcome] = {}
        self.sent: dict[str, Status] = {}
        """What was sent and not looked at yet: `unverified` when it was answered, `unknown` when it was not."""
        self.total = len(plan.executable)
        self.conflicts = Conflicts()
        self.along: set[str] = set()
        """What was sent within the create of what it hangs on."""
        self.renames = [change for change in plan.executable if change.action == "rename"]
        self.standing: set[str] = set()
        """What was to be replaced and is still there."""

    def by_now(self, type: Resource, key: str) -> str:
        """The key that what lived under one at the plan has, after what stands above it was renamed or moved."""
        done = {
            change.type.address(change.live_key): change.target or change.key
            for change in self.renames
            if change.address in self.outcomes and self.is_there(change.address)
        }

        def key_of(address: str) -> str:
            above, plain = split(address)
            return done.get(address) or (plain if above is None else above.follow(plain, key_of))

        return type.follow(key, key_of) if done else key

    def is_there(self, address: str) -> bool:
        """Whether what had a change is there, whatever became of the change."""
        outcome = self.outcomes[address]
        if outcome.status == "done":
            return True
        if address in self.standing:
            return True
        return outcome.change.action in ("update", "adopt", "rename") and bool(outcome.change.id)

    def read(self, changes: Sequence[Change], *, keep_raw: bool = False, seek: bool = False) -> LiveState:
        """What the changes are about, of their types; `seek` looks a second time for what is not there."""
        wanted: Wanted = {}
        for change in changes:
            keys = wanted.setdefault(change.type, {})
            names = frozenset(item.path for item in change.fields)
            if change.action in ("delete", "retire", "replace"):
                names |= {PARTS}
            for key in (change.key, change.live_key, change.target, change.aside):
                if key:
                    keys[key] = names
        systems = {type.system: self.systems[type.system] for type in wanted}
        return read(wanted, systems, known=Known(self.recorder.ids), keep_raw=keep_raw, seek=seek)

    def found(self, change: Change, state: LiveState) -> Live | None:
        """The object of a change in a reading."""
        readout = state.of(change.type)
        if readout.failure is not None:
            raise ReconcilerError(readout.failure)
        if change.id and change.id in readout.by_id:
            return readout.by_id[change.id]
        if change.id and change.action in ("delete", "retire", "rename"):
            return None  # another object may have its name by now
        keys = (change.target, change.key, change.live_key)
        found = (readout.by_key.get(change.type.fold(key)) for key in keys if key)
        return next((live for live in found if live is not None), None)

    def write_of(self, change: Change, found: Live | None) -> Write:
        """The write of a change, with its secrets, and with what was found of its object."""
        values = {}
        for item in change.fields:
            value = item.after
            if value is not None and change.type.field(item.path).has(Secret):
                value = self.secret(value)
            values[item.path] = value
        key = change.target if change.action == "rename" and change.target else change.key
        want = self.recorder.wishes.resources.get(change.address)
        wanted = frozenset(want.values) if want is not None else frozenset()
        return Write(change.address, key, values, found, self.id_of, wanted=wanted)

    def id_of(self, address: str) -> str:
        """The live id behind an address that a write needs. Raises `reference.missing` when there is none."""
        found = self.recorder.ids.get(address)
        if not found:
            found = self._look_up(address)
        return found

    def _look_up(self, address: str) -> str:
        """The live id of something that is only referred to."""
        type, key = type_of(address), Address.of(address).key
        known = Known(self.recorder.ids)
        state = read({type: {key: frozenset()}}, {type.system: self.systems[type.system]}, known=known)
        found = state.of(type).by_key.get(type.fold(key))
        if found is None:
            raise ReconcilerError.of("reference.missing", f"{address} is not there", address=address)
        self.recorder.ids[address] = found.id
        return found.id

    def confirm(self, change: Change, found: Live | None) -> None:
        """Ends a change as done, with what shows of it."""
        self.recorder.confirm(change, found)
        self.end(change, "done")

    def unseen(self, change: Change, found: Live | None, system: System) -> None:
        """Ends a change whose write does not show: with an approval to wait for, or unverified."""
        known = found.id if found is not None else self.recorder.ids.get(change.address, "")
        status, message = unseen(system, known or change.id)
        self.recorder.leave_open(change, found, message)
        self.end(change, status, message)

    def end(self, change: Change, status: Status, message: str = "", request_id: str = "") -> None:
        """Ends a change."""
        self.outcomes[change.address] = Outcome(change, status, message, request_id)
        if status != "not_started":
            said = f": {message}" if message else ""
            self.note(f"{status.replace('_', ' ')}: {change.action} {change.address}{said}")

    def give_up(self, change: Change, status: Status, message: str) -> None:
        """Ends a replace before anything was sent for it."""
        self.recorder.drop_intent(change)
        self.end(change, status, message)

    def _leave(self, change: Change) -> None:
        """Ends what the run did not get to; of what was sent the intent stays open, so that the next run looks."""
        status = self.sent.get(change.address, "not_started")
        self.end(change, status, UNSEEN[status])

    def pause(self, type: Resource, seconds: float) -> None:
        """Waits; raises `StoppedError` when a stop is asked for."""
        stop = self.systems[type.system].connection.stop
        if stop.wait(seconds):
            raise StoppedError.of("interrupted", "stopped while waiting for the system")

    def write_audit(self) -> None:
        """Makes the outcomes so far known to the audit; raises `ReconcilerError` where that fails."""
        found = [outcome for address, outcome in self.outcomes.items() if address not in self._audited]
        self._audited.update(outcome.change.address for outcome in found)
        self.audit.record((one.change, one.status, self._requests_of(one)) for one in found)

    def _requests_of(self, outcome: Outcome) -> list[str]:
        sent = self.requests.get(outcome.change.address, [])
        return [*sent, outcome.request_id] if outcome.request_id else sent

    def finish(self) -> None:
        """Outcomes for what was not reached, a last flush, and the end of the audit."""
        for change in self.plan.executable:
            if change.address not in self.outcomes:
                self._leave(change)
        self.result.outcomes = [self.outcomes[change.address] for change in self.plan.executable]
        self.result.diagnostics += self.forbidden.diagnostics(tuple(self.result.diagnostics))
        self.recorder.end(self.result)
        try:
            self.write_audit()
            self.audit.end(complete=self.result.complete, interrupted=self.result.interrupted)
        except ReconcilerError as error:
            self.result.diagnostics += [one for one in error.diagnostics if one not in self.result.diagnostics]
