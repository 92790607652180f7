"""The ledger in memory: its header, its entries, and the digests that stand for values."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import orjson

from reconciler.resources.base import Desired
from reconciler.systems.identity import added
from reconciler.systems.redact import SECRETS

if TYPE_CHECKING:
    from reconciler.provenance import Provenance

How = Literal["created", "adopted", "ensured", "referred"]
"""How we came to know a resource; one that is referred to is not ours, only its live id is known."""
FORMAT = 3
_WHERE_SAID = ("id", "origins", "depends_on", "protect", "tombstone", "commit", "moved", "bearer", "derived_from")
"""Members of an entry that its JSON shape has only where they say something."""
_NOT_OURS, _OVER = 0, 2
"""What the third member of a mark says."""


class Mark(NamedTuple):
    """What a ledger knows of one owned field.

    `sent` is the digest of what the author said, `seen` of the canonical value read back after the write: one form
    for all but formatted text. `ours` is false for a member of a shared set that was there before us, so that it is
    never removed. `over` is true where the field held something before us: what that was is not known, so nothing
    brings it back.
    """

    sent: str
    seen: str
    ours: bool = True
    over: bool = False

    def as_list(self) -> list[Any]:
        """The JSON shape: a third member only where something is to be said."""
        more = [_NOT_OURS] if not self.ours else [_OVER] if self.over else []
        return [self.sent, self.seen, *more]

    @classmethod
    def of(cls, shape: Sequence[Any]) -> Mark:
        """The mark of a JSON shape."""
        sent, seen, *more = shape
        if sent == seen and not more:
            return _settled(sent)
        return cls(sent, sent if seen == sent else seen, not more or more[0] == _OVER, _OVER in more[:1])


@lru_cache(maxsize=1024)
def _settled(digest: str) -> Mark:
    """The mark of a value that was seen as it was sent; one object where many fields hold the same one."""
    return Mark(digest, digest)


@dataclass(slots=True)
class Intent:
    """A write that may be under way: kept durable before the first request of an apply.

    `before` and `sent` are digests of canonical values by path, `said` of what the author said where that is another
    form. `was_ours` tells whether the value before was one that we had left
    there. `waiting` is set when the write was sent and its effect was not seen (pending, unverified). `begun` is false
    while it is certain that nothing was sent for it: what is found in place then was made by others.
    """

    action: str
    before: dict[str, str] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    was_ours: dict[str, bool] = field(default_factory=dict)
    waiting: str = ""
    said: dict[str, str] = field(default_factory=dict)
    begun: bool = True

    @classmethod
    def of(cls, shape: Mapping[str, Any]) -> Intent:
        """The intent of a JSON shape."""
        return cls(
            shape["action"],
            shape["before"],
            shape["sent"],
            dict.fromkeys(shape["was_ours"], True),
            shape["waiting"],
            shape.get("said", {}),
            shape.get("begun", True),
        )


@dataclass(slots=True)
class Entry:
    """What the ledger knows of one resource."""

    address: str
    id: str = ""
    how: How = "created"
    origins: list[str] = field(default_factory=list)
    depends_on: list[str] = field(default_factory=list)
    on_remove: str = "delete"
    canon: int = 1
    protect: bool = False
    tombstone: bool = False
    commit: str = ""
    fields: dict[str, Mark] = field(default_factory=dict)
    intent: Intent | None = None
    moved: list[str] = field(default_factory=list)
    """Keys that its manifest says it had before, and that are past."""
    bearer: str = ""
    """With `moved`: what bore the name when that was carried out, so that a swap back is told from the swap."""
    derived_from: str = ""
    """`system.type:id` of the live object that a rule made it of, so that it stays the same one through renames."""

    def follow(self, want: Desired) -> None:
        """Takes over who wants the resource, what it needs, what it was, and how it is removed one day."""
        self.moved = _past_of(want)
        self.bearer = want.bearer if self.moved else ""
        self.origins, self.depends_on = _origins_of(want), sorted(want.needs)
        self.on_remove, self.derived_from = want.on_remove, want.derived_from

    def follows(self, want: Desired) -> bool:
        """Whether all of that is known already."""
        return (
            self.on_remove == want.on_remove
            and self.derived_from == want.derived_from
            and self.depends_on == sorted(want.needs)
            and self.origins == _origins_of(want)
            and self.moved == (past := _past_of(want))
            and self.bearer == (want.bearer if past else "")
        )

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of an entry; empty members left out."""
        shape: dict[str, Any] = {"address": self.address, "how": self.how, "canon": self.canon}
        shape["fields"] = {path: mark.as_list() for path, mark in self.fields.items()}
        for name in _WHERE_SAID:
            if value := getattr(self, name):
                shape[name] = value
        if self.on_remove != "delete":
            shape["on_remove"] = self.on_remove
        if self.intent is not None:
            intent = self.intent
            shape["intent"] = {
                "action": intent.action,
                "before": intent.before,
                "sent": intent.sent,
                "was_ours": [path for path, ours in intent.was_ours.items() if ours],
                "waiting": intent.waiting,
                **({"said": intent.said} if intent.said else {}),
                **({} if intent.begun else {"begun": False}),
            }
        return shape

    @classmethod
    def of(cls, shape: Mapping[str, Any]) -> Entry:
        """The entry of a JSON shape; texts that many entries have are one object."""
        get, intent = shape.get, shape.get("intent")
        return cls(
            intern(shape["address"]),
            intern(get("id", "")),
            intern(shape["how"]),  # type: ignore[arg-type]
            list(map(intern, get("origins", ()))),
            list(map(intern, get("depends_on", ()))),
            intern(get("on_remove", "delete")),
            shape["canon"],
            get("protect", False),
            get("tombstone", False),
            intern(get("commit", "")),
            {intern(path): Mark.of(mark) for path, mark in shape["fields"].items()},
            Intent.of(intent) if intent is not None else None,
            get("moved", []),
            get("bearer", ""),
            get("derived_from", ""),
        )


