"""What every place that keeps a ledger can do; one file a place: `local`, `git`, `blob`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from reconciler.errors import ConfigurationError, Diagnostic, ReconcilerError, RefusedError, StoppedError
from reconciler.ledger.ledger import Ledger

Held = Callable[[], None]
"""Asked before every write to a system; raises `LockLostError` when the lock may be another's by now."""


class LockLostError(StoppedError):
    """The lock could not be renewed in time, so that nothing more may be written."""


class Book(Protocol):
    """A place that keeps the ledger of one environment, for whoever may read and write there."""

    @property
    def place(self) -> str:
        """The place in words, as in `the ledger PLACE cannot be used`."""

    @property
    def shared(self) -> bool:
        """Whether others see it: a file on a machine that ends with its job would be lost."""

    def load(self) -> Ledger:
        """The ledger as last flushed; a new one when there is none. Raises `ConfigurationError`."""

    def flush(self, ledger: Ledger) -> None:
        """Makes what changed durable, if nobody else wrote since; raises `ReconcilerError` otherwise."""

    def compact(self, ledger: Ledger) -> None:
        """Tidies up after an apply that came to its end."""

    def lock(self, timeout: float | None) -> AbstractContextManager[Held]:
        """Holds the ledger for one apply; raises `RefusedError` when another holds it.

        Waits up to `timeout` seconds. None waits only where it cannot be seen at once whether the holder is alive.
        """

    def holder(self) -> str:
        """Who holds the lock, in words; empty when nobody does."""

    def unlock(self) -> None:
        """Takes the lock away from whoever holds it."""

    def require_writable(self) -> None:
        """Raises `ReconcilerError` where it is known that a flush would not be taken; writes nothing."""


def locked(place: str, holder: str = "another apply") -> RefusedError:
    """The refusal of an apply that another one does not let in."""
    return RefusedError(
        Diagnostic(
            "error",
            "ledger.locked",
            f"{holder} holds the ledger {place}",
            "Wait for it to finish, or give more time with --lock-timeout. If it is dead, its lock runs out by itself.",
        )
    )


def unusable(place: str, why: str, ways_out: str) -> ReconcilerError:
    """The error of a ledger that is there and does not read."""
    return ConfigurationError.of("ledger.unusable", f"the ledger {place} cannot be used: {why}", ways_out)
