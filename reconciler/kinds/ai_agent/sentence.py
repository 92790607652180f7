"""What changes of agents mean."""

from __future__ import annotations

from reconciler.kinds.telling.agents import AGENTS
from reconciler.kinds.telling.teller import Teller


class AiAgentTeller(Teller):
    """Tells of an agent."""

    kind = "AiAgent"
    noun = "Agent"
    rank = 4
    things = AGENTS
