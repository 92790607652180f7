"""What a sandbox holds at the start.

`demo` is a small company; `empty` has types and the root collection; anything else is a JSON file with any of

    {"collections": [{"name", "friendlyName", "parent", "description"?}],
     "typedefs": {"entityDefs": [...], "classificationDefs": [...], ...},
     "entities": [{"typeName", "guid": "-1", "attributes", "relationshipAttributes"?, "collectionId"?, ...}],
     "glossaries": [{"name", "longDescription"?, "terms": [{"name", "parent": "Path/Of/Parent"?, ...}]}],
     "relationships": [{"typeName", "end1", "end2", "attributes"?}],
     "assignments": [{"glossary", "term": "Path/Of/Term", "typeName", "qualifiedName"}]}

where the objects have the fields of the data map's own API. Parents come before children.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from reconciler_sandbox.purview import Purview
from reconciler_sandbox.purview.account import ROOT
from reconciler_sandbox.purview.entities import Write
from reconciler_sandbox.purview.typedefs import LISTS
from reconciler_sandbox.seed_demo import demo
from reconciler_sandbox.settings import SandboxError

_LINKS = ("synonyms", "seeAlso")


def load(purview: Purview, name: str) -> None:
    """Fills an empty data map; glossaries and entities of the demo need Purview, Atlas gets what it knows."""
    if name == "demo":
        data: dict[str, Any] = demo()
    elif name == "empty":
        data = {}
    else:
        data = _read(name)
    purview.account.create_root("Contoso" if name == "demo" else ROOT)
    _collections(purview, data.get("collections") or [])
    typedefs = {key: list((data.get("typedefs") or {}).get(key) or []) for key in LISTS}
    purview.types.create({k: [item | {"category": LISTS[k]} for item in items] for k, items in typedefs.items()})
    atlas = purview.core.atlas
    _entities(purview, [] if atlas and name == "demo" else data.get("entities") or [])
    for glossary in data.get("glossaries") or []:
        _glossary(purview, glossary)
    for relation in data.get("relationships") or []:
        first, second = (purview.graph.resolve(relation[end]) for end in ("end1", "end2"))
        purview.graph.relate(relation["typeName"], first, second, relation.get("attributes"))
    for one in [] if atlas and name == "demo" else data.get("assignments") or []:
        entity = purview.entities.by_name(one["typeName"], one["qualifiedName"], latest=True)
        path = one["term"].replace("/", "_")
        terms = purview.core.store.find("term", "qn", f"{path}@{one['glossary']}", latest=True)
        purview.glossaries.terms.assign(terms[0]["guid"], [{"guid": entity["guid"]}])


def _read(name: str) -> dict[str, Any]:
    try:
        found = orjson.loads(Path(name).read_bytes())
    except OSError as error:
        why = error.strerror or str(error)
        raise SandboxError(f"the seed {name} cannot be read: {why}", "Take demo, empty, or a JSON file.") from None
    except orjson.JSONDecodeError as error:
        raise SandboxError(f"the seed {name} is no JSON: {error}", "Mend the file.") from None
    if not isinstance(found, dict):
        raise SandboxError(f"the seed {name} is no JSON object", "Its members are told in the documentation.")
    return found


def _collections(purview: Purview, collections: list[dict[str, Any]]) -> None:
    for one in collections:
        parent = one.get("parent") or ROOT
        purview.account.save(one["name"], one.get("friendlyName") or one["name"], parent, one.get("description"))


def _entities(purview: Purview, entities: list[dict[str, Any]]) -> None:
    """One write for all, so that they may refer to each other; then each to its collection."""
    if not entities:
        return
    write = Write()
    purview.entities.upsert([{k: v for k, v in one.items() if k != "collectionId"} for one in entities], write)
    for one in entities:
        if one.get("collectionId") and not purview.core.atlas:
            doc = purview.entities.get(write.assigned[str(one["guid"])], latest=True)
            purview.entities.save(doc | {"collectionId": one["collectionId"]})


def _glossary(purview: Purview, raw: dict[str, Any]) -> None:
    glossary = purview.glossaries.create({key: value for key, value in raw.items() if key != "terms"})
    made: dict[str, dict[str, Any]] = {}
    for term in raw.get("terms") or []:
        body = {key: value for key, value in term.items() if key != "parent"}
        body["anchor"] = {"glossaryGuid": glossary["guid"]}
        parent = term.get("parent")
        if parent and not purview.core.atlas:
            body["parentTerm"] = {"termGuid": made[parent]["guid"]}
        for key in _LINKS:
            if term.get(key):
                body[key] = [{"termGuid": made[path]["guid"]} for path in term[key]]
        path = f"{parent}/{term['name']}" if parent else term["name"]
        made[path] = purview.glossaries.terms.create(body, hierarchy=True)
