"""Names in one plan: who takes the name of whom, in which order, and that nothing is wanted and removed at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from reconciler.diff.change import EXECUTABLE, Change, Differences
from reconciler.diff.identity import Identity, split
from reconciler.live import LiveState
from reconciler.resources.base import Desired, Resource
from reconciler.resources.keys import Address

_TAKES = frozenset({"create", "rename"})
_GOES = frozenset({"delete", "retire", "forget", "conflict"})
ASIDE = " (moving)"
"""What stands behind the name of an object for a moment, while others take over its name."""

Spot = tuple[str, str]


class Names:
    """The names that the changes of a plan take and free."""

    def __init__(self, out: Differences, identity: Identity, live: LiveState) -> None:
        self.out, self.identity, self.live = out, identity, live

    def refuse_taken(self) -> Iterable[Change]:
        """Refuses changes whose new name belongs to an object that keeps it; gives those that were refused."""
        freed = self._freed()
        for change in self._takers():
            spot = self._spot(change)
            holder = self.live.of(change.type).by_key.get(spot[1])
            if holder is None or holder.id == change.id or spot in freed:
                continue
            change.action, change.reason = "conflict", "taken"
            change.message = (
                f"cannot be called {change.key}: another object has this name (id {holder.id}); rename that one, "
                "or give this one another name"
            )
            yield change

    def order(self) -> None:
        """Lets renames that free a name come before what takes it; where names are exchanged, one steps aside."""
        freed = self._freed()
        holders = {change.address: freed[spot] for change in self._takers() if (spot := self._spot(change)) in freed}
        for address, holder in holders.items():
            if holder.address == address:
                continue
            change = self.out.by_address[address]
            change.after = (holder.address,)
            if holder.action not in EXECUTABLE:
                change.action, change.reason = "blocked", "waits"
                change.message = f"waits for {holder.address}, which has its name"
            elif holder.level > change.level or _leads_back(holder.address, holders):
                holder.aside = holder.aside or self._free(holder)

    def aim(self) -> None:
        """Tells creates and renames the key that they live under then, where what stands above is called otherwise."""
        if not self.identity.drifted:
            return
        renamed = {change.address for change in self.out.changes if change.action in _TAKES}
        after = _after(self.identity, renamed)
        for change in self.out.changes:
            if change.action in _TAKES and (target := change.type.follow(change.key, after)) != change.key:
                change.target = target

    def _takers(self) -> list[Change]:
        return [c for c in self.out.changes if c.action in _TAKES and c.type.unique and not c.type.hosted]

    def _freed(self) -> dict[Spot, Change]:
        """The changes that give up a name, by it."""
        renames = [c for c in self.out.changes if c.action == "rename" or (c.action == "blocked" and c.live_key)]
        return {(c.type.full_name, c.type.fold(c.live_key)): c for c in renames}

    def _spot(self, change: Change) -> Spot:
        return change.type.full_name, change.type.fold(self.identity.expected(change.type, change.key))

    def _free(self, change: Change) -> str:
        """A name for a moment that nothing has."""
        held, name = self.live.of(change.type).by_key, change.live_key + ASIDE
        while change.type.fold(name) in held:
            name += ASIDE
        return name


def _leads_back(start: str, holders: Mapping[str, Change]) -> bool:
    """Whether names are exchanged in a ring, of which this change is the first by address."""
    ring, step = [start], holders.get(start)
    while step is not None and step.address not in ring:
        ring.append(step.address)
        step = holders.get(step.address)
    return step is not None and step.address == start and start == min(ring)


def _after(identity: Identity, renamed: set[str]) -> Callable[[str], str]:
    """The keys that things live under once the changes are made."""

    def key_of(address: str) -> str:
        called = identity.called_itself(address)
        type, key = split(address)
        if type is None:
            return key
        if called is None or address in renamed:
            return type.follow(key, key_of)
        parent = type.parent_key(key)
        return called if parent is None else type.join(key_of(type.address(parent)), type.own_name(called))

    return key_of


def refuse_contradictions(out: Differences, desired: Mapping[str, Desired], identity: Identity) -> None:
    """No live object is wanted and removed in one plan: should a type not say what its keys repeat, it is kept.

    A removal is judged by what its object will be once this plan is carried out: an assignment of a term that is
    renamed now is the one that the manifests want under the new name.
    """
    if not out.orphans and not any(change.action in _GOES for change in out.changes):
        return
    wanted = {(Address.of(address).type, id): address for address, id in out.ids.items() if id}
    for filed in (out.changes, out.orphans):
        for change in list(filed):
            if change.action not in _GOES or (change.address in desired and filed is out.changes):
                continue
            twin = wanted.get((change.type.full_name, change.id)) if change.id else None
            twin = twin or _meant(change, desired, identity, out)
            if twin is None:
                continue
            change.action, change.reason = "conflict", "wanted"
            change.message = f"not removed: it is what the manifests want as {twin}"
            change.fields, change.snapshot = [], None
            if filed is out.orphans:
                out.orphans.remove(change)
                out.changes.append(change)


def _meant(change: Change, desired: Mapping[str, Desired], identity: Identity, out: Differences) -> str | None:
    type: Resource = change.type
    meant = type.address(type.follow(change.live_key or change.key, identity.meant))
    if meant not in desired or meant == change.address:
        return None
    return meant if out.ids.get(meant, change.id) == change.id else None
