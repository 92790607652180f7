"""One field at a time: base (ledger), live and desired, three ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from reconciler.diff.change import FieldChange, Options
from reconciler.ledger import Entry, Ledger, Mark
from reconciler.resources import type_of
from reconciler.resources.alike import known_of
from reconciler.resources.base import Desired, Resource
from reconciler.resources.keys import field_of
from reconciler.resources.objects import Live
from reconciler.resources.prose import exact, reads_as
from reconciler.resources.rules import Default, Field, Filled, Members, Retires, Secret


def is_retired(type: Resource, found: Live) -> bool:
    """Whether an object is out of use by the field that retires those of its type."""
    return bool(type.retired_by) and type.retiring[type.retired_by].retires(found.fields.get(type.retired_by))


class Fields:
    """Judges fields against what the ledger remembers of them."""

    def __init__(self, ledger: Ledger, options: Options) -> None:
        self.ledger, self.options = ledger, options

    def managed(self, want: Desired, entry: Entry) -> Iterable[tuple[str, Any]]:
        """The paths to judge: what the manifests mention, and members of ours that they no longer mention."""
        yield from comparable(want)
        if want.members:
            for path in entry.fields:
                if path not in want.values and field_of(path) in want.members:
                    yield path, False

    def are_as_left(self, want: Desired, entry: Entry, found: Live) -> bool:
        """Whether each field is plainly as it was sent and seen, and no other one is known or puts the object away."""
        type, marks, live, digest = want.type, entry.fields, found.fields, self.ledger.digest
        seen = 0
        for path, value in want.values.items():
            rule = type.field(path)
            if not rule.compared:
                continue
            mark, is_live = marks.get(path), live.get(path)
            if mark is None or mark.sent != mark.seen or rule.hidden or (value is False and rule.spreads):
                return False
            if value.__class__ is not str or is_live.__class__ is not str or value != is_live:
                wanted = rule.canonical(value)  # the live text is in its canonical form, and so is one that is equal
                if not wanted == is_live == exact(wanted):
                    return False
            if digest(is_live) != mark.seen:
                return False
            seen += 1
        return seen == len(marks) and not any(_stands_out(type, path, rule, live) for path, rule in watched(want))

    def verdict(self, want: Desired, entry: Entry, found: Live, path: str, value: Any) -> tuple[str, Mark | None]:
        """The verdict of one field: `same`, a reason to update, or what stands in the way; and its new mark."""
        rule = want.type.field(path)
        mark = known_of(want.type.alike, path, entry.fields)
        if rule.hidden:
            return self._unseen(want, entry, path, value)
        wanted, is_live = rule.canonical(value), found.fields.get(path)
        if is_live != wanted:
            is_live = want.type.shown(found, path, wanted)
        if value is False and (members := rule.get(Members)):
            return ("same", None) if members.grows else _member(is_live, mark)
        digest = self.ledger.digest
        live_digest = digest(is_live)
        if mark is not None and mark.sent == live_digest == mark.seen and wanted == is_live == exact(wanted):
            return "same", mark  # as nearly everything is in nearly every plan
        intent = entry.intent
        exactly = exact(wanted) == exact(is_live)
        said = live_digest if exactly and wanted == exact(wanted) else digest(exact(wanted))
        fits = reads_as(is_live, wanted) if mark is None else wanted == is_live
        if fits and (exactly or mark is None or mark.sent == said or mark.seen != live_digest):
            # Where the author changed the formatting alone, and nobody touched the live text, the new one is sent.
            ours = (
                mark.ours if mark is not None else (intent is not None and path in intent.sent) or not rule.has(Members)
            )
            over = mark.over if mark is not None else self._was_there(want, entry, found, path)
            return "same", Mark(said, live_digest, ours, over)
        live_digests = {digest(meaning) for meaning in want.type.meanings(found, path)}
        sent = mark.sent if mark is not None else None
        base = {mark.seen} if mark is not None else set()
        if intent is not None and path in intent.sent:
            shows = intent.sent[path]
            if shows in live_digests and shows != intent.before.get(path):
                base.add(shows)
                sent = intent.said.get(path, shows)
            elif intent.before.get(path) in live_digests:
                if mark is None and intent.action in ("create", "replace"):
                    return "new", None  # created, but this step of the create had not happened yet
                if mark is None and is_live is None:
                    return "newly_managed", None  # the update that was to fill it was cut short
                if intent.was_ours.get(path) or intent.action in ("create", "replace"):
                    base.add(intent.before[path])
                    sent = sent or intent.before[path]
            elif intent.action in ("create", "replace") and not is_live:
                return "new", None  # created, but this step of the create had not happened yet
            elif mark is None and intent.action in ("create", "replace") and _is_filled_at_first(rule):
                return "new", None  # the system's own value, which this step was to replace
            elif live_digests.isdisjoint(base):
                return "interrupted", mark
        if not base:
            default = rule.get(Default)
            if is_live is None or (default is not None and rule.canonical(default.value) == is_live):
                return "newly_managed", mark
            return "takeover", mark
        unchanged_manifest = sent == said
        if not live_digests.isdisjoint(base):
            return ("same", mark) if unchanged_manifest and mark is not None else ("manifest_changed", mark)
        return ("drift", mark) if unchanged_manifest else ("conflict", mark)

    def _was_there(self, want: Desired, entry: Entry, found: Live, path: str) -> bool:
        """Whether a field that we did not know held something before us, which is not known any more."""
        if entry.intent is not None and path in entry.intent.sent:
            before = entry.intent.before.get(path)
            nothing = {self.ledger.digest(None), self.ledger.digest(_as_made(want.type, path))}
            return before is not None and before not in nothing
        return holds_something(want.type, found, path)

    def put_away(self, want: Desired, entry: Entry, found: Live, fresh: Entry) -> Iterable[tuple[FieldChange, bool]]:
        """Fields that no manifest mentions, and by which people took the object out of use since we saw it last.

        Each with whether it is known what brings the object back. A field is remembered only while it is not as
        new objects have it. What was put away before us stays so.
        """
        for path, rule in watched(want):
            if entry.tombstone and path == want.type.retired_by:
                continue  # we did that ourselves
            is_live, mark = found.fields.get(path), entry.fields.get(path)
            if mark is None and is_live == _as_made(want.type, path):
                continue
            begun = entry.intent is not None and entry.intent.action in ("create", "replace")
            last = mark.seen if mark is not None else self.ledger.digest(_as_made(want.type, path))
            if rule.retires(is_live) and self.ledger.digest(is_live) != last and not begun:
                if mark is not None:
                    fresh.fields[path] = mark
                was_in_use = mark is None or rule.retires(_as_made(want.type, path))
                repairs = rule.repairs and was_in_use
                yield FieldChange(path, is_live, rule.back if repairs else None, "drift"), repairs
            elif (seen := self.as_seen(want.type, path, found)) is not None:
                fresh.fields[path] = seen

    def as_seen(self, type: Resource, path: str, found: Live) -> Mark | None:
        """What to remember of a field that is only watched: nothing while it is as new objects have it."""
        is_live = found.fields.get(path)
        if is_live is None or is_live == _as_made(type, path):
            return None
        if not type.retiring[path].retires(is_live) and not type.retiring[path].retires(_as_made(type, path)):
            return None
        digest = self.ledger.digest(is_live)
        return Mark(digest, digest, ours=False)

    def _unseen(self, want: Desired, entry: Entry, path: str, value: Any) -> tuple[str, Mark | None]:
        """Secret and write-only fields: the system does not show them, so only what was sent counts."""
        mark = entry.fields.get(path)
        wanted = self.ledger.digest(token_of(want.type, path, value))
        if want.address in self.options.rotate and want.type.field(path).has(Secret):
            return "rotated", mark
        if mark is not None and mark.sent == wanted:
            return "same", mark
        if mark is None:
            return "newly_managed", mark  # also after a create whose end was not noted: it is sent once more
        return ("rotated" if want.type.field(path).has(Secret) else "manifest_changed"), mark

    def is_as_left(self, entry: Entry, path: str, mark: Mark, found: Live) -> bool:
        type = type_of(entry.address)
        if field_of(path) not in type.fields or type.field(path).hidden:
            return True
        intent = entry.intent
        left: set[str | None] = {mark.seen, mark.sent}
        if intent is not None:
            left |= {intent.sent.get(path), intent.before.get(path)}
        return any(self.ledger.digest(meaning) in left for meaning in type.meanings(found, path))


def holds_something(type: Resource, found: Live, path: str) -> bool:
    """Whether a live field holds what is no default, nor shown for what was never set."""
    return None not in type.meanings(found, path) and found.fields.get(path) is not None


def comparable(want: Desired) -> Iterable[tuple[str, Any]]:
    """The paths that a manifest mentions and that are compared with the live ones."""
    field = want.type.field
    for path, value in want.values.items():
        rule = field(path)
        if rule.compared:
            yield path, value


def watched(want: Desired) -> Iterable[tuple[str, Retires]]:
    """The fields that put an object away, as far as no manifest says how they shall be."""
    for path, rule in want.type.retiring.items():
        if path not in want.values:
            yield path, rule


@cache
def _is_filled_at_first(rule: Field) -> bool:
    """Whether a new object shows a value of the system's own until a later call of its create."""
    filled = rule.get(Filled)
    return filled is not None and filled.at_first


def _stands_out(type: Resource, path: str, rule: Retires, live: Mapping[str, Any]) -> bool:
    """Whether a field that nobody mentions is not as new objects have it, or is shown and puts the object away."""
    is_live = live.get(path)
    return bool(is_live != _as_made(type, path)) and (is_live is not None or rule.retires(None))


@cache
def _as_made(type: Resource, path: str) -> Any:
    """The canonical value that a new object has without being told."""
    default = type.field(path).get(Default)
    return type.field(path).canonical(default.value) if default is not None else None


def _member(is_live: Any, mark: Mark | None) -> tuple[str, Mark | None]:
    """A member of ours that the manifests no longer mention: taken back, unless it was there before us."""
    if is_live is None or mark is None or not mark.ours:
        return "same", None
    return "manifest_changed", mark


def token_of(type: Resource, path: str, value: Any) -> Any:
    """What stands for a wanted value in digests: what the author said; of a secret the version, never the secret."""
    if type.field(path).has(Secret):
        return {"version": str(getattr(value, "version", "1"))} if value is not None else None
    return exact(type.field(path).canonical(value))
