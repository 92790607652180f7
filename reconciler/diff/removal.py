"""What no manifest wants any more: forgotten, removed, or left where people have changed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.diff.change import EXECUTABLE, Change, Differences, FieldChange, Options, Unwanted
from reconciler.diff.fields import Fields, is_retired
from reconciler.diff.parts import Parts, filled_by_people, named, words_of
from reconciler.ledger import Entry, Ledger
from reconciler.live import LiveState
from reconciler.resources import type_of
from reconciler.resources.base import Desired, Resource
from reconciler.resources.keys import Address
from reconciler.resources.objects import Live, Origin, Part

REMOVES = frozenset({"delete", "retire"})
STANDS = frozenset({"conflict", "blocked", "pending"})
_MOST_HOLDING = 20
"""So many of the things that hold one are kept as data."""


class Removal:
    """Judges the ledger's entries without a wish; `claimed` are live objects that a manifest wants otherwise.

    An object is judged with its parts: what is refused, or stays for another reason, keeps what it hangs on.
    """

    def __init__(
        self,
        ledger: Ledger,
        live: LiveState,
        options: Options,
        unwanted: Unwanted,
        desired: Mapping[str, Desired],
        claimed: set[tuple[str, str]],
        out: Differences,
    ) -> None:
        self.ledger, self.live, self.options, self.claimed, self.out = ledger, live, options, claimed, out
        self.unwanted, self.desired = unwanted, desired
        self.fields, self.parts = Fields(ledger, options), Parts(ledger, out.moves, live)
        self.judged: dict[str, Change] = {}
        self.found: dict[str, Live] = {}
        self.staying: dict[str, str] = {}
        """Addresses of what stays in the system, with the reason: nothing that it hangs on is removed."""
        self.planned: dict[str, list[str]] = {}
        """What the plan does to what is wanted."""

    def judge(self, entry: Entry) -> None:
        """Finds the verdict on one entry; it is filed by `finish`, once all are judged."""
        try:
            type = type_of(entry.address)
        except KeyError:
            return
        key = Address.of(entry.address).key
        readout = self.live.of(type)
        change = Change(
            entry.address, type, "forget", "removed", entry.id, how=entry.how, depends_on=tuple(entry.depends_on),
            origins=_origins(entry), live_key=key,
        )  # fmt: skip
        if self.unwanted.holds(entry):
            change.action, change.reason = "blocked", "held"
            change.message = "stays as it is: its document is held back"
            self.judged[entry.address] = change
            return
        if readout.failure is not None:
            change.action, change.message = "blocked", f"could not be read: {readout.failure.summary}"
            self.judged[entry.address] = change
            return
        found = readout.by_id.get(entry.id) if entry.id else readout.by_key.get(type.fold(key))
        if found is None:
            if self.unwanted.spares(entry.address):
                return
            if entry.tombstone or self._goes(entry.address) or entry.intent is not None:
                self.out.notes[entry.address] = None
            else:
                self.judged[entry.address] = change
            return
        if entry.tombstone:
            return
        if self._waits(entry, type, found):
            change.action, change.reason = "pending", "pending"
            change.message = entry.intent.waiting if entry.intent is not None else ""
            self.judged[entry.address] = change
            return
        if (type.full_name, found.id) in self.claimed:
            self.out.notes[entry.address] = None
            return
        self.judged[entry.address], self.found[entry.address] = change, found
        if self._goes(entry.address) and self.unwanted.spares(entry.address):
            change.action, change.reason = "blocked", "held"
            change.message = "stays as it is: a document that is held back may want it"
            return
        self._remove(entry, type, found, change)

    def finish(self) -> None:
        """Keeps the hosts of what stays, and files every verdict."""
        for address, found in self.found.items():
            if self._takes_parts(self.judged[address]):
                self.judged[address].takes = tuple(self._takes(found))
        self._keep_hosts()
        self._keep_what_is_known_of_them()
        going = self._going()
        for address, change in self.judged.items():
            if address in self.unwanted.superseded:
                _because_superseded(change)
            shown = address not in self.found or address in going
            if change.action == "conflict":
                change.fields = []  # nothing is written, and its message says what people changed
                change.message += _way_out(change) if shown else ""
            (self.out.changes if shown else self.out.orphans).append(change)

    # -- one entry -----------------------------------------------------------------------------------------

    def _remove(self, entry: Entry, type: Resource, found: Live, change: Change) -> None:
        drifted = [path for path, mark in entry.fields.items() if not self.fields.is_as_left(entry, path, mark, found)]
        if self._renamed(entry, type, found):
            drifted.insert(0, f"its name (it is {found.key} now)")
        change.live_key, change.id = found.key, found.id
        is_ours = entry.how == "created" or (type.always_there and entry.on_remove == "retire")
        if not is_ours or entry.on_remove == "forget" or type.deletes == "none":
            change.message = "stays in the system; only the ledger forgets it"
            if not is_ours or type.deletes != "none":
                self.staying[entry.address] = "it stays in the system"
            elif drifted:
                self.staying[entry.address] = f"people changed {', '.join(drifted)}"
            return
        if entry.on_remove == "block":
            change.action = "conflict"
            change.message = "cannot be removed: its manifest must want it, or forget it"
            return
        retires = entry.on_remove == "retire" or (type.deletes == "retire" and entry.on_remove != "delete")
        change.action = "retire" if retires else "delete"
        change.snapshot = {"fields": found.fields, "parts": sorted(part.token for part in found.parts)}
        held = sorted((path, value) for path, value in found.fields.items() if path not in found.unset)
        change.fields = [FieldChange(path, value, None, "removed") for path, value in held]
        filled = [] if retires else filled_by_people(type, entry, found)
        strangers = [] if retires and type.retires_alone else self.parts.strangers(found)
        reasons = [f"people changed {', '.join(drifted)}"] if drifted else []
        reasons += [f"it holds {', '.join(filled)}, which no manifest gave"] if filled else []
        reasons += [f"others hang on it: {named(strangers)}"] if strangers else []
        if reasons and not strangers and self.options.forces(entry.address):
            change.reason = "forced"
        elif reasons:
            change.action, change.reason, change.message = "conflict", "removed", f"not removed: {'; '.join(reasons)}"
            change.held_by = tuple(words_of(strangers))[:_MOST_HOLDING]

    @staticmethod
    def _takes_parts(change: Change) -> bool:
        """Whether a removal concerns what hangs on the object as well."""
        return change.action == "delete" or (change.action == "retire" and not change.type.retires_alone)

    def _takes(self, found: Live) -> Iterable[str]:
        """The addresses of what goes with an object."""
        entries = (self.parts.entry(part) for part in found.parts if part.goes)
        return dict.fromkeys(self.parts.address(entry) for entry in entries if entry is not None)

    def _renamed(self, entry: Entry, type: Resource, found: Live) -> bool:
        """Whether people gave the object another name, or another parent; a parent's new name is not its own."""
        key = Address.of(entry.address).key
        if type.hosted or (entry.intent is not None and entry.intent.action == "rename"):
            return False
        above = type.parent_key(key)
        known = self.parts.of(type.address(above)) if above is not None else None
        parent = self.live.of(type).by_id.get(known.id) if known is not None and known.id else None
        if above is None and type.parent_key(found.key) is None and type.join("", "x") != type.join("above", "x"):
            # A path begins with the name of a container, which is renamed by itself.
            return type.fold(_below(key)) != type.fold(_below(found.key))
        own = type.join(parent.key if parent is not None else above, type.own_name(key))
        return type.fold(found.key) != type.fold(own)

    def _waits(self, entry: Entry, type: Resource, found: Live) -> bool:
        """Whether its removal was sent before, and the system has not carried it out yet."""
        if entry.intent is None or not entry.intent.waiting or self.options.retry_pending:
            return False
        if entry.intent.action == "retire":
            return not is_retired(type, found)
        return entry.intent.action == "delete"

    # -- hosts and parts -----------------------------------------------------------------------------------

    def _keep_hosts(self) -> None:
        """What carries, or is needed by, something that stays is not removed either, all the way up."""
        hosts = self._hosts()
        stays = [address for address, change in self.judged.items() if change.action in STANDS]
        todo = [(address, address) for address in (*stays, *self.staying)]
        passed: set[str] = set()
        while todo:
            address, cause = todo.pop()
            for host in hosts.get(address, ()):
                if host.action in REMOVES:
                    self._refuse(host, cause)
                    todo.append((host.address, host.address))
                elif _goes_with_host(host) and host.address not in passed:
                    passed.add(host.address)
                    todo.append((host.address, cause))

    def _keep_what_is_known_of_them(self) -> None:
        """What would only be forgotten, as it goes with its host, stays known while that stays."""
        todo = [address for address, change in self.judged.items() if _goes_with_host(change)]
        for address in todo:
            hosts = (self.judged.get(host) for host in _hosts_of(self.judged[address]))
            if any(host is not None and host.action in STANDS for host in hosts):
                del self.judged[address]

    def _hosts(self) -> dict[str, list[Change]]:
        """By what stays or goes: the removals under it."""
        hosts: dict[str, list[Change]] = {}
        for address, change in self.judged.items():
            if self._takes_parts(change):
                for part in self.found[address].parts:
                    self._file(part, change, hosts)
        for address, change in self.judged.items():
            for need in change.depends_on:
                if need in self.judged:
                    hosts.setdefault(address, []).append(self.judged[need])
        return hosts

    def _file(self, part: Part, host: Change, hosts: dict[str, list[Change]]) -> None:
        entry = self.parts.entry(part) if part.id else None
        if entry is None:
            return
        address = self.parts.address(entry)
        if address in self.desired:
            if not self._moves(address):
                self.staying[address] = "a manifest wants it"
                hosts.setdefault(address, []).append(host)
        elif part.goes:
            hosts.setdefault(address, []).append(host)

    def _moves(self, address: str) -> bool:
        """Whether the plan takes a wanted part away from the host before that is removed."""
        if not self.planned:
            for change in self.out.changes:
                self.planned.setdefault(change.address, []).append(change.action)
        return address in self.planned and EXECUTABLE.issuperset(self.planned[address])

    def _refuse(self, host: Change, address: str) -> None:
        part = self.judged.get(address)
        if part is not None and part.action in ("blocked", "pending"):
            host.action, host.reason = "blocked", "waits"
            host.message = f"stays, as {address} hangs on it: {part.message}"
            return
        why = self.staying.get(address) or (part.message.removeprefix("not removed: ") if part is not None else "")
        host.action, host.reason = "conflict", "removed"
        host.message = f"not removed: {address} hangs on it and is not removed: {why}"
        host.held_by = (address,)

    # -- filing --------------------------------------------------------------------------------------------

    def _going(self) -> set[str]:
        """What this plan is about: what was asked for, and what goes with it."""
        going = set()
        for address, change in self.judged.items():
            refused = change.action in ("conflict", "blocked") and address in self.found
            if self._goes(address) and (not refused or self.options.prune):
                going.add(address)
        todo = list(going)
        while todo:
            change = self.judged[todo.pop()]
            for part in change.takes if change.action == "delete" else ():
                if part in self.judged and part not in going:
                    going.add(part)
                    todo.append(part)
        return going

    def _goes(self, address: str) -> bool:
        """Whether what nobody wants is removed in this plan: when asked to, and stand-ins always."""
        return self.options.prune or address in self.unwanted.superseded


