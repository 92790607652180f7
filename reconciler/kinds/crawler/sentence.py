"""What changes of crawlers mean."""

from __future__ import annotations

from reconciler.kinds.telling.providers import PROVIDERS
from reconciler.kinds.telling.teller import Teller


class CrawlerTeller(Teller):
    """Tells of a crawler."""

    kind = "Crawler"
    noun = "Crawler"
    rank = 4
    things = PROVIDERS
