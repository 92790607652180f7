"""A copy of the manifests in which values are tried out, and what an expansion of it says then."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.accept.places import Guess
from reconciler.desired import Draft, Wishes
from reconciler.manifest.editing import with_entry, with_value
from reconciler.manifest.files import FOLDER
from reconciler.resources.base import Desired
from reconciler.systems.redact import SECRETS

Expand = Callable[[Path], tuple[Draft, Wishes] | None]
"""Loads the project in a folder and expands it; None when it is not sound."""
Spot = tuple[str, str]
"""An address and a path."""


@dataclass(slots=True)
class Outcome:
    """What became of guesses: the fields that changed, or why none of it counts."""

    changed: frozenset[Spot] = frozenset()
    why: str = ""


class Trial:
    """The copy in `folder`; `draft` and `wishes` are what it says now."""

    def __init__(self, root: Path, folder: Path, expand: Expand) -> None:
        self.root, self.folder, self._expand = root, folder, expand
        shutil.copytree(root / FOLDER, folder / FOLDER)
        self._first: dict[str, bytes] = {}
        made = expand(folder)
        if made is None:
            raise RuntimeError("manifests that a plan was made of are sound")
        self.draft, self.wishes = made

    def attempt(self, guesses: Iterable[Guess], goals: Mapping[Spot, Any], must: Set[Spot]) -> Outcome:
        """Writes the guesses, and takes them back unless each of `must` changes, and nothing else that is no goal.

        `goals` are fields with the canonical values that they may get.
        """
        before: dict[str, bytes] = {}
        for guess in guesses:
            name = guess.document.file
            content = self._read(name)
            before.setdefault(name, content)
            made = _edited(content, guess)
            if made is None:
                self._write(before)
                return Outcome(why="it cannot be written where the value stands")
            (self.folder / name).write_bytes(made)
        found = self._expand(self.folder)
        outcome = self._judged(found, goals, must)
        if outcome.why or found is None:
            self._write(before)
        else:
            self.draft, self.wishes = found
            for name, content in before.items():
                self._first.setdefault(name, content)
        return outcome

    def changed_files(self) -> dict[str, tuple[bytes, bytes]]:
        """The files that are another now, by name, as they were and as they are."""
        return {name: (content, self._read(name)) for name, content in self._first.items()}

    def _judged(self, found: tuple[Draft, Wishes] | None, goals: Mapping[Spot, Any], must: Set[Spot]) -> Outcome:
        if found is None:
            return Outcome(why="the manifests would no longer be valid")
        _, now = found
        old, new = self.wishes.known, now.known
        if now.held.keys() != self.wishes.held.keys():
            return Outcome(why="its document would be held back")
        if old.keys() != new.keys():
            other = sorted(old.keys() ^ new.keys())[0]
            return Outcome(why=f"the value is also a part of what {other} is called")
        changed = {(address, path) for address in old for path in _differences(old[address], new[address], goals)}
        for address, path in sorted(changed):
            if (address, path) not in goals:
                about = f"the {path} of {address}" if path else address
                return Outcome(frozenset(changed), f"the value also says {about}")
            if new[address].type.field(path).canonical(new[address].values.get(path)) != goals[address, path]:
                return Outcome(why="no value of the manifest makes it so")
        return Outcome(frozenset(changed), "" if must <= changed else "no value of the manifest says it")

    def _read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def _write(self, contents: Mapping[str, bytes]) -> None:
        for name, content in contents.items():
            (self.folder / name).write_bytes(content)


def _edited(content: bytes, guess: Guess) -> bytes | None:
    if isinstance(guess.value, str) and SECRETS.clean(guess.value) != guess.value:
        return None  # a secret of this run stands in it
    document, path = guess.document, ("spec", *guess.path)
    if guess.word:
        return with_entry(content, document.file, document.index, path, guess.word, guess.value)
    return with_value(content, document.file, document.index, path, guess.value)


def _differences(old: Desired, new: Desired, goals: Mapping[Spot, Any]) -> set[str]:
    """The paths that two wishes differ in; an empty path for what is no field."""
    found = {path for path in old.values.keys() | new.values.keys() if _value(old, path) != _value(new, path)}
    if (old.mode, old.on_remove, old.members, old.moved_from) != (new.mode, new.on_remove, new.members, new.moved_from):
        found.add("")
    is_goal = any(address == old.address for address, _ in goals)
    if not is_goal and (old.needs, old.labels, old.approvals) != (new.needs, new.labels, new.approvals):
        found.add("")
    return found


def _value(want: Desired, path: str) -> tuple[bool, Any]:
    return path in want.values, want.values.get(path)
