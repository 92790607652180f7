"""What changes and why: base (ledger), live and desired, compared field by field.

Pure: no system, no file, no clock. The two verdict tables are in `_field_verdict` and `_Comparison.verdict`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from reconciler.errors import Diagnostic
from reconciler.ledger import Entry, Ledger, Mark
from reconciler.live import LiveState
from reconciler.resources import type_of
from reconciler.resources.base import Desired, Live, Origin, Resource, field_of
from reconciler.resources.rules import (
    CreateOnly,
    Default,
    Disruptive,
    Immutable,
    Members,
    Secret,
    Verified,
    WriteOnly,
)

Action = Literal[
    "create", "update", "rename", "replace", "delete", "retire", "adopt", "forget",
    "drift", "conflict", "pending", "blocked",
]  # fmt: skip
Adopt = Literal["matching", "empty", "overwrite"]
OnDrift = Literal["revert", "keep", "once"]

EXECUTABLE = frozenset({"create", "update", "rename", "replace", "delete", "retire", "adopt", "forget"})
WRITES = frozenset({"create", "update", "rename", "replace", "delete", "retire"})

REASONS = {
    "new": "not there yet",
    "manifest_changed": "the manifest changed",
    "newly_managed": "the manifest mentions it now",
    "drift": "changed in the system since the last apply",
    "gone": "deleted in the system since the last apply",
    "renamed": "renamed in the system since the last apply",
    "renamed_in_manifest": "renamed in the manifest",
    "conflict": "changed both in the manifest and in the system",
    "interrupted": "changed by others during an interrupted apply",
    "differs": "exists with other values",
    "origin_unknown": "differs, and the ledger cannot tell who changed it",
    "matches": "exists and is taken under management",
    "immutable": "cannot be changed in the system",
    "removed": "no manifest wants it any more",
    "retired": "wanted again",
    "rotated": "a new version of the secret",
    "overwrite": "overwritten because --adopt=overwrite was given",
    "forced": "overwritten because --force-conflicts was given",
}


@dataclass(slots=True)
class FieldChange:
    """One path of a change: canonical value before, author's value after."""

    path: str
    before: Any
    after: Any
    reason: str


@dataclass(slots=True, eq=False)
class Change:
    """One verdict about one resource that is not simply unchanged."""

    address: str
    type: Resource
    action: Action
    reason: str
    id: str = ""
    fields: list[FieldChange] = field(default_factory=list)
    origins: tuple[Origin, ...] = ()
    depends_on: tuple[str, ...] = ()
    labels: frozenset[str] = frozenset()
    disruptive: tuple[str, ...] = ()
    message: str = ""
    live_key: str = ""
    how: str = "created"
    snapshot: Any = None
    """For deletes: the whole canonical object with its parts, which is what the approval covers."""
    level: int = 0
    digest: str = ""


@dataclass(slots=True)
class Options:
    """The plan options that change what would be written; recorded in the plan and part of its digest."""

    prune: bool = False
    adopt: Adopt = "empty"
    force_conflicts: bool | tuple[str, ...] = False
    replace: tuple[str, ...] = ()
    rotate: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    allow_deletes: int | None = None
    retry_pending: bool = False

    def forces(self, address: str) -> bool:
        """Whether a conflict on the address is to be overwritten."""
        forced = self.force_conflicts
        return forced if isinstance(forced, bool) else address in forced

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        forced = self.force_conflicts
        return {
            "prune": self.prune,
            "adopt": self.adopt,
            "force_conflicts": forced if isinstance(forced, bool) else sorted(forced),
            "replace": sorted(self.replace),
            "rotate": sorted(self.rotate),
            "targets": sorted(self.targets),
            "allow_deletes": self.allow_deletes,
            "retry_pending": self.retry_pending,
        }

    @classmethod
    def of(cls, shape: Mapping[str, Any]) -> Options:
        """The options of a saved plan."""
        forced = shape.get("force_conflicts", False)
        return cls(
            prune=shape.get("prune", False),
            adopt=shape.get("adopt", "empty"),
            force_conflicts=forced if isinstance(forced, bool) else tuple(forced),
            replace=tuple(shape.get("replace", ())),
            rotate=tuple(shape.get("rotate", ())),
            targets=tuple(shape.get("targets", ())),
            allow_deletes=shape.get("allow_deletes"),
            retry_pending=shape.get("retry_pending", False),
        )


