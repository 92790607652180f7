"""What a run tells of itself; here, nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from reconciler.apply import Result
from reconciler.systems.base import System
from reconciler.systems.sent import Sent


class Telemetry:
    """Is told the phases of a run, each request, and what became of an apply; keeps none of it."""

    sent: Callable[[Sent], None] | None = None
    """Called with each request and its answer, from any thread; None where nobody wants to know."""

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:  # noqa: ARG002 - nobody is told
        """A part of the run, from here to its end."""
        yield

    def look_at(self, systems: Mapping[str, System]) -> None:
        """The systems of the run, which count what they wait."""

    def applied(self, result: Result) -> None:
        """What became of an apply."""

    def close(self, failure: BaseException | None = None) -> str:  # noqa: ARG002 - nobody is told
        """The end of the run; a sentence where not all could be told."""
        return ""
