"""What the Data Map's and the account plane's answers must be, by method and path: one table.

Source: the Data Map contract 2023-09-01 (GA), whose answers Apache Atlas' own classes make; Atlas leaves members out
that are null. Where the contract says 204, nothing is asked of the answer but that it is no error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote

from reconciler.systems.answer import Answer
from reconciler.systems.answers import Shape, a_list, an_object, done, holding, parse

_DEFINITIONS = ("classificationDefs", "entityDefs", "enumDefs", "relationshipDefs", "structDefs",
                "businessMetadataDefs", "termTemplateDefs")  # fmt: skip


def _first_hits(value: Any) -> str:
    """The first page of a search: rows, or a count of none (`@search.count` may be an estimate: no more is held)."""
    wrong = holding("value")(value)
    if wrong or value["value"]:
        return wrong
    return "a count of hits and none of them" if value.get("@search.count", 0) > 0 else ""


def _entities(value: Any) -> str:
    """Entities with attributes and their type; Atlas answers `{}` where there is none (2.4.0, grade A)."""
    if wrong := holding("entities", "typeName", "attributes", "guid", optional=True)(value):
        return wrong
    if "entities" not in value and value.keys() - {"referredEntities"}:
        return "an object without entities"
    strange = [one for one in value.get("entities") or () if not isinstance(one["attributes"], Mapping)]
    return "an entity without attributes" if strange else ""


def _among(value: Any, member: str, asked: frozenset[str]) -> str:
    """Entities that were asked for, and no others: one that was not may stand in the place of one that was."""
    if wrong := _entities(value):
        return wrong
    for one in value.get("entities") or ():
        told = one["guid"] if member == "guid" else one["attributes"].get(member)
        if _alike(told) not in asked:
            return f"another entity than those that were asked for ({member})"
    return ""


def _alike(text: Any) -> str:
    return normalize("NFC", str(text)).casefold()


def _in_glossary(guid: str) -> Shape:
    """Terms or categories, of this glossary as far as they say of which."""
    rows = a_list("guid", "name")

    def judge(value: Any) -> str:
        if wrong := rows(value):
            return wrong
        homes = ((one.get("anchor") or {}).get("glossaryGuid") for one in value)
        strange = any(home and str(home).casefold() != guid.casefold() for home in homes)
        return "rows of another glossary than the one that was asked for" if strange else ""

    return judge


def _typedef(value: Any) -> str:
    """One definition, with its attributes and super types as lists where it has them."""
    for name, members in (("attributeDefs", ("name", "typeName")), ("relationshipAttributeDefs", ("name",))):
        if value.get(name) is not None and (wrong := holding(name, *members)(value)):
            return wrong
    lists = (value.get(name) for name in ("superTypes", "subTypes", "entityTypes", "elementDefs"))
    return "" if all(one is None or isinstance(one, list) for one in lists) else "a definition without lists"


def _typedefs(value: Any) -> str:
    if wrong := an_object(any_of=_DEFINITIONS)(value):
        return wrong
    for name in _DEFINITIONS:
        if value.get(name) is None:
            continue
        if wrong := holding(name, "name", "guid")(value) or next(filter(None, map(_typedef, value[name])), ""):
            return wrong
    return ""


def _named_typedef(name: str) -> Shape:
    return lambda value: an_object("guid", name=name)(value) or _typedef(value)


def _collections(value: Any) -> str:
    """A page of collections; `count`, where it is told, is how many the page has."""
    if wrong := holding("value", "name")(value):
        return wrong
    count = value.get("count")
    return "fewer rows than it counts" if isinstance(count, int) and count > len(value["value"]) else ""


def _entity(value: Any) -> str:
    return an_object("entity")(value) or an_object("guid", "typeName", "attributes")(value["entity"])


def _with(member: str) -> Callable[[str], Shape]:
    """An object with a member that repeats what the path names."""
    return lambda asked: an_object(**{member: asked})


_TABLE: tuple[tuple[str, str, Shape], ...] = (
    ("GET", r"/glossary", a_list("guid", "name")),
    ("GET", r"/glossary/terms/[^/]+/assignedEntities", a_list("guid")),
    ("POST", r"/glossary", an_object("guid")),
    ("POST", r"/glossary/category", an_object("guid")),
    ("POST", r"/glossary/terms", a_list("guid")),
    ("GET", r"/types/typedefs", _typedefs),
    ("POST", r"/types/typedefs", _typedefs),
    ("PUT", r"/types/typedefs", _typedefs),
    ("GET", r"/types/typedefs/headers", a_list("name", "category")),
    ("GET", r"/entity/guid/[^/]+", _entity),
    ("POST", r"/entity/bulk", an_object()),
    ("POST", r"/relationship", an_object("guid")),
    ("GET", r"/search/basic", an_object()),
    ("POST", r"/search/query", holding("value")),
    ("GET", r"/collections", _collections),
)
"""Method, path below its plane's root, and the shape."""

_OF_ONE: tuple[tuple[str, str, Callable[[str], Shape]], ...] = (
    ("GET", r"/glossary/(?:term|category)/([^/]+)", _with("guid")),
    ("PUT", r"/glossary/(?:term|category)/([^/]+)(?:/partial)?", _with("guid")),
    ("PUT", r"/glossary/([^/]+)(?:/partial)?", _with("guid")),
    ("GET", r"/glossary/([^/]+)/(?:terms|categories)", _in_glossary),
    ("GET", r"/types/typedef/name/([^/]+)", _named_typedef),
    ("PUT", r"/collections/([^/]+)", _with("name")),
)
"""The same where the answer is about the one object that the path names: it must say so."""

_BULK = re.compile(r"/entity/bulk(/uniqueAttribute/type/[^/]+)?")


def _bulk(member: str, query: Any) -> Shape:
    """The entities that a query names, `guid=` or `attr_N:qualifiedName=`."""
    pairs = query.items() if isinstance(query, Mapping) else query
    asked = frozenset(_alike(value) for name, value in pairs if name.rpartition(":")[2] == member)
    return lambda value: _among(value, member, asked)


_ROWS = tuple((method, re.compile(pattern), shape) for method, pattern, shape in _TABLE)
_ONES = tuple((method, re.compile(pattern), make) for method, pattern, make in _OF_ONE)


def shape_of(method: str, path: str, sent: Any = None, query: Any = ()) -> Shape:
    """The shape of the answer to a call that sent some JSON or a query; `done` where the contract has none."""
    if method == "GET" and (found := _BULK.fullmatch(path)):
        return _bulk("qualifiedName" if found[1] else "guid", query)
    if path == "/search/query" and isinstance(sent, Mapping) and not sent.get("continuationToken"):
        return _first_hits
    for verb, pattern, shape in _ROWS:
        if verb == method and pattern.fullmatch(path):
            return shape
    for verb, pattern, make in _ONES:
        if verb == method and (found := pattern.fullmatch(path)):
            return make(unquote(found[1]))
    return done


GONE = frozenset({"404-00-001", "404-00-002", "404-00-003", "404-00-005", "404-00-008", "404-00-009", "404-00-00C",
                  "404-00-00F"})  # fmt: skip
"""Atlas' codes for what is not there: a type by name or by guid, classifications of an entity, an instance, a
classification, an instance by its unique attribute, a relationship, one that is deleted (AtlasErrorCode 2.4.0)."""


def says_gone(answer: Answer) -> bool:
    """Whether a 404 is about what was asked for: by Atlas' code, and not by any words."""
    value, _ = parse(answer.body)
    code = str(value.get("errorCode") or "") if isinstance(value, Mapping) else ""
    return code.removeprefix("ATLAS-") in GONE
