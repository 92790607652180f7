"""Whether a crawler or an enricher works."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated

from reconciler.resources.asked import Asked, Known
from reconciler.resources.base import Resource
from reconciler.resources.cluedin import providers
from reconciler.resources.cluedin.outbound import target, target_key, targets
from reconciler.resources.cluedin.shared import Row
from reconciler.resources.keys import unquote
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Disruptive
from reconciler.systems.cluedin import PAGE, CluedIn

_CRAWLER, _ENRICHER = _HOSTS = ("cluedin.crawler", "cluedin.enricher")


class ProviderState(Resource):
    """Key is the crawler's or the enricher's. It is there, turned on, as soon as that is."""

    system = "cluedin"
    name = "provider_state"
    right = claim("Admin: Provider Management")
    claims = {"Integration: Enrichment": "Informed"}
    page = PAGE
    deletes = "none"
    hosted = True
    with_host = True
    undone_by = {"active": True}

    class Fields:
        active: Annotated[bool, Disruptive(providers.SWITCHES)]

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """The list of configurations tells whether each is active [B]."""
        known = Asked.of(self.full_name, wanted).known
        for row in targets(cluedin):
            if providers.is_enricher(cluedin, row) or providers.is_crawler(cluedin, row):
                yield self._live(row, known)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`inbound.connectorConfiguration(id)` [B]."""
        found = target(cluedin, id)
        return self._live(found, Known()) if found else None

    def cost(self, rows: int, managed: int) -> int:
        """The list, the catalogue, and the list of enrichers."""
        return super().cost(rows, managed) + 2

    def _live(self, row: Row, known: Known) -> Live:
        id, key = str(row["id"]), target_key(row)
        for host in _HOSTS:
            key = known.key_of(host, id, key)
        on = bool(row.get("active"))
        # Off is also how we leave what is not wanted any more, so that what is wanted again may be switched on.
        return self.live(key, id, raw=row, unset=() if on else ("active",), active=on)

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It is called as its crawler or enricher."""
        for host in _HOSTS:
            if (now := to(f"{host}:{key}")) != key:
                return now
        return key

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """What was just made is on; it is switched off where that is wanted."""
        enriches = providers.id_of(cluedin, unquote(write.key.partition("/")[0])) is not None
        id = write.id_of(f"{_ENRICHER if enriches else _CRAWLER}:{write.key}")
        if not write.get("active"):
            providers.switch(cluedin, write.key, id, on=False)
        return id

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """The account's own switch."""
        assert write.live is not None
        providers.switch(cluedin, write.key, write.live.id, on=bool(write.get("active")))
