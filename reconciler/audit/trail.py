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

    def read(self, since: int) -> tuple[int, bytes]:
        """What stands there from byte `since` on, and from which byte it is: 0 where there is less than that.

        Nothing where there is no audit yet; raises `ReconcilerError` where that cannot be told.
        """


class Nowhere:
    """Keeps nothing, for programs that want no audit."""

    name = "nowhere"

    def append(self, lines: Sequence[bytes]) -> None:
        """Adds nothing."""

    def require_writable(self) -> None:
        """Nothing stands in the way."""

    def read(self, since: int) -> tuple[int, bytes]:  # noqa: ARG002 - nothing is there
        """Nothing."""
        return 0, b""


def unreadable(place: str, why: str, advice: str) -> ReconcilerError:
    """The one finding of an audit that cannot be read."""
    return ReconcilerError.of("audit.unreadable", f"the audit {place} could not be read: {why}", advice)


def unwritable(place: str, why: str, advice: str) -> ReconcilerError:
    """The one finding of an audit that cannot be written."""
    told = f"the audit {place} could not be written: {why}; without it no further change is sent"
    return ReconcilerError.of("audit.unwritable", told, advice)
