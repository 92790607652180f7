"""A change as plain data, for those who tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.kinds.telling.names import NO_NAMES, Names

if TYPE_CHECKING:
    from reconciler.saved import plan as saved

SYSTEMS = {"cluedin": "CluedIn", "purview": "Purview"}


@dataclass(frozen=True, slots=True)
class Happening:
    """One change of a plan, with the names that are known when it is told of."""

    change: saved.Change
    names: Names = field(default=NO_NAMES)
    held_by: tuple[str, ...] = ()
    """What keeps the change from being done, in words: what hangs on the thing, or what it waits for."""

    @property
    def type(self) -> str:
        """`purview.term`."""
        return self.change["address"].partition(":")[0]

    @property
    def key(self) -> str:
        """The key that the manifests give the object, or gave it."""
        return self.change["address"].partition(":")[2]

    @property
    def system(self) -> str:
        """What people call the system."""
        word = self.type.partition(".")[0]
        return SYSTEMS.get(word, word)

    @property
    def action(self) -> str:
        """What an apply does about it, as a stable word."""
        return self.change["action"]

    @property
    def reason(self) -> str:
        """Why, as a stable word."""
        return self.change["reason"]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of what the change touches."""
        return tuple(self.change.get("approvals") or ())

    @property
    def carrying(self) -> str:
        """` with personal data (PII)`, of its labels; nothing of none."""
        return self.names.carrying(self.labels)

    def after(self, path: str) -> Any:
        """What the manifests want of a path, where it changes."""
        return next((one["after"] for one in self.change.get("fields") or () if one["path"] == path), None)

    @property
    def live_key(self) -> str:
        """The name under which the object lives, where it is another one; empty where nobody says."""
        told = self.change.get("live_key") or ""
        message = self.change.get("message") or ""
        if not told and message.startswith(_LIVES):
            told = message.removeprefix(_LIVES).partition("; ")[0]
        return told if told != self.key else ""

    @property
    def items(self) -> list[Mapping[str, Any]]:
        """What changes, one path at a time."""
        return [dict(one) for one in self.change.get("fields") or ()]


_LIVES = "lives as "
"""How the message of a change begins whose object has another name."""
