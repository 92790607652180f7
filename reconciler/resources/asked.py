"""What a reading is asked for: keys, and the live ids under which objects are known whatever they are called now.

People rename things. What a ledger or a run under way knows by its id is read whole under any name, and a key
that repeats another object's name repeats the name that the object is known by: a rename is told once, by the
object that was renamed, and nothing that hangs on it looks as if it had changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Self

NOTHING: frozenset[str] = frozenset()


class Known:
    """Live ids by address, and the keys that go with them.

    Of two addresses of one object the one in `given` counts, else the later.
    """

    def __init__(self, ids: Mapping[str, str] | None = None, given: Mapping[str, str] | None = None) -> None:
        self._ids, self._given = ids or {}, given or {}
        self._keys: dict[str, dict[str, str]] = {}

    def id_of(self, type: str, key: str) -> str:
        """The live id behind a key of a type; empty when it is not known."""
        return self._ids.get(f"{type}:{key}", "")

    def key_of(self, type: str, id: str, otherwise: str) -> str:
        """The key by which an object is known; `otherwise`, its live one, when it is not."""
        return self.keys_of(type).get(id, otherwise)

    def keys_of(self, type: str) -> Mapping[str, str]:
        """The known keys of a type by live id."""
        keys = self._keys.get(type)
        if keys is None:
            start = f"{type}:"
            given = {id: address[len(start) :] for address, id in self._given.items() if address.startswith(start)}
            keys = self._keys[type] = {id: key for key, id in self.ids_of(type)} | given
        return keys

    def ids_of(self, type: str) -> Iterator[tuple[str, str]]:
        """The known keys of a type, each with its live id."""
        start = f"{type}:"
        for address, id in list(self._ids.items()):
            if id and address.startswith(start):
                yield address[len(start) :], id

    @cached_property
    def by_type(self) -> dict[str, dict[str, str]]:
        """The live ids of keys, by type."""
        found: dict[str, dict[str, str]] = {}
        for address, id in self._ids.items():
            if id:
                type, _, key = address.partition(":")
                found.setdefault(type, {})[key] = id
        return found


class Asked(dict[str, frozenset[str]]):
    """The wanted keys of one type with the paths managed on them, and what is known of live ids."""

    def __init__(self, type: str, paths: Mapping[str, frozenset[str]], known: Known | None = None) -> None:
        super().__init__(paths)
        self.known = known or Known()
        self._type = type
        self._by_id: dict[str, frozenset[str]] | None = None

    @classmethod
    def of(cls, type: str, wanted: Mapping[str, frozenset[str]]) -> Self:
        """The same as it is, or plain keys of which no id is known."""
        return wanted if isinstance(wanted, cls) else cls(type, wanted)

    def folded(self, fold: Callable[[str], str]) -> Asked:
        """The same with keys in the form in which two of them are the same to the system."""
        found = Asked(self._type, {fold(key): paths for key, paths in self.items()}, self.known)
        found._by_id = dict(self.by_id)
        return found

    def keyed(self, keys: Iterable[str]) -> Asked:
        """Other keys, with the same knowledge: of the objects that the wanted ones are parts of."""
        return Asked(self._type, dict.fromkeys(keys, NOTHING), self.known)

    @property
    def by_id(self) -> Mapping[str, frozenset[str]]:
        """The paths managed on objects that are known by id, whatever they are called now."""
        if self._by_id is None:
            found: dict[str, frozenset[str]] = {}
            for key, paths in self.items():
                if id := self.known.id_of(self._type, key):
                    found[id] = found.get(id, NOTHING) | paths
            self._by_id = found
        return self._by_id

    def paths(self, key: str, id: str) -> frozenset[str]:
        """What is managed on a live object: by its name, and by its id."""
        return self.get(key, NOTHING) | self.by_id.get(id, NOTHING)
