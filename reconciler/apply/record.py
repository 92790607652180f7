"""The ledger's part of an apply: intents before the first request, outcomes after each wave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reconciler.apply.result import Result
from reconciler.desired import Wishes
from reconciler.diff import Change, Options, Parts, token_of
from reconciler.diff.fields import Fields, holds_something, watched
from reconciler.errors import ReconcilerError
from reconciler.ledger import Book, Entry, Intent, Ledger, Mark, tasks_in
from reconciler.plan import Plan
from reconciler.policy import is_protected
from reconciler.resources import type_of
from reconciler.resources.alike import known_of
from reconciler.resources.base import Desired, Resource
from reconciler.resources.keys import Address, field_of
from reconciler.resources.objects import Live, Part
from reconciler.resources.prose import Prose, exact, reads_as
from reconciler.resources.rules import Secret

_OVERWRITES = frozenset({"overwrite", "forced"})
"""Reasons of a field that held a value of others."""


class Recorder:
    """Keeps the ledger true while an apply runs; `ids` are the live ids known so far, by address."""

    def __init__(self, wishes: Wishes, book: Book, ledger: Ledger) -> None:
        self.wishes, self.book, self.ledger = wishes, book, ledger
        self.ids: dict[str, str] = {a: e.id for a, e in ledger.entries.items() if e.id}
        self._parts = Parts(ledger)
        self.commit = ""
        """The commit that is applied."""
        self.begun: set[str] = set()
        """Creates that an earlier run may have sent."""
        self.half_done: set[str] = set()
        """Changes whose newest sending carried a request out: of several, the system may still refuse the next."""
        self.held: dict[str, str] = {}
        """Removals that were asked for in an earlier run and wait for an approval, with what they wait for."""

    def flush(self) -> None:
        """Makes everything recorded so far durable."""
        self.book.flush(self.ledger)

    def end(self, result: Result) -> None:
        """A last flush, and one line an entry where the apply came to its end; a disk that is full is told once."""
        try:
            self.flush()
        except ReconcilerError as error:
            result.diagnostics += [found for found in error.diagnostics if found not in result.diagnostics]
            return
        if not result.interrupted:
            self.book.compact(self.ledger)

    def forget(self, address: str) -> None:
        """The resource is no longer ours."""
        self.ledger.drop(address)

    def announce(self, plan: Plan, first: Iterable[Change]) -> None:
        """One durable write: what the ledger learns without requests, the intents of the whole plan, and what of it
        is begun with.
        """
        self.commit = plan.provenance.commit
        self.ledger.come_from(plan.provenance)
        self.ledger.move(plan.moves)
        self.ids = {a: e.id for a, e in self.ledger.entries.items() if e.id} | plan.ids
        for address, entry in plan.notes.items():
            if entry is None:
                self.ledger.drop(address)
            else:
                entry.commit = self.commit
                self.ledger.put(entry)
                if entry.id:
                    self.ids[address] = entry.id
        for change in plan.executable:
            if change.action == "forget":
                continue
            if change.action in ("delete", "retire") and not plan.options.retry_pending:
                self._note_held(change)
            self._intend(change)
            if change.action == "delete":
                self._intend_first_steps(change)
        self.begin(first)
        self._protect()
        self.ledger.know(plan.names)
        self.flush()

    def _protect(self) -> None:
        """Keeps what the environment protects now, for a later one that has forgotten the pattern."""
        patterns = self.wishes.environment.policy.protect
        for address, entry in self.ledger.entries.items():
            protect = entry.how != "referred" and is_protected(address, patterns)
            if protect != entry.protect:
                entry.protect = protect
                self.ledger.touch(address)

    def _note_held(self, change: Change) -> None:
        entry = self.ledger.get(change.address)
        intent = entry.intent if entry is not None else None
        if intent is not None and intent.action == change.action and tasks_in(intent.waiting):
            self.held[change.address] = intent.waiting

    def _intend(self, change: Change) -> None:
        digest = self.ledger.digest
        entry = self.ledger.get(change.address)
        want = self.wishes.resources.get(change.address)
        if entry is None:
            entry = Entry(change.address, change.id, change.how, canon=change.type.canon)
        if change.action == "create":
            entry.id, entry.fields, entry.canon = "", {}, change.type.canon
            entry.how = "created" if entry.how == "referred" else entry.how
        elif change.action == "adopt":
            entry.id, entry.how = change.id, change.how
            entry.fields = {
                path: mark for path, mark in change.marks.items() if want is None or path not in want.values
            }
        if want is not None:
            entry.follow(want)
        if entry.intent is not None and entry.intent.begun and entry.intent.action in ("create", "replace"):
            self.begun.add(change.address)
        intent = Intent(change.action, begun=change.address in self.begun)
        for item in change.fields:
            intent.before[item.path] = digest(item.before)
            intent.sent[item.path], said = self._sent(change.type, item.path, item.after)
            if said != intent.sent[item.path]:
                intent.said[item.path] = said
            mark = known_of(change.type.alike, item.path, entry.fields)
            # A step of our own create that is still open counts as ours, however often it is cut short.
            begun = item.reason == "new" and change.action != "create"
            begun = begun or (entry.intent is not None and entry.intent.was_ours.get(item.path, False))
            intent.was_ours[item.path] = begun or (mark is not None and mark.seen == intent.before[item.path])
        entry.intent, entry.commit = intent, self.commit
        self.ledger.put(entry)

    def _intend_first_steps(self, change: Change) -> None:
        """What a delete changes before it deletes stays known as ours, as the system may refuse the rest."""
        for part in change.takes:
            entry = self.ledger.get(part)
            values = change.type.delete_begins.get(Address.of(part).type, {})
            if entry is not None and values:
                sent = {path: self._sent(type_of(part), path, value)[0] for path, value in values.items()}
                entry.intent = Intent("delete", sent=sent, begun=False)
                self.ledger.touch(part)

    def begin(self, changes: Iterable[Change]) -> None:
        """Requests for the changes may be sent from the next flush on."""
        for change in changes:
            entry = self.ledger.get(change.address)
            if entry is not None and entry.intent is not None and not entry.intent.begun:
                entry.intent.begun = True
                self.ledger.touch(change.address)

    def take_over(self, change: Change) -> None:
        """What was to be created is in place without a request of ours: others made it, so it is not ours to delete."""
        entry = self.ledger.get(change.address)
        want = self.wishes.resources.get(change.address)
        if entry is not None and change.address not in self.begun and change.address not in self.half_done:
            entry.how = "ensured" if want is not None and want.mode == "ensure" else "adopted"

    def wants(self, part: Part) -> bool:
        """Whether a manifest wants a part, under whatever name."""
        entry = self._parts.entry(part)
        return entry is not None and entry.address in self.wishes.resources

    def _sent(self, type: Resource, path: str, value: Any) -> tuple[str, str]:
        """Digests of a wanted value: as the system would show it, and as the author said it."""
        rule = type.field(path)
        if rule.has(Secret):
            said = self.ledger.digest(token_of(type, path, value))
            return said, said
        wanted = rule.canonical(value)
        shown = self.ledger.digest(wanted)
        return shown, self.ledger.digest(exact(wanted)) if isinstance(wanted, Prose) else shown

    def confirm(self, change: Change, found: Live | None) -> None:
        """The change is in place: ours is what was sent, and what was seen after it."""
        if change.action == "delete":
            self.ledger.drop(change.address)
        elif change.action == "retire":
            entry = self.ledger.get(change.address)
            if entry is not None:
                entry.tombstone, entry.intent, entry.commit = True, None, self.commit
                self.ledger.touch(change.address)
        else:
            self.record(change, found)

    def record(self, change: Change, found: Live | None) -> None:
        """Writes what was sent and what was seen into the ledger."""
        want = self.wishes.resources[change.address]
        if want.undoes and found is None:
            self.forget(change.address)
            return
        known = self.ledger.get(change.address)
        entry = known or Entry(change.address, how=change.how)
        entry.commit = self.commit
        entry.canon, entry.intent, entry.tombstone = change.type.canon, None, False
        entry.follow(want)
        entry.id = found.id if found is not None and found.id else change.id or entry.id
        if entry.id:
            self.ids[change.address] = entry.id
        digest = self.ledger.digest
        written = {item.path: item.reason for item in change.fields}
        marks: dict[str, Mark] = {}
        for path, value in want.values.items():
            if path in want.taken_back and not want.undoes:
                continue  # nobody mentions it any more
            rule, known_mark = change.type.field(path), known_of(change.type.alike, path, entry.fields)
            shown, sent = self._sent(change.type, path, value)
            seen = change.type.shown(found, path, rule.canonical(value)) if found is not None else None
            if rule.hidden:
                marks[path] = Mark(sent, sent)
            elif path in written or change.action == "create":
                over = known_mark.over if known_mark is not None else written.get(path) in _OVERWRITES
                marks[path] = Mark(sent, digest(seen) if found is not None else shown, over=over)
            elif path in entry.fields or path in change.marks:
                marks[path] = entry.fields.get(path) or change.marks[path]
            else:
                shown = digest(seen) if reads_as(seen, rule.canonical(value)) else shown
                over = found is not None and holds_something(change.type, found, path)
                marks[path] = Mark(sent, shown, change.action != "adopt" or field_of(path) == path, over)
        marks |= self._watched(change, want, entry, found)
        entry.fields = marks
        self.ledger.put(entry)

    def _watched(self, change: Change, want: Desired, entry: Entry, found: Live | None) -> dict[str, Mark]:
        """What to remember of the fields that put objects away, where no manifest mentions them.

        As it was made, is as we left it; of what was there, only what is in use can have become so by us.
        """
        marks: dict[str, Mark] = {}
        for path, rule in watched(want):
            made = change.action in ("create", "replace")
            if found is not None and (made or not rule.retires(found.fields.get(path))):
                seen = Fields(self.ledger, Options()).as_seen(change.type, path, found)
            else:
                seen = entry.fields.get(path)
            if seen is not None:
                marks[path] = seen
        return marks

    def leave_open(self, change: Change, found: Live | None, message: str) -> None:
        """Keeps the intent of a write that was answered well and does not show, with the id that it is known by."""
        entry = self.ledger.get(change.address)
        if entry is not None and entry.intent is not None:
            entry.intent.waiting = message
            if not entry.id:
                entry.id = found.id if found is not None else self.ids.get(change.address, "")
            self.ledger.touch(change.address)

    def outrun(self, change: Change) -> None:
        """Others changed the object at the same moment: nothing is open, unless an earlier step may have made it."""
        if change.action not in ("create", "replace"):
            self.drop_intent(change)

    def refused(self, change: Change) -> None:
        """The system refused the change: nothing is open, unless a first step of it was carried out."""
        if change.address not in self.half_done:
            self.drop_intent(change)

    def drop_intent(self, change: Change) -> None:
        """Nothing was sent for the change, so nothing is open."""
        entry = self.ledger.get(change.address)
        if entry is None:
            return
        if change.action == "create" or (change.action == "adopt" and not entry.fields):
            self.ledger.drop(change.address)
        else:
            entry.intent = None
            self.ledger.touch(change.address)
