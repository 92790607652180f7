"""A ledger in shards: what places keep that many machines share, where rewriting all of it would cost too much.

A version is a header and at most 256 shards by the hash of the address, each with its entries a line, in order of
address. The header tells how many entries there are and the checksum of every shard, and carries one of its own, so
that a version reads as a whole or not at all. A flush writes the shards that changed and a new header, as one step:
the place keeps it only if nobody else wrote in between.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from reconciler.errors import ReconcilerError
from reconciler.ledger.book import Held, unusable
from reconciler.ledger.ledger import Entry, Header, Ledger
from reconciler.ledger.lines import BrokenLine, entry_of, header_of
from reconciler.ledger.renewing import RenewedLock
from reconciler.manifest.garbage import garbage_collection_paused


class MovedError(Exception):
    """Somebody else wrote since what this write goes on from."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest version: a token that no other version has, its header, and what each shard is kept as."""

    token: str
    header: bytes
    shards: Mapping[str, str] = field(default_factory=dict)


class Store(Protocol):
    """A place that keeps versions of a ledger. Every method raises `ReconcilerError` when it cannot be reached."""

    @property
    def place(self) -> str:
        """The place in words."""

    @property
    def ways_out(self) -> str:
        """What to do when a version does not read."""

    def head(self) -> Head | None:
        """The newest version; None when there is none yet."""

    def contents(self, head: Head) -> dict[str, bytes]:
        """Every shard of a version by its name."""

    def put(self, before: Head | None, header: bytes, changed: Mapping[str, bytes], serial: int) -> Head:
        """Adds a version after `before`; shards without content go. Raises `MovedError` when another is newer."""

    def tidy(self) -> None:
        """Throws away what no version needs any more."""

    def lock(self) -> RenewedLock:
        """The lock of this place, which nobody has taken by it yet."""

    def require_writable(self) -> None:
        """See `Book.require_writable`."""


class ShardedBook:
    """A ledger whose versions a store keeps."""

    shared = True

    def __init__(self, store: Store, environment: str, id: str) -> None:
        self.store, self.environment, self.id = store, environment, id
        self._head: Head | None = None
        self._sums: dict[str, str] = {}
        self._members: dict[str, set[str]] = {}

    @property
    def place(self) -> str:
        """The place in words."""
        return self.store.place

    @garbage_collection_paused()
    def load(self) -> Ledger:
        """The newest version; a new ledger when there is none.

        Raises `ConfigurationError` when it does not read, is newer than this tool, or belongs to another
        environment; `ReconcilerError` when the place cannot be reached.
        """
        self._head, self._sums, self._members = self.store.head(), {}, defaultdict(set)
        if self._head is None:
            return Ledger(Header.new(self.environment, self.id))
        try:
            header, promised, self._sums = _read_header(self._head.header)
            if header.environment != self.environment:
                raise BrokenLine(0, f"it belongs to environment {header.environment!r}")
            entries = list(self._entries(self.store.contents(self._head)))
        except BrokenLine as broken:
            raise unusable(self.place, broken.why, self.store.ways_out) from None
        if len(entries) != promised:
            raise unusable(self.place, f"it has {len(entries)} of {promised} entries", self.store.ways_out)
        return Ledger(header, entries)

    def _entries(self, contents: Mapping[str, bytes]) -> Iterator[Entry]:
        if contents.keys() != self._sums.keys():
            raise BrokenLine(0, "it has other shards than its header says")
        for name, data in contents.items():
            if _sum(data) != self._sums[name]:
                raise BrokenLine(0, f"shard {name} is not as it was written: its checksum does not fit")
            for number, shape in enumerate(_shapes(name, data), 1):
                entry = entry_of(number, shape, sealed=True)
                self._members[name].add(entry.address)
                yield entry

    def flush(self, ledger: Ledger) -> None:
        """Adds a version with what changed.

        Raises `ReconcilerError` when somebody else wrote since the ledger was loaded, or the place does not take it.
        """
        if not ledger.changed and not ledger.header_changed and ledger.header.serial:
            return
        members = self._now(ledger)
        changed = {name: _lines(ledger, addresses) for name, addresses in members.items()}
        sums = self._sums | {name: _sum(data) for name, data in changed.items() if data}
        sums = {name: sum for name, sum in sums.items() if changed.get(name, b"more")}
        ledger.header.serial += 1
        try:
            self._head = self.store.put(self._head, _written(ledger, sums), changed, ledger.header.serial)
        except MovedError:
            ledger.header.serial -= 1
            raise ReconcilerError.of(
                "ledger.moved",
                f"somebody else wrote to the ledger {self.place} during this run",
                "Nothing more was written. Plan again: what was done is found by looking.",
            ) from None
        except ReconcilerError:
            ledger.header.serial -= 1
            raise
        self._sums = sums
        self._members.update(members)
        ledger.changed.clear()
        ledger.header_changed = False

    def _now(self, ledger: Ledger) -> dict[str, set[str]]:
        """The addresses of each shard that changed, with what came and without what went."""
        changed: dict[str, set[str]] = defaultdict(set)
        for address in ledger.changed:
            changed[shard_of(address)].add(address)
        return {
            name: {address for address in self._members.get(name, set()) | mine if address in ledger.entries}
            for name, mine in changed.items()
        }

    def compact(self, ledger: Ledger) -> None:  # noqa: ARG002 - versions do not grow
        """Throws away what no version needs any more."""
        self.store.tidy()

    @contextmanager
    def lock(self, timeout: float | None) -> Iterator[Held]:
        """Holds the ledger for one apply; see `Book.lock`."""
        with self.store.lock().held(timeout) as held:
            yield held

    def holder(self) -> str:
        """Who holds the lock, in words; empty when nobody does."""
        return self.store.lock().holder()

    def unlock(self) -> None:
        """Takes the lock away from whoever holds it."""
        self.store.lock().remove()

    def require_writable(self) -> None:
        """Raises `ReconcilerError` where the place says that it would not be written; writes nothing."""
        self.store.require_writable()


