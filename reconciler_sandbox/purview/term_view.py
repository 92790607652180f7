"""Glossaries, categories and terms as the server shows them."""

from __future__ import annotations

from typing import Any

from reconciler_sandbox.purview import normalise
from reconciler_sandbox.purview.core import Core, Doc, compact
from reconciler_sandbox.purview.entity_view import EntityView
from reconciler_sandbox.purview.graph import Graph

TERM_FIELDS = [
    "shortDescription",
    "longDescription",
    "abbreviation",
    "usage",
    "status",
    "examples",
    "templateName",
    "attributes",
    "resources",
    "contacts",
    "additionalAttributes",
    "classifications",
    "language",
]
"""What a person may say of a term besides its names and relations."""

# attribute: (relationship type, end of this term; 0 when both ends are alike)
LINKS: dict[str, tuple[str, int]] = {
    "seeAlso": ("AtlasGlossaryRelatedTerm", 0),
    "synonyms": ("AtlasGlossarySynonym", 0),
    "antonyms": ("AtlasGlossaryAntonym", 0),
    "preferredTerms": ("AtlasGlossaryPreferredTerm", 1),
    "preferredToTerms": ("AtlasGlossaryPreferredTerm", 2),
    "replacedBy": ("AtlasGlossaryReplacementTerm", 1),
    "replacementTerms": ("AtlasGlossaryReplacementTerm", 2),
    "translatedTerms": ("AtlasGlossaryTranslation", 1),
    "translationTerms": ("AtlasGlossaryTranslation", 2),
    "classifies": ("AtlasGlossaryIsARelationship", 1),
    "isA": ("AtlasGlossaryIsARelationship", 2),
    "validValuesFor": ("AtlasGlossaryValidValue", 1),
    "validValues": ("AtlasGlossaryValidValue", 2),
}
"""Relations between terms (grade A: Apache Atlas's glossary model)."""

_BY_TYPE: dict[tuple[str, int], str] = {(name, end): key for key, (name, end) in LINKS.items()}
_HEX = "0123456789abcdef"
# A guid with its digits shifted is as good as a fresh one, and the same at every reading.
_ANCHOR = str.maketrans(_HEX, _HEX[5:] + _HEX[:5])
_PARENT = str.maketrans(_HEX, _HEX[9:] + _HEX[:9])
_ORDER = ("guid", "qualifiedName", "name", "nickName")
_STAMPS = ("createdBy", "updatedBy", "createTime", "updateTime")
_TAIL = ("lastModifiedTS", *_STAMPS)


def anchor_relation(guid: str) -> str:
    """The guid of the relationship between a term or category and its glossary."""
    return guid.translate(_ANCHOR)


def parent_relation(guid: str) -> str:
    """The guid of the relationship between a term and its parent."""
    return guid.translate(_PARENT)


