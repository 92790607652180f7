"""The contract of a question, and asking all questions of a project at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, TypeVar

from reconciler.errors import Diagnostic, SystemFailureError
from reconciler.ledger import Ledger
from reconciler.systems.answers import STRANGE, strange
from reconciler.systems.base import System
from reconciler.systems.refusals import Unreachable

Q = TypeVar("Q", bound="Question")
LEDGER = "ledger"
"""What questions to the ledger have for a system."""


class Question:
    """One thing to know of a live system, or of the ledger (`LEDGER`).

    Subclasses are frozen dataclasses, so that equal questions are one.

    A subclass must set `system` and implement `ask`.
    """

    system: ClassVar[str]
    claims: ClassVar[Mapping[str, str]] = {}
    """Claims of CluedIn that it takes, with the level: area to `Informed` or `Consulted` (see `resources.rights`)."""

    @classmethod
    def ask(cls, system: Any, questions: Sequence[Self]) -> Iterable[tuple[Self, tuple[Any, ...]]]:
        """The rows of each question, read in bulk; raises the system's error where it refuses."""
        raise NotImplementedError


@dataclass(slots=True)
class Answers:
    """What was asked and what came back: rows, or why there are none."""

    rows: dict[Question, tuple[Any, ...]] = field(default_factory=dict)
    failures: dict[Question, Diagnostic] = field(default_factory=dict)

    def of(self, question: Question) -> tuple[Any, ...] | None:
        """The rows; None when it was not asked or could not be read, which is not the same as no rows."""
        return self.rows.get(question)


def askable(systems: Mapping[str, System], ledger: Ledger) -> dict[str, Any]:
    """All that can be asked: the live systems, and under the name `ledger` what we own in them."""
    return {**systems, LEDGER: ledger}


def ask(questions: Iterable[Question], systems: Mapping[str, Any]) -> Answers:
    """Asks every question once, all kinds of questions at the same time.

    A refusal makes its kind of question unanswered; an unreachable system or a refused sign-in is raised.
    Questions to a system that the environment does not have stay unanswered.
    """
    groups: dict[type[Question], list[Question]] = {}
    for question in dict.fromkeys(questions):
        if question.system in systems:
            groups.setdefault(type(question), []).append(question)
    answers = Answers()
    if not groups:
        return answers
    with ThreadPoolExecutor(max_workers=len(groups)) as pool:
        for found in pool.map(lambda kind: _asked(kind, groups[kind], systems), groups):
            answers.rows |= found.rows
            answers.failures |= found.failures
    return answers


def _asked(kind: type[Question], questions: list[Question], systems: Mapping[str, Any]) -> Answers:
    found = Answers()
    try:
        found.rows.update(kind.ask(systems[kind.system], questions))
    except SystemFailureError as error:
        if isinstance(error, Unreachable) or getattr(error, "status", 0) == 401:
            raise
        found.rows.clear()
        found.failures.update(dict.fromkeys(questions, error.diagnostics[0]))
    except STRANGE as error:
        found.rows.clear()
        told = strange(kind.system, kind.__name__, error)
        found.failures.update(dict.fromkeys(questions, told))
    return found
