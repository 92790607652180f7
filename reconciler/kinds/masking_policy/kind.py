"""A policy of access control: who sees which keys of which records, masked or in clear."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.masking_policy.checks import findings
from reconciler.kinds.masking_policy.judge import judgements
from reconciler.kinds.masking_policy.resources import policy_questions, policy_resources
from reconciler.kinds.masking_policy.scene import Scene
from reconciler.kinds.masking_policy.spec import MaskingPolicy
from reconciler.questions import Question
from reconciler.resources.base import Desired


class MaskingPolicyKind(Scene):
    """A `MaskingPolicy`: what it asks, what is wrong with it, and what it wants."""

    manifest = MaskingPolicy

    def check(self) -> Iterator[Diagnostic]:
        """Findings that need no system."""
        yield from findings(self)

    def questions(self) -> Iterator[Question]:
        """How policies are written, which there are, keys, people and the switch of access control."""
        yield from policy_questions(self)

    def judge(self) -> Iterator[Diagnostic]:
        """Findings that only the answers tell."""
        yield from judgements(self)

    def expand(self) -> Iterator[Desired]:
        """The policy, its place and its state; there is nothing of it in Purview."""
        yield from policy_resources(self)
