"""One environment with a ledger file, on a sandbox in this process."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

from reconciler.systems.redact import SECRETS

from ..support import Project
from . import story
from .beginnings import EACH
from .direct import HERE, Doors, ask
from .estate import Estate
from .people import Key, keys_of

GUARDS = "guards: {deletes_percent: 100, deletes_most: 100000, deletes_all: 100000, updates_percent: 100}"


class Alone(Project):
    """Manifests, a ledger and a sandbox; an apply may remove as much as it wants."""

    def __init__(self, doors: Doors, root: Path) -> None:
        super().__init__(root, HERE)
        self.doors = doors
        self.env["GITHUB_ACTOR"] = "ada"
        self.ledger = root / ".reconciler" / "ledger" / "sandbox.jsonl"
        self.edit("environments/sandbox.yaml", "allow_disruptive: true", f"allow_disruptive: true, {GUARDS}")

    def http(self, method: str, path: str, json: Any = None, **more: Any) -> Any:
        """A plain call, as a person's portal would make it."""
        return ask(self.doors.sandboxes[HERE], method, path, json)


class Beginnings:
    """Estates that were applied; each dozen of numbers shares one, and goes on with luck of its own."""

    def __init__(self, doors: Doors, root: Path) -> None:
        self.doors, self.root = doors, root
        self._of = -1
        self.theirs: frozenset[Key] = frozenset()
        """What was there before."""
        self._known = SECRETS.known()

    def at(self, number: int) -> tuple[Alone, Estate, random.Random]:
        """The project and its estate, and the luck of a history."""
        SECRETS.forget_since(self._known)
        first = number // EACH * EACH
        if first != self._of:
            self._begin(first)
        self.doors.bring_back(self._docs)
        self._made.ledger.write_bytes(self._ledger)
        estate = copy.deepcopy(self._estate)
        story.write(self._made, estate)
        return self._made, estate, random.Random(number)

    def _begin(self, first: int) -> None:
        self.doors.sandboxes[HERE].reset()
        self._made, self._estate = Alone(self.doors, self.root / str(first)), Estate()
        story.fill(self._estate, random.Random(first))
        story.scan(self._made, self._estate, Estate())
        story.write(self._made, self._estate)
        self.theirs = frozenset(keys_of(self._made.http("GET", "/_sandbox/state")))
        self._made.apply()
        self._of, self._docs = first, self.doors.keep()
        self._ledger = self._made.ledger.read_bytes()
