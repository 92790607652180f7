"""The verdict on a resource that we own: update, rename, replace, drift, conflict, or nothing to do."""

from __future__ import annotations

from typing import Any

from reconciler.diff.change import Change, FieldChange
from reconciler.diff.fields import Fields, is_retired
from reconciler.diff.filing import Filing, place_of
from reconciler.errors import Diagnostic
from reconciler.ledger import Entry
from reconciler.resources.base import Desired
from reconciler.resources.objects import Live
from reconciler.resources.rules import Immutable, Members, OneWay

_KEPT = "kept: the policy leaves it to the people in the system"
_UNTOLD = "kept: what it was before is not known; let the manifest say what it shall be, or undo it in the system"
_THEIRS = frozenset({"drift", "manifest_changed", "conflict"})


class Owned:
    """Judges what the ledger knows as ours."""

    def __init__(self, file: Filing, fields: Fields) -> None:
        self.file, self.fields = file, fields

    def judge(self, want: Desired, found: Live, entry: Entry) -> None:
        """Compares what we own, field by field."""
        if self._is_untouched(want, found, entry):
            self.file.out.unchanged += 1
            return
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
        waiting = entry.intent is not None and bool(entry.intent.waiting) and not self.file.options.retry_pending
        unseen = False
        overwrites = self.file.options.adopt == "overwrite" and entry.how == "ensured"
        for path, value in self.fields.managed(want, entry):
            verdict, mark = self.fields.verdict(want, entry, found, path, value)
            if path in want.taken_back:
                if (back := self._taken_back(want, entry, found, path, verdict)) is not None:
                    update.append(back)
                elif want.undoes and want.type.field(path).hidden:
                    fresh.fields[path] = entry.fields[path]  # it stays, and stays known as ours
                elif want.undoes and verdict == "same" and mark is not None:
                    fresh.fields[path] = mark
                continue
            if mark is not None:
                fresh.fields[path] = mark
            if verdict == "same":
                if not overwrites or not self._is_to_overwrite(want, entry, found, path, value):
                    continue
                verdict = "overwrite"
            if waiting and entry.intent is not None and path in entry.intent.sent:
                unseen = True
            if self._comes_back(want, entry, found, path):
                update.append(FieldChange(path, found.fields[path], value, "retired"))
                continue
            is_live = want.type.before(found, path, value)
            change = FieldChange(path, is_live, value, verdict)
            if self._is_theirs(want, entry, path, verdict):
                (kept.append if verdict == "drift" else theirs.append)(change)
                continue
            rule = self.file.drift.of(want.type, path, want.origins, entry.how)
            if rule == "once" and change.before is not None:
                continue
            if verdict in ("conflict", "interrupted", "takeover"):
                if self.file.options.forces(want.address):
                    change.reason = "forced"
                    update.append(change)
                elif verdict == "takeover" and self.file.options.adopt == "overwrite":
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
            self.file.pending(want, entry, found)
            return
        if theirs:
            self.file.leave(want, fresh, theirs)
        untold = False
        for change, repairs in self.fields.put_away(want, entry, found, fresh) if want.type.retiring else ():
            if waiting and entry.intent is not None and change.path in entry.intent.sent:
                self.file.pending(want, entry, found)
                return
            rule = self.file.drift.of(want.type, change.path, want.origins, entry.how)
            if rule != "once":
                (update if repairs and rule == "revert" else kept).append(change)
                untold = untold or not repairs
        retired_by = want.type.retired_by
        if retired_by not in want.values and self._comes_back(want, entry, found, retired_by):
            away = want.type.retiring[retired_by]
            update.append(
                FieldChange(retired_by, found.fields[retired_by], away.back if away.repairs else None, "retired")
            )
        if self._is_settled(want, found, entry, update, kept, conflicts):
            self.file.unchanged(want, fresh)
            return
        change_ = Change(want.address, want.type, "update", "", found.id, live_key=found.key, how=entry.how)
        self.file.renamed(want, found, change_, entry)
        if conflicts:
            names = ", ".join(c.path for c in conflicts)
            self.file.stop(
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

    def _is_untouched(self, want: Desired, found: Live, entry: Entry) -> bool:
        """Whether nobody changed anything since the last apply, as of nearly everything in nearly every plan.

        Only what says so at first sight: all else, also where the ledger alone has something to learn, is compared.
        """
        options = self.file.options
        if entry.intent is not None or entry.tombstone or want.taken_back or want.undoes:
            return False
        if options.adopt == "overwrite" or want.address in options.replace:
            return False
        if (entry.address, entry.id, entry.canon) != (want.address, found.id, want.type.canon):
            return False
        if self.file.is_renamed(want, found):
            return False
        return entry.follows(want) and self.fields.are_as_left(want, entry, found)

    @staticmethod
    def _comes_back(want: Desired, entry: Entry, found: Live, path: str) -> bool:
        """Whether a field took the object out of use by us, and it is wanted again."""
        type = want.type
        if not entry.tombstone or path != type.retired_by or not is_retired(type, found):
            return False
        return not type.retiring[path].retires(type.field(path).canonical(want.values.get(path)))

    def _taken_back(self, want: Desired, entry: Entry, found: Live, path: str, verdict: str) -> FieldChange | None:
        """The change that leaves a field as it was before a later manifest gave it a value; None where it stays."""
        value = want.values[path]
        is_nothing = want.type.shown(found, path, None) is None or verdict == "same"
        if is_nothing and not want.type.field(path).hidden:
            return None
        forced = self.file.options.forces(want.address)
        why = self._why_it_stays(want, entry, path, verdict, forced=forced)
        if why:
            self.file.out.diagnostics.append(
                Diagnostic(
                    "info",
                    "ref.field_left",
                    f"{want.address} goes back, and its {path}, which came later, stays as it is: {why}",
                    "Give it its value in the system, or in a commit of its own.",
                    source=place_of(want),
                    address=want.address,
                )
            )
            return None
        reason = "taken_back" if verdict == "manifest_changed" else "forced"
        return FieldChange(path, want.type.before(found, path, value), value, reason)

    def _why_it_stays(self, want: Desired, entry: Entry, path: str, verdict: str, *, forced: bool) -> str:
        rule, mark = want.type.field(path), entry.fields.get(path)
        if rule.hidden:
            return "the system does not show what it holds"
        if rule.has(Immutable):
            return "the system cannot change it"
        if one_way := rule.get(OneWay):
            return one_way.why
        if path in want.requires | want.type.needed_for_create:
            return "the system wants a value of it"
        if mark is None or mark.over:
            return "it held something before us, and what that was is not known"
        once = self.file.drift.of(want.type, path, want.origins, entry.how) == "once"
        if once or (verdict != "manifest_changed" and not forced):
            return "it is the people's" if once else "people changed it since"
        return ""

    def _is_settled(self, want: Desired, found: Live, entry: Entry, *differing: list[FieldChange]) -> bool:
        """Whether there is nothing to do and nothing to tell, as of nearly everything in nearly every plan."""
        if any(differing) or entry.address != want.address or want.address in self.file.options.replace:
            return False
        return not self.file.is_renamed(want, found)

    def _is_to_overwrite(self, want: Desired, entry: Entry, found: Live, path: str, value: Any) -> bool:
        """Whether a field that was left as it was before us is to be written after all."""
        mark = entry.fields.get(path)
        if mark is None or mark.ours:
            return False
        rule = want.type.field(path)
        wanted = rule.canonical(value)
        return not rule.has(Members) and wanted != want.type.shown(found, path, wanted)

    def _is_theirs(self, want: Desired, entry: Entry, path: str, verdict: str) -> bool:
        """Whether a field of something that only has to be there held another value before us, and holds one still."""
        if entry.how != "ensured" or want.type.field(path).has(Members):
            return False
        if self.file.options.adopt == "overwrite" or self.file.options.forces(want.address):
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
        fixed = [c for c in update if (fix := want.type.field(c.path).get(Immutable)) and fix.fixes(c.before, c.after)]
        replaced = want.address in self.file.options.replace
        lost = [c for c in kept if (away := want.type.retiring.get(c.path)) is None or not away.final]
        if replaced and want.type.deletes == "hard" and lost:
            names = ", ".join(c.path for c in lost)
            self.file.stop(want, "conflict", "drift", f"not replaced: people changed {names}", found, lost)
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
            self.file.add(want, change)
            return
        if fixed:
            rule = want.type.field(fixed[0].path).get(Immutable)
            self.file.stop(
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
            self.file.add(want, change)
            if kept:
                self.file.out.changes.append(self.file.drifted(want, found, kept, why_kept))
        elif kept or change.reason == "renamed":
            self.file.note(want, fresh)
            self.file.add(want, self.file.drifted(want, found, kept, why_kept, change.reason or "drift"))
        elif entry.address != want.address and self.file.identity.is_stray(want):
            change.action, change.reason = "adopt", "matches"
            self.file.add(want, change)
        else:
            self.file.unchanged(want, fresh)
