"""A lock that its holder renews and that runs out without: what the places that many machines share have in common.

Its holder stops writing when the last renewal is so old that another may have it before a request would end.
"""

from __future__ import annotations

import json
import os
import platform
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from reconciler.errors import Diagnostic, ReconcilerError
from reconciler.ledger.book import Held, LockLostError, locked
from reconciler.provenance import github_run, user

LOOK = 2.0
"""Seconds between looks at a lock that another holds, at most."""
RENEWALS = 15.0
"""Seconds between renewals of a lock, at most: so soon a holder sees that its lock was taken away."""
MARGIN = 60.0
"""Seconds that a request to a system may take; of a short lock never more than half of its time."""


class TakenError(Exception):
    """The lock is no longer ours."""


class RenewedLock(ABC):
    """A lock of `place` that lives `seconds` without a renewal.

    Every method raises `ReconcilerError` when the place cannot be reached.
    """

    def __init__(self, seconds: float, place: str) -> None:
        self.seconds, self.place = seconds, place
        self.since = _now()
        self._renewed = 0.0
        self._lost = ""
        self._over = threading.Event()

    @abstractmethod
    def look(self) -> str:
        """What is there: a text that each renewal makes another one; empty when the lock is free."""

    @abstractmethod
    def claim(self, there: str) -> bool:
        """Tries to have the lock instead of what is there; one of several that try does."""

    @abstractmethod
    def renew(self, within: float) -> None:
        """Lets the lock live on; raises `TakenError` when it is another's. One request takes up to `within` seconds."""

    @abstractmethod
    def give_back(self) -> None:
        """Lets others have it at once; raises `TakenError` when they do already."""

    @abstractmethod
    def told(self, there: str) -> str:
        """Who holds it, in words, by what a look found."""

    @abstractmethod
    def remove(self) -> None:
        """Takes the lock away, whoever has it."""

    def holder(self) -> str:
        """Who holds the lock, in words; empty when nobody does."""
        there = self.look()
        return self.told(there) if there else ""

    @contextmanager
    def held(self, timeout: float | None) -> Iterator[Held]:
        """Holds the lock; raises `RefusedError` when it is another's for longer than `timeout` seconds.

        Without a timeout it waits until the other is seen alive, or its time is over.
        """
        self.take(timeout)
        keeper = threading.Thread(target=self._keep, name="lock", daemon=True)
        keeper.start()
        try:
            yield self.require
        finally:
            self._over.set()
            keeper.join()
            if not self._lost:
                with suppress(ReconcilerError, TakenError):  # it runs out by itself
                    self.give_back()

    def take(self, timeout: float | None) -> None:
        """Has the lock from now on, and does not renew it; waits and raises as `held` does."""
        began = time.monotonic()
        seen, seen_since, changed = "", 0.0, False
        while True:
            now = time.monotonic()
            there = self.look()
            if there != seen:
                changed = bool(seen and there)
                seen, seen_since = there, now
            unchanged = now - seen_since
            if (not there or unchanged >= self.seconds) and self._claimed(there):
                return
            patience_ends = changed or unchanged >= 2 * self.seconds if timeout is None else now - began >= timeout
            if there and patience_ends:
                raise locked(self.place, self.told(there))
            time.sleep(min(LOOK, self.seconds / 8))

    def _claimed(self, there: str) -> bool:
        started = time.monotonic()
        if not self.claim(there):
            return False
        self._renewed = started
        return True

    def _keep(self) -> None:
        pause = min(self.seconds / 4, RENEWALS)
        while not self._over.wait(pause):
            started = time.monotonic()
            try:
                self.renew(max(1.0, self.seconds / 4))
            except TakenError:
                self._lost = "another has taken it"
                return
            except ReconcilerError:
                pause = min(self.seconds / 8, 2.0)
                continue
            self._renewed, pause = started, min(self.seconds / 4, RENEWALS)

    def require(self) -> None:
        """Raises `LockLostError` where the lock is another's by now, or may be before a request would end."""
        age = time.monotonic() - self._renewed
        margin = min(MARGIN, self.seconds / 2)
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

    def said(self, **more: Any) -> str:
        """What the holder leaves at the lock for others to read, as ASCII."""
        return json.dumps({"holder": _who(), "since": self.since, "renewed": _now(), **more})


def words_of(said: str | bytes) -> str:
    """Who holds a lock, by what was left there."""
    try:
        found = json.loads(said)
        return f"{found['holder']} (since {found['since']}, seen alive {found['renewed']})"
    except (ValueError, LookupError, TypeError):
        return "another apply"


def _who() -> str:
    """Who runs this, for others to ask: the run of a CI, or a person on a machine."""
    if run := github_run(os.environ):
        return run
    if build := os.environ.get("BUILD_BUILDURI"):
        return f"{os.environ.get('SYSTEM_COLLECTIONURI', '')} build {build}"
    return f"{user() or 'somebody'} on {platform.node() or 'a machine'}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
