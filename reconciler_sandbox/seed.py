"""What a sandbox holds at the start.

`demo` is a small company; `native` is the same one, whose CluedIn also keeps terms of its vocabularies in Purview by
itself; `empty` has types and the root collection; anything else is a JSON file with any of

    {"collections": [{"name", "friendlyName", "parent", "description"?}],
     "typedefs": {"entityDefs": [...], "classificationDefs": [...], ...},
     "entities": [{"typeName", "guid": "-1", "attributes", "relationshipAttributes"?, "collectionId"?, ...}],
     "glossaries": [{"name", "longDescription"?, "terms": [{"name", "parent": "Path/Of/Parent"?, ...}]}],
     "relationships": [{"typeName", "end1", "end2", "attributes"?}],
     "assignments": [{"glossary", "term": "Path/Of/Term", "typeName", "qualifiedName"}]}

where the objects have the fields of the data map's own API. Parents come before children.
"""

from __future__ import annotations

from typing import Any

from reconciler_sandbox import seed_file
from reconciler_sandbox.purview import Purview
from reconciler_sandbox.purview.account import ROOT
from reconciler_sandbox.purview.entities import Write
from reconciler_sandbox.purview.typedefs import LISTS
from reconciler_sandbox.seed_demo import demo
from reconciler_sandbox.settings import SandboxError
from reconciler_sandbox.web import Refusal


def load(purview: Purview, name: str) -> None:
    """Fills an empty data map; glossaries and entities of the demo need Purview, Atlas gets what it knows."""
    if name in ("demo", "native"):
        _fill(purview, "demo", demo())
    elif name == "empty":
        _fill(purview, name, {})
    else:
        data = seed_file.read(name)
        try:
            _fill(purview, name, data)
        except Refusal as refusal:
            seed_file.refused(name, refusal)
        except _MissingError as missing:
            raise SandboxError(f"the seed {name} is refused: {missing}", "Mend the file.") from None


class _MissingError(Exception):
    """A seed means something that is not in it, or stands below."""


def _fill(purview: Purview, name: str, data: dict[str, Any]) -> None:
    purview.account.create_root("Contoso" if name == "demo" else ROOT)
    _collections(purview, data.get("collections") or [])
    typedefs = {key: list((data.get("typedefs") or {}).get(key) or []) for key in LISTS}
    purview.types.create({k: [item | {"category": LISTS[k]} for item in items] for k, items in typedefs.items()})
    atlas = purview.core.atlas
    _entities(purview, [] if atlas and name == "demo" else data.get("entities") or [])
    for glossary in data.get("glossaries") or []:
        _glossary(purview, glossary)
    for relation in data.get("relationships") or []:
        if relation["typeName"] not in purview.core.types.defs:
            raise _MissingError(f"no type is called {relation['typeName']}")
        first, second = (purview.graph.resolve(relation[end]) for end in ("end1", "end2"))
        purview.graph.relate(relation["typeName"], first, second, relation.get("attributes"))
    for one in [] if atlas and name == "demo" else data.get("assignments") or []:
        entity = purview.entities.by_name(one["typeName"], one["qualifiedName"], latest=True)
        path = one["term"].replace("/", "_")
        terms = purview.core.store.find("term", "qn", f"{path}@{one['glossary']}", latest=True)
        if not terms:
            raise _MissingError(f"the glossary {one['glossary']} has no term {one['term']}")
        purview.glossaries.terms.assign(terms[0]["guid"], [{"guid": entity["guid"]}])


def _collections(purview: Purview, collections: list[dict[str, Any]]) -> None:
    for one in collections:
        parent = one.get("parent") or ROOT
        _collection(purview, parent)
        purview.account.save(one["name"], one.get("friendlyName") or one["name"], parent, one.get("description"))


def _collection(purview: Purview, name: str) -> None:
    """Insists that a collection is there."""
    if purview.core.store.get("collection", name, latest=True) is None:
        raise _MissingError(f"no collection is called {name}")


def _entities(purview: Purview, entities: list[dict[str, Any]]) -> None:
    """One write for all, so that they may refer to each other; then each to its collection."""
    if not entities:
        return
    write = Write()
    purview.entities.upsert([{k: v for k, v in one.items() if k != "collectionId"} for one in entities], write)
    for one in entities:
        if one.get("collectionId") and not purview.core.atlas:
            _collection(purview, one["collectionId"])
            guid = str(one["guid"])
            doc = purview.entities.get(write.assigned.get(guid, guid), latest=True)
            purview.entities.save(doc | {"collectionId": one["collectionId"]})


def _glossary(purview: Purview, raw: dict[str, Any]) -> None:
    glossary = purview.glossaries.create({key: value for key, value in raw.items() if key != "terms"})
    made: dict[str, dict[str, Any]] = {}
    for term in raw.get("terms") or []:
        body = {key: value for key, value in term.items() if key != "parent"}
        body["anchor"] = {"glossaryGuid": glossary["guid"]}
        parent = term.get("parent")
        if parent and not purview.core.atlas:
            body["parentTerm"] = {"termGuid": _above(made, parent)}
        for key in seed_file.BY_PATH:
            if term.get(key):
                body[key] = [{"termGuid": _above(made, path)} for path in term[key]]
        path = f"{parent}/{term['name']}" if parent else term["name"]
        made[path] = purview.glossaries.terms.create(body, hierarchy=True)


def _above(made: dict[str, dict[str, Any]], path: str) -> str:
    """The guid of a term that stands before the one that means it."""
    if path not in made:
        raise _MissingError(f"no term {path} stands before the one that means it")
    return str(made[path]["guid"])
