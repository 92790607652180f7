"""Where audit lines go: the one thing that a place must be able to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from reconciler.errors import ReconcilerError

BEGINNING = b'{"audit":'
"""How every line begins, and so every audit."""


class Trail(Protocol):
    """A place that lines are added to, and that nothing is taken away from; `name` says where it is."""

    name: str

    def append(self, lines: Sequence[bytes]) -> None:
        """Adds whole lines, durably; raises `ReconcilerError` where that fails.

        Some of the lines may be there then. They are given again, so a line may stand twice: `line` and
        `correlation_id` tell it.
        """

    def require_writable(self) -> None:
        """Raises `ReconcilerError` where the place says that nothing would be added; adds nothing and makes nothing."""


class Nowhere:
    """Keeps nothing, for programs that want no audit."""

    name = "nowhere"

    def append(self, lines: Sequence[bytes]) -> None:
        """Adds nothing."""

    def require_writable(self) -> None:
        """Nothing stands in the way."""


def unwritable(place: str, why: str, advice: str) -> ReconcilerError:
    """The one finding of an audit that cannot be written."""
    told = f"the audit {place} could not be written: {why}; without it no further change is sent"
    return ReconcilerError.of("audit.unwritable", told, advice)
