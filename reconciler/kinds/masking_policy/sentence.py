"""What changes of policies mean."""

from __future__ import annotations

from reconciler.kinds.telling.policies import POLICIES
from reconciler.kinds.telling.teller import Teller


class MaskingPolicyTeller(Teller):
    """Tells of a policy."""

    kind = "MaskingPolicy"
    noun = "Policy"
    rank = 4
    things = POLICIES
