"""Relationships."""

from __future__ import annotations

from typing import Any

import pytest

from .world import World


def _copy(client: Any, w: World) -> Any:
    return client.relationship.create_relationship(
        {"typeName": "warehouse_copy", "end1": {"guid": w.a}, "end2": {"guid": w.b}}
    )


def create_relationship(client: Any, w: World) -> None:
    assert _copy(client, w).status == "ACTIVE"


def delete_relationship_by_guid(client: Any, w: World) -> None:
    guid = _copy(client, w).guid
    client.relationship.delete_relationship_by_guid(guid)
    with pytest.raises(Exception, match="ATLAS-404-00-00F"):
        client.relationship.delete_relationship_by_guid(guid)
