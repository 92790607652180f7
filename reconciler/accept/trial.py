"""A copy of the manifests in which values are tried out, and what an expansion of it says then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.accept.places import Guess, Leaf, leaves
from reconciler.desired import Wishes
from reconciler.desired.wishes import Draft
from reconciler.errors import ManifestError
from reconciler.manifest.documents import Document
from reconciler.manifest.editing import with_entry, with_value
from reconciler.manifest.files import find_manifests
from reconciler.resources.base import Desired
from reconciler.systems.redact import SECRETS

Expand = Callable[[Path], tuple[Draft, Wishes]]
"""Loads the project in a folder and expands it; raises `ManifestError` where it is not sound."""
Spot = tuple[str, str]
"""An address and a path."""
NOT_SO = "no value of the manifest makes it so"
_NOT_SAID = "no value of the manifest says it"
NOTHING = (NOT_SO, _NOT_SAID)
"""Reasons that say nothing of what stands in the way."""


@dataclass(slots=True)
class Outcome:
    """What became of guesses: the fields that changed, or why none of it counts."""

    changed: frozenset[Spot] = frozenset()
    why: str = ""


class Trial:
    """The copy in `folder`; `draft` and `wishes` are what it says now."""

    def __init__(self, root: Path, folder: Path, expand: Expand) -> None:
        self.root, self.folder, self._expand = root, folder, expand
        for name, path in find_manifests(root).files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(path.read_bytes())
        self._first: dict[str, bytes] = {}
        self.draft, self.wishes = expand(folder)
        self._leaves: dict[int, list[Leaf]] = {}

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
        try:
            draft, wishes = self._expand(self.folder)
        except ManifestError as error:
            self._write(before)
            first = next(one for one in error.diagnostics if one.severity == "error")
            return Outcome(why=f"the manifests would not be valid: {first.summary}")
        outcome = self._judged(wishes, goals, must)
        if outcome.why:
            self._write(before)
        else:
            self.draft, self.wishes = draft, wishes
            self._leaves.clear()
            for name, content in before.items():
                self._first.setdefault(name, content)
        return outcome

    def leaves(self, document: Document) -> list[Leaf]:
        """The values of one of its documents, gathered once."""
        if id(document) not in self._leaves:
            self._leaves[id(document)] = list(leaves(document))
        return self._leaves[id(document)]

    def changed_files(self) -> dict[str, tuple[bytes, bytes]]:
        """The files that are another now, by name, as they were and as they are."""
        return {name: (content, self._read(name)) for name, content in self._first.items()}

    def _judged(self, now: Wishes, goals: Mapping[Spot, Any], must: Set[Spot]) -> Outcome:
        old, new = self.wishes.known, now.known
        both = old.keys() & new.keys()
        changed = frozenset((one, path) for one in both for path in _differences(old[one], new[one], goals))
        if now.held.keys() != self.wishes.held.keys():
            return Outcome(changed, "its document would be held back")
        if old.keys() != new.keys():
            other = min(old.keys() ^ new.keys())
            return Outcome(changed, f"the value also says whether there is {other}: write it by hand")
        for address, path in sorted(changed):
            if (address, path) not in goals:
                about = f"the {path} of {address}" if path else address
                return Outcome(
                    frozenset(changed), f"the value also says {about}, which an apply would change: write it by hand"
                )
            if new[address].type.field(path).canonical(new[address].values.get(path)) != goals[address, path]:
                return Outcome(changed, NOT_SO)
        return Outcome(changed, "" if must <= changed else _NOT_SAID)

    def _read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def _write(self, contents: Mapping[str, bytes]) -> None:
        for name, content in contents.items():
            (self.folder / name).write_bytes(content)


def _edited(content: bytes, guess: Guess) -> bytes | None:
    if isinstance(guess.value, str) and SECRETS.clean(guess.value) != guess.value:
        return None  # a secret of this run stands in it
    document = guess.document
    if guess.word:
        return with_entry(content, document.file, document.index, guess.path, guess.word, guess.value)
    return with_value(content, document.file, document.index, guess.path, guess.value)


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
