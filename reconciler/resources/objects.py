"""Plain data that passes between types and engine: what is there, what hangs on it, what is written, who wants it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from sys import intern
from typing import Any, NamedTuple

from reconciler.errors import ReconcilerError, Source
from reconciler.resources.keys import field_of, steps_of

_SHARED: dict[frozenset[str], frozenset[str]] = {}
_NONE: frozenset[str] = frozenset()


def shared(names: Iterable[str]) -> frozenset[str]:
    """A set of names that equal ones share: most resources have the same few, and each set takes 216 bytes."""
    if not names:
        return _NONE
    found = frozenset(names)
    return _SHARED.setdefault(found, found)


def kept(value: Any) -> Any:
    """The value, and a text as the one object that equal texts share: manifest, ledger and system say the same."""
    return intern(value) if type(value) is str else value


@dataclass(frozen=True, slots=True)
class Origin:
    """The manifest that wants a resource."""

    kind: str
    name: str
    file: str
    line: int

    @property
    def source(self) -> Source:
        """The place in the file."""
        return Source(self.file, self.line)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that hangs on an object, and goes with it or loses it when it is deleted.

    `address` is what the part is called as a resource, by live names as far as they are known; empty where nothing
    of ours can be like it. `id` is its live id, by which it is known whatever its host is called; without one, the
    address only says whose it is. `what` says in words what it is. A part that does not go (`goes` is false) stays
    without the object, as a process that reads it does; `field` is the field of that other resource that names the
    object.
    """

    address: str
    id: str
    what: str
    goes: bool = True
    field: str = ""

    @property
    def token(self) -> str:
        """What tells the part from others, for snapshots."""
        return f"{self.address or self.what} {self.id}".strip()


@dataclass(frozen=True, slots=True)
class Failed:
    """How one write of a batch ended that was not carried out, or not to its end (`begun`); the others went on."""

    error: ReconcilerError
    begun: bool = False


class Edited(NamedTuple):
    """Who edited an object last, and when, as its system says."""

    by: str
    """A name, an address or an id; empty where only the time is said."""
    at: int
    """Milliseconds since 1970; 0 where only the person is said."""

    @property
    def time(self) -> str:
        """ISO 8601 with offset; empty where none is said, or none that is a date."""
        if not 0 < self.at < _END_OF_TIME:
            return ""
        return datetime.datetime.fromtimestamp(self.at // 1000, datetime.UTC).isoformat(timespec="seconds")


_END_OF_TIME = 253_402_300_800_000
"""Milliseconds until the year 10000, after which there are no dates."""


@dataclass(slots=True, eq=False)
class Live:
    """One resource as the system has it.

    `fields` are canonical and flat by path, empty ones left out. `raw` is the system's own object, for the
    writes that must send the whole of it. `parts` are what hangs on it and would go with it, or lose it.
    `foreign` says why the object may never be taken over, when that can be told from what was read. `at_rest`
    says that changes of its disruptive fields disrupt nothing now, as of a stream that does not run. `unset` are
    paths with a value that the system shows as well for what was never set. `tells` are keys of others of the type
    that are live as well, which the reading told by the way. `edited` is whose the last edit was, where that is told.
    `fixed` says why nothing of it can be changed now, and what can be done; empty where it can.
    """

    key: str
    id: str
    fields: dict[str, Any] = field(default_factory=dict)
    raw: Any = None
    parts: tuple[Part, ...] = ()
    foreign: str | None = None
    at_rest: bool = False
    unset: frozenset[str] = frozenset()
    tells: tuple[str, ...] = ()
    edited: Edited | None = None
    fixed: str = ""


@dataclass(slots=True, eq=False)
class Write:
    """One intended write, handed to a type with everything it needs.

    `values` are the paths to write with the author's values (None clears, False removes a member); for a
    create they are everything the manifests mention. `live` is a fresh reading of the object, None on create.
    `id_of` gives the live id behind an address that the resource needs.
    """

    address: str
    key: str
    values: dict[str, Any]
    live: Live | None
    id_of: Callable[[str], str]
    was_there: bool = False
    """Set by a create whose answer shows that others had made the object a moment before: it is not ours to delete."""
    wanted: frozenset[str] = frozenset()
    """Every path that the manifests mention, also those that do not change: what is written must leave those right."""
    along: list[Write] = field(default_factory=list)
    """Creates of what hangs on the object and may be made in the same request (`Resource.comes_with`). The type takes
    out what it did not send: that is sent by itself, as is what did not come of it."""

    def has(self, name: str) -> bool:
        """Whether the write touches a field."""
        return name in self.values or any(field_of(path) == name for path in self.values)

    def get(self, name: str, default: Any = None) -> Any:
        """The value to write for a plain field."""
        return self.values.get(name, default)

    def entries(self, name: str) -> dict[tuple[str, ...], Any]:
        """The entries to write of a field that is managed entry by entry."""
        return {steps_of(path): value for path, value in self.values.items() if field_of(path) == name and path != name}

    def merged_members(self, name: str, live: Iterable[str]) -> list[str]:
        """The members of a set after the write: what is there, plus ours, less what we take back."""
        members = dict.fromkeys(live)
        for (member, *_), wanted in self.entries(name).items():
            if wanted:
                members.setdefault(member)
            else:
                members.pop(member, None)
        return list(members)
