"""Fields that were first mentioned after the revision: wished to be without a value, as they were.

The ledger tells which these are: it keeps the marks of what the manifests mention that were applied last. What a
rename of a vocabulary key left on the key of before, obsolete and mapped, came with the rename and goes with it.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace

from reconciler.desired import Wishes
from reconciler.diff.identity import Identity, split
from reconciler.ledger import Entry, Ledger
from reconciler.live import LiveState
from reconciler.resources.base import Desired, Resource
from reconciler.resources.keys import Address, field_of
from reconciler.resources.rules import Default, Members
from reconciler.rollback.history import History


class _Everything:
    def __contains__(self, path: object) -> bool:
        return True


_EVERYTHING = _Everything()


@dataclass(slots=True)
class Later:
    """What came after a revision, by a ledger that was written for another commit."""

    history: History
    commit: str
    """The revision."""
    ledger: Ledger
    applied: str
    """The commit that was applied last."""

    def taken_back(self, wishes: Wishes) -> Wishes:
        """The wishes of the revision, with the fields that came later taken back."""
        identity = Identity(wishes.resources, self.ledger, LiveState({}))
        resources = dict(wishes.resources)
        for want in sorted(resources.values(), key=lambda one: wishes.levels.get(one.address, 0)):
            entry = identity.entry(want)
            if entry is not None and want.mode != "refer" and entry.how != "referred":
                resources[want.address] = self._without(want, entry)
        return self._undone(replace(wishes, resources=resources), identity)

    def _undone(self, wishes: Wishes, identity: Identity) -> Wishes:
        """The wishes with those that undo settings of what stays: the system can take them back and not delete them.

        What undid them stays known as ours, so that a later manifest may give them again.
        """
        resources, levels = dict(wishes.resources), dict(wishes.levels)
        for address, entry in self.ledger.entries.items():
            type, _ = split(address)
            if (
                type is None
                or not type.undone_by
                or address in identity.taken
                or entry.how not in ("created", "adopted")
            ):
                continue
            want = self._undoing(entry, type, identity, wishes.resources)
            if want is not None:
                resources[want.address] = want
                levels[want.address] = 1 + max((levels.get(need, 0) for need in want.needs), default=0)
        return replace(wishes, resources=resources, levels=levels)

    def _undoing(
        self, entry: Entry, type: Resource, identity: Identity, wanted: Mapping[str, Desired]
    ) -> Desired | None:
        """The wish that undoes what an entry is about, which may have no host; None where its host goes, or says the
        same itself."""
        key = identity.now(entry.address)
        above = _hosts(type, key)
        near = [*above, *(f"{need.partition(':')[0]}:{identity.now(need)}" for need in entry.depends_on)]
        hosts = [wanted[address] for address in dict.fromkeys(near) if address in wanted]
        if type.address(key) in wanted or not wanted.keys() >= set(above):
            return None
        known = self._known(entry)
        values = {
            path: type.undone_by[path]
            for path, mark in entry.fields.items()
            if mark.ours and path in type.undone_by and path not in known
            if not any(path in host.values for host in hosts)
        }
        if not values:
            return None
        origins, needs = hosts[0].origins if hosts else (), tuple(host.address for host in hosts)
        back = frozenset(values)
        return Desired(type, key, values, origins, needs, on_remove="forget", taken_back=back, undoes=True)

    def _without(self, want: Desired, entry: Entry) -> Desired:
        """A wish that takes back the fields which an entry has a mark of ours of, and the manifest does not mention."""
        given = [
            path
            for path, mark in entry.fields.items()
            if mark.ours and path not in want.values and field_of(path) in want.type.fields
            if want.type.alike.get(path) not in want.values
        ]
        if not given:
            return want
        known = self._known(entry)
        plain = [path for path in given if path not in known and want.type.field(path).compared]
        sets = {field_of(path) for path in plain if want.type.field(path).has(Members)}
        sets -= {field_of(path) for path in given if path in known}
        back = frozenset(path for path in plain if not want.type.field(path).has(Members))
        values = want.values | {path: _nothing(want, path) for path in plain if path in back}
        return replace(want, values=values, members=want.members | sets, taken_back=back)

    def _known(self, entry: Entry) -> Container[str]:
        """The fields that were mentioned when the history of an entry's commit left that of the revision.

        What an older commit mentioned and the revision does not was given up by then, and stays as it is. An entry of
        the revision itself is one that a rollback did not bring to its end.
        """
        commit = entry.commit or self.applied
        if commit == self.commit:
            return ()
        parting = self.history.parting(self.commit, commit)
        if parting == self.commit:
            return ()
        if parting in ("", commit):
            return _EVERYTHING
        then = self.history.offline(parting)
        if not then.ok:
            return _EVERYTHING
        names = {later: first for first, later in self.history.names(parting, commit).items()}
        want = then.resources.get(names.get(entry.address, entry.address))
        return want.values if want is not None else ()


def _nothing(want: Desired, path: str) -> object:
    """What an author writes for a field to be as it is where nothing was set."""
    default = want.type.field(path).get(Default)
    return default.value if default is not None else None


def _hosts(type: Resource, key: str) -> list[str]:
    """The addresses of what something is called as."""
    named: list[str] = []

    def to(address: str) -> str:
        named.append(address)
        return Address.of(address).key

    type.follow(key, to)
    return named
