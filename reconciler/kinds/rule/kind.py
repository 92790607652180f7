"""A rule of CluedIn: which records it is about, and what it does to them."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.rule.checks import findings
from reconciler.kinds.rule.judge import judgements
from reconciler.kinds.rule.resources import rule_questions, rule_resources
from reconciler.kinds.rule.scene import Scene
from reconciler.kinds.rule.spec import Rule
from reconciler.questions import Question
from reconciler.resources.base import Desired


class RuleKind(Scene):
    """A `Rule`: what it asks, what is wrong with it, and what it wants."""

    manifest = Rule

    def check(self) -> Iterator[Diagnostic]:
        """Findings that need no system."""
        yield from findings(self)

    def questions(self) -> Iterator[Question]:
        """Actions, operators, other rules, entity types and keys."""
        yield from rule_questions(self)

    def judge(self) -> Iterator[Diagnostic]:
        """Findings that only the answers tell."""
        yield from judgements(self)

    def expand(self) -> Iterator[Desired]:
        """The rule, its place and its state; there is nothing of it in Purview."""
        yield from rule_resources(self)
