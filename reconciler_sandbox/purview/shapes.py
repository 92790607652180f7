"""The shape of every body, checked before a handler sees it, as the service's own deserialiser does.

Fields and their types are those of the data map's published models [A]. How strict the reading is follows
Jackson, which Apache Atlas reads bodies with: a scalar is taken for text or a number where it can be, unknown
fields are passed on, and anything else is refused with 400 (grade B; the message is C).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from reconciler_sandbox.purview.core import Route
from reconciler_sandbox.purview.errors import refuse
from reconciler_sandbox.web import Handler, Request, Response

Shape = Callable[[Any, str], Any]
"""Reads a value that stands at a place; returns it in the form that its field has, or refuses it."""

_LARGEST = 2**63


def _wrong(where: str, wanted: str) -> Any:
    refuse("400-00-01A", f"invalid parameters: {where or 'the body'}: {wanted} is expected")


def anything(value: Any, where: str) -> Any:
    """Whatever it is; the handler looks at it."""
    return value


def text(value: Any, where: str) -> Any:
    """A string, or a scalar that becomes one: clients send whole numbers as guids."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else _wrong(where, "a string")


def whole(value: Any, where: str) -> Any:
    """A whole number, also written as text."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    try:
        found = int(value) if isinstance(value, (str, float)) else None
    except (ValueError, OverflowError):
        found = None
    return _wrong(where, "a whole number") if found is None or abs(found) >= _LARGEST else found


def flag(value: Any, where: str) -> Any:
    """A boolean, also written as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return _wrong(where, "a boolean")


def one_of(*words: str) -> Shape:
    """One of the words of an enumeration."""

    def read(value: Any, where: str) -> Any:
        if value is None or value in words:
            return value
        return _wrong(where, f"one of {', '.join(words)}")

    return read


def many(item: Shape) -> Shape:
    """A list; null is no item."""

    def read(value: Any, where: str) -> Any:
        if value is None:
            return None
        if not isinstance(value, list):
            return _wrong(where, "a list")
        if item is anything:
            return value
        return [_wrong(where, "an item") if one is None else item(one, where) for one in value]

    return read


def named(item: Shape) -> Shape:
    """An object with a value by name."""

    def read(value: Any, where: str) -> Any:
        if value is None:
            return None
        if not isinstance(value, dict):
            return _wrong(where, "an object")
        if item is anything:
            return value
        return {key: item(one, f"{where}.{key}" if where else key) for key, one in value.items()}

    return read


class Record:
    """An object of a model: what the model does not know is left as it is."""

    def __init__(self, **fields: Shape) -> None:
        self.fields = fields

    def __call__(self, value: Any, where: str) -> Any:
        """The object, each of its fields read."""
        if value is None:
            return None
        if not isinstance(value, dict):
            return _wrong(where, "an object")
        for name in self.fields.keys() & value.keys():
            value[name] = self.fields[name](value[name], f"{where}.{name}" if where else name)
        return value


record = Record


def required(shape: Shape) -> Shape:
    """A body that may not be left out."""

    def read(value: Any, where: str) -> Any:
        return _wrong(where, "a value") if value is None else shape(value, where)

    return read


