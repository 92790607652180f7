"""How a verdict on a resource becomes a change of the plan, or something that the ledger learns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from reconciler.diff.change import Change, Differences, FieldChange, Options
from reconciler.diff.identity import Identity
from reconciler.errors import Diagnostic, Source
from reconciler.ledger import Entry, Ledger, Mark
from reconciler.live import LiveState
from reconciler.resources.base import Desired, Resource
from reconciler.resources.objects import Live, Origin
from reconciler.resources.prose import exact
from reconciler.resources.rules import Disruptive, Secret
from reconciler.saved.words import Action

if TYPE_CHECKING:
    from reconciler.environment.policy import OnDrift


class Drift(Protocol):
    """What is to be done about changes by others (`environment.policy`)."""

    def of(self, type: Resource, path: str, origins: Iterable[Origin], how: str) -> OnDrift:
        """The rule for one field of one resource; an empty path is the resource as a whole."""


def shorten(value: Any, most: int = 60) -> str:
    """A value in a sentence."""
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


class Filing:
    """What a comparison has found so far."""

    def __init__(
        self,
        identity: Identity,
        ledger: Ledger,
        live: LiveState,
        options: Options,
        drift: Drift,
        levels: Mapping[str, int],
    ) -> None:
        self.identity, self.ledger, self.live = identity, ledger, live
        self.options, self.drift, self.levels = options, drift, levels
        self.out = Differences()
        self.stopped: dict[str, str] = {}
        """Addresses that will not be there for those that need them, with the reason."""

    def add(self, want: Desired, change: Change) -> None:
        """Files a change with all that the wish says of it."""
        change.origins, change.depends_on = want.origins, want.needs
        change.labels, change.level = want.labels, self.levels.get(want.address, 0)
        change.approvals = want.approvals
        change.named = want.named
        for item in change.fields if want.strength else ():
            item.strength = want.strength.get(item.path, item.strength)
        if change.action in ("update", "adopt", "replace"):
            change.disruptive = self._disruption(want, change)
        if change.action in ("create", "replace") and want.type.starts:
            change.disruptive = (*change.disruptive, want.type.starts)
        self.out.changes.append(change)

    def stop(
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
        self.add(want, change)

    def note(self, want: Desired, fresh: Entry) -> None:
        """Lets the ledger learn what needs no request, when there is anything to learn."""
        fresh.follow(want)
        if self.ledger.get(want.address) != fresh:
            self.out.notes[want.address] = fresh

    def unchanged(self, want: Desired, fresh: Entry) -> None:
        """Files what is as it shall be."""
        self.note(want, fresh)
        self.out.unchanged += 1

    def pending(self, want: Desired, entry: Entry, found: Live | None) -> None:
        """Files what was sent and waits for somebody's approval."""
        why = entry.intent.waiting if entry.intent is not None else ""
        self.stop(want, "pending", "pending", why or "was sent and is not visible yet", found)

    def drifted(
        self, want: Desired, found: Live, kept: list[FieldChange], message: str, reason: str = "drift"
    ) -> Change:
        """The change that tells of what people changed and what stays as they left it."""
        if reason == "renamed":
            message = f"lives as {found.key}; {message if want.type.can_rename else 'no call of the system renames it'}"
        return Change(
            want.address, want.type, "drift", reason, found.id, kept, want.origins, live_key=found.key, message=message
        )

    def is_renamed(self, want: Desired, found: Live) -> bool:
        """Whether the object itself lives under another name than the manifests give it."""
        type, expected = want.type, self.identity.expected(want.type, want.key)
        return not type.hosted and found.key != expected and type.fold(found.key) != type.fold(expected)

    def renamed(self, want: Desired, found: Live, change: Change, entry: Entry | None = None) -> None:
        """Marks the change as a rename when the object lives under another name than the manifests give it."""
        if not self.is_renamed(want, found):
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

    def leave(self, want: Desired, fresh: Entry, other: list[FieldChange]) -> None:
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
                    source=place_of(want),
                    address=want.address,
                )
            )


def place_of(want: Desired) -> Source | None:
    """Where a manifest wants it."""
    return want.origins[0].source if want.origins and want.origins[0].file else None
