"""Lineage."""

from __future__ import annotations

from typing import Any

from ..datamap.world import EXTRACT, TABLE
from .world import World


def get_lineage_info(client: Any, w: World) -> None:
    found = client.lineage.get_lineage_info(w.a, "BOTH", 3)
    edges = {(one["fromEntityId"], one["toEntityId"]) for one in found.relations}
    assert edges == {(w.a, w.load), (w.load, w.b)}


def get_lineage_info_attr(client: Any, w: World) -> None:
    found = client.lineage.get_lineage_info_attr(TABLE, {"qualifiedName": EXTRACT}, "OUTPUT", 3)
    assert found.baseEntityGuid == w.a
