"""What changes and why: base (ledger), live and desired, compared field by field.

Pure: no system, no file, no clock. The verdicts on fields are in `fields`, those on whole resources here, and
those on what no manifest wants in `removal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.diff import remarks
from reconciler.diff.change import (
    EXECUTABLE,
    NOTHING_MORE,
    REASONS,
    WRITES,
    Action,
    Change,
    Differences,
    FieldChange,
    Options,
    Unwanted,
)
from reconciler.diff.fields import Fields, comparable, token_of, watched
from reconciler.diff.identity import Identity
from reconciler.diff.names import Names, refuse_contradictions
from reconciler.diff.parts import Parts
from reconciler.diff.removal import Removal
from reconciler.diff.replacement import Replacement
from reconciler.diff.twins import Twins, missing, refusal
from reconciler.environment.policy import Drift
from reconciler.errors import Diagnostic
from reconciler.ledger import Entry, How, Ledger, Mark
from reconciler.live import LiveState
from reconciler.resources.base import Desired, Live, Resource
from reconciler.resources.prose import exact, reads_as
from reconciler.resources.rules import Default, Disruptive, Immutable, Members, Secret, Verified

__all__ = [
    "EXECUTABLE",
    "REASONS",
    "WRITES",
    "Change",
    "Differences",
    "FieldChange",
    "Options",
    "Parts",
    "Unwanted",
    "diff",
    "token_of",
]


def diff(
    desired: Mapping[str, Desired],
    ledger: Ledger,
    live: LiveState,
    options: Options,
    drift: Drift,
    levels: Mapping[str, int],
    unwanted: Unwanted = NOTHING_MORE,
) -> Differences:
    """Compares everything wanted and everything owned with what is there."""
    run = _Run(desired, ledger, live, options, drift, levels)
    for want in sorted(desired.values(), key=lambda one: levels.get(one.address, 0)):
        run.compare(want)
    removal = Removal(ledger, live, options, unwanted, desired, run.claimed, run.out)
    for entry in run.left():
        removal.judge(entry)
    removal.finish()
    Replacement(desired, ledger, live, run.out, run._add).widen()
    names = Names(run.out, run.identity, live)
    run.refuse(names.refuse_taken())
    if unwanted.held:
        run.expect_gaps()
    run.block_dependants()
    names.order()
    names.aim()
    refuse_contradictions(run.out, desired, run.identity)
    run.out.diagnostics += remarks.of(run.out, desired, ledger)
    return run.out


_KEPT = "kept: the policy leaves it to the people in the system"
_UNTOLD = "kept: what it was before is not known; let the manifest say what it shall be, or undo it in the system"
_THEIRS = frozenset({"drift", "manifest_changed", "conflict"})


def shorten(value: Any, most: int = 60) -> str:
    """A value in a sentence."""
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


class _Run:
    """One diff under way."""

    def __init__(
        self,
        desired: Mapping[str, Desired],
        ledger: Ledger,
        live: LiveState,
        options: Options,
        drift: Drift,
        levels: Mapping[str, int],
    ) -> None:
        self.desired, self.ledger, self.live = desired, ledger, live
        self.options, self.drift, self.levels = options, drift, levels
        self.out = Differences()
        self.fields = Fields(ledger, options)
        self.identity = Identity(desired, ledger, live)
        self.twins = Twins(live)
        self.claimed: set[tuple[str, str]] = set()
        """Live objects that a manifest wants, under whatever address: never removed under another."""
        self.out.moves = self.identity.moves
        self.stopped: dict[str, str] = {}
        """Addresses that will not be there for those that need them, with the reason."""

    # -- one wanted resource -------------------------------------------------------------------------------

    def compare(self, want: Desired) -> None:
        readout = self.live.of(want.type)
        entry = self.identity.entry(want)
        if readout.failure is not None:
            self._stop(want, "blocked", "unknown", f"could not be read: {readout.failure.summary}")
            return
        folded = want.type.fold(self.identity.expected(want.type, want.key))
        known = entry is not None and bool(entry.id) and entry.id in readout.by_id
        if not known and folded in readout.several:
            ids = ", ".join(sorted(one.id for one in readout.several[folded]))
            self._stop(want, "blocked", "ambiguous", f"several live objects have this name: {ids}")
            return
        found = self.identity.found(want, readout, entry)
        if found is None:
            self._absent(want, entry if entry is not None and entry.how != "referred" else None)
            return
        if entry is not None and _is_another(entry, found, want.type):
            entry = None  # recreated by others: what we knew was about another object
        if entry is None:
            entry = self.identity.stray(want, found)
        self.identity.lives(want, found)
        self.claimed.add((want.type.full_name, found.id))
        self.out.ids[want.address] = found.id
        if want.mode == "refer":
            self._referred(want, found, entry)
            return
        if entry is not None and (entry.how == "referred" or _only_announced(entry, want.type)):
            entry = None  # it was not ours so far
        if entry is None or (entry.canon != want.type.canon and entry.intent is None):
            self._unowned(want, found, entry)
        else:
            self._owned(want, found, entry)

    def refuse(self, refused: Iterable[Change]) -> None:
        """Lets those wait that need what was to be created and is refused."""
        self.stopped |= {change.address: "is refused" for change in refused if not change.id}

    def left(self) -> Iterator[Entry]:
        """The entries that no wish is about, under the names that they have by now."""
        for address in sorted(self.ledger.entries.keys() - self.identity.taken):
            entry = self.ledger.entries[address]
            if entry.how == "referred":
                self.out.notes.setdefault(address, None)
                continue
            new = f"{address.partition(':')[0]}:{self.identity.now(address)}"
            moves = new != address and self._is_free(new)
            if new in self.desired or (address in self.desired and not moves):
                if address not in self.identity.moves:
                    self.out.notes.setdefault(address, None)  # another object has its name by now
                continue
            if moves:
                self.identity.moves[new] = address
                needs = [f"{need.partition(':')[0]}:{self.identity.now(need)}" for need in entry.depends_on]
                entry = replace(entry, address=new, depends_on=needs)
            yield entry

    def _is_free(self, address: str) -> bool:
        """Whether an entry can have this address: none has it, or the one that has it follows others elsewhere."""
        return address not in self.ledger.entries or self.identity.now(address) != address.partition(":")[2]

    def _referred(self, want: Desired, found: Live, entry: Entry | None) -> None:
        wrong = [
            path
            for path, value in want.values.items()
            if not reads_as(want.type.shown(found, path, wanted := want.type.field(path).canonical(value)), wanted)
        ]
        if wrong:
            self._stop(want, "blocked", "reference_unfit", f"exists, but its {', '.join(wrong)} is not as needed")
            return
        if found.id and not want.type.read_only and (entry is None or entry.how == "referred"):
            self._note(want, Entry(want.address, found.id, "referred", canon=want.type.canon))
        if self._is_renamed(want, found):
            told = "it is only referred to: write its new name into the manifest, or give it the old one again"
            change = Change(want.address, want.type, "drift", "renamed", found.id, live_key=found.key)
            change.message = f"lives as {found.key}; {told}"
            self._add(want, change)
        else:
            self.out.unchanged += 1

    def _absent(self, want: Desired, entry: Entry | None) -> None:
        if want.mode == "refer":
            near = [key for key, _ in self.twins.of(want.type, self.identity.expected(want.type, want.key))]
            self._stop(want, "blocked", "missing_reference", missing(near))
            return
        if entry is not None and entry.intent is not None and entry.intent.waiting and not self.options.retry_pending:
            self._pending(want, entry, None)
            return
        begun = entry is not None and entry.intent is not None and entry.intent.action in ("create", "replace")
        gone = entry is not None and not begun
        how = entry.how if entry is not None else "created"
        if gone and entry is not None and self.drift.of(want.type, "", want.origins, how) != "revert":
            self._add(want, Change(want.address, want.type, "drift", "gone", entry.id))
            self.stopped[want.address] = "was deleted in the system"
            return
        fields = [
            FieldChange(path, None, value, "new")
            for path, value in want.values.items()
            if want.type.field(path).canonical(value) is not None and not want.type.field(path).has(Verified)
        ]
        self._add(want, Change(want.address, want.type, "create", "gone" if gone else "new", "", fields))

    def _unowned(self, want: Desired, found: Live, entry: Entry | None) -> None:
        """Adopting: an object that we do not own, or about which the ledger no longer counts."""
        foreign = want.type.foreign(found)
        if foreign:
            self._stop(want, "conflict", "foreign", foreign)
            return
        fallback: How = "ensured" if want.mode == "ensure" else "adopted"
        how = entry.how if entry is not None else fallback
        fresh = Entry(want.address, found.id, how, canon=want.type.canon)
        fill: list[FieldChange] = []
        other: list[FieldChange] = []
        for path, value in comparable(want):
            rule = want.type.field(path)
            wanted = rule.canonical(value)
            is_live = want.type.shown(found, path, wanted)
            default = rule.get(Default)
            if reads_as(is_live, wanted):
                said = self.ledger.digest(exact(wanted))
                fresh.fields[path] = Mark(said, self.ledger.digest(is_live), ours=not rule.has(Members))
            elif is_live is None or (default is not None and rule.canonical(default.value) == is_live):
                fill.append(FieldChange(path, is_live, value, "newly_managed"))
            else:
                other.append(FieldChange(path, is_live, value, "differs"))
        for path, retires in watched(want):
            if path == want.type.retired_by and retires.retires(found.fields.get(path)) and retires.repairs:
                other.append(FieldChange(path, found.fields.get(path), retires.back, "differs"))
            elif (seen := self.fields.as_seen(want.type, path, found)) is not None:
                fresh.fields[path] = seen
        if other and self.options.adopt == "overwrite":
            fill += [FieldChange(c.path, c.before, c.after, "overwrite") for c in other]
            other = []
        if fill and self.options.adopt == "matching":
            other, fill = fill + other, []
        if want.mode == "ensure":
            self._ensured(want, found, fresh, fill, other)
            return
        if other:
            reason = "differs" if entry is None else "origin_unknown"
            names = ", ".join(c.path for c in other)
            self._stop(
                want,
                "conflict",
                reason,
                f"exists with other values of {names}; change the manifest to match, or plan with --adopt=overwrite",
                found,
                other,
            )
            return
        if entry is not None and not fill:
            self._note(want, fresh)
            self.out.unchanged += 1
            return
        change = Change(want.address, want.type, "adopt", "matches", found.id, fill, live_key=found.key, how=how)
        change.marks = fresh.fields
        self._renamed(want, found, change)
        self._add(want, change)

    def _ensured(
        self, want: Desired, found: Live, fresh: Entry, fill: list[FieldChange], other: list[FieldChange]
    ) -> None:
        """What only has to be there stays as others made it: noted with what is there, so that it is told once."""
        if other:
            self._leave(want, fresh, other)
        self._note(want, fresh)
        if fill:
            self._add(
                want,
                Change(want.address, want.type, "update", "newly_managed", found.id, fill, how="ensured"),
            )
        else:
            self.out.unchanged += 1

    def _leave(self, want: Desired, fresh: Entry, other: list[FieldChange]) -> None:
        """Takes values that were there before us for what is theirs; a later change of them by people is drift."""
        for item in other:
            wanted = want.type.field(item.path).canonical(item.after)
            said, seen = self.ledger.digest(exact(wanted)), self.ledger.digest(item.before)
            fresh.fields[item.path] = Mark(said, seen, ours=False)
            words = (
                "set" if want.type.field(item.path).has(Secret) else f"{shorten(item.before)}, not {shorten(wanted)}"
            )
            self.out.diagnostics.append(
                Diagnostic(
                    "info",
                    "ensured.differs",
                    f"{want.address} was there before, and its {item.path} stays as it is: {words}",
                    "Take what is there into the manifest, or plan with --adopt=overwrite to write what it says.",
                    source=want.origins[0].source if want.origins and want.origins[0].file else None,
                    address=want.address,
                )
            )

    def _owned(self, want: Desired, found: Live, entry: Entry) -> None:
        fresh = Entry(
            want.address,
            found.id,
            entry.how,
            canon=want.type.canon,
            commit=entry.commit,
            protect=entry.protect,
        )
        update: list[FieldChange] = []
        kept: list[FieldChange] = []
        conflicts: list[FieldChange] = []
        theirs: list[FieldChange] = []
        waiting = entry.intent is not None and bool(entry.intent.waiting) and not self.options.retry_pending
        unseen = False
        for path, value in self.fields.managed(want, entry):
            verdict, mark = self.fields.verdict(want, entry, found, path, value)
            if mark is not None:
                fresh.fields[path] = mark
            if verdict == "same":
                if not self._is_to_overwrite(want, entry, found, path, value):
                    continue
                verdict = "overwrite"
            if waiting and entry.intent is not None and path in entry.intent.sent:
                unseen = True
            is_live = want.type.before(found, path, value)
            change = FieldChange(path, is_live, value, verdict)
            if self._is_theirs(want, entry, path, verdict):
                (kept.append if verdict == "drift" else theirs.append)(change)
                continue
            rule = self.drift.of(want.type, path, want.origins, entry.how)
            if rule == "once" and change.before is not None:
                continue
            if verdict in ("conflict", "interrupted", "takeover"):
                if self.options.forces(want.address):
                    change.reason = "forced"
                    update.append(change)
                elif verdict == "takeover" and self.options.adopt == "overwrite":
                    change.reason = "overwrite"
                    update.append(change)
                else:
                    change.reason = "differs" if verdict == "takeover" else verdict
                    conflicts.append(change)
            elif verdict == "drift" and rule == "keep":
                kept.append(change)
            else:
                update.append(change)
        if unseen:
            self._pending(want, entry, found)
            return
        if theirs:
            self._leave(want, fresh, theirs)
        untold = False
        for change, repairs in self.fields.put_away(want, entry, found, fresh):
            if waiting and entry.intent is not None and change.path in entry.intent.sent:
                self._pending(want, entry, found)
                return
            rule = self.drift.of(want.type, change.path, want.origins, entry.how)
            if rule != "once":
                (update if repairs and rule == "revert" else kept).append(change)
                untold = untold or not repairs
        if entry.tombstone and want.type.retired_by in found.fields:
            update.append(FieldChange(want.type.retired_by, found.fields[want.type.retired_by], False, "retired"))
        change_ = Change(want.address, want.type, "update", "", found.id, live_key=found.key, how=entry.how)
        self._renamed(want, found, change_, entry)
        if conflicts:
            names = ", ".join(c.path for c in conflicts)
            self._stop(
                want,
                "conflict",
                conflicts[0].reason,
                f"take the live value of {names} into the manifest, undo it in the system, or plan with "
                f"--force-conflicts={want.address}",
                found,
                conflicts + update,
            )
            return
        self._settle(want, found, entry, fresh, change_, update, kept, _UNTOLD if untold else _KEPT)

    def _is_to_overwrite(self, want: Desired, entry: Entry, found: Live, path: str, value: Any) -> bool:
        """Whether a field that was left as it was before us is to be written after all."""
        mark = entry.fields.get(path)
        if self.options.adopt != "overwrite" or entry.how != "ensured" or mark is None or mark.ours:
            return False
        rule = want.type.field(path)
        wanted = rule.canonical(value)
        return not rule.has(Members) and wanted != want.type.shown(found, path, wanted)

    def _is_theirs(self, want: Desired, entry: Entry, path: str, verdict: str) -> bool:
        """Whether a field of something that only has to be there held another value before us, and holds one still."""
        if entry.how != "ensured" or want.type.field(path).has(Members):
            return False
        if self.options.adopt == "overwrite" or self.options.forces(want.address):
            return False
        mark = entry.fields.get(path)
        return verdict == "takeover" if mark is None else not mark.ours and verdict in _THEIRS

    def _settle(
        self,
        want: Desired,
        found: Live,
        entry: Entry,
        fresh: Entry,
        change: Change,
        update: list[FieldChange],
        kept: list[FieldChange],
        why_kept: str,
    ) -> None:
        """Files an owned resource without conflicts as update, rename, replace, drift or unchanged."""
        fixed = [c for c in update if want.type.field(c.path).has(Immutable)]
        replaced = want.address in self.options.replace
        if replaced and want.type.deletes == "hard" and kept:
            names = ", ".join(c.path for c in kept)
            self._stop(want, "conflict", "drift", f"not replaced: people changed {names}", found, kept)
            return
        if replaced and want.type.deletes == "hard":
            change.action, change.reason = "replace", fixed[0].reason if fixed else "manifest_changed"
            change.fields = [
                FieldChange(
                    path,
                    want.type.before(found, path, value),
                    value,
                    "manifest_changed",
                )
                for path, value in want.values.items()
            ]
            self._add(want, change)
            return
        if fixed:
            rule = want.type.field(fixed[0].path).get(Immutable)
            self._stop(
                want,
                "conflict",
                "immutable",
                f"{', '.join(c.path for c in fixed)} cannot be changed in the system: {rule.way_out if rule else ''}",
                found,
                update,
            )
            return
        if update or change.action == "rename":
            change.fields = update
            change.reason = change.reason or update[0].reason
            self._add(want, change)
            if kept:
                self.out.changes.append(self._drifted(want, found, kept, why_kept))
        elif kept or change.reason == "renamed":
            self._note(want, fresh)
            self._add(want, self._drifted(want, found, kept, why_kept, change.reason or "drift"))
        elif entry.address != want.address and self.identity.is_stray(want):
            change.action, change.reason = "adopt", "matches"
            self._add(want, change)
        else:
            self._note(want, fresh)
            self.out.unchanged += 1

    def _drifted(
        self, want: Desired, found: Live, kept: list[FieldChange], message: str, reason: str = "drift"
    ) -> Change:
        if reason == "renamed":
            message = f"lives as {found.key}; {message if want.type.can_rename else 'no call of the system renames it'}"
        return Change(
            want.address, want.type, "drift", reason, found.id, kept, want.origins, live_key=found.key, message=message
        )

    def _is_renamed(self, want: Desired, found: Live) -> bool:
        """Whether the object itself lives under another name than the manifests give it."""
        type = want.type
        if type.hosted:
            return False
        return type.fold(found.key) != type.fold(self.identity.expected(type, want.key))

    def _renamed(self, want: Desired, found: Live, change: Change, entry: Entry | None = None) -> None:
        """Marks the change as a rename when the object lives under another name than the manifests give it."""
        if not self._is_renamed(want, found):
            return
        type = want.type
        begun = entry is not None and entry.intent is not None and entry.intent.action == "rename"
        said = begun or type.own_name(found.key) in map(type.own_name, want.moved_from)
        if not type.can_rename:
            change.reason = "renamed"
        elif said:
            change.action, change.reason = "rename", "renamed_in_manifest"
        elif change.action == "adopt" or self.drift.of(type, "", want.origins, change.how) == "revert":
            change.action, change.reason = "rename", "renamed"
        else:
            change.reason = "renamed"
        change.message = f"lives as {found.key}"

    def _pending(self, want: Desired, entry: Entry, found: Live | None) -> None:
        why = entry.intent.waiting if entry.intent is not None else ""
        self._stop(want, "pending", "pending", why or "was sent and is not visible yet", found)

    # -- filing --------------------------------------------------------------------------------------------

    def _add(self, want: Desired, change: Change) -> None:
        change.origins, change.depends_on = want.origins, want.needs
        change.labels, change.level = want.labels, self.levels.get(want.address, 0)
        change.approvals = want.approvals
        change.named = want.named
        for item in change.fields if want.strength else ():
            item.strength = want.strength.get(item.path, item.strength)
        if change.action in ("update", "adopt", "replace"):
            change.disruptive = self._disruption(want, change)
        self.out.changes.append(change)

    def _disruption(self, want: Desired, change: Change) -> tuple[str, ...]:
        """What a change would do beyond its fields, in the vendor's words; nothing to an object at rest."""
        live = self.live.of(want.type).by_id.get(change.id)
        if live is not None and live.at_rest:
            return ()
        sentences: dict[str, None] = {}
        for item in change.fields:
            rule = want.type.field(item.path).get(Disruptive)
            anew = change.action == "replace"  # what there was is gone, whatever it is made again with
            if rule and (anew or rule.disrupts(item.before, want.type.field(item.path).canonical(item.after))):
                sentences[rule.sentence] = None
        return tuple(sentences)

    def _stop(
        self,
        want: Desired,
        action: Action,
        reason: str,
        message: str,
        found: Live | None = None,
        fields: list[FieldChange] | None = None,
    ) -> None:
        """Files a verdict that writes nothing; those that need the resource wait when it is not there."""
        change = Change(want.address, want.type, action, reason, message=message, fields=fields or [])
        if found is not None:
            change.id, change.live_key = found.id, found.key
        else:
            self.stopped[want.address] = message
        if action == "pending":
            self.stopped[want.address] = message
        self._add(want, change)

    def _note(self, want: Desired, fresh: Entry) -> None:
        """Lets the ledger learn what needs no request, when there is anything to learn."""
        fresh.follow(want)
        if self.ledger.get(want.address) != fresh:
            self.out.notes[want.address] = fresh

    def expect_gaps(self) -> None:
        """What a waiting document would declare is missing: those that need it wait too."""
        needs = (need for want in self.desired.values() for need in want.needs)
        gaps = dict.fromkeys((need for need in needs if need not in self.desired), "no document declares now")
        self.stopped = gaps | self.stopped

    def block_dependants(self) -> None:
        """A change that needs something which will not be there waits, and so do those that need it.

        What would double a name that is there, or one that looks the same, is refused.
        """
        by_address = self.out.by_address
        if not self.stopped and not any(change.action in ("create", "rename") for change in self.out.changes):
            return
        for want in sorted(self.desired.values(), key=lambda one: self.levels.get(one.address, 0)):
            cause = next((need for need in want.needs if need in self.stopped), None)
            change = by_address.get(want.address)
            if cause is None:
                if change is not None and change.action in ("create", "rename"):
                    self._refuse_twin(want, change)
            elif change is not None and change.action in EXECUTABLE:
                change.action, change.reason = "blocked", "waits"
                change.message = f"waits for {cause}, which {self.stopped[cause]}"
                self.stopped[want.address] = f"waits for {cause}"

    def _refuse_twin(self, want: Desired, change: Change) -> None:
        """Nothing comes beside what looks the same, unless the manifest means two; what it renames is no twin."""
        if want.distinct:
            return
        absent = change.action == "create"
        key = self.identity.expected(want.type, want.key)
        kept = [key for key, id in self.twins.beside(want.type, key) if (want.type.full_name, id) not in self.claimed]
        if kept:
            change.action, change.reason, change.message = "conflict", "near_match", refusal(want, kept[0])
            if absent:
                self.stopped[want.address] = change.message.partition(";")[0]


def _only_announced(entry: Entry, type: Resource) -> bool:
    """Whether a create was planned, and the run ended before it was sent: what is there was made by others.

    What comes with its host was made with it.
    """
    intent = entry.intent
    return intent is not None and intent.action == "create" and not intent.begun and not type.with_host


def _is_another(entry: Entry, found: Live, type: Resource) -> bool:
    """Whether a live object of the same name is not the one that the ledger knows.

    A write that was cut short may not have told its id; another canon of the type may spell ids in another way.
    """
    return bool(entry.id) and entry.id != found.id and entry.intent is None and entry.canon == type.canon
