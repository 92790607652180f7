"""An asset that a scanner found: referred to, never written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.resources.base import Resource
from reconciler.resources.objects import Live
from reconciler.resources.purview import common
from reconciler.resources.rights import CURATOR_OF_ITS_COLLECTION
from reconciler.systems.purview import Purview


class Asset(Resource):
    """Key `<type>/<QN>` as the scanner made it; what we put on it are resources of their own."""

    system = "purview"
    name = "asset"
    right = CURATOR_OF_ITS_COLLECTION
    deletes = "none"
    read_only = True
    reads_with = "entities"

    def fold(self, key: str) -> str:
        """Qualified names stand verbatim, and case counts [B]."""
        return key

    def read(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """The assets named, in bulk by type and qualified name [A]; search would not tell absence."""
        keys = {common.entity_key(key): key for key in wanted}
        for found, entity in purview.entities(list(keys)).items():
            yield self.live(keys[found], str(entity["guid"]), raw=entity)

    def cost(self, rows: int, managed: int) -> int:
        """The entities in bulk."""
        return common.entity_cost(managed)

    def find(self, purview: Purview, id: str) -> Live | None:
        """`GET /entity/guid/{guid}` [A]; a deleted one still answers in Atlas, and is gone."""
        entity = (purview.get(f"/entity/guid/{id}", accept=(404,)) or {}).get("entity")
        key = common.key_of(entity) if entity and entity.get("status") != "DELETED" else None
        return self.live(key, id, raw=entity) if key else None
