"""Nodes (entities, terms, categories, glossaries) and the relationships between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reconciler_sandbox.purview.core import Core, Doc, new_guid
from reconciler_sandbox.purview.errors import no_entity, refuse
from reconciler_sandbox.purview.typedefs import Relation

NODES = {
    "entity": None,
    "term": "AtlasGlossaryTerm",
    "category": "AtlasGlossaryCategory",
    "glossary": "AtlasGlossary",
}
"""Kinds of documents that are nodes, with the type of those that do not say it themselves."""


class Graph:
    """Finds nodes and keeps relationships."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._store = core.store

    def node(self, guid: str, *, latest: bool = True) -> Doc | None:
        """A node with its `typeName`, None when there is none."""
        for kind, type_name in NODES.items():
            doc = self._store.get(kind, guid, latest=latest)
            if doc is not None:
                return doc if type_name is None else doc | {"typeName": type_name}
        return None

    def nodes(self, guids: Iterable[str], *, latest: bool = False) -> dict[str, Doc]:
        """Several nodes by guid, those that exist."""
        missing = list(dict.fromkeys(guids))
        found: dict[str, Doc] = {}
        for kind, type_name in NODES.items():
            if not missing:
                break
            for guid, doc in self._store.get_many(kind, missing, latest=latest).items():
                found[guid] = doc if type_name is None else doc | {"typeName": type_name}
            missing = [guid for guid in missing if guid not in found]
        return found

    def by_name(self, type_name: str, qualified_name: str, *, latest: bool = True) -> Doc | None:
        """A node by type and qualified name: its own type first, then subtypes (grade A: Atlas)."""
        for kind, own in NODES.items():
            if own is not None and own == type_name:
                docs = self._store.find(kind, "qn", qualified_name, latest=latest)
                return docs[0] | {"typeName": own} if docs else None
        docs = self._store.find("entity", "qn", qualified_name, latest=latest)
        for doc in docs:
            if doc["typeName"] == type_name:
                return doc
        if self._core.types.get(type_name) is None:
            return None
        family = self._core.types.family(type_name) if docs else set()
        return next((doc for doc in docs if doc["typeName"] in family), None)

    def resolve(self, reference: Any, temps: dict[str, str] | None = None) -> Doc:
        """The node a reference means; refuses dangling ones [A]."""
        if isinstance(reference, (str, int)):
            reference = {"guid": reference}
        if not isinstance(reference, dict):
            refuse("400-00-021", f"ObjectId is not valid {reference}")
        found = self._meant(reference, temps or {})
        if found is None:
            name = (reference.get("uniqueAttributes") or {}).get("qualifiedName")
            text = (
                f"AtlasObjectId{{guid='{reference.get('guid') or 'null'}', typeName='{reference.get('typeName')}',"
                f" uniqueAttributes={{qualifiedName:{name}}}}}"
            )
            refuse("404-00-00A", f"Referenced entity {text} is not found")
        return found

    def _meant(self, reference: Doc, temps: dict[str, str]) -> Doc | None:
        guid = reference.get("guid")
        if guid is not None:
            found = self.node(temps.get(str(guid), str(guid)))
            if found is not None:
                return found
        name = (reference.get("uniqueAttributes") or {}).get("qualifiedName")
        if name is None or not reference.get("typeName"):
            return None
        return self.by_name(reference["typeName"], str(name))

    # relationships

    def get(self, guid: str, *, latest: bool = True) -> Doc:
        """A relationship by guid; refuses unknown ones."""
        found = self._store.get("relation", guid, latest=latest)
        if found is None:
            refuse("404-00-00C", f"Given relationship guid {guid} is invalid/not found")
        return found

    def existing(self, type_name: str, first: str, second: str) -> Doc | None:
        """The relationship of this type between two nodes; symmetric ones match in either order."""
        found = self._store.find("relation", "pair", f"{type_name}|{first}|{second}", latest=True)
        if not found and self._symmetric(type_name):
            found = self._store.find("relation", "pair", f"{type_name}|{second}|{first}", latest=True)
        return found[0] if found else None

    def _symmetric(self, type_name: str) -> bool:
        definition = self._core.types.get(type_name, "RELATIONSHIP")
        if definition is None:
            return False
        first, second = definition["endDef1"], definition["endDef2"]
        return bool(first["name"] == second["name"] and first["type"] == second["type"])

    def relate(self, type_name: str, first: Doc, second: Doc, attributes: Doc | None = None) -> tuple[Doc, bool]:
        """Makes a relationship unless it is there; says whether it is new."""
        found = self.existing(type_name, first["guid"], second["guid"])
        if found is not None:
            return found, False
        doc: Doc = {
            "typeName": type_name,
            "attributes": attributes or {},
            "guid": new_guid(),
            "end1": {"guid": first["guid"], "typeName": first["typeName"]},
            "end2": {"guid": second["guid"], "typeName": second["typeName"]},
            "label": f"r:{type_name}",
            "status": "ACTIVE",
            "version": 0,
        } | self._core.stamp()
        self.save(doc)
        return doc, True

    def save(self, doc: Doc) -> None:
        """Stores a relationship."""
        first, second = doc["end1"]["guid"], doc["end2"]["guid"]
        marks = {"end1": first, "end2": second, "type": doc["typeName"]}
        if doc["status"] == "ACTIVE":
            marks["pair"] = f"{doc['typeName']}|{first}|{second}"
        self._store.put("relation", doc["guid"], doc, marks)

    def unrelate(self, doc: Doc) -> None:
        """Removes a relationship."""
        self._store.delete("relation", doc["guid"])

    def relations(self, guid: str, *, latest: bool = False) -> list[Doc]:
        """All relationships of a node."""
        return self.relations_of([guid], latest=latest).get(guid, [])

    def relations_of(self, guids: Iterable[str], *, latest: bool = False) -> dict[str, list[Doc]]:
        """All relationships of several nodes, by node."""
        wanted = list(guids)
        found = self._store.find_many("relation", "end1", wanted, latest=latest)
        for guid, docs in self._store.find_many("relation", "end2", wanted, latest=latest).items():
            seen = {doc["guid"] for doc in found.get(guid, [])}
            found.setdefault(guid, []).extend(doc for doc in docs if doc["guid"] not in seen)
        return found

    def held(self, guid: str, relation: Relation, *, latest: bool = True) -> list[Doc]:
        """The relationships of a node that one of its relationship attributes shows."""
        return [
            doc
            for doc in self.relations(guid, latest=latest)
            if doc["status"] == "ACTIVE" and doc["typeName"] == relation.name and self.near(doc, guid, relation)
        ]

    def near(self, doc: Doc, guid: str, relation: Relation) -> bool:
        """Whether the node is at this end of the relationship."""
        return doc[f"end{relation.end}"]["guid"] == guid or self._symmetric(relation.name)

    def relation_for(self, type_name: str, name: str, far_type: str | None = None) -> Relation | None:
        """The relationship behind an attribute; several may share a name, then the far type decides."""
        options = self._core.types.kind(type_name).relations.get(name, [])
        if len(options) > 1 and far_type and self._core.types.get(far_type):
            supers = self._core.types.kind(far_type).supers
            options = [o for o in options if o.far["type"] in supers] or options
        return options[0] if options else None

    def check_ends(self, definition: Doc, first: Doc, second: Doc) -> None:
        """Refuses nodes that are not of the types the relationship names."""
        for node, end in ((first, definition["endDef1"]), (second, definition["endDef2"])):
            if end["type"] not in self._core.types.kind(node["typeName"]).supers:
                refuse(
                    "400-00-045",
                    f"Invalid entity-type for relationship attribute ‘{end['name']}’: entity specified"
                    f" (guid={node['guid']}) is of type ‘{node['typeName']}’,"
                    f" but expected type is ‘{end['type']}’",
                )

    def require(self, guid: str) -> Doc:
        """A node; refuses unknown guids."""
        found = self.node(guid)
        if found is None:
            no_entity(guid)
        return found
