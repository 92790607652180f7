"""Shared ledgers of histories, and machines that die in the middle of an apply.

Each apply opens the ledger anew, as a job of a CI does: from versions in memory, or from a fresh clone of a repository.
A machine that died sends nothing any more, neither to a system nor to the ledger, and its lock stays.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from reconciler.environment.spec import GitPlace
from reconciler.ledger.git import GitStore
from reconciler.ledger.git_store import Git, clone_of
from reconciler.ledger.renewing import RenewedLock, TakenError
from reconciler.ledger.sharded import Head, MovedError, ShardedBook

from ..tools import program

SECONDS = 120.0


class KilledError(BaseException):
    """The machine is gone; nothing in it can do anything about that."""


@dataclass
class Machine:
    """Where one apply runs; it dies at its so-manyth write to a system or to the ledger, before or after it is done."""

    writes: int = -1
    versions: int = -1
    after: bool = False
    dead: bool = False

    def write(self, do: Callable[[], Any]) -> Any:
        """A write to a system."""
        self.writes -= 1
        return self._step(do, dies=self.writes == 0)

    def version(self, do: Callable[[], Any]) -> Any:
        """A write to the ledger."""
        self.versions -= 1
        return self._step(do, dies=self.versions == 0)

    def require(self) -> None:
        """Raises `KilledError` when the machine is dead."""
        if self.dead:
            raise KilledError

    def _step(self, do: Callable[[], Any], *, dies: bool) -> Any:
        self.require()
        if not dies:
            return do()
        self.dead = True
        if self.after:
            do()
        raise KilledError


class Remote(Protocol):
    """The place that the machines of an environment share."""

    def opened(self, machine: Machine) -> AbstractContextManager[ShardedBook]:
        """The ledger as one machine sees it that has seen nothing of it yet."""

    def unlock(self) -> None:
        """What somebody does who knows that the holder is dead."""


# -- in memory ---------------------------------------------------------------------------------------------------


@dataclass
class MemoryRemote:
    """Versions in memory, and a lock."""

    environment: str
    head: Head | None = None
    contents: dict[str, bytes] = field(default_factory=dict)
    holder: str = ""
    count: int = 0

    @contextmanager
    def opened(self, machine: Machine) -> Any:
        """See `Remote`."""
        yield ShardedBook(MemoryStore(self, machine), self.environment, f"memory:{self.environment}")

    def unlock(self) -> None:
        """See `Remote`."""
        self.holder = ""

    def next(self) -> str:
        """A token that nothing had before."""
        self.count += 1
        return str(self.count)


class MemoryStore:
    """What one machine sees of it."""

    place = "memory"
    ways_out = "None."

    def __init__(self, remote: MemoryRemote, machine: Machine) -> None:
        self.remote, self.machine = remote, machine

    def head(self) -> Head | None:
        """The newest version."""
        self.machine.require()
        return self.remote.head

    def contents(self, head: Head) -> dict[str, bytes]:
        """Every shard."""
        assert head == self.remote.head
        return dict(self.remote.contents)

    def put(self, before: Head | None, header: bytes, changed: Mapping[str, bytes], serial: int) -> Head:
        """Adds a version, if the newest is the one of before."""

        def do() -> Head:
            remote = self.remote
            if before != remote.head:
                raise MovedError
            remote.contents = {name: data for name, data in {**remote.contents, **changed}.items() if data}
            remote.head = Head(remote.next(), header, {name: name for name in remote.contents})
            return remote.head

        found: Head = self.machine.version(do)
        return found

    def tidy(self) -> None:
        """Nothing is kept."""

    def lock(self) -> RenewedLock:
        """The lock."""
        return MemoryLock(self.remote, self.machine)

    def require_writable(self) -> None:
        """It always is."""


class MemoryLock(RenewedLock):
    """A lock in memory."""

    def __init__(self, remote: MemoryRemote, machine: Machine) -> None:
        super().__init__(SECONDS, "memory")
        self.remote, self.machine = remote, machine

    def look(self) -> str:
        """Who holds it."""
        return self.remote.holder

    def claim(self, there: str) -> bool:
        """Has it, if it is as it was seen."""
        if self.remote.holder == there:
            self.mine = self.remote.holder = self.remote.next()
            return True
        return False

    def renew(self, within: float) -> None:
        """Never needed: nothing takes so long."""
        raise AssertionError

    def give_back(self) -> None:
        """Lets others have it; a dead machine does not."""
        if self.machine.dead or self.remote.holder != self.mine:
            raise TakenError
        self.remote.holder = ""

    def told(self, there: str) -> str:
        """Its token."""
        return there

    def remove(self) -> None:
        """Takes it away."""
        self.remote.holder = ""


# -- in Git ------------------------------------------------------------------------------------------------------


class GitRemote:
    """A bare repository; every machine has a clone of its own."""

    def __init__(self, root: Path, environment: str) -> None:
        program("git", why="the ledger of a team is a ref of its repository")
        self.root, self.environment, self.count = root, environment, 0
        self.bare = root / "remote.git"
        if not self.bare.exists():
            subprocess.run(["git", "init", "-q", "--bare", str(self.bare)], check=True)

    @contextmanager
    def opened(self, machine: Machine) -> Any:
        """See `Remote`."""
        self.count += 1
        folder = self.root / f"clone-{self.environment}-{self.count}"
        subprocess.run(["git", "clone", "-q", self.bare.as_uri(), str(folder)], check=True, capture_output=True)
        yield self._book(folder, machine)
        shutil.rmtree(folder)

    def _book(self, folder: Path, machine: Machine) -> ShardedBook:
        clone = clone_of(folder, "origin")
        assert clone is not None
        ref = GitPlace().ref_of(self.environment)
        store = MortalGitStore(Git(clone, self.environment, os.environ), ref, SECONDS)
        store.machine = machine
        return ShardedBook(store, self.environment, f"git:{self.environment}")

    def unlock(self) -> None:
        """See `Remote`."""
        with self.opened(Machine()) as book:
            book.unlock()


class MortalGitStore(GitStore):
    """The ledger's own store, on a machine that may die."""

    machine: Machine

    def head(self) -> Head | None:
        """The newest version."""
        self.machine.require()
        return super().head()

    def put(self, before: Head | None, header: bytes, changed: Mapping[str, bytes], serial: int) -> Head:
        """Adds a version."""
        put = super().put
        found: Head = self.machine.version(lambda: put(before, header, changed, serial))
        return found

    def lock(self) -> Any:
        """The lock, which a dead machine does not give back."""
        lock = super().lock()
        give_back = lock.give_back

        def alive() -> None:
            if self.machine.dead:
                raise TakenError
            give_back()

        lock.give_back = alive  # type: ignore[method-assign]
        return lock
