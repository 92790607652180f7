"""Collections, and entities in them."""

from __future__ import annotations

from typing import Any

import pytest

from .world import World

ROOT = "contoso-purview"


def _staging(client: Any) -> Any:
    return client.collections.create_or_update_collection("abc123", "Staging", ROOT, description="Raw data")


def list_collections(client: Any, w: World) -> None:
    _staging(client)
    assert {one["name"] for one in client.collections.list_collections()} == {ROOT, "abc123"}


def create_or_update_collection(client: Any, w: World) -> None:
    made = _staging(client)
    assert (made["friendlyName"], made["parentCollection"]["referenceName"]) == ("Staging", ROOT)
    assert client.collections.create_or_update_collection("abc123", "Raw", ROOT)["friendlyName"] == "Raw"


def delete_collection(client: Any, w: World) -> None:
    _staging(client)
    client.collections.delete_collection("abc123")
    assert [one["name"] for one in client.collections.list_collections()] == [ROOT]


def upload_single_entity(client: Any, w: World) -> None:
    _staging(client)
    made = client.collections.upload_single_entity(w.entity("n", "warehouse://n", guid=-1), "abc123")
    assert w.held(made["guidAssignments"]["-1"])["collectionId"] == "abc123"


def upload_entities(client: Any, w: World) -> None:
    _staging(client)
    batch = [w.entity(f"n{number}", f"warehouse://n{number}", guid=-number) for number in (1, 2)]
    made = client.collections.upload_entities(batch, collection="abc123")
    assert {w.held(guid)["collectionId"] for guid in made["guidAssignments"].values()} == {"abc123"}


def move_entities(client: Any, w: World) -> None:
    _staging(client)
    client.collections.move_entities([w.a], "abc123")
    assert (w.held(w.a)["collectionId"], w.held(w.b)["collectionId"]) == ("abc123", ROOT)
    with pytest.raises(OSError, match="12005"):
        client.collections.delete_collection("abc123")
