"""What changes of types mean."""

from __future__ import annotations

from reconciler.kinds.telling.teller import Teller


class CustomTypeTeller(Teller):
    """Tells of types of one's own."""

    kind = "CustomType"
    noun = "Types"
    rank = 1
    technical = frozenset()
