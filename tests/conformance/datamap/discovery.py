"""Search."""

from __future__ import annotations

from typing import Any

from .world import EXTRACT, REPORT, TABLE, World


def query(client: Any, w: World) -> None:
    client.entity.add_classifications(w.extract, [{"typeName": "Contoso.Personal data"}])
    wanted = {"and": [{"entityType": TABLE}, {"not": {"classification": "Contoso.Personal data"}}]}
    found = client.discovery.query({"keywords": None, "limit": 10, "filter": wanted})
    assert [one["qualifiedName"] for one in found["value"]] == [REPORT]
    options = {"filter": {"entityType": TABLE}, "limit": 1, "orderby": [{"name": "ASC"}]}
    options["facets"] = [{"facet": "classification", "count": 10, "sort": {"count": "desc"}}]
    first = client.discovery.query(options)
    assert (first["@search.count"], first["value"][0]["qualifiedName"]) == (2, EXTRACT)
    assert first["@search.facets"]["classification"] == [{"count": 1, "value": "Contoso.Personal data"}]
    second = client.discovery.query(options | {"continuationToken": first["continuationToken"]})
    assert second["value"][0]["qualifiedName"] == REPORT


def suggest(client: Any, w: World) -> None:
    found = client.discovery.suggest({"keywords": "order", "limit": 5})
    assert EXTRACT in {one.get("qualifiedName") for one in found["value"]}


def auto_complete(client: Any, w: World) -> None:
    found = client.discovery.auto_complete({"keywords": "cust", "limit": 5})
    assert any("customer" in one["text"].lower() for one in found["value"])
