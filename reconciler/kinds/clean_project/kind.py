"""A clean project of CluedIn: which values of which records people mend."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.clean_project.checks import findings, judgements
from reconciler.kinds.clean_project.resources import project_questions, project_resources
from reconciler.kinds.clean_project.scene import Scene
from reconciler.kinds.clean_project.spec import CleanProject
from reconciler.questions import Question
from reconciler.resources.base import Desired


class CleanProjectKind(Scene):
    """A `CleanProject`: what it asks, what is wrong with it, and what it wants."""

    manifest = CleanProject

    def check(self) -> Iterator[Diagnostic]:
        """Findings that need no system."""
        yield from findings(self)

    def questions(self) -> Iterator[Question]:
        """Operators, entity types, keys, people, and the rules that cleaning made."""
        yield from project_questions(self)

    def judge(self) -> Iterator[Diagnostic]:
        """Findings that only the answers tell."""
        yield from judgements(self)

    def expand(self) -> Iterator[Desired]:
        """The project and its owners; there is nothing of it in Purview."""
        yield from project_resources(self)