def _origins_of(want: Desired) -> list[str]:
    if len(want.origins) == 1:
        return [f"{want.origins[0].kind}/{want.origins[0].name}"]
    return sorted({f"{origin.kind}/{origin.name}" for origin in want.origins})


def _past_of(want: Desired) -> list[str]:
    return list(want.moved_from if want.past is None else want.past)


@dataclass(slots=True)
class Header:
    """What binds a ledger to one environment of one repository and to the systems behind it."""

    ledger: str
    environment: str
    salt: str
    serial: int = 0
    repository: str = ""
    commit: str = ""
    """The commit that was applied last; kept where the next apply is of manifests that are in no repository."""
    author: str = ""
    """Who wrote it."""
    pull_request: int = 0
    """Its pull request, where CI told it."""
    systems: dict[str, list[str]] = field(default_factory=dict)
    """By system the names that it is known by; one of them is enough to know it again."""
    format: int = FORMAT

    @classmethod
    def new(cls, environment: str, id: str = "") -> Header:
        """The header of a ledger that has seen nothing yet; `id` tells it from others, by default a local file's."""
        import secrets

        return cls(ledger=id or f"local:{environment}", environment=environment, salt=secrets.token_hex(16))

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape; what is not known of the commit left out."""
        shape = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in shape.items() if value or name not in ("author", "pull_request")}


def _salted(salt: str) -> Callable[[Any], str]:
    """What makes the digests of a ledger."""
    begun = hashlib.blake2b(key=bytes.fromhex(salt), digest_size=9)

    def digest(value: Any) -> str:
        salted = begun.copy()
        salted.update(orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS))
        return salted.hexdigest()

    return digest


class Ledger:
    """The entries by address, and which of them changed since the last flush."""

    def __init__(self, header: Header, entries: Iterable[Entry] = ()) -> None:
        self.header = header
        self.entries: dict[str, Entry] = {entry.address: entry for entry in entries}
        self.changed: set[str] = set()
        self.header_changed = False
        self._digest = _salted(header.salt)
        self._digest_of_text = lru_cache(maxsize=1024)(self._digest)

    def digest(self, value: Any) -> str:
        """The salted digest of a canonical value: equal values have equal digests in this ledger only."""
        return self._digest_of_text(value) if type(value) is str else self._digest(value)

    def know(self, names: Mapping[str, Sequence[str]]) -> None:
        """Learns names of systems, beside those that it knows them by."""
        for system, seen in names.items():
            known = self.header.systems.get(system, [])
            self.header.systems[system] = added(known, seen)
            self.header_changed |= self.header.systems[system] != known

    def come_from(self, provenance: Provenance) -> None:
        """Learns which commit is applied; one that is in no repository is none. A name may hold anything."""
        told = (provenance.commit, SECRETS.clean(provenance.author), provenance.pull_request)
        header = self.header
        if provenance.commit and told != (header.commit, header.author, header.pull_request):
            header.commit, header.author, header.pull_request = told
            self.header_changed = True

    def put(self, entry: Entry) -> None:
        """Writes an entry."""
        self.entries[entry.address] = entry
        self.changed.add(entry.address)

    def drop(self, address: str) -> None:
        """Forgets an entry."""
        if self.entries.pop(address, None) is not None:
            self.changed.add(address)

    def touch(self, address: str) -> None:
        """Marks an entry as changed in place."""
        self.changed.add(address)

    def get(self, address: str) -> Entry | None:
        """The entry of an address."""
        return self.entries.get(address)

    def move(self, moves: Mapping[str, str]) -> None:
        """Gives entries other addresses, all at once: from each new address to the one that its entry has.

        What stood at a new address and does not move itself is forgotten. What needs an entry that moves needs it
        under its new address: an entry that no manifest wants any more has nobody else to tell it.
        """
        found = {new: self.entries.get(old) for new, old in moves.items()}
        for old in moves.values():
            self.drop(old)
        for new, entry in found.items():
            if entry is not None:
                entry.address = new
                self.put(entry)
        now = {old: new for new, old in moves.items()}
        for entry in self.entries.values() if now else ():
            if not now.keys().isdisjoint(entry.depends_on):
                entry.depends_on = sorted(now.get(need, need) for need in entry.depends_on)
                self.touch(entry.address)

    def moved(self, moves: Mapping[str, str]) -> Ledger:
        """The ledger as it is once entries have moved; itself when none does."""
        if not moves:
            return self
        kept = self.entries.keys() - moves.values()
        entries = [self.entries[address] for address in kept]
        entries += [replace(self.entries[old], address=new) for new, old in moves.items() if old in self.entries]
        return Ledger(self.header, entries)
