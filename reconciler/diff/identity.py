"""Which ledger entry and which live object a wish is about, whatever they are called now.

Three spellings of one thing are told apart: the key that the manifests give it, the key that the ledger knows it by,
and the key that it lives under. A key may repeat the names of others (a term's those of its parents, an assignment's
that of its term): when these are renamed or moved, it follows, see `Resource.follow`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from reconciler.ledger import Entry, Ledger
from reconciler.live import LiveState, Readout
from reconciler.resources import type_of
from reconciler.resources.base import Desired, Resource
from reconciler.resources.keys import Address
from reconciler.resources.objects import Live

_NEW = "\0"
"""Stands before the key of a wish about which the ledger knows nothing, although it knows that name."""


class Identity:
    """Matches wishes with entries and live objects; asked for wishes in the order of their needs."""

    def __init__(self, desired: Mapping[str, Desired], ledger: Ledger, live: LiveState) -> None:
        self.desired, self.ledger, self.live = desired, ledger, live
        self.moves: dict[str, str] = {}
        """Addresses of wishes whose entry has another address, with that address."""
        self.taken: set[str] = set()
        """Addresses of the entries that wishes are about."""
        self._said = moves(desired, ledger)
        self._movers = {former: address for address, former in self._said.items()}
        self._was: dict[str, str] = {}
        self._now: dict[str, str] = {}
        self._called: dict[str, str] = {}
        self._by_id: dict[str, dict[str, str]] = {}
        self._meant: dict[str, str] = {}
        self._strays: set[str] = set()
        self._heirs: dict[str, list[Desired]] | None = None
        self._held: dict[tuple[str, str], str] = {}

    # -- the ledger ----------------------------------------------------------------------------------------

    def entry(self, want: Desired) -> Entry | None:
        """What the ledger knows of a wish: under the name it moved from, or the one that what it repeats had."""
        address = self._said.get(want.address)
        if address is None:
            address = want.type.address(self._former(want.type, want.key))
            if self._movers.get(address, want.address) != want.address:
                self._was[want.address] = _NEW + want.key  # what had this name has moved on
                return None
        self.taken.add(address)
        entry = self.ledger.get(address)
        if entry is not None:
            self._learn(want, entry)
        return entry

    def stray(self, want: Desired, found: Live) -> Entry | None:
        """What the ledger knows of a live object under an address that nobody wants any more."""
        address = self._known(want.type).get(found.id)
        if address is None or address in self.taken or self.owner(want.type, found.id) is not None:
            return None
        self.taken.add(address)
        entry = self.ledger.entries[address]
        self._learn(want, entry)
        self._strays.add(want.address)
        return entry

    def is_stray(self, want: Desired) -> bool:
        """Whether people and manifest gave the object of a wish its new name, and neither said that it was moved."""
        return want.address in self._strays and want.mode == "own" and not want.type.hosted

    def owner(self, type: Resource, id: str) -> str | None:
        """The address of the wish that a live object is known to belong to."""
        address = self._known(type).get(id)
        if address is None:
            return None
        owner = self._movers.get(address) or type.address(self.now(address))
        if owner not in self.desired:
            return None
        return owner if self._said.get(owner, address) == address else None

    def now(self, address: str) -> str:
        """The key that what the ledger knows by an address has, now that others moved."""
        type, key = split(address)
        if type is None or not self._now:
            return key
        return self._now.get(address) or type.follow(key, self.now)

    def was(self, address: str) -> str:
        """The key under which the ledger knows what the manifests give this address."""
        type, key = split(address)
        if type is None or not self._was:
            return key
        return self._was.get(address) or type.follow(key, self.was)

    def _former(self, type: Resource, key: str) -> str:
        return type.follow(key, self.was) if self._was else key

    def _learn(self, want: Desired, entry: Entry) -> None:
        if entry.address != want.address:
            self.moves[want.address] = entry.address
            self._was[want.address] = Address.of(entry.address).key
            self._now[entry.address] = want.key

    def _known(self, type: Resource) -> Mapping[str, str]:
        """Addresses by live id, of what the ledger knows of a type."""
        if not self._by_id:
            for address, entry in self.ledger.entries.items():
                if entry.id:
                    self._by_id.setdefault(Address.of(address).type, {}).setdefault(entry.id, address)
            self._by_id.setdefault("", {})
        return self._by_id.get(type.full_name, {})

    # -- the systems ---------------------------------------------------------------------------------------

    def called(self, address: str) -> str:
        """The key that what a manifest gives this address lives under."""
        type, key = split(address)
        if type is None or not self._called:
            return key
        return self._called.get(address) or type.follow(key, self.called)

    def expected(self, type: Resource, key: str) -> str:
        """The key that a thing lives under if nobody renamed it itself."""
        return type.follow(key, self.called) if self._called else key

    def lives(self, want: Desired, found: Live) -> None:
        """Remembers whose a live object is, and its name for what repeats it."""
        self._held[want.type.full_name, found.id] = want.address
        if found.key != want.key and not want.type.holds_by_id:
            self._called[want.address] = found.key
            self._meant[want.type.address(found.key)] = want.key

    @property
    def drifted(self) -> bool:
        """Whether anything lives under another name than the manifests give it."""
        return bool(self._called)

    def called_itself(self, address: str) -> str | None:
        """The other key that the very object of a wish lives under; None when it lives under its own."""
        return self._called.get(address)

    def meant(self, address: str) -> str:
        """The key that the manifests give to what lives at this address."""
        type, key = split(address)
        if type is None or not self._meant:
            return key
        return self._meant.get(address) or type.follow(key, self.meant)

    def found(self, want: Desired, readout: Readout, entry: Entry | None) -> Live | None:
        """The live object of a wish: by the id that the ledger knows, by its name, by a name that it had."""
        if entry is not None and entry.id and entry.id in readout.by_id:
            return readout.by_id[entry.id]
        found = self._by_key(want, readout, want.key)
        if entry is not None or (found is not None and not self._handed_on(want, readout)):
            return found
        return self._before(want, readout, frozenset()) or found

    def _before(self, want: Desired, readout: Readout, asked: frozenset[str]) -> Live | None:
        """What lives under a name that a wish had, and that no other wish keeps; for what the ledger does not know."""
        for former in want.moved_from:
            found = self._by_key(want, readout, former)
            if found is None or self._held.get((want.type.full_name, found.id), want.address) != want.address:
                continue
            bearer = self.desired.get(want.type.address(former))
            if bearer is None or self._leaves(bearer, readout, asked | {want.address}):
                return found
        return None

    def _handed_on(self, want: Desired, readout: Readout) -> bool:
        """Whether the name of a wish, which had another itself, goes on to a wish that does not live yet.

        So a row of names that moved on is told without a ledger: one live object is never wanted twice.
        """
        return self._is_passed(want, readout, frozenset()) and self._leaves(want, readout, frozenset())

    def _is_passed(self, want: Desired, readout: Readout, asked: frozenset[str]) -> bool:
        if not want.moved_from or want.address in asked:
            return False
        asked |= {want.address}
        takers = [one for one in self._takers().get(want.address, ()) if not self._is_known(one)]
        return any(
            self._by_key(one, readout, one.key) is None or self._is_passed(one, readout, asked) for one in takers
        )

    def _leaves(self, want: Desired, readout: Readout, asked: frozenset[str]) -> bool:
        """Whether what has the name of a wish is not what it is about, as that lives under its former name."""
        if want.address in asked or not want.moved_from or self._is_known(want):
            return False
        return self._before(want, readout, asked) is not None

    def _is_known(self, want: Desired) -> bool:
        former = want.type.address(self._former(want.type, want.key))
        return self._said.get(want.address, former) in self.ledger.entries

    def _takers(self) -> Mapping[str, list[Desired]]:
        """The wishes that say they had a name, by the address of the wish that has it now."""
        if self._heirs is None:
            self._heirs = {}
            for want in self.desired.values():
                for address in map(want.type.address, want.moved_from):
                    if address in self.desired:
                        self._heirs.setdefault(address, []).append(want)
        return self._heirs

    def _by_key(self, want: Desired, readout: Readout, key: str) -> Live | None:
        found = readout.by_key.get(want.type.fold(self.expected(want.type, key)))
        if found is None or self.owner(want.type, found.id) in (None, want.address):
            return found
        return None  # another wish's, which people gave this name


def split(address: str) -> tuple[Resource | None, str]:
    """The type of an address, None for one of a newer version, and its key."""
    key = Address.of(address).key
    try:
        return type_of(address), key
    except KeyError:
        return None, key


# -- what the manifests say was moved ------------------------------------------------------------------------------


def moves(desired: Mapping[str, Desired], ledger: Ledger) -> dict[str, str]:
    """The wishes that were moved by their manifests since the last apply, with the address of their entry.

    Names may be exchanged: A takes the entry of B where B takes that of another. A move that an entry says was
    carried out is past, as people leave `moved_from` where it is; unless the former name is known to be borne by
    the very thing that is wanted here, as when two names are exchanged once more.
    """
    movers = [want for want in desired.values() if want.moved_from]
    found: dict[str, str] = {}
    for _ in range(len(movers) + 1):
        before = found
        found = _Moves(movers, desired, ledger, before).settled()
        if found == before:
            break
    return found


class _Moves:
    """The moves, given those that were found so far of what stands above."""

    def __init__(
        self, movers: list[Desired], desired: Mapping[str, Desired], ledger: Ledger, known: Mapping[str, str]
    ) -> None:
        self.desired, self.ledger = desired, ledger
        self._was = {address: Address.of(former).key for address, former in known.items()}
        self._now = {former: Address.of(address).key for address, former in known.items()}
        self.own: dict[str, str] = {}
        self.claims: dict[str, list[str]] = {}
        past: dict[str, list[str]] = {}
        for want in movers:
            own = want.type.address(want.type.follow(want.key, self._through(self._was)))
            self.own[want.address] = own
            claims, past[want.address] = self._claims(want, own)
            if claims:
                self.claims[want.address] = claims
        self._revive(past)

    def _revive(self, past: dict[str, list[str]]) -> None:
        """What was carried out once is no past where what came of it moves on: then the name is taken anew."""
        while taken := {claims[0] for claims in self.claims.values()}:
            again = [address for address, claims in past.items() if claims and self.own[address] in taken]
            if not again:
                return
            for address in again:
                self.claims[address] = self.claims.get(address, []) + past.pop(address)

    def settled(self) -> dict[str, str]:
        """The claims that hold together: no entry is taken twice, none is taken from who keeps it."""
        while True:
            takers: dict[str, str] = {}
            for address, claims in self.claims.items():
                takers.setdefault(claims[0], address)
            void = [address for address, claims in self.claims.items() if not self._holds(address, claims[0], takers)]
            if not void:
                return {address: claims[0] for address, claims in self.claims.items()}
            for address in void:
                self.claims[address].pop(0)
                if not self.claims[address]:
                    del self.claims[address]

    def _claims(self, want: Desired, own: str) -> tuple[list[str], list[str]]:
        """The entries that a wish may have moved from, and those that its own entry says it did move from."""
        entry = self.ledger.get(own)
        carried_out = set(entry.moved) if entry is not None else set()
        open_: dict[str, None] = {}
        past: dict[str, None] = {}
        for former in want.moved_from:
            key = want.type.follow(former, self._through(self._was))
            names = dict.fromkeys(map(want.type.address, (key, former)))
            told = want.past is None and not carried_out.isdisjoint((former, key))
            done = told and not self._bears(want, names)
            found = past if done else open_
            found |= names
        return self._known(open_, own), self._known(past, own)

    def _bears(self, want: Desired, names: Iterable[str]) -> bool:
        """Whether what the ledger knows by one of the names is the very thing that is wanted."""
        found = (self.ledger.get(name) for name in names)
        return bool(want.bearer) and any(entry is not None and entry.bearer == want.bearer for entry in found)

    def _known(self, addresses: Iterable[str], own: str) -> list[str]:
        return [address for address in addresses if address != own and address in self.ledger.entries]

    def _holds(self, address: str, claim: str, takers: Mapping[str, str]) -> bool:
        own = self.own[address]
        if takers[claim] != address or (own in self.ledger.entries and own not in takers):
            return False
        type, key = self.desired[address].type, Address.of(claim).key
        owner = type.address(type.follow(key, self._through(self._now)))
        if owner == address or owner not in self.desired or owner in self.claims:
            return True
        made, known = self.desired[owner].derived_from, self.ledger.entries[claim].derived_from
        return bool(made and known) and made != known  # a rule gives the name to what is made of something else

    @staticmethod
    def _through(keys: Mapping[str, str]) -> Callable[[str], str]:
        """Keys by address, what stands below following what stands above."""

        def key_of(address: str) -> str:
            type, key = split(address)
            if type is None or not keys:
                return key
            return keys.get(address) or type.follow(key, key_of)

        return key_of
