"""The ledger as a ref of the project's own repository, which the team and its CI share.

`refs/reconciler/ENV/ledger` points to a commit whose tree holds `header` and the shards; each flush adds one commit
and pushes it with a lease, so that it is taken only where nobody else wrote. At most 200 commits are kept. Nothing is
set up: who may push to the repository may apply.
"""

from __future__ import annotations

import os
import platform
import uuid
from collections.abc import Mapping
from contextlib import suppress

from reconciler.errors import ReconcilerError
from reconciler.ledger.git_lock import GitLock
from reconciler.ledger.git_store import MISSING, Git, PushRefusedError
from reconciler.ledger.sharded import Head, MovedError

HISTORY = 200
KEPT = 100
"""How many versions are kept at most, and how many are left when there were that many."""
_HEADER = "header"
_DEPTH = "Depth: "


class GitStore:
    """Versions of a ledger under a ref of the remote."""

    def __init__(self, git: Git, ref: str, lock_seconds: float) -> None:
        self.git, self.ref, self.lock_seconds = git, ref, lock_seconds

    @property
    def place(self) -> str:
        """The place in words."""
        return f"{self.ref} of {self.git.clone.remote}"

    @property
    def ways_out(self) -> str:
        """What to do when a version does not read."""
        return (
            f"Bring back a version before: `git fetch {self.git.clone.remote} {self.ref}`, `git log FETCH_HEAD`, and "
            f"`git push --force {self.git.clone.remote} COMMIT:{self.ref}` with the newest one that was in order."
        )

    def head(self) -> Head | None:
        """The newest version; None when there is none yet."""
        commit = self.git.seen(self.ref).get(self.ref)
        if commit is None:
            return None
        commit = self.git.fetch(commit, self.ref)
        files = self.git.files(commit)
        header = files.pop(_HEADER, "")
        data = self.git.read({_HEADER: header})[_HEADER] if header else b""
        return Head(commit, data, files)

    def contents(self, head: Head) -> dict[str, bytes]:
        """Every shard of a version by its name."""
        return self.git.read(head.shards) if head.shards else {}

    def put(self, before: Head | None, header: bytes, changed: Mapping[str, bytes], serial: int) -> Head:
        """Adds a version and pushes it. Raises `MovedError` when the remote has another than `before` by now."""
        shards = dict(before.shards) if before is not None else {}
        gone = {name for name, data in changed.items() if not data}
        made = self.git.write({_HEADER: header} | {name: data for name, data in changed.items() if data})
        blob = made.pop(_HEADER)
        shards = {name: blob for name, blob in (shards | made).items() if name not in gone}
        tree = self.git.tree({_HEADER: blob, **shards})
        parent, depth = self._after(before)
        message = f"Serial {serial}\n\nRun: {_run()}\n{_DEPTH}{depth}\n"
        commit = self.git.commit(tree, message, *([parent] if parent else []))
        try:
            self.git.push(self.ref, before.token if before is not None else MISSING, commit)
        except PushRefusedError:
            raise MovedError from None
        return Head(commit, header, shards)

    def _after(self, before: Head | None) -> tuple[str, int]:
        """The commit that a new one goes on from, and how many there are with the new one."""
        if before is None:
            return "", 1
        depth = self._depth(before.token)
        if depth < HISTORY:
            return before.token, depth + 1
        self.git.fetch(before.token, self.ref, depth=KEPT - 1)
        parent = ""
        for number, commit in enumerate(self._line(before.token, KEPT - 1), 1):
            told = self.git.run("log", "-1", "--format=%T %ct%n%B", commit).decode()
            first, _, message = told.partition("\n")
            tree, date = first.split()
            message = message.partition(_DEPTH)[0] + f"{_DEPTH}{number}\n"
            parent = self.git.commit(tree, message, *([parent] if parent else []), date=f"{date} +0000")
        return parent, KEPT

    def _line(self, commit: str, most: int) -> list[str]:
        """The newest commits, the oldest of them first."""
        return self.git.run("rev-list", "--first-parent", f"-{most}", commit).decode().split()[::-1]

    def _depth(self, commit: str) -> int:
        told = self.git.run("log", "-1", "--format=%B", commit).decode()
        number = told.rpartition(_DEPTH)[2].strip()
        return int(number) if number.isdecimal() else 1

    def tidy(self) -> None:
        """Packs what the store has, now and then; what it could not do is done another time."""
        with suppress(ReconcilerError):
            self.git.run("-c", "gc.auto=2000", "-c", "gc.autoDetach=false", "gc", "--auto", "--quiet")

    def lock(self) -> GitLock:
        """The lock ref."""
        return GitLock(self.git, lock_ref(self.ref), self.lock_seconds, self.place)

    def require_writable(self) -> None:
        """Asks the remote whether it would take a push, and pushes nothing."""
        self.git.try_push(lock_ref(self.ref))


def lock_ref(ref: str) -> str:
    """The ref of the lock that belongs to a ledger's."""
    return f"{ref.removesuffix('ledger')}lock" if ref.endswith("/ledger") else f"{ref}-lock"


def _run() -> str:
    """What no other run writes: where it runs, and something at random."""
    return f"{platform.node() or 'unknown'} {os.getpid()} {uuid.uuid4()}"