_STAMP: dict[str, Shape] = {
    "guid": text,
    "lastModifiedTS": text,
    "createTime": whole,
    "createdBy": text,
    "updateTime": whole,
    "updatedBy": text,
    "version": whole,
}
_STATUS = one_of("ACTIVE", "DELETED", "PURGED")
_CARDINALITY = one_of("SINGLE", "LIST", "SET")
OBJECTS = named(anything)
_CONTACTS = named(many(record(id=text, info=text)))
_CLASSIFICATION = record(
    attributes=OBJECTS,
    typeName=text,
    lastModifiedTS=text,
    entityGuid=text,
    entityStatus=_STATUS,
    propagate=flag,
    removePropagationsOnEntityDelete=flag,
    validityPeriods=many(record(endTime=text, startTime=text, timeZone=text)),
)
ENTITY = record(
    **_STAMP,
    attributes=OBJECTS,
    typeName=text,
    businessAttributes=named(OBJECTS),
    classifications=many(_CLASSIFICATION),
    customAttributes=named(text),
    homeId=text,
    collectionId=text,
    isIncomplete=flag,
    labels=many(text),
    provenanceType=whole,
    proxy=flag,
    relationshipAttributes=OBJECTS,
    status=_STATUS,
    contacts=_CONTACTS,
)
_WRITTEN = record(entity=ENTITY, entities=many(ENTITY), referredEntities=named(required(ENTITY)))
_HEADER = record(
    guid=text, typeName=text, attributes=OBJECTS, classifications=many(_CLASSIFICATION), classificationNames=many(text)
)
_ASSIGNED = record(
    guid=text,
    typeName=text,
    uniqueAttributes=OBJECTS,
    displayText=text,
    entityStatus=_STATUS,
    relationshipType=text,
    relationshipAttributes=record(typeName=text, attributes=OBJECTS),
    relationshipGuid=text,
    relationshipStatus=_STATUS,
)
_DESCRIBED: dict[str, Shape] = {
    **_STAMP,
    "name": text,
    "qualifiedName": text,
    "shortDescription": text,
    "longDescription": text,
    "usage": text,
    "additionalAttributes": OBJECTS,
}
GLOSSARY = record(**_DESCRIBED, language=text, contacts=_CONTACTS)
_LINK_STATUS = one_of("DRAFT", "ACTIVE", "DEPRECATED", "OBSOLETE", "OTHER")
_TERM_LINK = record(
    termGuid=text,
    relationGuid=text,
    displayText=text,
    description=text,
    expression=text,
    source=text,
    steward=text,
    status=_LINK_STATUS,
)
_CATEGORY_LINK = record(categoryGuid=text, relationGuid=text, displayText=text, description=text, status=_LINK_STATUS)
_ANCHOR = record(glossaryGuid=text, displayText=text, relationGuid=text)
_CATEGORY = record(**_DESCRIBED, anchor=_ANCHOR, parentCategory=_CATEGORY_LINK, terms=many(_TERM_LINK))
_TERM_LINKS = (
    "antonyms",
    "classifies",
    "isA",
    "preferredTerms",
    "preferredToTerms",
    "replacedBy",
    "replacementTerms",
    "seeAlso",
    "synonyms",
    "translatedTerms",
    "translationTerms",
    "validValues",
    "validValuesFor",
)
TERM = record(
    **_DESCRIBED,
    **dict.fromkeys(_TERM_LINKS, many(_TERM_LINK)),
    abbreviation=text,
    templateName=many(anything),
    anchor=_ANCHOR,
    status=text,
    nickName=text,
    parentTerm=_TERM_LINK,
    resources=many(record(displayName=text, url=text)),
    contacts=_CONTACTS,
    attributes=named(OBJECTS),
    assignedEntities=many(_ASSIGNED),
    categories=many(_CATEGORY_LINK),
    examples=many(text),
)
OBJECT_ID = record(guid=text, typeName=text, uniqueAttributes=OBJECTS)
_RELATIONSHIP = record(
    **_STAMP,
    attributes=OBJECTS,
    typeName=text,
    end1=OBJECT_ID,
    end2=OBJECT_ID,
    homeId=text,
    label=text,
    provenanceType=whole,
    status=_STATUS,
)
_ATTRIBUTE = record(
    cardinality=_CARDINALITY,
    constraints=many(record(params=OBJECTS, type=text)),
    defaultValue=text,
    description=text,
    includeInNotification=flag,
    isIndexable=flag,
    isOptional=flag,
    isUnique=flag,
    name=text,
    options=named(text),
    typeName=text,
    valuesMaxCount=whole,
    valuesMinCount=whole,
)
_END = record(
    cardinality=_CARDINALITY, description=text, isContainer=flag, isLegacyAttribute=flag, name=text, type=text
)
_TYPE = record(
    **_STAMP,
    category=text,
    description=text,
    name=text,
    options=named(text),
    serviceType=text,
    typeVersion=text,
    attributeDefs=many(_ATTRIBUTE),
    entityTypes=many(text),
    subTypes=many(text),
    superTypes=many(text),
    defaultValue=text,
    elementDefs=many(record(description=text, ordinal=whole, value=text)),
    endDef1=_END,
    endDef2=_END,
    relationshipCategory=one_of("ASSOCIATION", "AGGREGATION", "COMPOSITION"),
    relationshipLabel=text,
)
TYPES = record(
    **dict.fromkeys(
        (
            "businessMetadataDefs",
            "classificationDefs",
            "entityDefs",
            "enumDefs",
            "relationshipDefs",
            "structDefs",
            "termTemplateDefs",
        ),
        many(_TYPE),
    )
)
_ORDER = one_of("asc", "desc")
_FACET = record(count=whole, facet=text, sort=record(count=_ORDER, value=_ORDER))


