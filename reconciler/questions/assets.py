"""What scanners found in the Data Map: assets with their columns, by name, by place, or by glossary term."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

from reconciler.questions.base import Question
from reconciler.resources.purview import collection as collections
from reconciler.resources.purview import common
from reconciler.resources.purview.assigning import meanings
from reconciler.resources.purview.terms import hierarchy
from reconciler.systems.purview import Purview
from reconciler.systems.refusals import LostAnswer

HITS_A_PAGE = 1000
"""Most hits of one search page (Data Map contract, grade A)."""

NAMES_A_SEARCH = 20
"""Texts that one search looks for at once; no limit of a filter is published [U]."""

Doc = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ScannedColumn:
    """A column of a scanned asset, as the scanner names it."""

    name: str
    type: str
    """The scanner's word for its data type; empty when it says none."""
    key: str
    """`<type>/<qualified name>` of the column."""
    classifications: frozenset[str] = frozenset()
    terms: tuple[str, ...] = ()
    """Keys of the glossary terms on it (`Enterprise/Customer/Email`), as far as the question named glossaries."""


@dataclass(frozen=True, slots=True)
class ScannedAsset:
    """An asset that a scanner found."""

    type: str
    qualified_name: str
    name: str
    columns: tuple[ScannedColumn, ...] = ()
    classifications: frozenset[str] = frozenset()
    collection: str = ""

    @property
    def key(self) -> str:
        """`<type>/<qualified name>`, the key of `purview.asset`."""
        return f"{self.type}/{self.qualified_name}"

    def column(self, name: str) -> ScannedColumn | None:
        """The column of a name; else the only one that differs in case."""
        exact = [one for one in self.columns if one.name == name]
        close = exact or [one for one in self.columns if one.name.casefold() == name.casefold()]
        return close[0] if len(close) == 1 else None


@dataclass(frozen=True, slots=True)
class AssetAt(Question):
    """The asset of a type and a qualified name: one row, or none when there is no such asset.

    `glossaries` are those whose terms on its columns matter.
    """

    system = "purview"

    type: str
    qualified_name: str
    glossaries: tuple[str, ...] = ()

    @classmethod
    def ask(cls, purview: Purview, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[ScannedAsset, ...]]]:
        """By unique attribute in bulk [A]: search would not tell absence."""
        found = purview.entities([(one.type, one.qualified_name) for one in questions])
        glossaries = dict.fromkeys(name for one in questions for name in one.glossaries)
        assets = dict(zip(found, scanned(purview, found.values(), glossaries), strict=True))
        for one in questions:
            asset = assets.get((one.type, one.qualified_name))
            yield one, (asset,) if asset is not None else ()


@dataclass(frozen=True, slots=True)
class AssetsNamed(Question):
    """Assets of some types whose qualified name holds a text.

    Search finds, a read by guid decides; what search has not indexed yet is missing, so no rows prove nothing.
    """

    system = "purview"

    types: tuple[str, ...]
    containing: str

    @classmethod
    def ask(cls, purview: Purview, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[ScannedAsset, ...]]]:
        """`POST /search/query` with `qualifiedName contains` (Microsoft's accelerator uses it, grade B)."""

        def hits(names: list[str]) -> list[str]:
            by_name = [
                {"attributeName": "qualifiedName", "operator": "contains", "attributeValue": name} for name in names
            ]
            by_type: Doc = {"or": [{"entityType": name, "includeSubTypes": False} for name in types]}
            return _search(purview, {"and": [by_type, {"or": by_name}]})

        types = tuple(dict.fromkeys(name for one in questions for name in one.types))
        names = list(dict.fromkeys(one.containing for one in questions))
        lists = purview.each(hits, list(common.chunks(names, NAMES_A_SEARCH)))
        entities = entities_by_guid(purview, [guid for guids in lists for guid in guids])
        assets = _assets(purview, entities, ()).values()
        for one in questions:
            fitting = [row for row in assets if row.type in one.types and one.containing in row.qualified_name]
            yield one, tuple(sorted(set(fitting), key=lambda row: row.key))


