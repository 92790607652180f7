"""What every live system offers to resource types and to the engine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, Self, TypeVar

from reconciler.errors import Diagnostic
from reconciler.systems.http import Connection
from reconciler.systems.pacing import Counts

T = TypeVar("T")
U = TypeVar("U")


Decision = Literal["open", "approved", "rejected", "unknown"]
"""What became of an approval task; `unknown` where the system does not tell."""


@dataclass(frozen=True, slots=True)
class Task:
    """A write that waits until somebody agrees to it."""

    id: str
    decision: Decision


class Ids(Protocol):
    """Who knows live ids."""

    def id_of(self, type: str, key: str) -> str:
        """The live id behind a key of a type of resources; empty when it is not known."""


class _Nobody:
    """Knows none."""

    def id_of(self, type: str, key: str) -> str:  # noqa: ARG002 - whatever it is
        return ""


class System:
    """A connected system, with a memory of what was read in one reading.

    Several resource types live in the same answers (an entity carries its classifications), so a reading
    remembers by key what it has fetched. `fresh()` gives the same connection with an empty memory.
    """

    name: str = ""

    def __init__(self, connection: Connection, settings: Mapping[str, Any] | None = None) -> None:
        self.connection = connection
        self.settings: dict[str, Any] = dict(settings or {})
        self.ids: dict[Hashable, Any] = {}
        """Ids of what was found once, for as long as the connection lives: readings share it."""
        self.known: Mapping[str, Mapping[str, str]] = {}
        """By type the live ids of keys that the ledger knows: what people renamed is found by them."""
        self.hints: Ids = _Nobody()
        """Live ids that the ledger or the run remembers: where to look first for what is asked for by its key."""
        self.learnt: dict[str, Any] = {}
        """What does not change while the connection lasts, such as how much it takes at once; readings share it."""
        self._memory: dict[Hashable, Any] = {}
        self._locks: dict[Hashable, threading.Lock] = {}
        self._guard = threading.Lock()

    def fresh(self) -> Self:
        """The same system for a new reading."""
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin._memory, twin._locks, twin._guard = {}, {}, threading.Lock()
        return twin

    def forget(self) -> None:
        """Lets go of the answers of this reading."""
        self._memory.clear()
        self._locks.clear()

    def memo(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returned for the key in this reading; made once, also when asked from many threads."""
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._memory:
                self._memory[key] = make()
            return self._memory[key]  # type: ignore[no-any-return]

    def memo_each(self, name: str, ids: Iterable[str], make: Callable[[list[str]], Sequence[T]]) -> list[T]:
        """As `memo` under `(name, id)` for several ids at once; `make` is asked for those that are not there yet."""
        wanted = list(ids)
        with self._guard:
            lock = self._locks.setdefault((name, "several"), threading.Lock())
        with lock:
            missing = list(dict.fromkeys(id for id in wanted if (name, id) not in self._memory))
            self._memory.update(zip(((name, id) for id in missing), make(missing) if missing else (), strict=True))
            return [self._memory[name, id] for id in wanted]

    def each(self, work: Callable[[T], U], items: Iterable[T]) -> list[U]:
        """Does the work for every item, several at once; results in order."""
        return self.connection.each(work, items)

    @property
    def delayed(self) -> float:
        """Seconds so far during which a limit of the system kept requests waiting."""
        return self.connection.delayed

    @property
    def counts(self) -> Counts:
        """Requests sent and time waited so far."""
        return self.connection.counts

    def identities(self) -> tuple[str, ...]:
        """The names that this sign-in sees of the system (`systems.identity`), to which a ledger is bound.

        The first is one that every sign-in sees.
        """
        raise NotImplementedError

    def findings(self) -> Sequence[Diagnostic]:
        """What a plan should say about the system as a whole; an error means that nothing may be written to it."""
        return ()

    def tasks_for(self, object_id: str) -> Sequence[Task]:  # noqa: ARG002 - no approvals here
        """The open approval tasks that hold back writes of ours to an object."""
        return ()

    def waits_for_nobody(self, object_id: str) -> bool:  # noqa: ARG002 - not known here
        """Whether it is certain that no write of ours to an object is held back until somebody agrees."""
        return False

    def decision(self, task_id: str) -> Decision:  # noqa: ARG002 - no approvals here
        """What became of an approval task."""
        return "unknown"