def _filter(value: Any, where: str) -> Any:
    """A filter of a search, which holds filters in turn."""
    return _FILTER(value, where)


_FILTER = record(
    **{"and": many(_filter), "or": many(_filter), "not": _filter},
    entityType=text,
    includeSubTypes=flag,
    attributeName=text,
    operator=text,
)
_SEARCH = record(
    keywords=text,
    limit=whole,
    offset=whole,
    continuationToken=text,
    orderby=many(named(text)),
    facets=many(_FACET),
    filter=_filter,
    entityType=text,
)

_GUID, _NAMED = "/entity/guid/{guid}", "/entity/uniqueAttribute/type/{type_name}"
_LABELS, _CLASSIFICATIONS, _GUIDS = many(text), many(_CLASSIFICATION), record(entityGuids=many(text))
_BODIES: dict[str, Shape] = {
    "POST /entity": _WRITTEN,
    "POST /entity/bulk": _WRITTEN,
    f"PUT {_NAMED}": _WRITTEN,
    "POST /collections/{collection}/entity": _WRITTEN,
    "POST /collections/{collection}/entity/bulk": _WRITTEN,
    "POST /collections/{collection}/entity/moveHere": _GUIDS,
    "POST /entity/moveTo": _GUIDS,
    "POST /entity/bulk/classification": record(classification=_CLASSIFICATION, entityGuids=many(text)),
    "POST /entity/bulk/setClassifications": record(guidHeaderMap=named(required(_HEADER))),
    **{f"{verb} {base}/classifications": _CLASSIFICATIONS for verb in ("POST", "PUT") for base in (_GUID, _NAMED)},
    **{f"{verb} {_GUID}/businessmetadata": named(OBJECTS) for verb in ("POST", "DELETE")},
    **{f"{verb} {_GUID}/businessmetadata/{{name}}": OBJECTS for verb in ("POST", "DELETE")},
    "POST /glossary": GLOSSARY,
    "PUT /glossary/{guid}": GLOSSARY,
    "PUT /glossary/{guid}/partial": OBJECTS,
    "POST /glossary/category": _CATEGORY,
    "POST /glossary/categories": many(_CATEGORY),
    "PUT /glossary/category/{guid}": _CATEGORY,
    "PUT /glossary/category/{guid}/partial": OBJECTS,
    "POST /glossary/term": TERM,
    "POST /glossary/terms": many(TERM),
    "PUT /glossary/term/{guid}": TERM,
    "PUT /glossary/term/{guid}/partial": OBJECTS,
    **{f"{verb} /glossary/terms/{{guid}}/assignedEntities": many(_ASSIGNED) for verb in ("POST", "PUT", "DELETE")},
    "POST /relationship": _RELATIONSHIP,
    "PUT /relationship": _RELATIONSHIP,
    **{f"{verb} /types/typedefs": TYPES for verb in ("POST", "PUT", "DELETE")},
    "POST /search/query": _SEARCH,
    "POST /search/advanced": _SEARCH,
    "POST /search/suggest": _SEARCH,
    "POST /search/autocomplete": _SEARCH,
    "POST /browse": _SEARCH,
}
_MAY_BE_EMPTY: dict[str, Shape] = {
    f"{verb} {base}/labels": _LABELS for verb in ("POST", "PUT", "DELETE") for base in (_GUID, _NAMED)
} | {
    "POST /search/basic": record(typeName=text, query=text, limit=whole, offset=whole, excludeDeletedEntities=flag),
    "PUT /purge": many(text),
    "POST /glossary/{guid}/terms/export": many(text),
}


def guarded(routes: Iterable[Route]) -> list[Route]:
    """The routes, each with its body checked first."""
    found: list[Route] = []
    for method, pattern, handler in routes:
        name = f"{method} {pattern}"
        shape = required(_BODIES[name]) if name in _BODIES else _MAY_BE_EMPTY.get(name)
        found.append((method, pattern, handler if shape is None else _checked(handler, shape)))
    return found


def _checked(handler: Handler, shape: Shape) -> Handler:
    def run(request: Request, **segments: str) -> Response:
        try:
            request.value = shape(request.json(), "")
        except RecursionError:
            _wrong("", "less nesting")
        return handler(request, **segments)

    return run
