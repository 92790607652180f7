"""What changes of rules mean."""

from __future__ import annotations

from reconciler.kinds.telling.rules import RULES
from reconciler.kinds.telling.teller import Teller


class RuleTeller(Teller):
    """Tells of a rule."""

    kind = "Rule"
    noun = "Rule"
    rank = 4
    things = RULES
