"""What is replaced takes its parts with it: they are removed and made again in the same plan, or it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from reconciler.diff.change import EXECUTABLE, Change, Differences, FieldChange
from reconciler.diff.parts import Parts, filled_by_people, named
from reconciler.ledger import Entry, Ledger
from reconciler.live import LiveState
from reconciler.resources import type_of
from reconciler.resources.base import Desired
from reconciler.resources.objects import Live, Part

WITH_HOST = "with_host"


class _Family:
    """What is replaced together, what only names one of them, and why it may not be."""

    def __init__(self) -> None:
        self.members: dict[str, Live] = {}
        self.takes: dict[str, list[str]] = {}
        self.rewritten: dict[str, set[str]] = {}
        self.problems: list[str] = []


class Replacement:
    """Widens each replace of a plan to its whole family."""

    def __init__(
        self,
        desired: Mapping[str, Desired],
        ledger: Ledger,
        live: LiveState,
        out: Differences,
        add: Callable[[Desired, Change], None],
    ) -> None:
        self.desired, self.live = desired, live
        self.out, self.add, self.parts = out, add, Parts(ledger, out.moves, live)
        self.changes: dict[str, Change] = {}
        self.hosted: dict[str, list[str]] = {}
        """By address: what is put on it, as far as the manifests tell."""

    def widen(self) -> None:
        """Takes up what goes with a replaced object, or refuses to replace it."""
        roots = [change for change in self.out.changes if change.action == "replace"]
        if not roots:
            return
        for want in self.desired.values():
            if want.type.hosted and self.parts.of(want.address) is not None:
                for need in want.needs:
                    if type_of(need).system == want.type.system:  # for what is elsewhere it only waits
                        self.hosted.setdefault(need, []).append(want.address)
        for change in self.out.changes:
            known = self.changes.get(change.address)
            if known is None or known.action in EXECUTABLE:
                self.changes[change.address] = change
        for root in roots:
            family = self._family(root)
            if family.problems:
                root.action, root.reason, root.snapshot = "conflict", "replaced", None
                root.message = f"not replaced: {'; '.join(family.problems)}"
                continue
            for address, found in family.members.items():
                self._replace(address, found, family.takes.get(address, []))
            for address, paths in family.rewritten.items():
                if address not in family.members:
                    self._rewrite(address, sorted(paths))

    # -- who belongs together ------------------------------------------------------------------------------

    def _family(self, root: Change) -> _Family:
        family = _Family()
        holder = self.live.of(root.type).by_key.get(root.type.fold(root.key))
        if holder is not None and root.id and holder.id != root.id:
            family.problems.append("another object has its new name so far; apply without --replace first")
        todo = [root.address]
        while todo:
            address = todo.pop()
            if address in family.members:
                continue
            found = self._live(address)
            if found is None:
                continue  # not there: it is made in any case
            family.members[address] = found
            if address != root.address:
                self._judge(address, family)
            want, entry = self.desired[address], self.parts.of(address)
            if entry is not None and (filled := filled_by_people(want.type, entry, found)):
                family.problems.append(f"{address} holds {', '.join(filled)}, which no manifest gave")
            taken = [*self._members(address, found, family), *self.hosted.get(address, ())]
            family.takes[address] = list(dict.fromkeys(taken))
            todo += taken
        return family

    def _members(self, address: str, found: Live, family: _Family) -> Iterable[str]:
        strangers: list[Part] = []
        for part in found.parts:
            entry = self.parts.entry(part)
            if entry is None:
                strangers.append(part)
            elif not part.id:
                continue
            elif not part.goes:
                self._left(part, entry, family)
            elif (want := self.desired.get(part_address := self.parts.address(entry))) is None:
                family.problems.append(f"{part_address} hangs on it, which no manifest wants: remove it first")
            elif want.mode != "own":
                family.problems.append(f"{part_address} hangs on it, which is not ours to make again")
            else:
                yield part_address
        if strangers:
            family.problems.append(f"others hang on {address}: {named(strangers)}")

    def _left(self, part: Part, entry: Entry, family: _Family) -> None:
        """What stays and names the object: it has to be told again, where the manifests say what it names."""
        address = self.parts.address(entry)
        want = self.desired.get(address)
        if want is None:
            return
        if not part.field or part.field not in want.values:
            family.problems.append(f"{address} uses it")
        else:
            family.rewritten.setdefault(address, set()).add(part.field)
            self._judge(address, family)

    def _judge(self, address: str, family: _Family) -> None:
        """A member that the plan may not write stops the whole family."""
        change = self.changes.get(address)
        if change is not None and change.action not in EXECUTABLE:
            family.problems.append(f"{address} goes with it: {change.message or change.reason}")

    def _live(self, address: str) -> Live | None:
        want = self.desired.get(address)
        id = self.out.ids.get(address)
        return self.live.of(want.type).by_id.get(id) if want is not None and id else None

    # -- what becomes of them ------------------------------------------------------------------------------

    def _replace(self, address: str, found: Live, takes: Iterable[str]) -> None:
        want, change = self.desired[address], self.changes.get(address)
        if change is None or change.action != "replace":
            if change is None:
                self.out.unchanged -= 1
            else:
                self.out.changes.remove(change)
            entry = self.parts.of(address)
            how = entry.how if entry is not None else "created"
            fields = [
                FieldChange(path, want.type.before(found, path, value), value, WITH_HOST)
                for path, value in want.values.items()
            ]
            change = Change(
                address, want.type, "replace", WITH_HOST, found.id, fields, live_key=found.key, how=how
            )  # fmt: skip
            self.changes[address] = change
            self.add(want, change)
        change.takes = tuple(dict.fromkeys((*change.takes, *takes)))
        change.snapshot = {"fields": found.fields, "parts": sorted(part.token for part in found.parts)}

    def _rewrite(self, address: str, paths: Iterable[str]) -> None:
        want, found = self.desired[address], self._live(address)
        change = self.changes.get(address)
        if found is None or (change is not None and change.action not in ("update", "adopt", "rename")):
            return
        if change is None:
            self.out.unchanged -= 1
            entry = self.parts.of(address)
            how = entry.how if entry is not None else "created"
            change = Change(address, want.type, "update", WITH_HOST, found.id, live_key=found.key, how=how)
            self.changes[address] = change
            self.add(want, change)
        for path in paths:
            change.fields = [item for item in change.fields if item.path != path]
            value = want.values[path]
            is_live = want.type.before(found, path, value)
            change.fields.append(FieldChange(path, is_live, value, WITH_HOST))
