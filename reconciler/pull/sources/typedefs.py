"""Types of the Data Map in JSON, as Atlas writes them and as Purview's custom-type tools and connectors keep them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.errors import Source
from reconciler.pull.sources.told import Told
from reconciler.resources.purview.typedef_wire import MARK

LISTS = {
    "enumDefs": "ENUM",
    "structDefs": "STRUCT",
    "classificationDefs": "CLASSIFICATION",
    "entityDefs": "ENTITY",
    "relationshipDefs": "RELATIONSHIP",
    "businessMetadataDefs": "BUSINESS_METADATA",
}
_MEMBERS = {"attributeDefs", "elementDefs", "endDef1"}


def is_typedefs(data: Any) -> bool:
    """Whether JSON is types: a document of lists, a list of definitions, or one of them."""
    if isinstance(data, list):
        return bool(data) and all(_is_one(item) for item in data)
    return isinstance(data, dict) and (_is_one(data) or any(isinstance(data.get(name), list) for name in LISTS))


def _is_one(data: Any) -> bool:
    known = isinstance(data, dict) and isinstance(data.get("name"), str)
    return known and (str(data.get("category")) in LISTS.values() or not _MEMBERS.isdisjoint(data))


def read_typedefs(data: Any, name: str, told: Told) -> None:
    """Tells the types of a file; they are taken as ours, since whoever names the file wants them to be."""
    for category, raw in _each(data):
        known = category or str(raw.get("category") or "")
        if not isinstance(raw, dict) or not raw.get("name") or known not in LISTS.values():
            told.leave(Source(name), "a definition without a name or a category", str(raw.get("name") or ""))
            continue
        options = {**(raw.get("options") or {}), "managedBy": MARK}
        told.types.append({**raw, "category": known, "options": options})


def _each(data: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(data, list):
        for item in data:
            yield from _each(item)
    elif any(isinstance(data.get(name), list) for name in LISTS):
        for name, category in LISTS.items():
            for item in data.get(name) or ():
                if isinstance(item, dict):
                    yield category, item
    else:
        yield "", data
