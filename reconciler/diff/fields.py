"""One field at a time: base (ledger), live and desired, three ways."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reconciler.diff.change import Options
from reconciler.ledger import Entry, Ledger, Mark
from reconciler.resources import type_of
from reconciler.resources.base import Desired, Live, Resource, field_of
from reconciler.resources.rules import CreateOnly, Default, Members, Secret, Verified, WriteOnly


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

    def verdict(self, want: Desired, entry: Entry, found: Live, path: str, value: Any) -> tuple[str, Mark | None]:
        """The verdict of one field: `same`, a reason to update, or what stands in the way; and its new mark."""
        rule = want.type.field(path)
        mark = entry.fields.get(path)
        intent = entry.intent
        if rule.has(Secret) or rule.has(WriteOnly):
            return self._unseen(want, entry, path, value)
        wanted = rule.canonical(value)
        is_live = want.type.shown(found, path, wanted)
        if value is False and rule.has(Members):
            return _member(is_live, mark)
        digest = self.ledger.digest
        if wanted == is_live:
            now = digest(wanted)
            ours = (
                mark.ours if mark is not None else (intent is not None and path in intent.sent) or not rule.has(Members)
            )
            if mark is not None and mark.sent == now and mark.seen == now:
                return "same", mark
            return "same", Mark(now, now, ours)
        live_digests = {digest(meaning) for meaning in want.type.meanings(found, path)}
        sent = mark.sent if mark is not None else None
        base = {mark.seen} if mark is not None else set()
        if intent is not None and path in intent.sent:
            if intent.sent[path] in live_digests:
                sent = intent.sent[path]
                base.add(sent)
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
            elif live_digests.isdisjoint(base):
                return "interrupted", mark
        if not base:
            default = rule.get(Default)
            if is_live is None or (default is not None and rule.canonical(default.value) == is_live):
                return "newly_managed", mark
            return "takeover", mark
        unchanged_manifest = sent == digest(wanted)
        if not live_digests.isdisjoint(base):
            return ("same", mark) if unchanged_manifest and mark is not None else ("manifest_changed", mark)
        return ("drift", mark) if unchanged_manifest else ("conflict", mark)

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
        if field_of(path) not in type.fields or type.field(path).has(Secret) or type.field(path).has(WriteOnly):
            return True
        intent = entry.intent
        left: set[str | None] = {mark.seen, mark.sent}
        if intent is not None:
            left |= {intent.sent.get(path), intent.before.get(path)}
        return any(self.ledger.digest(meaning) in left for meaning in type.meanings(found, path))


def comparable(want: Desired) -> Iterable[tuple[str, Any]]:
    """The paths that a manifest mentions and that are compared with the live ones."""
    field = want.type.field
    for path, value in want.values.items():
        rule = field(path)
        if not rule.has(CreateOnly) and not rule.has(Verified):
            yield path, value


def _member(is_live: Any, mark: Mark | None) -> tuple[str, Mark | None]:
    """A member of ours that the manifests no longer mention: taken back, unless it was there before us."""
    if is_live is None or mark is None or not mark.ours:
        return "same", None
    return "manifest_changed", mark


def token_of(type: Resource, path: str, value: Any) -> Any:
    """What stands for a value in digests: the version of a secret, never the secret."""
    if type.field(path).has(Secret):
        return {"version": str(getattr(value, "version", "1"))} if value is not None else None
    return type.field(path).canonical(value)