@dataclass(frozen=True, slots=True)
class AssetsTagged(Question):
    """Assets that carry one of some terms of a glossary, of some types, in a collection and those below it.

    `terms` are own names or paths; `*` is every term of the glossary. No types are all types.
    """

    system = "purview"

    glossary: str
    terms: tuple[str, ...]
    types: tuple[str, ...] = ()
    collection: str = ""
    glossaries: tuple[str, ...] = ()

    @classmethod
    def ask(cls, purview: Purview, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[ScannedAsset, ...]]]:
        """The entities that the terms are assigned to (`/glossary/terms/{guid}/assignedEntities`, grade A)."""
        guids = {one: _assigned(purview, one) for one in questions}
        entities = entities_by_guid(purview, [guid for found in guids.values() for guid in found])
        glossaries = dict.fromkeys(name for one in questions for name in (one.glossary, *one.glossaries))
        assets = _assets(purview, entities, glossaries)
        for one in questions:
            places = _below(purview, one.collection) if one.collection else None
            rows = (assets[guid] for guid in guids[one] if guid in assets)
            fitting = [
                row
                for row in rows
                if (not one.types or row.type in one.types) and (places is None or row.collection.casefold() in places)
            ]
            yield one, tuple(sorted(set(fitting), key=lambda row: row.key))


def scanned(purview: Purview, entities: Iterable[Doc], glossaries: Iterable[str] = ()) -> list[ScannedAsset]:
    """Assets with their columns, in the order of the entities.

    Columns of files hang below `tabular_schema` ([B] recorded), those of tables on the table itself.
    """
    whole = list(entities)
    schemas = [_guid_of(_relation(entity, "tabular_schema")) for entity in whole]
    below = _referred(purview, [guid for guid in schemas if guid])
    lists = [
        [*_references(entity, "columns"), *_references(below.get(guid or "") or {}, "columns")]
        for entity, guid in zip(whole, schemas, strict=True)
    ]
    columns = _referred(purview, [guid for references in lists for guid in references])
    terms = _term_keys(purview, glossaries)
    return [
        _asset(entity, [columns[guid] for guid in references if guid in columns], terms)
        for entity, references in zip(whole, lists, strict=True)
    ]


def _assets(purview: Purview, entities: Mapping[str, Doc], glossaries: Iterable[str]) -> dict[str, ScannedAsset]:
    return dict(zip(entities, scanned(purview, entities.values(), glossaries), strict=True))


def _asset(entity: Doc, columns: Sequence[Doc], terms: Mapping[str, str]) -> ScannedAsset:
    attributes = entity.get("attributes") or {}
    return ScannedAsset(
        str(entity["typeName"]),
        str(attributes.get("qualifiedName") or ""),
        str(attributes.get("name") or ""),
        tuple(column_of(column, terms) for column in columns),
        _classifications(entity),
        str(entity.get("collectionId") or ""),
    )


def column_of(entity: Doc, terms: Mapping[str, str] = MappingProxyType({})) -> ScannedColumn:
    """A column out of its entity, with the terms on it as far as their keys are known."""
    attributes = entity.get("attributes") or {}
    words = (attributes.get(name) for name in ("type", "data_type", "dataType"))
    return ScannedColumn(
        str(attributes.get("name") or ""),
        str(next((word for word in words if word), "")),
        common.key_of(entity) or "",
        _classifications(entity),
        tuple(sorted(terms[guid] for guid in meanings(entity) if guid in terms)),
    )


def _classifications(entity: Doc) -> frozenset[str]:
    return frozenset(str(one["typeName"]) for one in entity.get("classifications") or ())


def _term_keys(purview: Purview, glossaries: Iterable[str]) -> dict[str, str]:
    """Keys of terms by guid."""
    found: dict[str, str] = {}
    for name in glossaries:
        terms = hierarchy(purview, name)
        found |= {guid: terms.key(term) for guid, term in terms.by_guid.items()}
    return found