class TermView:
    """Shows glossary objects."""

    def __init__(self, core: Core, graph: Graph, entities: EntityView) -> None:
        self._core = core
        self._graph = graph
        self._entities = entities

    def glossary(self, doc: Doc, *, bare: bool) -> Doc:
        """A glossary, with headers of its terms and categories unless `bare` (grade A: recordings)."""
        keys = ("guid", "qualifiedName", "name", "shortDescription", "longDescription", *_TAIL)
        shown = {key: doc.get(key) for key in (*keys, "language", "usage", "contacts", "additionalAttributes")}
        if self._core.settings.normalise:
            shown["longDescription"] = normalise.definition(shown["longDescription"])
        if not bare:
            store = self._core.store
            terms = store.page("term", f"in:{doc['guid']}")
            shown["terms"] = [self.header(term) for term in terms]
            shown["categories"] = [
                self.category_header(category) for category in store.page("category", f"in:{doc['guid']}")
            ]
        return compact(self._unstamped(shown))

    def _unstamped(self, shown: Doc) -> Doc:
        """Atlas shows no stamps on glossaries and categories (answered by 2.4.0, grade A)."""
        return {key: value for key, value in shown.items() if not (self._core.atlas and key in _STAMPS)}

    def header(self, term: Doc) -> Doc:
        """A term as a glossary or category lists it."""
        return {
            "termGuid": term["guid"],
            "relationGuid": anchor_relation(term["guid"]),
            "displayText": term["name"],
        }

    def category_header(self, category: Doc) -> Doc:
        """A category as a glossary lists it."""
        head = {"categoryGuid": category["guid"], "relationGuid": anchor_relation(category["guid"])}
        head["displayText"] = category["name"]
        return compact(head | {"parentCategoryGuid": category.get("parent")})

    def term(self, doc: Doc) -> Doc:
        """One term."""
        return self.terms([doc])[0]

    def terms(self, docs: list[Doc], *, listed: bool = False) -> list[Doc]:
        """Terms with their relations, read together; `listed` as Atlas lists them."""
        relations = self._graph.relations_of(doc["guid"] for doc in docs)
        others = {r[e]["guid"] for held in relations.values() for r in held for e in ("end1", "end2")}
        nodes = self._graph.nodes(others) if others else {}
        above = self._above(docs)
        shown = [self._term(doc, relations.get(doc["guid"], []), nodes, above) for doc in docs]
        return [self._as_atlas(term, listed) for term in shown] if self._core.atlas else shown

    @staticmethod
    def _as_atlas(term: Doc, listed: bool) -> Doc:
        """No nickname, no stamps, a header of itself; names of categories only where one term is asked for.

        Answered by Apache Atlas 2.4.0, grade A.
        """
        shown = {key: value for key, value in term.items() if key != "nickName" and key not in _STAMPS}
        if listed and "categories" in shown:
            named = (one.items() for one in shown["categories"])
            shown["categories"] = [{name: value for name, value in one if name != "displayText"} for one in named]
        if "assignedEntities" in shown:
            held = [one for one in shown["assignedEntities"] if one["relationshipStatus"] == "ACTIVE"]
            shown["assignedEntities"] = held
        return compact(shown) | {
            "glossaryTermHeader": {"termGuid": term["guid"], "qualifiedName": term["qualifiedName"]}
        }

    def _above(self, docs: list[Doc]) -> dict[str, Doc]:
        """Every ancestor of these terms."""
        found: dict[str, Doc] = {}
        missing = {doc["parent"] for doc in docs if doc.get("parent")}
        while missing:
            new = self._core.store.get_many("term", missing)
            found |= new
            missing = {doc["parent"] for doc in new.values() if doc.get("parent")} - found.keys()
        return found

    def _term(self, doc: Doc, relations: list[Doc], nodes: dict[str, Doc], above: dict[str, Doc]) -> Doc:
        shown = {key: doc[key] for key in _ORDER if key in doc}
        shown |= {key: doc[key] for key in TERM_FIELDS if doc.get(key) not in (None, "", [], {})}
        shown |= {key: doc[key] for key in _TAIL if key in doc}
        shown["anchor"] = {"glossaryGuid": doc["glossary"], "relationGuid": anchor_relation(doc["guid"])}
        if doc.get("parent") in above:
            shown |= self._place(doc, above)
        for relation in relations:
            self._link(shown, doc["guid"], relation, nodes)
        return self._awkward(shown) if self._core.settings.normalise else shown

    def _place(self, doc: Doc, above: dict[str, Doc]) -> Doc:
        """Where a term is in the hierarchy (grade B: that the fields exist; C: their details)."""
        parent = above[doc["parent"]]
        path: list[Doc] = []
        step: Doc | None = parent
        while step is not None:
            path.insert(0, {"guid": step["guid"], "name": step["nickName"], "displayText": step["name"]})
            step = above.get(step.get("parent") or "")
        return {
            "parentTerm": {
                "termGuid": parent["guid"],
                "relationGuid": parent_relation(doc["guid"]),
                "displayText": parent["name"],
            },
            "hierarchyInfo": path,
        }

    def _link(self, shown: Doc, guid: str, relation: Doc, nodes: dict[str, Doc]) -> None:
        end = 1 if relation["end1"]["guid"] == guid else 2
        other = nodes.get(relation[f"end{3 - end}"]["guid"])
        if other is None:
            return
        name = relation["typeName"]
        if name == "AtlasGlossarySemanticAssignment":
            shown.setdefault("assignedEntities", []).append(self._entities.related(other, relation))
        elif name == "AtlasGlossaryTermCategorization":
            head = {"categoryGuid": other["guid"], "relationGuid": relation["guid"]}
            head["displayText"] = other["name"]
            shown.setdefault("categories", []).append(head | compact(relation.get("attributes") or {}))
        else:
            key = _BY_TYPE.get((name, 0)) or _BY_TYPE.get((name, end))
            if key is not None:
                shown.setdefault(key, []).append(self.link(other, relation))

    def link(self, other: Doc, relation: Doc) -> Doc:
        """A related term (grade A: examples); with its qualified name in Atlas (answered by 2.4.0, grade A)."""
        named = {"qualifiedName": other["qualifiedName"]} if self._core.atlas else {}
        head = named | {"termGuid": other["guid"], "relationGuid": relation["guid"], "displayText": other["name"]}
        return head | compact(relation.get("attributes") or {})

    def category(self, doc: Doc) -> Doc:
        """One category with its terms and place."""
        relations = self._graph.relations(doc["guid"])
        nodes = self._graph.nodes(r["end2"]["guid"] for r in relations)
        terms = [
            {
                "termGuid": node["guid"],
                "relationGuid": relation["guid"],
                "displayText": node["name"],
            }
            for relation in relations
            if (node := nodes.get(relation["end2"]["guid"])) is not None
        ]
        keys = (
            "guid",
            "qualifiedName",
            "name",
            "shortDescription",
            "longDescription",
            "additionalAttributes",
            *_TAIL,
        )
        shown: dict[str, Any] = {key: doc.get(key) for key in keys}
        shown["anchor"] = {"glossaryGuid": doc["glossary"], "relationGuid": anchor_relation(doc["guid"])}
        shown["terms"] = terms
        children = self._core.store.find("category", "parent", doc["guid"])
        shown["childrenCategories"] = [self._place_of(child) for child in children]
        parent = self._core.store.get("category", doc["parent"]) if doc.get("parent") else None
        shown["parentCategory"] = self._place_of(parent, doc["guid"]) if parent else None
        return compact(self._unstamped(shown))

    @staticmethod
    def _place_of(category: Doc, child: str | None = None) -> Doc:
        relation = parent_relation(child or category["guid"])
        return {"categoryGuid": category["guid"], "relationGuid": relation, "displayText": category["name"]}

    def _awkward(self, shown: Doc) -> Doc:
        shown = {key: normalise.text(value) if key != "name" else value for key, value in shown.items()}
        if shown.get("longDescription"):
            shown["longDescription"] = normalise.definition(shown["longDescription"])
        if shown.get("attributes"):
            shown["attributes"] = normalise.template_attributes(shown["attributes"])
        for key in (*LINKS, "resources", "assignedEntities"):
            if key in shown:
                shown[key] = normalise.shuffled(shown[key])
        return shown
