"""One check: what was found, how good that is, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from reconciler.errors import ReconcilerError, StoppedError
from reconciler.systems.refusals import LostAnswer, Unreachable

T = TypeVar("T")
Level = Literal["ok", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check.

    `area` is what was looked at (`cluedin`, `purview`, `project`), `code` a stable dotted word, `found` one
    sentence, `advice` what to do. `info` tells something, also that a thing cannot be known; only warnings and
    errors are findings.
    """

    level: Level
    area: str
    code: str
    found: str
    advice: str = ""
    request_id: str = ""

    @property
    def is_finding(self) -> bool:
        """Whether somebody should do something."""
        return self.level in ("warning", "error")

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape; empty members left out."""
        shape = {
            "status": self.level,
            "area": self.area,
            "code": self.code,
            "summary": self.found,
            "detail": self.advice,
            "request_id": self.request_id,
        }
        return {key: value for key, value in shape.items() if value}


def guarded(area: str, work: Callable[[], Iterable[Check]]) -> list[Check]:
    """What the work finds; an error on the way is one more finding, and never a traceback.

    An answer of an unexpected shape is one too: it comes from another product, or from a page instead of an API.
    """
    found: list[Check] = []
    try:
        found.extend(work())
    except StoppedError:
        raise
    except ReconcilerError as error:
        found += [of(area, error)]
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        found.append(
            Check(
                "error",
                area,
                f"{area}.unexpected",
                f"an answer is not of the expected form ({type(error).__name__}: {error})",
                "Check the address: another product, a sign-in page or a proxy may answer there.",
            )
        )
    return found


def attempted(area: str, make: Callable[[], T]) -> tuple[T | None, list[Check]]:
    """What was made, or None with the finding that says why not."""
    made: list[T] = []

    def work() -> Iterable[Check]:
        made.append(make())
        return ()

    checks = guarded(area, work)
    return (made[0] if made else None), checks


def of(area: str, error: ReconcilerError, level: Level = "error") -> Check:
    """The finding for an error of a system."""
    first = error.diagnostics[0]
    code = first.code if not isinstance(error, Unreachable | LostAnswer) else f"{area}.unreachable"
    return Check(level, area, code, first.summary, first.detail, first.request_id)
