"""The verdict on a live object that we do not own: adopt it, fill what is empty, leave it, or refuse."""

from __future__ import annotations

from reconciler.diff.change import Change, FieldChange
from reconciler.diff.fields import Fields, comparable, holds_something, watched
from reconciler.diff.filing import Filing
from reconciler.ledger import Entry, How, Mark
from reconciler.resources.base import Desired
from reconciler.resources.objects import Live
from reconciler.resources.prose import exact, reads_as
from reconciler.resources.rules import Default, Members


class Adopting:
    """Judges what others made, or what the ledger no longer tells about."""

    def __init__(self, file: Filing, fields: Fields) -> None:
        self.file, self.fields = file, fields

    def judge(self, want: Desired, found: Live, entry: Entry | None) -> None:
        """Adopting: an object that we do not own, or about which the ledger no longer counts."""
        foreign = want.type.foreign(found)
        if foreign:
            self.file.stop(want, "conflict", "foreign", foreign)
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
                said = self.file.ledger.digest(exact(wanted))
                known = entry.fields.get(path) if entry is not None else None
                over = known.over if known is not None else holds_something(want.type, found, path)
                seen = self.file.ledger.digest(is_live)
                fresh.fields[path] = Mark(said, seen, not rule.has(Members), over)
            elif is_live is None or (default is not None and rule.canonical(default.value) == is_live):
                fill.append(FieldChange(path, is_live, value, "newly_managed"))
            else:
                other.append(FieldChange(path, is_live, value, "differs"))
        for path, retires in watched(want):
            if path == want.type.retired_by and retires.retires(found.fields.get(path)) and retires.repairs:
                other.append(FieldChange(path, found.fields.get(path), retires.back, "differs"))
            elif (watch := self.fields.as_seen(want.type, path, found)) is not None:
                fresh.fields[path] = watch
        if other and self.file.options.adopt == "overwrite":
            fill += [FieldChange(c.path, c.before, c.after, "overwrite") for c in other]
            other = []
        if fill and self.file.options.adopt == "matching":
            other, fill = fill + other, []
        if want.mode == "ensure":
            self._ensured(want, found, fresh, fill, other)
            return
        if other:
            reason = "differs" if entry is None else "origin_unknown"
            names = ", ".join(c.path for c in other)
            self.file.stop(
                want,
                "conflict",
                reason,
                f"exists with other values of {names}; change the manifest to match, or plan with --adopt=overwrite",
                found,
                other,
            )
            return
        if entry is not None and not fill:
            self.file.note(want, fresh)
            self.file.out.unchanged += 1
            return
        change = Change(want.address, want.type, "adopt", "matches", found.id, fill, live_key=found.key, how=how)
        change.marks = fresh.fields
        self.file.renamed(want, found, change)
        self.file.add(want, change)

    def _ensured(
        self, want: Desired, found: Live, fresh: Entry, fill: list[FieldChange], other: list[FieldChange]
    ) -> None:
        """What only has to be there stays as others made it: noted with what is there, so that it is told once."""
        if other:
            self.file.leave(want, fresh, other)
        self.file.note(want, fresh)
        if fill:
            self.file.add(
                want,
                Change(want.address, want.type, "update", "newly_managed", found.id, fill, how="ensured"),
            )
        else:
            self.file.out.unchanged += 1