def shard_of(address: str) -> str:
    """The name of the shard that an address belongs to: two hexadecimal digits."""
    return hashlib.blake2b(address.encode(), digest_size=1).hexdigest()


def _lines(ledger: Ledger, addresses: Iterable[str]) -> bytes:
    return b"".join(orjson.dumps(ledger.entries[address].as_dict()) + b"\n" for address in sorted(addresses))


def _shapes(name: str, data: bytes) -> list[dict[str, Any]]:
    """The lines of a shard; read at once, as a checksum vouches for them."""
    try:
        shapes = orjson.loads(b"[" + b",".join(data.splitlines()) + b"]")
    except orjson.JSONDecodeError as error:
        raise BrokenLine(0, f"shard {name} is no JSON: {error.msg}") from None
    if not all(isinstance(shape, dict) for shape in shapes):
        raise BrokenLine(0, f"shard {name} holds what is no entry")
    return list(shapes)


def _sum(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()


def _written(ledger: Ledger, sums: Mapping[str, str]) -> bytes:
    more = {"entries": len(ledger.entries), "shards": dict(sorted(sums.items()))}
    body = orjson.dumps(ledger.header.as_dict() | more)[:-1]
    return b'%b,"sum":"%b"}\n' % (body, _sum(body).encode())


def _read_header(data: bytes) -> tuple[Header, int, dict[str, str]]:
    """The header, how many entries it promises, and the checksum of each shard. Raises `BrokenLine`."""
    body, _, seal = data.strip().rpartition(b',"sum":"')
    if not body or seal != _sum(body).encode() + b'"}':
        raise BrokenLine(0, "its header is not as it was written: its checksum does not fit")
    shape = orjson.loads(body + b"}")
    entries, sums = shape.pop("entries", None), shape.pop("shards", None)
    if not isinstance(entries, int) or not isinstance(sums, dict):
        raise BrokenLine(0, "its header is not as it was written")
    return header_of(0, shape), entries, sums
