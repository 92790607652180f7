"""A deduplication project of CluedIn: which records are compared, and by which rules they count as the same."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.deduplication.checks import findings
from reconciler.kinds.deduplication.judge import judgements
from reconciler.kinds.deduplication.resources import project_questions, project_resources
from reconciler.kinds.deduplication.scene import Scene
from reconciler.kinds.deduplication.spec import Deduplication
from reconciler.questions import Question
from reconciler.resources.base import Desired


class DeduplicationKind(Scene):
    """A `Deduplication`: what it asks, what is wrong with it, and what it wants."""

    manifest = Deduplication

    def check(self) -> Iterator[Diagnostic]:
        """Findings that need no system."""
        yield from findings(self)

    def questions(self) -> Iterator[Question]:
        """Functions, words that only projects show, operators, entity types, keys, people."""
        yield from project_questions(self)

    def judge(self) -> Iterator[Diagnostic]:
        """Findings that only the answers tell."""
        yield from judgements(self)

    def expand(self) -> Iterator[Desired]:
        """The project with its rules; there is nothing of it in Purview."""
        yield from project_resources(self)
