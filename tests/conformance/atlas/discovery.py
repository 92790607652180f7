"""Basic search."""

from __future__ import annotations

from typing import Any

from ..datamap.world import TABLE
from .world import World


def basic_search(client: Any, w: World) -> None:
    found = client.discovery.basic_search(TABLE, None, "orders", True)
    assert [one["guid"] for one in found.entities] == [w.a]


def faceted_search(client: Any, w: World) -> None:
    client.entity.delete_entity_by_guid(w.b)
    found = client.discovery.faceted_search({"typeName": TABLE, "excludeDeletedEntities": True, "limit": 10})
    assert [one["guid"] for one in found.entities] == [w.a]
