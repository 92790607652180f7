"""An enricher: a service that CluedIn asks about records of a type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from reconciler.resources.cluedin import providers
from reconciler.resources.cluedin.configured import Configured, Option
from reconciler.resources.cluedin.shared import Row, refuse
from reconciler.resources.objects import Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import CreateOnly, Each, Filled, Members, OneWay, Secret
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import Refused


class Enricher(Configured):
    """A configuration that enriches records; see `Configured`. What it found stays on the records without it."""

    name = "enricher"
    noun = "enricher"
    right = claim("Integration: Enrichment")
    claims = {"Admin: Provider Management": "Accountable"}
    starts = providers.AT_ONCE

    class Fields:
        config: Annotated[dict[str, Any], Each(depth=1), Option(), Filled()]
        secrets: Annotated[dict[str, Any], Each(depth=1), Secret(), Filled()]
        source: Annotated[str, Filled(at_first=True)]
        source_quality: Annotated[int, Filled(at_first=True), OneWay(providers.ALWAYS_A_QUALITY)]
        users: Annotated[list[str], Members(grows=True), Filled()]
        tested: Annotated[bool, CreateOnly()]

    def takes(self, cluedin: CluedIn, row: Row) -> bool:
        """What the list of enrichers has."""
        return providers.is_enricher(cluedin, row)

    def cost(self, rows: int, managed: int) -> int:
        """And the list of enrichers."""
        return super().cost(rows, managed) + 1

    def before_create(self, cluedin: CluedIn, write: Write, connector: Row, given: Mapping[str, Any]) -> None:
        """`POST /integration/enricher/{id}/verifycredentials`; one that cannot be asked answers 400 [B]."""
        if not write.get("tested"):
            return
        path = f"/integration/enricher/{connector['id']}/verifycredentials"
        try:
            told = cluedin.rest("POST", path, dict(given), effect="read")
        except Refused as refused:
            if refused.status in (400, 404):
                return
            raise
        if isinstance(told, Mapping) and told.get("success") is False:
            why = str(told.get("errorMessage") or "it does not say why")
            raise refuse(
                "credentials", f"CluedIn could not reach what {write.key} asks: {why}", "Or write `test: never`."
            )

    def retire(self, cluedin: CluedIn, write: Write) -> None:
        """Switches it off."""
        assert write.live is not None
        providers.switch(cluedin, write.key, write.live.id, on=False)

    def delete(self, cluedin: CluedIn, write: Write) -> None:
        """`DELETE /integration/enricher/{id}/delete` [B]."""
        assert write.live is not None
        cluedin.rest("DELETE", f"/integration/enricher/{write.live.id}/delete", effect="set", accept=(404,))