@dataclass(slots=True)
class DriftPolicy:
    """What to do about drift: the nearest rule wins, field before kind before the environment's default."""

    default: OnDrift | None = None
    kinds: Mapping[str, OnDrift] = field(default_factory=dict)
    fields: Mapping[str, OnDrift] = field(default_factory=dict)

    def of(self, type: Resource, path: str, origins: Iterable[Origin], how: str) -> OnDrift:
        """The rule for one field of one resource."""
        by_field = self.fields.get(f"{type.full_name}.{field_of(path)}") if path else None
        if by_field is not None:
            return by_field
        for origin in origins:
            if origin.kind in self.kinds:
                return self.kinds[origin.kind]
        return self.default or ("revert" if how == "created" else "keep")


@dataclass(slots=True)
class Differences:
    """The outcome of a diff: changes, how many resources are as wanted, and what only the ledger has to learn."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    notes: dict[str, Entry | None] = field(default_factory=dict)
    """Entries to write (None: to drop) without any request: converged, confirmed, released, moved."""
    ids: dict[str, str] = field(default_factory=dict)
    """Live ids by address, of everything wanted that is there."""
    orphans: list[Change] = field(default_factory=list)
    """What a prune would remove, when none was asked for."""
    diagnostics: list[Diagnostic] = field(default_factory=list)


def diff(
    desired: Mapping[str, Desired],
    ledger: Ledger,
    live: LiveState,
    options: Options,
    drift: DriftPolicy,
    levels: Mapping[str, int],
) -> Differences:
    """Compares everything wanted and everything owned with what is there."""
    run = _Run(desired, ledger, live, options, drift, levels)
    for want in sorted(desired.values(), key=lambda one: levels.get(one.address, 0)):
        run.compare(want)
    moved = {want.type.address(want.moved_from) for want in desired.values() if want.moved_from is not None}
    for address in sorted(ledger.entries.keys() - desired.keys() - moved):
        run.orphan(ledger.entries[address])
    run.block_dependants()
    return run.out


class _Run:
    """One diff under way."""

    def __init__(
        self,
        desired: Mapping[str, Desired],
        ledger: Ledger,
        live: LiveState,
        options: Options,
        drift: DriftPolicy,
        levels: Mapping[str, int],
    ) -> None:
        self.desired, self.ledger, self.live = desired, ledger, live
        self.options, self.drift, self.levels = options, drift, levels
        self.out = Differences()
        self.live_keys: dict[str, str] = {}
        self.claimed: set[tuple[str, str]] = set()
        """Live objects that a manifest wants, under whatever address: never removed under another."""
        self.stopped: dict[str, str] = {}
        """Addresses that will not be there for those that need them, with the reason."""

    # -- one wanted resource -------------------------------------------------------------------------------

    def compare(self, want: Desired) -> None:
        readout = self.live.of(want.type)
        address = want.address
        entry = self.ledger.get(address)
        moved = entry is None and want.moved_from is not None
        if moved:
            entry = self.ledger.get(want.type.address(want.moved_from or ""))
        if readout.failure is not None:
            self._stop(want, "blocked", "unknown", f"could not be read: {readout.failure.summary}")
            return
        folded = want.type.fold(want.key)
        found = readout.by_id.get(entry.id) if entry is not None and entry.id else None
        if found is None and moved and entry is None:
            found = readout.by_key.get(want.type.fold(want.moved_from or ""))
            found = None if folded in readout.by_key else found
        elif found is None:
            if folded in readout.several:
                ids = ", ".join(sorted(one.id for one in readout.several[folded]))
                self._stop(want, "blocked", "ambiguous", f"several live objects have this name: {ids}")
                return
            found = readout.by_key.get(folded)
            if found is not None and entry is not None and entry.id and entry.intent is None:
                entry = None  # recreated by others: what we knew was about another object
        if found is None:
            self._absent(want, entry)
            return
        self.live_keys[address] = found.key
        self.claimed.add((want.type.full_name, found.id))
        self.out.ids[address] = found.id
        if want.mode == "refer":
            self._referred(want, found)
        elif entry is None or (entry.canon != want.type.canon and entry.intent is None):
            self._unowned(want, found, entry)
        else:
            self._owned(want, found, entry)

    def _referred(self, want: Desired, found: Live) -> None:
        wrong = [
            path
            for path, value in want.values.items()
            if want.type.field(path).canonical(value) != found.fields.get(path)
        ]
        if wrong:
            self._stop(
                want, "blocked", "reference_unfit", f"exists, but its {', '.join(wrong)} is not as needed"
            )
        else:
            self.out.unchanged += 1

    def _absent(self, want: Desired, entry: Entry | None) -> None:
        if want.mode == "refer":
            self._stop(want, "blocked", "missing_reference", "does not exist, and no manifest declares it")
            return
        if (
            entry is not None
            and entry.intent is not None
            and entry.intent.waiting
            and not self.options.retry_pending
        ):
            self._pending(want, entry, None)
            return
        gone = entry is not None and (entry.intent is None or entry.intent.action != "create")
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
        if entry is not None:
            how = entry.how
        else:
            how = "ensured" if want.mode == "ensure" else "adopted"
        fresh = Entry(want.address, found.id, how, canon=want.type.canon)
        fill: list[FieldChange] = []
        other: list[FieldChange] = []
        for path, value in self._comparable(want):
            rule = want.type.field(path)
            wanted, is_live = rule.canonical(value), found.fields.get(path)
            default = rule.get(Default)
            if wanted == is_live:
                mark = self.ledger.digest(wanted)
                fresh.fields[path] = Mark(mark, mark, ours=not rule.has(Members))
            elif is_live is None or (default is not None and rule.canonical(default.value) == is_live):
                fill.append(FieldChange(path, is_live, value, "newly_managed"))
            else:
                other.append(FieldChange(path, is_live, value, "differs"))
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
        change = Change(
            want.address, want.type, "adopt", "matches", found.id, fill, live_key=found.key, how=how
        )
        self._renamed(want, found, change)
        self._add(want, change)

    def _ensured(
        self, want: Desired, found: Live, fresh: Entry, fill: list[FieldChange], other: list[FieldChange]
    ) -> None:
        if fill:
            self._add(
                want,
                Change(want.address, want.type, "update", "newly_managed", found.id, fill, how="ensured"),
            )
        elif other:
            self._add(
                want, Change(want.address, want.type, "drift", "differs", found.id, other, how="ensured")
            )
        else:
            self._note(want, fresh)
            self.out.unchanged += 1

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
        waiting = entry.intent is not None and bool(entry.intent.waiting) and not self.options.retry_pending
        unseen = False
        for path, value in self._managed(want, entry):
            verdict, mark = self._field_verdict(want, entry, found, path, value)
            if mark is not None:
                fresh.fields[path] = mark
            if verdict == "same":
                continue
            if waiting and entry.intent is not None and path in entry.intent.sent:
                unseen = True
            change = FieldChange(path, found.fields.get(path), value, verdict)
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
        if entry.tombstone and want.type.retired_by in found.fields:
            update.append(
                FieldChange(want.type.retired_by, found.fields[want.type.retired_by], False, "retired")
            )
        change_ = Change(want.address, want.type, "update", "", found.id, live_key=found.key, how=entry.how)
        self._renamed(want, found, change_)
        if conflicts:
            names = ", ".join(c.path for c in conflicts)
            self._stop(
                want,
                "conflict",
                conflicts[0].reason,
                f"{names}: {REASONS[conflicts[0].reason]}; take the live value into the manifest, undo it in the "
                f"system, or plan with --force-conflicts={want.address}",
                found,
                conflicts + update,
            )
            return
        self._settle(want, found, entry, fresh, change_, update, kept)

    def _settle(
        self,
        want: Desired,
        found: Live,
        entry: Entry,
        fresh: Entry,
        change: Change,
        update: list[FieldChange],
        kept: list[FieldChange],
    ) -> None:
        """Files an owned resource without conflicts as update, rename, replace, drift or unchanged."""
        fixed = [c for c in update if want.type.field(c.path).has(Immutable)]
        replaced = want.address in self.options.replace
        if (fixed or replaced) and replaced and want.type.deletes == "hard":
            change.action, change.reason = "replace", fixed[0].reason if fixed else "manifest_changed"
            change.fields = [
                FieldChange(path, found.fields.get(path), value, "manifest_changed")
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
                self.out.changes.append(self._drifted(want, found, kept))
        elif kept or change.reason == "renamed":
            self._note(want, fresh, entry)
            self._add(want, self._drifted(want, found, kept, change.reason or "drift"))
        else:
            self._note(want, fresh, entry)
            self.out.unchanged += 1

    def _drifted(self, want: Desired, found: Live, kept: list[FieldChange], reason: str = "drift") -> Change:
        return Change(
            want.address, want.type, "drift", reason, found.id, kept, want.origins, live_key=found.key,
            message="kept: the policy leaves it to the people in the system",
        )  # fmt: skip

    def _renamed(self, want: Desired, found: Live, change: Change) -> None:
        """Marks the change as a rename when the object lives under another name than the manifests give it."""
        type = want.type
        if type.hosted:
            return
        parent = type.parent_key(want.key)
        expected_parent = self.live_keys.get(type.address(parent), parent) if parent is not None else None
        if type.fold(found.key) == type.fold(type.join(expected_parent, type.own_name(want.key))):
            return
        if not type.can_rename:
            change.reason = "renamed"
        elif want.moved_from is not None and type.own_name(found.key) == type.own_name(want.moved_from):
            change.action, change.reason = "rename", "renamed_in_manifest"
        elif change.action == "adopt" or self.drift.of(type, "", want.origins, change.how) == "revert":
            change.action, change.reason = "rename", "renamed"
        else:
            change.reason = "renamed"
        change.message = f"lives as {found.key}"

    def _managed(self, want: Desired, entry: Entry) -> Iterable[tuple[str, Any]]:
        """The paths to judge: what the manifests mention, and members of ours that they no longer mention."""
        yield from self._comparable(want)
        if want.members:
            for path in entry.fields:
                if path not in want.values and field_of(path) in want.members:
                    yield path, False

    @staticmethod
    def _comparable(want: Desired) -> Iterable[tuple[str, Any]]:
        field = want.type.field
        for path, value in want.values.items():
            rule = field(path)
            if not rule.has(CreateOnly) and not rule.has(Verified):
                yield path, value

    def _field_verdict(
        self, want: Desired, entry: Entry, found: Live, path: str, value: Any
    ) -> tuple[str, Mark | None]:
        """The verdict of one field: `same`, a reason to update, or what stands in the way; and its new mark."""
        rule = want.type.field(path)
        mark = entry.fields.get(path)
        intent = entry.intent
        if rule.has(Secret) or rule.has(WriteOnly):
            return self._unseen_verdict(want, entry, path, value)
        wanted, is_live = rule.canonical(value), found.fields.get(path)
        if value is False and rule.has(Members):
            return self._member_verdict(is_live, mark)
        digest = self.ledger.digest
        if wanted == is_live:
            now = digest(wanted)
            ours = (
                mark.ours
                if mark is not None
                else (intent is not None and path in intent.sent) or not rule.has(Members)
            )
            if mark is not None and mark.sent == now and mark.seen == now:
                return "same", mark
            return "same", Mark(now, now, ours)
        live_digest = digest(is_live)
        sent = mark.sent if mark is not None else None
        base = {mark.seen} if mark is not None else set()
        if intent is not None and path in intent.sent:
            if live_digest == intent.sent[path]:
                base.add(live_digest)
                sent = live_digest
            elif live_digest == intent.before.get(path):
                if intent.was_ours.get(path) or intent.action in ("create", "replace"):
                    base.add(live_digest)
                    sent = sent or live_digest
            elif intent.action in ("create", "replace") and not is_live:
                return "new", None  # created, but this step of the create had not happened yet
            elif live_digest not in base:
                return "interrupted", mark
        if not base:
            default = rule.get(Default)
            if is_live is None or (default is not None and rule.canonical(default.value) == is_live):
                return "newly_managed", mark
            return "takeover", mark
        unchanged_manifest = sent == digest(wanted)
        if live_digest in base:
            return ("same", mark) if unchanged_manifest and mark is not None else ("manifest_changed", mark)
        return ("drift", mark) if unchanged_manifest else ("conflict", mark)

    def _unseen_verdict(self, want: Desired, entry: Entry, path: str, value: Any) -> tuple[str, Mark | None]:
        """Secret and write-only fields: the system does not show them, so only what was sent counts."""
        mark = entry.fields.get(path)
        wanted = self.ledger.digest(token_of(want.type, path, value))
        if want.address in self.options.rotate and want.type.field(path).has(Secret):
            return "rotated", mark
        if mark is not None and mark.sent == wanted:
            return "same", mark
        return (
            "rotated" if want.type.field(path).has(Secret) and mark is not None else "manifest_changed"
        ), mark

    @staticmethod
    def _member_verdict(is_live: Any, mark: Mark | None) -> tuple[str, Mark | None]:
        """A member of ours that the manifests no longer mention: taken back, unless it was there before us."""
        if is_live is None or mark is None or not mark.ours:
            return "same", None
        return "manifest_changed", mark

    def _pending(self, want: Desired, entry: Entry, found: Live | None) -> None:
        why = entry.intent.waiting if entry.intent is not None else ""
        self._stop(want, "pending", "pending", why or "was sent and is not visible yet", found)

    # -- what no manifest wants ----------------------------------------------------------------------------

    def orphan(self, entry: Entry) -> None:
        try:
            type = type_of(entry.address)
        except KeyError:
            return
        key = entry.address.partition(":")[2]
        readout = self.live.of(type)
        change = Change(
            entry.address, type, "forget", "removed", entry.id, how=entry.how, depends_on=tuple(entry.depends_on),
            origins=_origins(entry), live_key=key,
        )  # fmt: skip
        if readout.failure is not None:
            change.action, change.message = "blocked", f"could not be read: {readout.failure.summary}"
            self.out.changes.append(change)
            return
        found = readout.by_id.get(entry.id) if entry.id else readout.by_key.get(type.fold(key))
        if found is None:
            if entry.tombstone or self.options.prune or entry.intent is not None:
                self.out.notes[entry.address] = None
            else:
                self.out.changes.append(change)
            return
        if entry.tombstone:
            return
        if (type.full_name, found.id) in self.claimed:
            self.out.notes[entry.address] = None
            return
        self._remove(entry, type, found, change)

    def _remove(self, entry: Entry, type: Resource, found: Live, change: Change) -> None:
        drifted = [path for path, mark in entry.fields.items() if not self._as_left(entry, path, mark, found)]
        strangers = [part for part in found.parts if part not in self.ledger.entries]
        change.live_key, change.id = found.key, found.id
        if entry.how != "created" or entry.on_remove == "forget" or type.deletes == "none":
            change.message = "stays in the system; only the ledger forgets it"
        elif entry.on_remove == "block":
            change.action, change.message = (
                "conflict",
                "cannot be removed: its manifest must want it, or forget it",
            )
        else:
            change.action = (
                "retire"
                if entry.on_remove == "retire" or (type.deletes == "retire" and entry.on_remove != "delete")
                else "delete"
            )
            change.snapshot = {"fields": found.fields, "parts": sorted(found.parts)}
            change.fields = [
                FieldChange(path, value, None, "removed") for path, value in sorted(found.fields.items())
            ]
        if change.action in ("delete", "retire") and (drifted or strangers):
            what = (
                f"people changed {', '.join(drifted)}"
                if drifted
                else f"others hang on it: {', '.join(strangers[:5])}"
            )
            change.action, change.reason, change.message = "conflict", "removed", f"not removed: {what}"
            if drifted and not strangers and self.options.forces(entry.address):
                change.action, change.reason, change.message = "delete", "forced", ""
        (self.out.changes if self.options.prune else self.out.orphans).append(change)

    def _as_left(self, entry: Entry, path: str, mark: Mark, found: Live) -> bool:
        digest = self.ledger.digest(found.fields.get(path))
        type = type_of(entry.address)
        if (
            field_of(path) not in type.fields
            or type.field(path).has(Secret)
            or type.field(path).has(WriteOnly)
        ):
            return True
        intent = entry.intent
        return digest in (mark.seen, mark.sent) or (
            intent is not None and digest in (intent.sent.get(path), intent.before.get(path))
        )

    # -- filing --------------------------------------------------------------------------------------------

    def _add(self, want: Desired, change: Change) -> None:
        change.origins, change.depends_on = want.origins, want.needs
        change.labels, change.level = want.labels, self.levels.get(want.address, 0)
        if change.action in ("update", "adopt", "replace"):
            rules = [want.type.field(c.path).get(Disruptive) for c in change.fields]
            change.disruptive = tuple(dict.fromkeys(rule.sentence for rule in rules if rule is not None))
        self.out.changes.append(change)

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

    def _note(self, want: Desired, fresh: Entry, entry: Entry | None = None) -> None:
        """Lets the ledger learn what needs no request, when there is anything to learn."""
        fresh.origins = sorted({f"{o.kind}/{o.name}" for o in want.origins})
        fresh.depends_on = sorted(want.needs)
        fresh.on_remove = want.on_remove
        known = self.ledger.get(want.address)
        if entry is not None and entry.address != want.address:
            self.out.notes[entry.address] = None
        if known != fresh:
            self.out.notes[want.address] = fresh

    def block_dependants(self) -> None:
        """A change that needs something which will not be there waits, and so do those that need it."""
        if not self.stopped:
            return
        by_address = {change.address: change for change in self.out.changes}
        for want in sorted(self.desired.values(), key=lambda one: self.levels.get(one.address, 0)):
            cause = next((need for need in want.needs if need in self.stopped), None)
            if cause is None:
                continue
            change = by_address.get(want.address)
            if change is not None and change.action in EXECUTABLE:
                change.action, change.reason = "blocked", "waits"
                change.message = f"waits for {cause}, which {self.stopped[cause]}"
                self.stopped[want.address] = f"waits for {cause}"


def token_of(type: Resource, path: str, value: Any) -> Any:
    """What stands for a value in digests: the version of a secret, never the secret."""
    if type.field(path).has(Secret):
        return {"version": str(getattr(value, "version", "1"))} if value is not None else None
    return type.field(path).canonical(value)


def _origins(entry: Entry) -> tuple[Origin, ...]:
    pairs = (origin.partition("/") for origin in entry.origins)
    return tuple(Origin(kind, name, "", 0) for kind, _, name in pairs)
