"""An AI agent of CluedIn: what it reads, what it is asked, and that people approve."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.ai_agent.checks import findings
from reconciler.kinds.ai_agent.judge import judgements
from reconciler.kinds.ai_agent.resources import agent_questions, agent_resources
from reconciler.kinds.ai_agent.scene import Scene
from reconciler.kinds.ai_agent.spec import AiAgent
from reconciler.questions import Question
from reconciler.resources.base import Desired


class AiAgentKind(Scene):
    """An `AiAgent`: what it asks, what is wrong with it, and what it wants."""

    manifest = AiAgent

    def check(self) -> Iterator[Diagnostic]:
        """Findings that need no system."""
        yield from findings(self)

    def questions(self) -> Iterator[Question]:
        """Skills, models, the switch that approves, policies, keys."""
        yield from agent_questions(self)

    def judge(self) -> Iterator[Diagnostic]:
        """Findings that only the answers tell, or the day."""
        yield from judgements(self)

    def expand(self) -> Iterator[Desired]:
        """The agent and its jobs; nothing of one that runs somewhere else."""
        yield from agent_resources(self)
