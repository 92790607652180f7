"""Carries a plan out: durable intents, waves in order of references, fresh readings, batches, reading back.

Every change ends with one outcome, known from the live state after the write, not from the answer to it. What
a kill, a lost answer or an approval leaves open stays an open intent in the ledger, so that running again
finishes the job.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from typing import Any

from reconciler.apply.aside import FIRST_LOOK, LONGEST_LOOK, Aside
from reconciler.apply.conflicts import Conflicts
from reconciler.apply.evidence import UNSEEN, is_as_wanted, is_empty, moved_since, shows, unmoved, unseen
from reconciler.apply.forbidden import Forbidden, is_forbidden, is_signed_out, refuse_unfit
from reconciler.apply.record import Recorder
from reconciler.apply.result import Outcome, Result, Status
from reconciler.apply.teardown import Teardown
from reconciler.apply.waves import in_batches, waves
from reconciler.desired import Wishes
from reconciler.diff import Change
from reconciler.diff.identity import split
from reconciler.errors import ReconcilerError, StoppedError
from reconciler.ledger import Ledger, LocalLedger
from reconciler.live import LiveState, Note, Wanted, answers_of, read
from reconciler.plan import Plan
from reconciler.resources import type_of
from reconciler.resources.asked import Known
from reconciler.resources.base import PARTS, Live, Resource, Write
from reconciler.resources.rules import Secret
from reconciler.systems.answers import STRANGE, defect, strange
from reconciler.systems.base import System
from reconciler.systems.http import LostAnswer, Refused, Unreachable

__all__ = ["Outcome", "Result", "execute"]

ROUNDS = 8
"""How often the missing members of a lost batch are sent again, each time after looking at the live state."""
FRESH_FOR = 0.5
"""Seconds after its end for which a reading may still be called fresh before a write."""
FRESH_AT_MOST = 5.0
"""The same for a reading that took long: until it is as old as it took, as a new one would take as long again."""


def execute(
    plan: Plan,
    wishes: Wishes,
    book: LocalLedger,
    ledger: Ledger,
    systems: Mapping[str, System],
    note: Note = lambda line: None,
    secret: Callable[[Any], str] = str,
) -> Result:
    """Carries out every executable change of a plan under the ledger's lock, held by the caller.

    `secret` resolves a secret reference to its value. Returns the outcomes; an interruption is an outcome too.
    Raises `RefusedError` when a system is not one that may be written to.
    """
    refuse_unfit(plan, systems)
    run = _Apply(plan, wishes, book, ledger, systems, note, secret)
    ordered = list(waves(plan.executable))
    run.recorder.announce(plan, ordered[0] if ordered else ())
    try:
        run.begin(ordered[0] if ordered else ())
        for wave, following in zip_longest(ordered, ordered[1:], fillvalue=()):
            run.aside.make_way(wave)
            run.carry_out(wave, following)
    except StoppedError:
        run.result.interrupted = True
    except ReconcilerError as error:
        run.result.diagnostics += error.diagnostics
    except Exception as error:  # noqa: BLE001 - what was written must be noted, whatever happens
        run.result.diagnostics.append(defect(error))
    run.finish()
    return run.result


class _Apply:
    """One apply under way."""

    def __init__(
        self,
        plan: Plan,
        wishes: Wishes,
        book: LocalLedger,
        ledger: Ledger,
        systems: Mapping[str, System],
        note: Note,
        secret: Callable[[Any], str],
    ) -> None:
        self.plan, self.systems, self.note, self.secret = plan, systems, note, secret
        self.recorder = Recorder(wishes, book, ledger)
        self.forbidden = Forbidden(systems)
        self.result = Result(plan)
        self.outcomes: dict[str, Outcome] = {}
        self.sent: dict[str, Status] = {}
        """What was sent and not looked at yet: `unverified` when it was answered, `unknown` when it was not."""
        self.total = len(plan.executable)
        self.conflicts = Conflicts()
        self.teardown = Teardown(self)
        self.aside = Aside(self)
        self.renames = [change for change in plan.executable if change.action == "rename"]
        self.following: Sequence[Change] = ()
        self.writers: Mapping[str, int] = {}
        self.recent: dict[str, tuple[float, frozenset[str], LiveState | None]] = {}
        """By type: until when a reading counts as fresh, of which changes it knows the objects, and the reading."""

    # -- waves -----------------------------------------------------------------------------------------------

    def begin(self, wave: Sequence[Change]) -> None:
        """Takes the plan's own reading as the fresh one of what it creates first: there is no object to merge with.

        Where the system takes a second one of the same key, only a second reading may say that there is none.
        """
        for type in {change.type for change in wave}:
            changes = [change for change in wave if change.type is type]
            if type.unique and all(change.action == "create" for change in changes):
                addresses = frozenset(change.address for change in changes)
                self.recent[type.full_name] = (self.plan.read_at + FRESH_FOR, addresses, self.plan.live)
        self.plan.live = None

    def by_now(self, type: Resource, key: str) -> str:
        """The key that what lived under one at the plan has, after what stands above it was renamed or moved."""
        done = {
            change.type.address(change.live_key): change.target or change.key
            for change in self.renames
            if change.address in self.outcomes and self._is_there(change.address)
        }

        def key_of(address: str) -> str:
            above, plain = split(address)
            return done.get(address) or (plain if above is None else above.follow(plain, key_of))

        return type.follow(key, key_of) if done else key

    def carry_out(self, wave: Sequence[Change], following: Sequence[Change]) -> None:
        """One wave: all types at once, each with a fresh reading, its writes, and a reading back.

        The reading back also looks at what the following wave writes, for which it is the fresh reading.
        """
        self.following = following
        undone = [outcome for outcome in self.outcomes.values() if outcome.status != "done"]
        clinging = {need: outcome for outcome in reversed(undone) for need in outcome.change.depends_on}
        ready = [c for c in wave if c.address not in self.outcomes and self._is_ready(c, clinging)]
        self.teardown.clear(change for change in ready if change.action == "replace")
        ready = [change for change in ready if change.address not in self.outcomes]
        groups: dict[tuple[str, str], list[Change]] = {}
        for change in ready:
            groups.setdefault((change.type.full_name, change.action), []).append(change)
        if not groups:
            return
        self.writers = Counter(answers_of(group[0].type) for group in groups.values())
        with ThreadPoolExecutor(max_workers=len(groups)) as pool:
            futures = [pool.submit(self._carry_out_group, group) for group in groups.values()]
        failures = [future.exception() for future in futures]
        coming = {change.type.full_name for change in following}
        self.recent = {name: known for name, known in self.recent.items() if name in coming}
        self.recorder.begin(following)
        self.recorder.flush()
        done = len(self.outcomes)
        self.note(f"applied {done} of {self.total}")
        for failure in failures:
            if failure is not None:
                raise failure

    def _is_ready(self, change: Change, clinging: Mapping[str, Outcome]) -> bool:
        """Whether all that the change needs is there; otherwise it is skipped, and says for what.

        `clinging` are changes that are not done, by what they need: that may not be removed under them.
        """
        if change.action in ("delete", "retire", "forget"):
            blocking = clinging.get(change.address) or next(filter(None, map(self._stays, change.depends_on)), None)
        else:
            blocking = next(
                (self.outcomes[n] for n in change.depends_on if n in self.outcomes and not self._is_there(n)),
                None,
            ) or next((self.outcomes[n] for n in change.after if self._keeps_its_name(n)), None)
        if blocking is None:
            return True
        self.end(change, "skipped", f"{blocking.change.address} is {blocking.status}")
        return False

    def _stays(self, address: str) -> Outcome | None:
        """The outcome of a removal that is not done: what hangs on it is still there, too."""
        outcome = self.outcomes.get(address)
        undone = outcome is not None and outcome.change.action in ("delete", "retire") and outcome.status != "done"
        return outcome if undone else None

    def _keeps_its_name(self, address: str) -> bool:
        """Whether what was to free a name did not; what has stepped aside has no outcome yet."""
        return address in self.outcomes and self.outcomes[address].status != "done"

    def _is_there(self, address: str) -> bool:
        outcome = self.outcomes[address]
        if outcome.status == "done":
            return True
        if address in self.teardown.standing:
            return True
        return outcome.change.action in ("update", "adopt", "rename") and bool(outcome.change.id)

    def _carry_out_group(self, group: list[Change]) -> None:
        type, action = group[0].type, group[0].action
        if action == "forget" or (action == "adopt" and not any(change.fields for change in group)):
            for change in group:
                self._settle_without_request(change)
            return
        fresh = self._fresh(type, group)
        if action in ("delete", "retire") and any(self.found(change, fresh) is None for change in group):
            fresh = self.read(group, keep_raw=True, seek=True)
        todo = [change for change in group if self._still_holds(change, fresh)]
        if not todo:
            return
        if action == "replace":
            self._write(type, "create", todo, fresh)
        elif action in ("update", "rename", "adopt"):
            self._write(type, "rename" if action == "rename" else "update", todo, fresh)
        else:
            self._write(type, action, todo, fresh)

    def _settle_without_request(self, change: Change) -> None:
        if change.action == "forget":
            self.recorder.forget(change.address)
        else:
            self.recorder.record(change, None)
        self.end(change, "done")

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

    def _fresh(self, type: Resource, group: Sequence[Change]) -> LiveState:
        """What the system has right now: a reading, or the one that the wave before ended with a moment ago."""
        until, known, state = self.recent.get(type.full_name, (0.0, frozenset(), None))
        if state is not None and time.monotonic() < until and known >= {c.address for c in group}:
            return state
        return self.read(group, keep_raw=True)

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

    def _still_holds(self, change: Change, fresh: LiveState) -> bool:
        """Whether the live state is still the one the change was planned on; else it ends as stale or done."""
        found = self.found(change, fresh)
        if change.action in ("create", "replace"):
            if found is None:
                return True
            if is_as_wanted(change, found):
                if not change.type.with_host:
                    self.recorder.take_over(change)
                self._confirm(change, found)
                return False
            if change.type.with_host and is_empty(change, found):
                return True
            self.recorder.drop_intent(change)
            self.end(change, "stale", "was created by others since the plan")
            return False
        if found is None:
            if change.action in ("delete", "retire"):
                self.recorder.forget(change.address)
                self.end(change, "done", "was gone already")
            else:
                self.recorder.drop_intent(change)
                self.end(change, "stale", "was deleted by others since the plan")
            return False
        if change.action in ("delete", "retire"):
            why = moved_since(change, found, self.by_now(change.type, change.live_key))
            still = "" if why else self._wanted_on(found)
            if why or still:
                self.recorder.drop_intent(change)
                self.end(change, "stale", why or f"{still} still hangs on it, which a manifest wants")
                return False
            return not self._is_under_way(change, found)
        moved = [
            item.path
            for item in change.fields
            if item.reason != "with_host" and not unmoved(change, item.path, item.before, found)
        ]
        if moved and is_as_wanted(change, found):
            self._confirm(change, found)
            return False
        if moved:
            self.recorder.drop_intent(change)
            self.end(change, "stale", f"{', '.join(moved)} changed since the plan")
            return False
        return True

    def _wanted_on(self, found: Live) -> str | None:
        """A part of an object that is to go, which the plan should have taken elsewhere before."""
        for part in found.parts:
            if part.id and (part.goes or part.field) and self.recorder.wants(part):
                return part.address
        return None

    def _is_under_way(self, change: Change, found: Live) -> bool:
        """Whether an earlier run asked for a removal already: it shows by now, or it waits for an approval."""
        waiting = self.recorder.held.get(change.address)
        if waiting is None:
            return False
        if shows(change, found):
            self._confirm(change, found)
        else:
            self.recorder.leave_open(change, found, waiting)
            self.end(change, "pending", waiting)
        return True

    # -- writing ---------------------------------------------------------------------------------------------

    def take_away(self, type: Resource, changes: list[Change], found: Mapping[str, Live | None]) -> None:
        """Sends the first half of a replace: the deletes. What was refused has an outcome afterwards."""
        self._send(type, "delete", changes, {c.address: self._write_of(c, found[c.address]) for c in changes})
        for change in changes:
            if not self.conflicts.is_doubtful(change):
                self._is_refused(change)

    def give_up(self, change: Change, status: Status, message: str) -> None:
        """Ends a replace before anything was sent for it."""
        self.recorder.drop_intent(change)
        self.end(change, status, message)

    def still_there(self, change: Change) -> None:
        """Ends a replace whose delete was refused, or was accepted and does not show."""
        if not self._is_refused(change):
            self._unseen(change, None, self.systems[change.type.system].fresh())

    def _write(self, type: Resource, call: str, todo: list[Change], fresh: LiveState) -> None:
        """Writes a group, looks at the live state, and sends again what lost its answer and is not there."""
        writes = {change.address: self._write_of(change, self.found(change, fresh)) for change in todo}
        for attempt in range(ROUNDS):
            lost = self._send(type, call, todo, writes)
            self._read_back(type, [c for c in todo if c.address not in lost and c.address not in self.outcomes])
            maybe = [change for change in todo if change.address in lost]
            if not maybe:
                return
            if attempt:
                self.pause(type, min(5.0, 0.2 * 2**attempt))
            todo = self._not_refused(type, call, self._missing(maybe, writes), writes)
            if call == "create" and not type.unique:
                for change in todo:
                    self.end(change, "unknown", "the answer was lost; the next run looks and decides")
                return
            if not todo:
                return
        for change in todo:
            self.end(change, "failed", "the system kept failing")

    def _not_refused(self, type: Resource, call: str, missing: list[Change], writes: dict[str, Write]) -> list[Change]:
        """Those to send again: a conflict over something that is not ours ends here, with the system's sentence.

        Where an earlier request may have done what the system now calls a conflict, that has time to show; a
        create that shows in part goes on as an update.
        """
        deadline, look = time.monotonic() + type.settle, FIRST_LOOK
        while waiting := [change for change in missing if self.conflicts.is_doubtful(change)]:
            begun = [change for change in waiting if call == "create" and writes[change.address].live is not None]
            self.conflicts.settle(begun)
            if len(begun) == len(waiting) or time.monotonic() > deadline:
                break
            self.pause(type, look)
            look = min(LONGEST_LOOK, look * 2)
            rest = [change for change in waiting if change not in begun]
            still = self._missing(rest, writes)
            missing = [change for change in missing if change not in rest or change in still]
        return [change for change in missing if not self._is_refused(change)]

    def _is_our_doing(self, change: Change, found: Live) -> bool:
        """Whether an update that conflicts shows in a form of the system's own, as an earlier request was lost."""
        return change.action != "create" and self.conflicts.is_doubtful(change) and shows(change, found)

    def _is_refused(self, change: Change) -> bool:
        """Ends a change that the system refused for something in its way; says whether it did."""
        said = self.conflicts.said(change)
        if said is None:
            return False
        if not self.conflicts.is_doubtful(change):
            self.recorder.drop_intent(change)  # it did nothing, so nothing is open
        self.end(change, "failed", said.summary, said.request_id)
        return True

    def _missing(self, maybe: list[Change], writes: dict[str, Write]) -> list[Change]:
        """Those of the members without an answer that are not in place, with what was found of them."""
        state = self.read(maybe, keep_raw=True)
        missing = []
        for change in maybe:
            found = self.found(change, state)
            if change.action in ("delete", "retire"):
                in_place = found is None
            else:
                in_place = found is not None and (is_as_wanted(change, found) or self._is_our_doing(change, found))
            if in_place:
                if change.action == "create" and self.conflicts.is_of_others(change):
                    self.recorder.take_over(change)
                self._confirm(change, found)
            else:
                writes[change.address].live = found
                missing.append(change)
        return missing

    def _write_of(self, change: Change, found: Live | None) -> Write:
        values = {}
        for item in change.fields:
            value = item.after
            if value is not None and change.type.field(item.path).has(Secret):
                value = self.secret(value)
            values[item.path] = value
        key = change.target if change.action == "rename" and change.target else change.key
        return Write(change.address, key, values, found, self.id_of)

    def id_of(self, address: str) -> str:
        found = self.recorder.ids.get(address)
        if not found:
            found = self._look_up(address)
        return found

    def _look_up(self, address: str) -> str:
        """The live id of something that is only referred to."""
        type, key = type_of(address), address.partition(":")[2]
        known = Known(self.recorder.ids)
        state = read({type: {key: frozenset()}}, {type.system: self.systems[type.system]}, known=known)
        found = state.of(type).by_key.get(type.fold(key))
        if found is None:
            raise ReconcilerError.of("reference.missing", f"{address} is not there", address=address)
        self.recorder.ids[address] = found.id
        return found.id

    def _send(self, type: Resource, call: str, changes: Sequence[Change], writes: Mapping[str, Write]) -> set[str]:
        """Sends a group in batches, several at once; returns the addresses whose answers were lost."""
        size = max(1, type.batch.get(call, 1))
        todo = [change for change in changes if change.address not in self.outcomes]
        begun = [change for change in todo if call == "create" and writes[change.address].live is not None]
        chunks = [(call, chunk) for chunk in in_batches([c for c in todo if c not in begun], size)]
        chunks += [("update", chunk) for chunk in in_batches(begun, max(1, type.batch.get("update", 1)))]
        system = self.systems[type.system].fresh()
        lost: set[str] = set()

        def one(part: tuple[str, list[Change]]) -> None:
            self._send_chunk(type, part[0], part[1], writes, system, lost)

        system.each(one, chunks)
        return lost

    def _send_chunk(
        self,
        type: Resource,
        call: str,
        chunk: list[Change],
        writes: Mapping[str, Write],
        system: System,
        lost: set[str],
    ) -> None:
        batch = [writes[change.address] for change in chunk]
        if not system.connection.stop.is_set():
            self.sent.update((change.address, "unknown") for change in chunk)
        try:
            if call == "create":
                ids = type.create_many(system, batch)
                self.recorder.ids.update({c.address: id for c, id in zip(chunk, ids, strict=True) if id})
            elif call == "update":
                type.update_many(system, batch)
            elif call == "delete":
                type.delete_many(system, batch)
            else:
                for write in batch:
                    getattr(type, call)(system, write)
            self.sent.update((change.address, "unverified") for change in chunk)
        except (LostAnswer, Unreachable, *STRANGE) as error:
            if isinstance(error, STRANGE):
                strange(type.system, type.full_name, error)
            lost.update(change.address for change in chunk)
            self.conflicts.unanswered(chunk)
        except StoppedError:
            raise
        except ReconcilerError as error:
            alike = is_signed_out(error) or (is_forbidden(error) and self.forbidden.alike(chunk, writes))
            if getattr(error, "doubtful", False):
                self.conflicts.unanswered(chunk)
            if len(chunk) > 1 and not alike:
                middle = len(chunk) // 2
                self._send_chunk(type, call, chunk[:middle], writes, system, lost)
                self._send_chunk(type, call, chunk[middle:], writes, system, lost)
            else:
                for change in chunk:
                    self.failed(change, writes[change.address], error, lost)

    def failed(self, change: Change, write: Write, error: ReconcilerError, lost: set[str]) -> None:
        first = error.diagnostics[0]
        if isinstance(error, Refused) and error.status == 412:
            self.recorder.outrun(change)
            self.end(change, "stale", "was changed by others at the same moment", first.request_id)
        elif is_signed_out(error):
            self.end(change, "failed", self.forbidden.note_signed_out(change, error), first.request_id)
        elif is_forbidden(error):
            self.end(change, "failed", self.forbidden.note(change, write, error), first.request_id)
        elif self.conflicts.note(change, error):
            lost.add(change.address)  # it is in place, or something else is in its way: the live state tells which
        else:
            self.end(change, "failed", first.summary, first.request_id)

    # -- outcomes --------------------------------------------------------------------------------------------

    def _read_back(self, type: Resource, changes: list[Change]) -> None:
        """Looks until every write shows, or the type's settling time is over."""
        deadline = time.monotonic() + type.settle
        look = FIRST_LOOK
        waiting = changes
        last: dict[str, Live | None] = {}
        twice: list[Change] = []
        coming = self._coming(type)
        while waiting:
            began = time.monotonic()
            state = self.read([*waiting, *coming], keep_raw=bool(coming))
            ended = time.monotonic()
            still = []
            for change in waiting:
                found = self.found(change, state)
                if shows(change, found) and (change in twice or not self._is_another(change, found)):
                    self._confirm(change, found)
                else:
                    last[change.address] = found
                    still.append(change)
            # What reads from the same answers waits for all of them; the type's own other objects do not.
            seen = [change for change in coming if change.type is type or not still]
            self._keep(seen, state, ended + min(max(FRESH_FOR, ended - began), FRESH_AT_MOST))
            coming = [change for change in coming if change not in seen]
            waiting = twice = still
            if not waiting or time.monotonic() > deadline:
                break
            self.pause(type, look)
            look = min(LONGEST_LOOK, look * 2)
        system = self.systems[type.system].fresh()
        for change in waiting:
            self._unseen(change, last.get(change.address), system)

    def _is_another(self, change: Change, found: Live | None) -> bool:
        """Whether what shows has another id than the answer to its create gave: worth a second look."""
        made = self.recorder.ids.get(change.address, "") if change.action == "create" else ""
        return bool(made) and found is not None and made.casefold() != found.id.casefold()

    def _coming(self, type: Resource) -> list[Change]:
        """What the following wave writes and a reading back of the type can look at as well.

        That is the type's own, and what reads from the same answers, unless others write to these just now.
        """
        if self.writers.get(answers_of(type)) != 1:
            return [change for change in self.following if change.type is type]
        return [change for change in self.following if answers_of(change.type) == answers_of(type)]

    def _keep(self, changes: Sequence[Change], state: LiveState, until: float) -> None:
        """Keeps a reading as the fresh one of the following wave."""
        known: dict[str, set[str]] = {}
        for change in changes:
            known.setdefault(change.type.full_name, set()).add(change.address)
        self.recent.update({name: (until, frozenset(addresses), state) for name, addresses in known.items()})

    def _confirm(self, change: Change, found: Live | None) -> None:
        self.recorder.confirm(change, found)
        self.end(change, "done")

    def _unseen(self, change: Change, found: Live | None, system: System) -> None:
        known = found.id if found is not None else self.recorder.ids.get(change.address, "")
        status, message = unseen(system, known or change.id)
        self.recorder.leave_open(change, found, message)
        self.end(change, status, message)

    def end(self, change: Change, status: Status, message: str = "", request_id: str = "") -> None:
        self.outcomes[change.address] = Outcome(change, status, message, request_id)

    def _leave(self, change: Change) -> None:
        """Ends what the run did not get to; of what was sent the intent stays open, so that the next run looks."""
        status = self.sent.get(change.address, "not_started")
        self.end(change, status, UNSEEN[status])

    def pause(self, type: Resource, seconds: float) -> None:
        """Waits; raises `StoppedError` when a stop is asked for."""
        stop = self.systems[type.system].connection.stop
        if stop.wait(seconds):
            raise StoppedError.of("interrupted", "stopped while waiting for the system")

    def finish(self) -> None:
        """Outcomes for what was not reached, and a last flush."""
        for change in self.plan.executable:
            if change.address not in self.outcomes:
                self._leave(change)
        self.result.outcomes = [self.outcomes[change.address] for change in self.plan.executable]
        self.result.diagnostics += self.forbidden.diagnostics(tuple(self.result.diagnostics))
        self.recorder.end(self.result)