def _goes_with_host(change: Change) -> bool:
    """Whether something of ours has no removal of its own: it is gone when its host is."""
    return (
        change.action == "forget" and change.how == "created" and change.type.hosted and change.type.deletes == "none"
    )


def _hosts_of(change: Change) -> Iterable[str]:
    """The addresses of what a part is called as."""
    named: list[str] = []

    def to(address: str) -> str:
        named.append(address)
        return Address.of(address).key

    change.type.follow(change.key, to)
    return named


def _below(key: str) -> str:
    """A path without the container that it begins with."""
    return key.partition("/")[2]


def _way_out(change: Change) -> str:
    """How a removal that is refused ends, as the next sentence of its message."""
    rest = "apply the rest with --skip-refused, which leaves it"
    keep = "keep it in the manifest"
    if not change.message.startswith("not removed: "):
        return f"; or {rest}"
    if change.held_by:
        ways = f"take what hangs on it off in the system, {keep}"
    else:
        ways = f"{keep}, undo it in the system, remove it all the same with --force-conflicts={change.address}"
    return f". To end this: {ways}, or {rest}"


def _because_superseded(change: Change) -> None:
    if change.action == "delete":
        change.reason = "superseded"
        for item in change.fields:
            item.reason = "superseded"


def _origins(entry: Entry) -> tuple[Origin, ...]:
    pairs = (origin.partition("/") for origin in entry.origins)
    return tuple(Origin(kind, name, "", 0) for kind, _, name in pairs)
