"""What hangs on a live object: which entry of the ledger it is, if any, and whether people filled something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.ledger import Entry, Ledger
from reconciler.live import LiveState
from reconciler.resources import type_of
from reconciler.resources.alike import known_of
from reconciler.resources.base import Resource
from reconciler.resources.keys import Address
from reconciler.resources.objects import Live, Part
from reconciler.resources.rules import CreateOnly, Filled, Retires

Identity = tuple[str, str]

MOST_NAMED = 5
"""So many parts are named in one sentence."""


class Parts:
    """Finds what we own among parts, by live id first: a host that people renamed changes the names of its parts.

    `moves` are new addresses of entries, with those that the ledger still knows them by. `live` tells the ids of what
    a run had made when it was killed, before it could note them.
    """

    def __init__(self, ledger: Ledger, moves: Mapping[str, str] | None = None, live: LiveState | None = None) -> None:
        self._ledger, self._moves, self._live = ledger, moves or {}, live
        self._now: dict[str, str] = {}
        self._by_identity: dict[Identity, Entry] | None = None

    def entry(self, part: Part) -> Entry | None:
        """The entry of a part; None when it is not ours, but of others or only referred to."""
        if not part.address:
            return None
        if part.id:
            name, key = Address.of(part.address)
            found = self._known().get((name, type_of(part.address).identity_of(key, part.id)))
            if found is not None:
                return found
        known = self._ledger.get(self._moves.get(part.address, part.address))
        if known is None or known.how == "referred":
            return None
        return known if not part.id or not known.id or known.intent is not None else None

    def of(self, address: str) -> Entry | None:
        """The entry of an address that things have by now: the ledger may know it by another."""
        return self._ledger.get(self._moves.get(address, address))

    def address(self, entry: Entry) -> str:
        """The address that what an entry is about has by now."""
        if len(self._now) != len(self._moves):
            self._now = {former: address for address, former in self._moves.items()}
        return self._now.get(entry.address, entry.address)

    def strangers(self, found: Live) -> list[Part]:
        """The parts that nobody but others can have put there."""
        return [part for part in found.parts if self.entry(part) is None]

    def _known(self) -> dict[Identity, Entry]:
        if self._by_identity is None:
            self._by_identity = dict(self._identities())
        return self._by_identity

    def _identities(self) -> Iterable[tuple[Identity, Entry]]:
        for address, entry in self._ledger.entries.items():
            if entry.how == "referred":
                continue
            name, key = Address.of(address)
            try:
                type = type_of(address)
            except KeyError:
                continue  # a type of another version
            if id := entry.id or self._id_of_begun(entry, type, key):
                yield (name, type.identity_of(key, id)), entry

    def _id_of_begun(self, entry: Entry, type: Resource, key: str) -> str:
        """The id of what lives under the name of something that we began to make; empty where there is none."""
        if self._live is None or entry.intent is None or not entry.intent.begun:
            return ""
        found = self._live.of(type).by_key.get(type.fold(key))
        return found.id if found is not None else ""


def filled_by_people(type: Resource, entry: Entry, found: Live) -> list[str]:
    """Paths that hold something which no manifest of ours gave and the system does not give by itself."""
    return [path for path, value in found.fields.items() if value and not _is_given(type, entry, path, found)]


def _is_given(type: Resource, entry: Entry, path: str, found: Live) -> bool:
    mark = known_of(type.alike, path, entry.fields)
    if mark is not None and mark.ours:
        return True
    if entry.intent is not None and path in entry.intent.sent:
        return True
    rule = type.field(path)
    if (away := rule.get(Retires)) is not None and away.final:
        return True
    return rule.has(Filled) or rule.has(CreateOnly) or None in type.meanings(found, path)


def words_of(parts: Iterable[Part]) -> list[str]:
    """What parts are, each once."""
    return list(dict.fromkeys(part.what for part in parts))


def named(parts: Iterable[Part]) -> str:
    """Parts in a sentence."""
    words = words_of(parts)
    more = len(words) - MOST_NAMED
    return ", ".join(words[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
