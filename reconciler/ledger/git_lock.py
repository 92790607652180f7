"""The lock of a ledger in Git: a ref that only one can create, renewed while its holder lives.

It is created with an empty lease, renewed every quarter of its time, and may be taken over only after the same
commit was seen for a whole time on the contender's own clock: clocks of machines differ, and none is asked. Its
holder stops writing when the last renewal is so old that another may have it before a request would end.
"""

from __future__ import annotations

import getpass
import json
import os
import platform
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from reconciler.errors import Diagnostic, ReconcilerError
from reconciler.ledger.book import Held, LockLostError, locked
from reconciler.ledger.git_store import MISSING, Git, PushRefusedError
from reconciler.repository import SECONDS

LOOK = 2.0
"""Seconds between looks at a lock that another holds, at most."""


class GitLock:
    """A lock ref of the remote; `seconds` is how long it lives without a renewal."""

    def __init__(self, git: Git, ref: str, seconds: float, place: str) -> None:
        self.git, self.ref, self.seconds, self.place = git, ref, seconds, place
        self.since = datetime.now(UTC).isoformat(timespec="seconds")
        self._mine = ""
        self._renewed = 0.0
        self._lost = ""
        self._over = threading.Event()

    @contextmanager
    def held(self, timeout: float | None) -> Iterator[Held]:
        """Holds the lock; raises `RefusedError` when it is another's for longer than `timeout` seconds.

        Without a timeout it waits until the other is seen alive, or its time is over.
        """
        self._take(timeout)
        keeper = threading.Thread(target=self._keep, name="lock", daemon=True)
        keeper.start()
        try:
            yield self._require
        finally:
            self._over.set()
            keeper.join()
            if not self._lost:
                with suppress(ReconcilerError, PushRefusedError):  # it runs out by itself
                    self.git.push(self.ref, self._mine, "")

    def holder(self) -> str:
        """Who holds the lock, in words; empty when nobody does."""
        commit = self.git.seen(self.ref).get(self.ref, "")
        return self._told(commit) if commit else ""

    def remove(self) -> None:
        """Takes the lock away, whoever has it. Raises `ReconcilerError` when that cannot be done."""
        commit = self.git.seen(self.ref).get(self.ref, "")
        if commit:
            try:
                self.git.push(self.ref, commit, "")
            except PushRefusedError:
                raise locked(self.place, "another apply, which is alive,") from None

    # -- taking it -----------------------------------------------------------------------------------------

    def _take(self, timeout: float | None) -> None:
        began = time.monotonic()
        seen, seen_since, changed = "", 0.0, False
        while True:
            now = time.monotonic()
            there = self.git.seen(self.ref).get(self.ref, "")
            if there != seen:
                changed = bool(seen and there)
                seen, seen_since = there, now
            ran_out = bool(there) and now - seen_since >= self.seconds
            if (not there or ran_out) and self._claim(there or MISSING):
                return
            waited_enough = changed if timeout is None else now - began >= timeout
            if there and not ran_out and waited_enough:
                raise locked(self.place, self._told(there))
            time.sleep(min(LOOK, self.seconds / 8))

    def _claim(self, before: str) -> bool:
        """Tries to have the lock instead of what there is; one of several that try does."""
        started = time.monotonic()
        commit = self._new()
        try:
            self.git.push(self.ref, before, commit)
        except PushRefusedError:
            return False
        self._mine, self._renewed = commit, started
        return True

    def _new(self) -> str:
        """A commit that nobody else makes: the same one pushed twice would be taken as done both times."""
        said = {"holder": _who(), "since": self.since, "renewed": _now(), "claim": str(uuid.uuid4())}
        return self.git.commit(self.git.tree({}), json.dumps(said))

    def _told(self, commit: str) -> str:
        try:
            self.git.fetch(commit, self.ref)
            said = json.loads(self.git.run("log", "-1", "--format=%B", commit))
            return f"{said['holder']} (since {said['since']}, seen alive {said['renewed']})"
        except (ReconcilerError, ValueError, LookupError, TypeError):
            return "another apply"

    # -- keeping it ----------------------------------------------------------------------------------------

    def _keep(self) -> None:
        pause = self.seconds / 4
        while not self._over.wait(pause):
            started = time.monotonic()
            try:
                commit = self._new()
                self.git.push(self.ref, self._mine, commit, within=max(1.0, self.seconds / 4))
            except PushRefusedError:
                self._lost = "another has taken it"
                return
            except ReconcilerError:
                pause = min(self.seconds / 8, 2.0)
                continue
            self._mine, self._renewed, pause = commit, started, self.seconds / 4

    def _require(self) -> None:
        """Raises `LockLostError` where the lock is another's by now, or may be before a request would end."""
        age = time.monotonic() - self._renewed
        margin = min(SECONDS, self.seconds / 2)
        if not self._lost and age < self.seconds - margin:
            return
        why = self._lost or f"it could not be renewed for {age:.0f} s"
        raise LockLostError(
            Diagnostic(
                "error",
                "ledger.lock_lost",
                f"the lock of the ledger {self.place} is lost: {why}; nothing more is written",
                "See whether another apply runs; then run again: what was done is found by looking.",
            )
        )


def _who() -> str:
    """Who runs this, for others to ask: the run of a CI, or a person on a machine."""
    server, repository, run = (os.environ.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    if server and repository and run:
        return f"{server}/{repository}/actions/runs/{run}"
    if build := os.environ.get("BUILD_BUILDURI"):
        return f"{os.environ.get('SYSTEM_COLLECTIONURI', '')} build {build}"
    try:
        person = getpass.getuser()
    except (OSError, KeyError, ImportError):
        person = "somebody"
    return f"{person} on {platform.node() or 'a machine'}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
