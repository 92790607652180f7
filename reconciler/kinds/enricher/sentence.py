"""What changes of enrichers mean."""

from __future__ import annotations

from reconciler.kinds.telling.providers import PROVIDERS
from reconciler.kinds.telling.teller import Teller


class EnricherTeller(Teller):
    """Tells of an enricher."""

    kind = "Enricher"
    noun = "Enricher"
    rank = 4
    leaves = True
    things = PROVIDERS
