"""Writes in batches, looks at what became of them, and sends again what lost its answer and is not there."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from reconciler.apply.along import Along
from reconciler.apply.evidence import is_as_wanted, shows
from reconciler.apply.forbidden import is_forbidden, is_signed_out
from reconciler.apply.readings import Readings, fresh_for
from reconciler.apply.run import FIRST_LOOK, LONGEST_LOOK, Run
from reconciler.apply.waves import in_batches
from reconciler.diff import Change
from reconciler.errors import ReconcilerError, StoppedError
from reconciler.live import LiveState
from reconciler.resources.base import Resource
from reconciler.resources.objects import Failed, Live, Write
from reconciler.systems.answers import STRANGE, strange
from reconciler.systems.base import System
from reconciler.systems.noted import noting
from reconciler.systems.refusals import LostAnswer, Refused, Unreachable

TOO_LARGE = frozenset({413, 414, 431})
"""Statuses of HTTP by which a request is refused for its length alone."""
ROUNDS = 8
"""How often the missing members of a lost batch are sent again, each time after looking at the live state."""


class Sender:
    """Sends the writes of an apply."""

    def __init__(self, run: Run, readings: Readings, along: Along) -> None:
        self.run, self.readings, self.along = run, readings, along
        self._fits: dict[tuple[str, str], int] = {}
        """By type and call, how many a batch may have, where the system refused more for their size."""

    def write(self, type: Resource, call: str, todo: list[Change], fresh: LiveState) -> None:
        """Writes a group, looks at the live state, and sends again what lost its answer and is not there."""
        writes = {change.address: self.run.write_of(change, self.run.found(change, fresh)) for change in todo}
        for change in todo if call == "create" else ():
            self.along.board(change, writes[change.address])
        for attempt in range(ROUNDS):
            lost = self._send(type, call, todo, writes)
            answered = [c for c in todo if c.address not in lost and c.address not in self.run.outcomes]
            self._read_back(type, answered, self.along.riding(answered, writes))
            maybe = [change for change in todo if change.address in lost]
            if not maybe:
                return
            if attempt:
                self._fits[type.full_name, call] = max(1, self._size(type, call) // 2)  # it may be for their size
                self.run.pause(type, min(5.0, 0.2 * 2**attempt))
            todo = self._not_refused(type, call, self._missing(maybe, writes), writes)
            if call == "create" and not type.unique:
                for change in todo:
                    self.run.end(change, "unknown", "the answer was lost; the next run looks and decides")
                return
            if not todo:
                return
        for change in todo:
            self.run.end(change, "failed", "the system kept failing")

    def _missing(self, maybe: list[Change], writes: dict[str, Write]) -> list[Change]:
        """Those of the members without an answer that are not in place, with what was found of them."""
        state = self.run.read(maybe, keep_raw=True)
        missing = []
        for change in maybe:
            found = self.run.found(change, state)
            if change.action in ("delete", "retire"):
                in_place = found is None
            else:
                in_place = found is not None and (is_as_wanted(change, found) or self._is_our_doing(change, found))
            if in_place:
                if change.action == "create" and self.run.conflicts.is_of_others(change):
                    self.run.recorder.take_over(change)
                self.run.confirm(change, found)
            else:
                writes[change.address].live = found
                writes[change.address].along = []
                missing.append(change)
        return missing

    def _not_refused(self, type: Resource, call: str, missing: list[Change], writes: dict[str, Write]) -> list[Change]:
        """Those to send again: a conflict over something that is not ours ends here, with the system's sentence.

        Where an earlier request may have done what the system now calls a conflict, that has time to show; a
        create that shows in part goes on as an update.
        """
        deadline, look = time.monotonic() + type.settle, FIRST_LOOK
        while waiting := [change for change in missing if self.run.conflicts.is_doubtful(change)]:
            begun = [change for change in waiting if call == "create" and writes[change.address].live is not None]
            self.run.conflicts.settle(begun)
            if len(begun) == len(waiting) or time.monotonic() > deadline:
                break
            self.run.pause(type, look)
            look = min(LONGEST_LOOK, look * 2)
            rest = [change for change in waiting if change not in begun]
            still = self._missing(rest, writes)
            missing = [change for change in missing if change not in rest or change in still]
        return [change for change in missing if not self.ends_refused(change)]

    def _is_our_doing(self, change: Change, found: Live) -> bool:
        """Whether an update that conflicts shows in a form of the system's own, as an earlier request was lost."""
        return change.action != "create" and self.run.conflicts.is_doubtful(change) and shows(change, found)

    def ends_refused(self, change: Change) -> bool:
        """Ends a change that the system refused for something in its way; says whether it did."""
        said = self.run.conflicts.said(change)
        if said is None:
            return False
        if not self.run.conflicts.is_doubtful(change):
            self.run.recorder.refused(change)
        self.run.end(change, "failed", said.summary, said.request_id)
        return True

    def _send(self, type: Resource, call: str, changes: Sequence[Change], writes: Mapping[str, Write]) -> set[str]:
        """Sends a group in batches, several at once; returns the addresses whose answers were lost."""
        size = self._size(type, call)
        todo = [change for change in changes if change.address not in self.run.outcomes]
        begun = [change for change in todo if call == "create" and writes[change.address].live is not None]
        chunks = [(call, chunk) for chunk in in_batches([c for c in todo if c not in begun], size)]
        chunks += [("update", chunk) for chunk in in_batches(begun, self._size(type, "update"))]
        system = self.run.systems[type.system].fresh()
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
        if len(chunk) > self._size(type, call):  # one that was sent beside it was too large
            for part in in_batches(chunk, self._size(type, call)):
                self._send_chunk(type, call, part, writes, system, lost)
            return
        batch = [writes[change.address] for change in chunk]
        system.connection.allow_write()
        if not system.connection.stop.is_set():
            self.run.sent.update((change.address, "unknown") for change in chunk)
        try:
            with self._noting(chunk, batch):
                if call == "create":
                    chunk = self._carried_out(chunk, writes, type.create_many(system, batch), lost)
                    self._leave_to_others(chunk, writes)
                    self.along.sent((writes[change.address] for change in chunk), answered=True)
                elif call == "update":
                    ended = type.update_many(system, batch) or [None] * len(batch)
                    chunk = self._carried_out(chunk, writes, ended, lost)
                elif call == "delete":
                    type.delete_many(system, batch)
                else:
                    for write in batch:
                        getattr(type, call)(system, write)
            self.run.sent.update((change.address, "unverified") for change in chunk)
        except (LostAnswer, Unreachable, *STRANGE) as error:
            if isinstance(error, STRANGE):
                strange(type.system, type.full_name, error)
            self._unanswered(chunk, lost)
            self.along.sent(batch, answered=False)
        except StoppedError:
            raise
        except ReconcilerError as error:
            alike = is_signed_out(error) or (is_forbidden(error) and self.run.forbidden.alike(chunk, writes))
            if getattr(error, "doubtful", False):
                self.run.conflicts.unanswered(chunk)
            if len(chunk) > 1 and not alike:
                middle = len(chunk) // 2
                if getattr(error, "status", 0) in TOO_LARGE:
                    self._fits[type.full_name, call] = middle
                self._send_chunk(type, call, chunk[:middle], writes, system, lost)
                self._send_chunk(type, call, chunk[middle:], writes, system, lost)
            else:
                for change in chunk:
                    self.failed(change, writes[change.address], error, lost)

    def _size(self, type: Resource, call: str) -> int:
        """How many members a batch may have."""
        return self._fits.get((type.full_name, call), max(1, type.batch.get(call, 1)))

    def _unanswered(self, chunk: Sequence[Change], lost: set[str]) -> None:
        """No word came of some writes: they may have been carried out."""
        lost.update(change.address for change in chunk)
        self.run.conflicts.unanswered(chunk)

    def _carried_out(
        self,
        chunk: Sequence[Change],
        writes: Mapping[str, Write],
        results: Sequence[str | Failed | None],
        lost: set[str],
    ) -> list[Change]:
        """Keeps the ids of what was created, and ends what was refused by itself; returns what was not."""
        carried_out = []
        for change, result in zip(chunk, results, strict=True):
            if not isinstance(result, Failed):
                carried_out.append(change)
                if result:
                    self.run.recorder.ids[change.address] = result
                continue
            if result.begun:
                self.run.recorder.half_done.add(change.address)
            if isinstance(result.error, LostAnswer | Unreachable):
                self._unanswered([change], lost)
                continue
            if getattr(result.error, "doubtful", False):
                self.run.conflicts.unanswered([change])
            self.failed(change, writes[change.address], result.error, lost)
        return carried_out

    def _leave_to_others(self, chunk: Sequence[Change], writes: Mapping[str, Write]) -> None:
        """What others made between our look and our write stays theirs, unless a lost request of ours may have."""
        for change in chunk:
            theirs = writes[change.address].was_there and not self.run.conflicts.may_be_ours(change)
            if theirs and not change.type.with_host and change.action == "create":
                self.run.recorder.take_over(change)
                writes[change.address].along.clear()  # it is put on new objects alone

    @contextmanager
    def _noting(self, chunk: Sequence[Change], batch: Sequence[Write]) -> Iterator[None]:
        """Keeps the ids that the system gives the requests for some changes, for the audit, and what was begun."""
        self.run.recorder.half_done.difference_update(change.address for change in chunk)
        with noting() as noted:
            try:
                yield
            finally:
                for one in (one for write in batch for one in (write, *write.along)):
                    self.run.requests.setdefault(one.address, []).extend(noted.ids)
                if noted.wrote and len(chunk) == 1:
                    self.run.recorder.half_done.add(chunk[0].address)

    def failed(self, change: Change, write: Write, error: ReconcilerError, lost: set[str]) -> None:
        """Ends a change that the system refused, or leaves it to the live state to tell what the refusal means."""
        first = error.diagnostics[0]
        if isinstance(error, Refused) and error.status == 412:
            self.run.recorder.outrun(change)
            self.run.end(change, "stale", "was changed by others at the same moment", first.request_id)
        elif is_signed_out(error):
            self.run.end(change, "failed", self.run.forbidden.note_signed_out(change, error), first.request_id)
        elif is_forbidden(error):
            self.run.end(change, "failed", self.run.forbidden.note(change, write, error), first.request_id)
        elif self.run.conflicts.note(change, error):
            lost.add(change.address)  # it is in place, or something else is in its way: the live state tells which
        else:
            self.run.end(change, "failed", first.summary, first.request_id)

    def take_away(self, type: Resource, changes: list[Change], found: Mapping[str, Live | None]) -> None:
        """Sends the first half of a replace: the deletes. What was refused has an outcome afterwards."""
        self._send(type, "delete", changes, {c.address: self.run.write_of(c, found[c.address]) for c in changes})
        for change in changes:
            if not self.run.conflicts.is_doubtful(change):
                self.ends_refused(change)

    def still_there(self, change: Change) -> None:
        """Ends a replace whose delete was refused, or was accepted and does not show."""
        if not self.ends_refused(change):
            self.run.unseen(change, None, self.run.systems[change.type.system].fresh())

    def _read_back(self, type: Resource, changes: list[Change], along: Sequence[Change] = ()) -> None:
        """Looks until every write shows with what rode along, or the type's settling time is over."""
        deadline = time.monotonic() + type.settle
        look = FIRST_LOOK
        waiting = [*changes, *along]
        last: dict[str, Live | None] = {}
        twice: list[Change] = []
        coming = self.readings.coming(type)
        while waiting:
            began, waited = time.monotonic(), self.run.systems[type.system].delayed
            state = self.run.read([*waiting, *coming], keep_raw=bool(coming))
            ended, delayed = time.monotonic(), self.run.systems[type.system].delayed - waited
            still = []
            for change in waiting:
                found = self.run.found(change, state)
                if shows(change, found) and (change in twice or not self._is_another(change, found)):
                    self.run.confirm(change, found)
                else:
                    last[change.address] = found
                    still.append(change)
            # What reads from the same answers waits for all of them; the type's own other objects do not.
            seen = [change for change in coming if change.type is type or not still]
            self.readings.keep(seen, state, ended + fresh_for(ended - began, delayed))
            coming = [change for change in coming if change not in seen]
            waiting = twice = still
            if not waiting or time.monotonic() > deadline:
                break
            self.run.pause(type, look)
            look = min(LONGEST_LOOK, look * 2)
        self.along.shown(along)
        system = self.run.systems[type.system].fresh()
        riding = {part.address for part in along}
        for change in waiting:
            if change.address not in riding:
                self.run.unseen(change, last.get(change.address), system)

    def _is_another(self, change: Change, found: Live | None) -> bool:
        """Whether what shows has another id than the answer to its create gave: worth a second look."""
        made = self.run.recorder.ids.get(change.address, "") if change.action == "create" else ""
        return bool(made) and found is not None and made.casefold() != found.id.casefold()
