"""The entities of the Data Map that one reading has seen: each is read once, by its guid where that is known.

`GET /entity/bulk?guid=` takes many guids, `GET /entity/bulk/uniqueAttribute/type/…` as many names as fit in an
address. A guid only says where to look: what is asked for by name is what has the name, whatever was known of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Any, Protocol, Self, TypeVar
from urllib.parse import quote

from reconciler.systems.base import Ids
from reconciler.systems.packed import Leaf, Sheaf, packed
from reconciler.systems.refusals import Refused

T = TypeVar("T")
U = TypeVar("U")
Doc = dict[str, Any]
Key = tuple[str, str]
"""Type and qualified name."""

MOST_GUIDS = 180
"""Guids in one bulk read, as long as the server takes them: 7.6 kB of address. No limit is published [U]."""
LONGEST_QUERY = 7400
"""Characters of query in one bulk read by name, so that its address is as long as one with the most guids; about 8 KB
of URL is where Purview stops answering JSON [B]."""
_LEARNT, _LEARNT_NAMES = "guids a request", "characters of names a request"
_TOO_MUCH = frozenset({400, 413, 414, 431})
"""Statuses by which a server or what stands before it refuses the length of a request."""
_NO_TYPE = "400-00-014"
"""Atlas' code for a type that does not exist (answered by Apache Atlas 2.4.0, grade A)."""


class Asker(Protocol):
    """What sends the requests; `learnt` lasts as long as the connection."""

    learnt: dict[str, Any]
    hints: Ids

    def get(self, path: str, query: Any = (), *, accept: Iterable[int] = ()) -> Any:
        """GET below the Atlas prefix; None for an accepted error status."""

    def each(self, work: Callable[[T], U], items: Iterable[T]) -> list[U]:
        """Does the work for every item, several at once."""


