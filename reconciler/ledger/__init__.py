"""What we own: addresses, live ids, origins and two salted digests per owned field. Never a value."""

from __future__ import annotations

from reconciler.ledger.book import Book, Held, LockLostError
from reconciler.ledger.ledger import Entry, Header, How, Intent, Ledger, Mark
from reconciler.ledger.local import LocalLedger
from reconciler.ledger.waiting import reopen, tasks_in, waits_for

__all__ = [
    "Book", "Entry", "Header", "Held", "How", "Intent", "Ledger", "LocalLedger", "LockLostError", "Mark", "reopen",
    "tasks_in", "waits_for",
]  # fmt: skip
