"""What changes of deduplication projects mean."""

from __future__ import annotations

from reconciler.kinds.telling.projects import DUPLICATES
from reconciler.kinds.telling.teller import Teller


class DeduplicationTeller(Teller):
    """Tells of a deduplication project."""

    kind = "Deduplication"
    noun = "Deduplication project"
    rank = 4
    things = DUPLICATES
