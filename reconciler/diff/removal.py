"""What no manifest wants any more: forgotten, removed, or left where people have changed it."""

from __future__ import annotations

from reconciler.diff.change import Change, Differences, FieldChange, Options, Unwanted
from reconciler.diff.fields import Fields
from reconciler.ledger import Entry, Ledger
from reconciler.live import LiveState
from reconciler.resources import type_of
from reconciler.resources.base import Live, Origin, Resource


class Removal:
    """Judges the ledger's entries without a wish; `claimed` are live objects that a manifest wants otherwise."""

    def __init__(
        self,
        ledger: Ledger,
        live: LiveState,
        options: Options,
        unwanted: Unwanted,
        claimed: set[tuple[str, str]],
        out: Differences,
    ) -> None:
        self.ledger, self.live, self.options, self.claimed, self.out = ledger, live, options, claimed, out
        self.unwanted = unwanted
        self.fields = Fields(ledger, options)

    def judge(self, entry: Entry) -> None:
        """Files the verdict on one entry."""
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
        if not self.unwanted.held.isdisjoint(entry.origins):
            change.action, change.reason = "blocked", "unknown"
            change.message = "stays as it is: what its document needs to know could not be read"
            self.out.changes.append(change)
            return
        if readout.failure is not None:
            change.action, change.message = "blocked", f"could not be read: {readout.failure.summary}"
            self.out.changes.append(change)
            return
        found = readout.by_id.get(entry.id) if entry.id else readout.by_key.get(type.fold(key))
        if found is None:
            if entry.tombstone or self._goes(entry) or entry.intent is not None:
                self.out.notes[entry.address] = None
            else:
                self.out.changes.append(change)
            return
        if entry.tombstone:
            return
        if self._waits(entry, type, found):
            change.action, change.reason = "pending", "pending"
            change.message = entry.intent.waiting if entry.intent is not None else ""
            self.out.changes.append(change)
            return
        if (type.full_name, found.id) in self.claimed:
            self.out.notes[entry.address] = None
            return
        self._remove(entry, type, found, change)

    def _remove(self, entry: Entry, type: Resource, found: Live, change: Change) -> None:
        drifted = [path for path, mark in entry.fields.items() if not self.fields.is_as_left(entry, path, mark, found)]
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
            held = sorted((path, value) for path, value in found.fields.items() if path not in found.unset)
            change.fields = [FieldChange(path, value, None, "removed") for path, value in held]
        if change.action in ("delete", "retire") and (drifted or strangers):
            what = (
                f"people changed {', '.join(drifted)}" if drifted else f"others hang on it: {', '.join(strangers[:5])}"
            )
            change.action, change.reason, change.message = "conflict", "removed", f"not removed: {what}"
            if drifted and not strangers and self.options.forces(entry.address):
                change.action, change.reason, change.message = "delete", "forced", ""
        if entry.address in self.unwanted.superseded:
            _because_superseded(change)
        goes = self._goes(entry) and (change.action != "conflict" or self.options.prune)
        (self.out.changes if goes else self.out.orphans).append(change)

    def _waits(self, entry: Entry, type: Resource, found: Live) -> bool:
        """Whether its removal was sent before, and the system has not carried it out yet."""
        if entry.intent is None or not entry.intent.waiting or self.options.retry_pending:
            return False
        if entry.intent.action == "retire":
            return not found.fields.get(type.retired_by)
        return entry.intent.action == "delete"

    def _goes(self, entry: Entry) -> bool:
        """Whether what nobody wants is removed in this plan: when asked to, and stand-ins always."""
        if self.unwanted.held:
            return False
        return self.options.prune or entry.address in self.unwanted.superseded


def _because_superseded(change: Change) -> None:
    if change.action == "delete":
        change.reason = "superseded"
        for item in change.fields:
            item.reason = "superseded"


def _origins(entry: Entry) -> tuple[Origin, ...]:
    pairs = (origin.partition("/") for origin in entry.origins)
    return tuple(Origin(kind, name, "", 0) for kind, _, name in pairs)
