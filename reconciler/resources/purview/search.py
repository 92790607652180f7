"""Keys of the entities of some types, from the search: what is there under names that nobody asked for.

The search follows writes with a delay, so it may lack what is new; it never tells that something is absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.systems.purview import Purview

HITS_A_PAGE = 1000
"""The most that a search answers at once (Data Map contract, grade A)."""


def keys_of_types(purview: Purview, types: Iterable[str]) -> Iterator[str]:
    """`<type>/<QN>` of every entity of the types that the search shows, over all pages."""
    wanted = sorted(set(types))
    if not purview.dialect.has_query_search:
        for found in purview.each(lambda name: list(_basic(purview, name)), wanted):
            yield from found
    elif wanted:
        yield from _query(purview, wanted)


def _query(purview: Purview, types: list[str]) -> Iterator[str]:
    """`POST /search/query` with a filter on the types; the last page may have a token too [A]."""
    any_of = [{"entityType": name} for name in types]
    body: dict[str, Any] = {"keywords": None, "limit": HITS_A_PAGE, "filter": {"or": any_of}}
    while True:
        answer = purview.beside("POST", "/search/query", body, effect="read") or {}
        hits = answer.get("value") or []
        yield from (f"{hit['entityType']}/{hit['qualifiedName']}" for hit in hits if hit.get("qualifiedName"))
        token = answer.get("continuationToken")
        if not token or len(hits) < HITS_A_PAGE:
            return
        body = {**body, "continuationToken": token}


def _basic(purview: Purview, type_name: str) -> Iterator[str]:
    """Atlas' basic search; a type that is yet to be made is refused, and has no entities [A]."""
    offset = 0
    while True:
        query = {"typeName": type_name, "excludeDeletedEntities": True, "limit": HITS_A_PAGE, "offset": offset}
        answer = purview.get("/search/basic", query, accept=(400, 404)) or {}
        hits = answer.get("entities") or []
        names = ((hit, (hit.get("attributes") or {}).get("qualifiedName")) for hit in hits)
        yield from (f"{hit['typeName']}/{name}" for hit, name in names if name)
        if len(hits) < HITS_A_PAGE:
            return
        offset += len(hits)