class Made:
    """Guids of the entities that this run has made, and nobody has put anything on since; one for all readings."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        """Is held by who puts something on entities: an upload of terms is refused when another write is faster."""
        self._guids: set[str] = set()
        self._wanted = True

    def add(self, guids: Iterable[str]) -> None:
        """They were made a moment ago."""
        if self._wanted:
            self._guids.update(guids)

    def take(self, guids: Iterable[str]) -> set[str]:
        """Those of some that are new, which they are no longer."""
        taken = self._guids.intersection(guids)
        self._guids -= taken
        return taken

    def forget(self) -> None:
        """From now on none is new."""
        self._guids, self._wanted = set(), False


class Entities:
    """The whole entities, with their relationships, that were seen so far; deleted ones by guid alone."""

    def __init__(self) -> None:
        self._by_guid: dict[str, Leaf | None] = {}
        self._by_key: dict[Key, Leaf | None] = {}
        self._lock = threading.RLock()

    @property
    def by_guid(self) -> Mapping[str, Doc | None]:
        """What was asked for by guid, or came along; None for what is not there."""
        return Sheaf(self._by_guid)

    def of_guids(self, purview: Asker, guids: Iterable[str]) -> Mapping[str, Doc | None]:
        """Entities by guid, deleted ones too; None for what is not there."""
        wanted = list(dict.fromkeys(guids))
        with self._lock:
            missing = [guid for guid in wanted if guid not in self._by_guid]
            found = [one for part in _read(purview, missing) for one in part]
            self._by_guid.update(dict.fromkeys(missing))
            self.file(found)
            return Sheaf({guid: self._by_guid[guid] for guid in wanted})

    def of_keys(self, purview: Asker, keys: Iterable[Key]) -> Mapping[Key, Doc]:
        """Entities by type and qualified name; missing and deleted ones left out.

        What its guid does not find under its name is looked for by name before it counts as absent. A reading by
        name finds instances of subtypes too, and silently drops what it does not find (grade A for Atlas, B for
        Purview).
        """
        wanted = list(dict.fromkeys(keys))
        with self._lock:
            self._read_known(purview, [key for key in wanted if key not in self._by_key])
            self._read_names(purview, [key for key in wanted if key not in self._by_key])
            return Sheaf({key: entity for key in wanted if (entity := self._by_key[key]) is not None})

    def _read_known(self, purview: Asker, keys: Sequence[Key]) -> None:
        guids = [guid for key in keys if (guid := _known(purview.hints, key)) and guid not in self._by_guid]
        parts = purview.each(lambda part: _remembered(purview, part), list(_parts(purview, dict.fromkeys(guids))))
        self.file(entity for part in parts for entity in part)

    def _read_names(self, purview: Asker, keys: Sequence[Key]) -> None:
        names: dict[str, list[str]] = {}
        for type_name, name in keys:
            names.setdefault(type_name, []).append(name)
        longest = int(purview.learnt.get(_LEARNT_NAMES, LONGEST_QUERY))
        chunks = [(type_name, chunk) for type_name, all_ in names.items() for chunk in _chunks(all_, longest)]
        answers = purview.each(lambda one: _named(purview, *one), chunks)
        for (type_name, chunk), found in zip(chunks, answers, strict=True):
            self.file(found.values())
            self._by_key.update(((type_name, name), found[name].leaf if name in found else None) for name in chunk)

    def file(self, entities: Iterable[Seen]) -> None:
        """Keeps what an answer says."""
        for entity in entities:
            self._by_guid[entity.guid] = entity.leaf
            if entity.alive:
                self._by_key[entity.key] = entity.leaf


@dataclass(frozen=True, slots=True)
class Seen:
    """An entity of an answer, with what it is filed by."""

    guid: str
    key: Key
    alive: bool
    leaf: Leaf

    @classmethod
    def of(cls, entity: Doc, referred: Mapping[str, Any]) -> Self:
        """What an answer says."""
        alive = entity.get("status") != "DELETED"
        name = str(entity["attributes"].get("qualifiedName")) if alive else ""
        return cls(str(entity["guid"]), (intern(str(entity["typeName"])), name), alive, Leaf(entity, referred))


def read_guids(purview: Asker, guids: Sequence[str], query: Sequence[tuple[str, Any]] = ()) -> list[list[Doc]]:
    """Entities by guid, in bulk; what is not there is left out."""
    return [[one.leaf.open() for one in part] for part in _read(purview, guids, query)]


def _read(purview: Asker, guids: Sequence[str], query: Sequence[tuple[str, Any]] = ()) -> list[list[Seen]]:
    """The same, packed. One that is not there fails a whole call in Atlas [B]."""

    def read(part: Sequence[str]) -> list[Seen]:
        found = _several(purview, part, query)
        if found is not None or len(part) == 1:
            return found or []
        middle = len(part) // 2
        return read(part[:middle]) + read(part[middle:])

    return purview.each(read, list(_parts(purview, guids)))


def _remembered(purview: Asker, guids: Sequence[str]) -> list[Seen]:
    """Entities by guids that were right once; none where one of them is not there, or is no guid any more."""
    try:
        return _several(purview, guids) or []
    except Refused as refused:
        if refused.status != 400:
            raise
        return []


def _several(purview: Asker, guids: Sequence[str], query: Sequence[tuple[str, Any]] = ()) -> list[Seen] | None:
    """Entities by guid; None where one of them is not there. More than the server takes are asked for in halves."""
    try:
        answer = purview.get("/entity/bulk", [*(("guid", guid) for guid in guids), *query], accept=(404,))
    except Refused as refused:
        if refused.status not in _TOO_MUCH or len(guids) == 1:
            raise
        middle = (len(guids) + 1) // 2
        purview.learnt[_LEARNT] = min(middle, _size(purview))
        halves = [_several(purview, half, query) for half in (guids[:middle], guids[middle:])]
        return None if None in halves else [entity for half in halves for entity in half or ()]
    return None if answer is None else _whole(answer)


def _named(purview: Asker, type_name: str, names: Sequence[str]) -> dict[str, Seen]:
    """Entities of a type by name, without deleted ones. More than the server takes are asked for in halves."""
    query = [(f"attr_{index}:qualifiedName", name) for index, name in enumerate(names)]
    try:
        answer = purview.get(f"/entity/bulk/uniqueAttribute/type/{type_name}", query, accept=(404,)) or {}
    except Refused as refused:
        if _NO_TYPE in refused.code:
            return {}  # what has a type that is yet to be made is not there
        if refused.status not in _TOO_MUCH or len(names) == 1:
            raise
        middle = (len(names) + 1) // 2
        longest = sum(map(_length, names[:middle]))
        purview.learnt[_LEARNT_NAMES] = min(longest, int(purview.learnt.get(_LEARNT_NAMES, LONGEST_QUERY)))
        return _named(purview, type_name, names[:middle]) | _named(purview, type_name, names[middle:])
    return {entity.key[1]: entity for entity in _whole(answer) if entity.alive}


def _whole(answer: Doc) -> list[Seen]:
    """The entities of an answer, each with what the answer says of those that it refers to."""
    referred: Mapping[str, Any] = Sheaf(
        {guid: packed(other) for guid, other in (answer.get("referredEntities") or {}).items()}
    )
    return [Seen.of(entity, referred) for entity in answer.get("entities") or ()]


def _known(ids: Ids, key: Key) -> str:
    """The guid of an entity that the ledger or the run knows, as one of ours or as one that is referred to."""
    called = "/".join(key)
    return ids.id_of("purview.entity", called) or ids.id_of("purview.asset", called)


def _size(purview: Asker) -> int:
    return int(purview.learnt.get(_LEARNT, MOST_GUIDS))


def _parts(purview: Asker, guids: Iterable[str]) -> Iterator[list[str]]:
    wanted, size = list(guids), _size(purview)
    for start in range(0, len(wanted), size):
        yield wanted[start : start + size]


def _chunks(names: Iterable[str], longest: int) -> Iterator[list[str]]:
    chunk: list[str] = []
    size = 0
    for name in names:
        length = _length(name)
        if chunk and size + length > longest:
            yield chunk
            chunk, size = [], 0
        chunk.append(name)
        size += length
    if chunk:
        yield chunk


def _length(name: str) -> int:
    """Characters that a name takes in a query at most, with what is before it (`&attr_999:qualifiedName=`)."""
    return len(quote(name, safe="")) + 26
