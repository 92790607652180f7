"""Searches: by type, words, attribute and relationship; suggestions; searches that people save."""

from __future__ import annotations

from typing import Any

import pytest

from ..datamap.world import EXTRACT, TABLE
from ..tables import need
from .world import World

BASIC = {"typeName": TABLE, "query": "orders", "excludeDeletedEntities": True}


def _guids(found: Any) -> list[str]:
    return [one["guid"] for one in found.entities or []]


def basic_search(client: Any, w: World) -> None:
    found = client.discovery.basic_search(TABLE, None, "orders", True)
    assert _guids(found) == [w.a]


def faceted_search(client: Any, w: World) -> None:
    client.entity.delete_entity_by_guid(w.b)
    found = client.discovery.faceted_search({"typeName": TABLE, "excludeDeletedEntities": True, "limit": 10})
    assert _guids(found) == [w.a]


def attribute_search(client: Any, w: World) -> None:
    found = client.discovery.attribute_search(TABLE, "qualifiedName", EXTRACT[:-2])
    assert (_guids(found), found.queryType) == ([w.a], "BASIC")
    assert _guids(client.discovery.attribute_search(TABLE, "name", "nothing")) == []
    with pytest.raises(need("apache_atlas.exceptions").AtlasServiceException, match="ATLAS-404-00-001"):
        client.discovery.attribute_search("nowhere", "name", "a")


def relationship_search(client: Any, w: World) -> None:
    search = client.discovery.relationship_search
    found = search(w.load, "inputs", None, None, False)
    assert (_guids(found), found.queryType) == ([w.a], "RELATIONSHIP")
    assert _guids(search(w.load, "outputs", None, None, False)) == [w.b]
    client.entity.delete_entity_by_guid(w.b)
    assert _guids(search(w.load, "outputs", None, None, True)) == []
    with pytest.raises(need("apache_atlas.exceptions").AtlasServiceException, match="ATLAS-400-00-043"):
        search(w.load, "nothing", None, None, False)


def full_text_search(client: Any, w: World) -> None:
    found = client.discovery.full_text_search("orders")
    assert found.queryType == "FULL_TEXT"
    assert w.a in [one["entity"]["guid"] for one in found.fullTextResult]


def full_text_search_with_params(client: Any, w: World) -> None:
    search = client.discovery.full_text_search_with_params
    whole = [one["entity"]["guid"] for one in search("warehouse", 10, 0).fullTextResult]
    pages = [search("warehouse", 1, place).fullTextResult for place in range(len(whole))]
    assert [one["entity"]["guid"] for page in pages for one in page] == whole
    assert len(whole) > 1


def quick_search(client: Any, w: World) -> None:
    found = client.discovery.quick_search("orders", TABLE, True)
    assert [one["guid"] for one in found.searchResults["entities"]] == [w.a]
    [count] = found.aggregationMetrics["__typeName"]
    assert count["name"] == 1, "the client's model keeps the count under `name`"


def quick_search_with_param(client: Any, w: World) -> None:
    found = client.discovery.quick_search_with_param({**BASIC, "limit": 5, "offset": 0})
    assert [one["guid"] for one in found.searchResults["entities"]] == [w.a]


def get_suggestions(client: Any, w: World) -> None:
    assert EXTRACT in client.discovery.get_suggestions(EXTRACT[:-2], "qualifiedName").suggestions
    assert client.discovery.get_suggestions("zzz", None).suggestions == []


def _saved(client: Any, name: str = "orders", owner: str = "admin") -> Any:
    kind = need("apache_atlas.model.discovery").AtlasUserSavedSearch
    body = {"name": name, "ownerName": owner, "searchType": "BASIC", "searchParameters": BASIC}
    return client.discovery.add_saved_search(kind(body))


def add_saved_search(client: Any, w: World) -> None:
    assert _saved(client).guid
    with pytest.raises(need("apache_atlas.exceptions").AtlasServiceException, match="ATLAS-409-00-006"):
        _saved(client)
    assert _saved(client, owner="ada").guid, "names are each person's own"


def get_saved_searches(client: Any, w: World) -> None:
    _saved(client)
    _saved(client, owner="ada")
    assert [one["name"] for one in client.discovery.get_saved_searches("admin")] == ["orders"]


def get_saved_search(client: Any, w: World) -> None:
    made = _saved(client)
    assert client.discovery.get_saved_search("admin", "orders").guid == made.guid
    with pytest.raises(need("apache_atlas.exceptions").AtlasServiceException, match="ATLAS-404-00-009"):
        client.discovery.get_saved_search("ada", "orders")


def update_saved_search(client: Any, w: World) -> None:
    made = _saved(client)
    made.name = "all orders"
    client.discovery.update_saved_search(made)
    assert client.discovery.get_saved_search("admin", "all orders").searchParameters["query"] == "orders"
    made.ownerName = "ada"
    with pytest.raises(need("apache_atlas.exceptions").AtlasServiceException, match="ATLAS-400-00-056"):
        client.discovery.update_saved_search(made)


def delete_saved_search(client: Any, w: World) -> None:
    client.discovery.delete_saved_search(_saved(client).guid)
    assert client.discovery.get_saved_searches("admin") == []


def execute_saved_search_with_user_name(client: Any, w: World) -> None:
    _saved(client)
    assert _guids(client.discovery.execute_saved_search_with_user_name("admin", "orders")) == [w.a]


def execute_saved_search_with_search_guid(client: Any, w: World) -> None:
    assert _guids(client.discovery.execute_saved_search_with_search_guid(_saved(client).guid)) == [w.a]