def _assigned(purview: Purview, question: AssetsTagged) -> list[str]:
    """Guids of the entities that the terms of a question are on, each once."""
    terms = _term_keys(purview, (question.glossary,))
    wanted = [guid for guid, key in terms.items() if _names(question.terms, key)]
    lists = purview.each(lambda guid: entities_of_term(purview, guid), wanted)
    return list(dict.fromkeys(guid for guids in lists for guid in guids))


def _names(words: Iterable[str], key: str) -> bool:
    """Whether a term is meant by its own name, its path in the glossary, or by `*`."""
    path = key.partition("/")[2]
    return any(word in ("*", path, path.rpartition("/")[2]) for word in words)


def entities_of_term(purview: Purview, guid: str) -> list[str]:
    """Guids of the entities that a term is on, over all pages; deleted ones left out."""
    found: list[str] = []
    while True:
        query = {"limit": HITS_A_PAGE, "offset": len(found), "sort": "ASC"}
        page = purview.get(f"/glossary/terms/{guid}/assignedEntities", query, accept=(404,)) or []
        found += [str(one["guid"]) for one in page if one.get("entityStatus") != "DELETED"]
        if len(page) < HITS_A_PAGE:
            return found


def _below(purview: Purview, called: str) -> frozenset[str]:
    """Names of a collection and of all below it, case folded."""
    root = str(collections.resolve(purview, called)).casefold()
    children: dict[str, list[str]] = {}
    for one in purview.collections():
        above = str((one.get("parentCollection") or {}).get("referenceName") or "").casefold()
        children.setdefault(above, []).append(str(one["name"]).casefold())
    todo, found = [root], set[str]()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += children.get(name, [])
    return frozenset(found)


def _search(purview: Purview, condition: Doc) -> list[str]:
    """Guids of all hits, over all pages; the last one may have a `continuationToken` too [A]."""
    found: list[str] = []
    body: Doc = {"keywords": None, "limit": HITS_A_PAGE, "filter": condition}
    while True:
        answer = purview.beside("POST", "/search/query", body, effect="read") or {}
        hits = answer.get("value") or []
        found += [str(one["id"]) for one in hits if one.get("id")]
        token = answer.get("continuationToken")
        if not token or len(hits) < HITS_A_PAGE:
            return list(dict.fromkeys(found))
        body = {**body, "continuationToken": token}


def entities_by_guid(purview: Purview, guids: Iterable[str]) -> dict[str, Doc]:
    """Entities with their relationships by guid, in bulk; deleted and unknown ones left out."""
    return {
        guid: one for guid, one in purview.entities_by_guid(guids).items() if one and one.get("status") != "DELETED"
    }


def _referred(purview: Purview, guids: Iterable[str]) -> dict[str, Doc]:
    """The same of what live relationships name: one that is not there at all means that answers do not fit together."""
    found = purview.entities_by_guid(guids)
    if lost := next((guid for guid, one in found.items() if one is None), None):
        why = f"an asset names {lost}, which was not found: what was read does not fit together"
        raise LostAnswer("purview", "GET /entity/bulk", why, "Run the command again.")
    return {guid: one for guid, one in found.items() if one and one.get("status") != "DELETED"}


def _relations(entity: Mapping[str, Any], name: str) -> list[Doc]:
    value = (entity.get("relationshipAttributes") or {}).get(name) or []
    found: list[Doc] = value if isinstance(value, list) else [value]
    return [one for one in found if one.get("relationshipStatus", "ACTIVE") == "ACTIVE"]


def _relation(entity: Mapping[str, Any], name: str) -> Doc | None:
    return next(iter(_relations(entity, name)), None)


def _references(entity: Mapping[str, Any], name: str) -> list[str]:
    return [str(one["guid"]) for one in _relations(entity, name) if one.get("guid")]


def _guid_of(reference: Doc | None) -> str | None:
    return str(reference["guid"]) if reference and reference.get("guid") else None
