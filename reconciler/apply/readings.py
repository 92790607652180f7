"""Which readings of an apply serve twice: as a look at what was written, and as the fresh one of what follows."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from reconciler.apply.run import Run
from reconciler.diff import Change
from reconciler.live import LiveState, answers_of
from reconciler.resources.base import Resource

FRESH_FOR = 0.5
"""Seconds after its end for which a reading may still be called fresh before a write."""
FRESH_AT_MOST = 5.0
"""The same for a reading that took long: until it is as old as it took, as a new one would take as long again.

What a limit of the system kept it waiting comes on top: under a limit, reading again delays every write once more.
"""


def fresh_for(took: float, delayed: float) -> float:
    """Seconds after its end for which a reading counts as fresh that took so long, so much of it delayed by a limit."""
    return min(max(FRESH_FOR, took - delayed), FRESH_AT_MOST) + delayed


class Readings:
    """The readings of an apply that are still fresh."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.following: Sequence[Change] = ()
        self.writers: Mapping[str, int] = {}
        self.recent: dict[str, tuple[float, frozenset[str], LiveState | None]] = {}
        """By type: until when a reading counts as fresh, of which changes it knows the objects, and the reading."""

    def begin(self, wave: Sequence[Change]) -> None:
        """Takes the plan's own reading as the fresh one of what it creates first: there is no object to merge with.

        Where the system takes a second one of the same key, only a second reading may say that there is none.
        """
        for type in {change.type for change in wave}:
            changes = [change for change in wave if change.type is type]
            if type.unique and all(change.action == "create" for change in changes):
                addresses = frozenset(change.address for change in changes)
                plan = self.run.plan
                until = plan.read_at + plan.took + fresh_for(plan.took, plan.delayed.get(type.system, 0.0))
                self.recent[type.full_name] = (until, addresses, plan.live)
        self.run.plan.live = None

    def fresh(self, type: Resource, group: Sequence[Change]) -> LiveState:
        """What the system has right now: a reading, or the one that the wave before ended with a moment ago."""
        until, known, state = self.recent.get(type.full_name, (0.0, frozenset(), None))
        if state is not None and time.monotonic() < until and known >= {c.address for c in group}:
            return state
        return self.run.read(group, keep_raw=True)

    def coming(self, type: Resource) -> list[Change]:
        """What the following wave writes and a reading back of the type can look at as well.

        That is the type's own, and what reads from the same answers, unless others write to these just now.
        """
        if self.writers.get(answers_of(type)) != 1:
            return [change for change in self.following if change.type is type]
        return [change for change in self.following if answers_of(change.type) == answers_of(type)]

    def keep(self, changes: Sequence[Change], state: LiveState, until: float) -> None:
        """Keeps a reading as the fresh one of the following wave."""
        known: dict[str, set[str]] = {}
        for change in changes:
            known.setdefault(change.type.full_name, set()).add(change.address)
        self.recent.update({name: (until, frozenset(addresses), state) for name, addresses in known.items()})
