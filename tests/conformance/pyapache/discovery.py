"""Search through the catalog's older paths."""

from __future__ import annotations

from typing import Any

from .world import A, B, World


def query(client: Any, w: World) -> None:
    found = client.discovery.query(keywords="*", filter={"and": [{"entityType": "parcel"}]}, limit=5)
    assert {one["qualifiedName"] for one in found["value"]} == {A, B}


def search_entities(client: Any, w: World) -> None:
    """Sends `"filter": null` and `offset`, and pages until it has everything."""
    found = list(client.discovery.search_entities("warehouse", limit=2))
    assert {A, B, "warehouse://load"} <= {one["qualifiedName"] for one in found}


def suggest(client: Any, w: World) -> None:
    assert client.discovery.suggest(keywords="part", limit=5)["value"][0]["name"] == "Party"


def autocomplete(client: Any, w: World) -> None:
    assert client.discovery.autocomplete(keywords="part")["value"]


def browse(client: Any, w: World) -> None:
    found = client.discovery.browse(entityType="parcel", limit=10)
    assert {one["qualifiedName"] for one in found["value"]} == {A, B}
