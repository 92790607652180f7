"""Whose everything is that is there, told from the state of the sandboxes alone: who made a thing, owns it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .people import DERIVED, VOLATILE, Key, State

PEOPLE = "people"
TIMES = {"updatedAt", "modifiedAt", "modifiedBy"}


class Owners:
    """Remembers who made what, and notes when somebody changed or removed what is not theirs."""

    def __init__(self, state: Callable[[], State]) -> None:
        self._state = state
        self.last = dict(_objects(state()))
        self.of = dict.fromkeys(self.last, PEOPLE)
        self.wrong: list[str] = []

    def turn(self, who: str) -> set[Key]:
        """Everything that changed since the last turn, `who` did; returns what that was."""
        now = dict(_objects(self._state()))
        changed = {key for key in self.last.keys() | now.keys() if self.last.get(key) != now.get(key)}
        for key in sorted(changed):
            before, after = self.last.get(key), now.get(key)
            owner = self.of.setdefault(key, who)
            if who not in (PEOPLE, owner) and _plain(key, before) != _plain(key, after):
                self.wrong.append(f"{who} changed {'/'.join(key)} of {owner}: {_difference(before, after)}")
        self.last = now
        return changed

    def owned(self, *who: str) -> Iterator[tuple[Key, dict[str, Any]]]:
        """What is there of somebody."""
        return ((key, doc) for key, doc in self.last.items() if self.of[key] in who)


def _objects(state: State) -> Iterator[tuple[Key, dict[str, Any]]]:
    for system, kinds in state.items():
        for kind, docs in kinds.items():
            for id, doc in docs.items():
                if not _is_claim(kind, doc):
                    yield (system, kind, id), doc


def _is_claim(kind: str, doc: dict[str, Any]) -> bool:
    """An environment's mark that it is here, which belongs to no manifest; and the type of such marks."""
    name = doc.get("typeName" if kind == "entity" else "name") if kind in ("entity", "typedef") else None
    return "claim" in str(name).lower()


def _plain(key: Key, doc: dict[str, Any] | None) -> Any:
    hidden = (DERIVED if key[1] == "term" else VOLATILE) | TIMES
    return None if doc is None else {name: value for name, value in doc.items() if name not in hidden}


def _difference(before: dict[str, Any] | None, after: dict[str, Any] | None) -> str:
    if before is None or after is None:
        return f"{str(before)[:300]} -> {str(after)[:300]}"
    names = (name for name in {**before, **after} if before.get(name) != after.get(name))
    return ", ".join(f"{name}: {str(before.get(name))[:200]} -> {str(after.get(name))[:200]}" for name in names)
