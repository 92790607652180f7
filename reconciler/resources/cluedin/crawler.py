"""A crawler: a system that CluedIn fetches records from by itself."""

from __future__ import annotations

from typing import Annotated, Any

from reconciler.resources.cluedin import providers
from reconciler.resources.cluedin.configured import Configured, Option
from reconciler.resources.cluedin.shared import Row
from reconciler.resources.objects import Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Each, Filled, Members, OneWay, Secret
from reconciler.systems.cluedin import CluedIn


class Crawler(Configured):
    """A configuration that brings records; see `Configured`.

    No call that is documented removes one: it is switched off, and the records that it brought stay.
    """

    name = "crawler"
    noun = "crawler"
    right = claim("Integration: Configured Integrations")
    claims = {"Admin: Provider Management": "Accountable", "Integration: Enrichment": "Informed"}
    deletes = "retire"
    starts = providers.AT_ONCE

    class Fields:
        config: Annotated[dict[str, Any], Each(depth=1), Option(), Filled()]
        secrets: Annotated[dict[str, Any], Each(depth=1), Secret(), Filled()]
        source: Annotated[str, Filled(at_first=True)]
        source_quality: Annotated[int, Filled(at_first=True), OneWay(providers.ALWAYS_A_QUALITY)]
        users: Annotated[list[str], Members(grows=True), Filled()]

    def takes(self, cluedin: CluedIn, row: Row) -> bool:
        """What is neither an enricher, an export target nor a data source."""
        return providers.is_crawler(cluedin, row)

    def cost(self, rows: int, managed: int) -> int:
        """And the catalogue, and the list of enrichers."""
        return super().cost(rows, managed) + 2

    def retire(self, cluedin: CluedIn, write: Write) -> None:
        """Switches it off."""
        assert write.live is not None
        providers.switch(cluedin, write.key, write.live.id, on=False)
