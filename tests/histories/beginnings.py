"""Histories by number: a dozen of them have one beginning, which is made once."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from reconciler.systems.redact import SECRETS

from .direct import Doors
from .two_environments import World

EACH = 12
"""So many histories have one beginning."""


class Beginnings:
    """Histories by number: each dozen of them has one beginning, and each goes on with luck of its own."""

    def __init__(self, doors: Doors, root: Path) -> None:
        self.doors, self.root = doors, root
        self._of = -1
        self._world: World | None = None
        self._kept: dict[str, Any] = {}

    def live(self, number: int, steps: int, *, in_git: bool = False) -> None:
        """One history."""
        known = SECRETS.known()
        world = self._in_git(number) if in_git else self._from_memory(number)
        world.tell(f"history {number}")
        world.live(steps)
        SECRETS.forget_since(known)

    def _in_git(self, number: int) -> World:
        """A beginning of its own: a repository is not brought back."""
        world = self._begun(number, in_git=True)
        world.chance = world.people.chance = random.Random(number)
        return world

    def _from_memory(self, number: int) -> World:
        if self._world is None or self._of != number // EACH:
            self._world = self._begun(number, in_git=False)
            self._of, self._kept = number // EACH, self._world.keep()
        self._world.again(self._kept, number)
        return self._world

    def _begun(self, number: int, *, in_git: bool) -> World:
        world = World(self.doors, self.root / f"{number}", number // EACH * EACH, in_git)
        world.begin()
        self._of = -1
        return world
