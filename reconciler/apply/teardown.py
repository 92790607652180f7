"""What is replaced is taken away with all that goes with it, before any of it is made again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence

from reconciler.apply.evidence import moved_since
from reconciler.apply.readings import Readings
from reconciler.apply.run import Run
from reconciler.apply.sending import Sender
from reconciler.diff import Change
from reconciler.resources.base import Resource
from reconciler.resources.objects import Live

LOOK = 0.2


class Teardown:
    """Removes families of replaced objects, what hangs on others first.

    A family goes as a whole or not at all: what people changed since the plan keeps all of it. Where the system
    refuses to remove one of them, those that it hangs on stay too, and those that went are made again.
    """

    def __init__(self, run: Run, sender: Sender, readings: Readings) -> None:
        self.run, self.sender, self.readings = run, sender, readings
        self.changes = {change.address: change for change in run.plan.executable if change.action == "replace"}
        self.done: set[str] = set()
        self.with_host: list[Change] = []
        """What the system removes with its host alone, as its state bars everything else."""

    def clear(self, roots: Iterable[Change]) -> None:
        """Takes away the families of some replaced objects, as far as that was not done yet."""
        family = self._family(root for root in roots if root.address not in self.done)
        if not family:
            return
        self.done.update(family)
        fresh = self.run.read(list(family.values()), keep_raw=True)
        found = {address: self.run.found(change, fresh) for address, change in family.items()}
        self._keep_moved(family, found)
        for wave in self._waves(family):
            self._remove(wave, found)
        self._end_with_hosts(family)
        for change in family.values():  # what was read before is no more
            self.readings.recent.pop(change.type.full_name, None)

    def _family(self, roots: Iterable[Change]) -> dict[str, Change]:
        family: dict[str, Change] = {}
        todo = list(roots)
        while todo:
            change = todo.pop()
            if change.address not in family and change.address not in self.run.outcomes:
                family[change.address] = change
                todo += [self.changes[part] for part in change.takes if part in self.changes]
        return family

    def _keep_moved(self, family: Mapping[str, Change], found: Mapping[str, Live | None]) -> None:
        """Ends what is not as it was planned on, and all that is replaced with it."""
        stale: dict[str, str] = {}
        for address, change in family.items():
            if why := moved_since(change, found[address], self.run.by_now(change.type, change.live_key)):
                stale[address] = why
        kin: dict[str, list[str]] = {address: list(change.takes) for address, change in family.items()}
        for address, change in family.items():
            for part in change.takes:
                kin.setdefault(part, []).append(address)
        for cause, why in list(stale.items()):
            todo = [cause]
            while todo:
                for other in kin[todo.pop()]:
                    if other in family and other not in stale:
                        stale[other] = f"goes with {cause}, which {why}"
                        todo.append(other)
        for address, why in stale.items():
            self.run.give_up(family[address], "stale", why)

    def _waves(self, family: Mapping[str, Change]) -> list[list[Change]]:
        by_level: dict[int, list[Change]] = {}
        for change in family.values():
            by_level.setdefault(change.level, []).append(change)
        return [by_level[level] for level in sorted(by_level, reverse=True)]

    def _remove(self, wave: Sequence[Change], found: Mapping[str, Live | None]) -> None:
        groups: dict[Resource, list[Change]] = {}
        for change in wave:
            if change.address in self.run.outcomes:
                continue
            held = next((part for part in change.takes if part in self.run.standing), None)
            if held is not None:
                self._stands(change)
                self.run.give_up(change, "failed", f"{held} hangs on it and could not be removed")
            elif change.type.fixed_with_host and (there := found[change.address]) is not None and there.fixed:
                self.with_host.append(change)
            elif change.type.deletes == "hard":
                groups.setdefault(change.type, []).append(change)
        for type, changes in groups.items():
            self._send(type, changes, found)
        for change in wave:
            if change.address not in self.run.standing and change.address not in self.run.outcomes:
                self.run.recorder.ids.pop(change.address, None)
                change.id = change.live_key = ""

    def _end_with_hosts(self, family: Mapping[str, Change]) -> None:
        """Of what goes with its host: it is gone where that is, and stays where that stays."""
        for change in self.with_host:
            host = next((one.address for one in family.values() if change.address in one.takes), "")
            if host in self.run.standing or host in self.run.outcomes:
                self._stands(change)
                self.run.give_up(change, "failed", f"{host}, with which it goes, could not be removed")
        self.with_host.clear()

    def _send(self, type: Resource, changes: list[Change], found: Mapping[str, Live | None]) -> None:
        self.sender.take_away(type, changes, found)
        for change in changes:
            if change.address in self.run.outcomes:
                self._stands(change)  # the system refused
        waiting = [change for change in changes if change.address not in self.run.outcomes]
        deadline = time.monotonic() + type.settle
        while waiting:
            state = self.run.read(waiting)
            waiting = [change for change in waiting if self.run.found(change, state) is not None]
            if not waiting or time.monotonic() > deadline:
                break
            self.run.pause(type, LOOK)
        for change in waiting:
            self._stands(change)
            self.sender.still_there(change)

    def _stands(self, change: Change) -> None:
        self.run.standing.add(change.address)
