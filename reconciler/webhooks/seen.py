"""Which messages came already: a receiver claims the id of one, and confirms it once it is handled.

A claim that nobody confirms runs out, so that what a handler that died had in hand comes in again with the next
attempt of the sender; one that failed gives it back at once.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Protocol

KEPT_SECONDS = 7 * 86400.0
"""How long an id is kept; senders try for far less than a day."""
CLAIM_SECONDS = 60.0
"""How long a handler may take before another may have the message; the sender waits 10 seconds for its answer."""


class Seen(Protocol):
    """Where ids are kept; `now` is Unix seconds."""

    def claim(self, id: str, now: float) -> bool:
        """Takes the message; False where it was handled, or is in another handler's hands."""

    def confirm(self, id: str) -> None:
        """Says that it was handled."""

    def release(self, id: str) -> None:
        """Gives back what was not handled."""


class SeenInMemory:
    """For one process, as long as it lives."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, bool]] = {}
        self._lock = threading.Lock()

    def claim(self, id: str, now: float) -> bool:
        """See `Seen`."""
        with self._lock:
            self._known = {one: held for one, held in self._known.items() if now - held[0] < KEPT_SECONDS}
            at, done = self._known.get(id, (0.0, False))
            if id in self._known and (done or now - at < CLAIM_SECONDS):
                return False
            self._known[id] = now, False
            return True

    def confirm(self, id: str) -> None:
        """See `Seen`."""
        with self._lock:
            if id in self._known:
                self._known[id] = self._known[id][0], True

    def release(self, id: str) -> None:
        """See `Seen`."""
        with self._lock:
            if id in self._known and not self._known[id][1]:
                del self._known[id]


class SeenInFile:
    """For several processes on one machine, in a file of SQLite that is made where it is missing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(self._open()) as file, file:
            file.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, at REAL, done INTEGER)")

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=30)

    def claim(self, id: str, now: float) -> bool:
        """See `Seen`; of several processes one gets it."""
        with closing(self._open()) as file, file:
            file.execute("DELETE FROM seen WHERE at < ?", (now - KEPT_SECONDS,))
            done = file.execute(
                "INSERT INTO seen VALUES (?, ?, 0) ON CONFLICT (id) DO UPDATE SET at = excluded.at"
                " WHERE done = 0 AND at <= ?",
                (id, now, now - CLAIM_SECONDS),
            )
            return done.rowcount == 1

    def confirm(self, id: str) -> None:
        """See `Seen`."""
        with closing(self._open()) as file, file:
            file.execute("UPDATE seen SET done = 1 WHERE id = ?", (id,))

    def release(self, id: str) -> None:
        """See `Seen`."""
        with closing(self._open()) as file, file:
            file.execute("DELETE FROM seen WHERE id = ? AND done = 0", (id,))
