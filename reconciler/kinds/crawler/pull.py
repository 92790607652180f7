"""Crawlers of what is live, without their secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from reconciler.kinds.project.pulled_configurations import pulled_configurations
from reconciler.kinds.pulling import Estate, GivesWay, Pulled, Puller


class CrawlerPuller(Puller):
    """A document a crawler; what it brings the lineage in Purview tells, where that is ours."""

    kind = "Crawler"
    types = ("cluedin.crawler", "cluedin.provider_state", "cluedin.owners")
    gives_way: ClassVar[Mapping[str, GivesWay]] = {
        "cluedin.provider_state": GivesWay("active", "it does not say whether it works"),
        "cluedin.owners": GivesWay("owners", "others own it"),
    }

    def pull(self, estate: Estate) -> Iterator[Pulled]:
        """What no manifest wants yet."""
        yield from pulled_configurations(estate, self.kind, "cluedin.crawler")
