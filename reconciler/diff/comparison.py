"""Every wish and every ledger entry with its live object: what changes and why.

Pure: no system, no file, no clock. The verdicts on fields are in `fields`, those on whole resources here, in `owned`
and in `adopting`, and those on what no manifest wants in `removal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.diff import remarks
from reconciler.diff.adopting import Adopting
from reconciler.diff.change import (
    EXECUTABLE,
    NOTHING_MORE,
    Change,
    Differences,
    FieldChange,
    Options,
    Unwanted,
)
from reconciler.diff.fields import Fields
from reconciler.diff.filing import Drift, Filing
from reconciler.diff.fixed import refuse_fixed
from reconciler.diff.identity import Identity
from reconciler.diff.names import Names, refuse_contradictions
from reconciler.diff.owned import Owned
from reconciler.diff.removal import Removal
from reconciler.diff.replacement import Replacement
from reconciler.diff.twins import Twins, missing, refusal
from reconciler.ledger import Entry, Ledger
from reconciler.live import LiveState
from reconciler.resources.base import Desired, Resource
from reconciler.resources.keys import Address
from reconciler.resources.objects import Live
from reconciler.resources.prose import reads_as
from reconciler.resources.rules import Verified


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
    run = Comparison(desired, ledger, live, options, drift, levels)
    for want in sorted(desired.values(), key=lambda one: levels.get(one.address, 0)):
        run.compare(want)
    removal = Removal(ledger, live, options, unwanted, desired, run.claimed, run.file.out)
    for entry in run.left():
        removal.judge(entry)
    removal.finish()
    Replacement(desired, ledger, live, run.file.out, run.file.add).widen()
    run.refuse(refuse_fixed(run.file.out, desired, ledger, live))
    names = Names(run.file.out, run.identity, live)
    run.refuse(names.refuse_taken())
    if unwanted.held:
        run.expect_gaps()
    run.block_dependants()
    names.order()
    names.aim()
    refuse_contradictions(run.file.out, desired, run.identity)
    run.file.out.diagnostics += remarks.of(run.file.out, desired, ledger)
    return run.file.out


class Comparison:
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
        self.identity = Identity(desired, ledger, live)
        self.file = Filing(self.identity, ledger, live, options, drift, levels)
        fields = Fields(ledger, options)
        self.owned, self.adopting = Owned(self.file, fields), Adopting(self.file, fields)
        self.twins = Twins(live)
        self.claimed: set[tuple[str, str]] = set()
        """Live objects that a manifest wants, under whatever address: never removed under another."""
        self.file.out.moves = self.identity.moves

    def compare(self, want: Desired) -> None:
        readout = self.live.of(want.type)
        entry = self.identity.entry(want)
        if readout.failure is not None:
            self.file.stop(want, "blocked", "unknown", f"could not be read: {readout.failure.summary}")
            return
        folded = want.type.fold(self.identity.expected(want.type, want.key))
        known = entry is not None and bool(entry.id) and entry.id in readout.by_id
        if not known and folded in readout.several:
            ids = ", ".join(sorted(one.id for one in readout.several[folded]))
            self.file.stop(want, "blocked", "ambiguous", f"several live objects have this name: {ids}")
            return
        found = self.identity.found(want, readout, entry)
        if found is None and want.undoes:
            self.file.out.notes[want.address] = None
            return
        if found is None:
            self._absent(want, entry if entry is not None and entry.how != "referred" else None)
            return
        if entry is not None and _is_another(entry, found, want.type):
            entry = None  # recreated by others: what we knew was about another object
        if entry is None:
            entry = self.identity.stray(want, found)
        self.identity.lives(want, found)
        self.claimed.add((want.type.full_name, found.id))
        self.file.out.ids[want.address] = found.id
        if want.mode == "refer":
            self._referred(want, found, entry)
            return
        if entry is not None and (entry.how == "referred" or _only_announced(entry, want.type)):
            entry = None  # it was not ours so far
        if entry is None or (entry.canon != want.type.canon and entry.intent is None):
            self.adopting.judge(want, found, entry)
        else:
            self.owned.judge(want, found, entry)

    def refuse(self, refused: Iterable[Change]) -> None:
        """Lets those wait that need what was to be created and is refused."""
        self.file.stopped |= {change.address: "is refused" for change in refused if not change.id}

    def left(self) -> Iterator[Entry]:
        """The entries that no wish is about, under the names that they have by now."""
        for address in sorted(self.ledger.entries.keys() - self.identity.taken):
            entry = self.ledger.entries[address]
            if entry.how == "referred":
                self.file.out.notes.setdefault(address, None)
                continue
            new = f"{address.partition(':')[0]}:{self.identity.now(address)}"
            moves = new != address and self._is_free(new)
            if new in self.desired or (address in self.desired and not moves):
                if address not in self.identity.moves:
                    self.file.out.notes.setdefault(address, None)  # another object has its name by now
                continue
            if moves:
                self.identity.moves[new] = address
                needs = [f"{need.partition(':')[0]}:{self.identity.now(need)}" for need in entry.depends_on]
                entry = replace(entry, address=new, depends_on=needs)
            yield entry

    def _is_free(self, address: str) -> bool:
        """Whether an entry can have this address: none has it, or the one that has it follows others elsewhere."""
        return address not in self.ledger.entries or self.identity.now(address) != Address.of(address).key

    def _referred(self, want: Desired, found: Live, entry: Entry | None) -> None:
        wrong = [
            path
            for path, value in want.values.items()
            if not reads_as(want.type.shown(found, path, wanted := want.type.field(path).canonical(value)), wanted)
        ]
        if wrong:
            self.file.stop(want, "blocked", "reference_unfit", f"exists, but its {', '.join(wrong)} is not as needed")
            return
        if found.id and not want.type.read_only and (entry is None or entry.how == "referred"):
            self.file.note(want, Entry(want.address, found.id, "referred", canon=want.type.canon))
        if self.file.is_renamed(want, found):
            told = "it is only referred to: write its new name into the manifest, or give it the old one again"
            change = Change(want.address, want.type, "drift", "renamed", found.id, live_key=found.key)
            change.message = f"lives as {found.key}; {told}"
            self.file.add(want, change)
        else:
            self.file.out.unchanged += 1

    def _absent(self, want: Desired, entry: Entry | None) -> None:
        if want.mode == "refer":
            near = [key for key, _ in self.twins.of(want.type, self.identity.expected(want.type, want.key))]
            self.file.stop(want, "blocked", "missing_reference", missing(near))
            return
        intent = entry.intent if entry is not None else None
        if entry is not None and intent is not None and intent.waiting and not self.file.options.retry_pending:
            self.file.pending(want, entry, None)
            return
        begun = entry is not None and entry.intent is not None and entry.intent.action in ("create", "replace")
        gone = entry is not None and not begun
        how = entry.how if entry is not None else "created"
        if gone and entry is not None and self.file.drift.of(want.type, "", want.origins, how) != "revert":
            self.file.add(want, Change(want.address, want.type, "drift", "gone", entry.id))
            self.file.stopped[want.address] = "was deleted in the system"
            return
        fields = [
            FieldChange(path, None, value, "new")
            for path, value in want.values.items()
            if want.type.field(path).canonical(value) is not None and not want.type.field(path).has(Verified)
        ]
        self.file.add(want, Change(want.address, want.type, "create", "gone" if gone else "new", "", fields))

    def expect_gaps(self) -> None:
        """What a waiting document would declare is missing: those that need it wait too."""
        needs = (need for want in self.desired.values() for need in want.needs)
        gaps = dict.fromkeys((need for need in needs if need not in self.desired), "no document declares now")
        self.file.stopped = gaps | self.file.stopped

    def block_dependants(self) -> None:
        """A change that needs something which will not be there waits, and so do those that need it.

        What would double a name that is there, or one that looks the same, is refused.
        """
        by_address = self.file.out.by_address
        if not self.file.stopped and not any(change.action in ("create", "rename") for change in self.file.out.changes):
            return
        for want in sorted(self.desired.values(), key=lambda one: self.file.levels.get(one.address, 0)):
            cause = next((need for need in want.needs if need in self.file.stopped), None)
            change = by_address.get(want.address)
            if cause is None:
                if change is not None and change.action in ("create", "rename"):
                    self._refuse_twin(want, change)
            elif change is not None and change.action in EXECUTABLE:
                change.action, change.reason = "blocked", "waits"
                change.message = f"waits for {cause}, which {self.file.stopped[cause]}"
                self.file.stopped[want.address] = f"waits for {cause}"

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
                self.file.stopped[want.address] = change.message.partition(";")[0]


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
