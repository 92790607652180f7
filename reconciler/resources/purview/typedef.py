"""A type of entity, relationship or business metadata that we define."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Annotated, Any

import orjson

from reconciler.resources.base import Desired, Resource
from reconciler.resources.keys import path_of
from reconciler.resources.objects import Live, Write
from reconciler.resources.purview import common
from reconciler.resources.rights import CURATOR_AT_THE_ROOT
from reconciler.resources.rules import Each, Immutable
from reconciler.systems.purview import Purview

Definition = dict[str, dict[str, Any]]

MARK = "reconciler"
CATEGORIES = {
    "ENTITY": "entityDefs",
    "RELATIONSHIP": "relationshipDefs",
    "BUSINESS_METADATA": "businessMetadataDefs",
}
MOST_BY_NAME = 3
"""More types than these are read in the one listing of all, however long: the contract has no category for business
metadata by which to ask for less (grade A)."""
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_ ]*")
_END = ("type", "name", "isContainer", "cardinality")
_ATTRIBUTE_OPTIONS = ("applicableEntityTypes", "maxStrLength")


class Typedef(Resource):
    """`/types/typedefs`: key is the type's name.

    `definition` is the mapping of `definition_of`, managed entry by entry: what the live type has beyond
    ours is left alone, and what is missing is added. Nothing else can be done: removing or changing an
    attribute or a supertype is refused (400-00-00D, -00E, -027; grade A for Atlas).
    """

    system = "purview"
    name = "type"
    right = CURATOR_AT_THE_ROOT
    container = True
    deletes = "none"
    batch = {"create": 100, "update": 100}

    class Fields:
        category: Annotated[str, Immutable()]
        definition: Annotated[Definition, Each(depth=2)]

    def _taken(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Takes a definition in the wire's form too, as kinds write it."""
        definition = values.get("definition") or {}
        if "attributeDefs" in definition or "category" in definition:
            return {**values, "definition": definition_of(definition)}
        return values

    def read(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`GET /types/typedef/name/{name}` for few, else the listing of all [A]."""
        for category, typedef in _read(purview, wanted):
            yield self.live(
                typedef["name"],
                str(typedef.get("guid") or typedef["name"]),
                raw=typedef,
                category=category,
                definition=definition_of(typedef),
            )

    def cost(self, rows: int, managed: int) -> int:
        """Each wanted type by name, or one listing."""
        return managed if managed <= MOST_BY_NAME else 1

    def foreign(self, live: Live) -> str | None:
        """Why a live type of a name that we want is not ours: it lacks our mark."""
        if live.fields.get(path_of("definition", "options", "managedBy")) == MARK:
            return None
        return (
            f"type {live.key} exists and is not ours (CluedIn's own Purview integration may own it); "
            "set purview.type_prefix"
        )

    def create_many(self, purview: Purview, writes: Sequence[Write]) -> list[str | None]:
        """`POST /types/typedefs` with all, as they may name each other; one transaction in Atlas [A].

        An existing name is 409 in Atlas [A] and passed over in Purview (documentation), hence `once`.
        """
        bodies = []
        for write in writes:
            category = write.values["category"]
            bodies.append((category, wire_of(write.key, category, _nested(write))))
        made = purview.call("POST", "/types/typedefs", _by_category(bodies), effect="once") or {}
        guids = {typedef["name"]: typedef.get("guid") for typedef in _all(made)}
        return [guids.get(write.key) for write in writes]

    def update(self, purview: Purview, write: Write) -> None:
        """One type."""
        self.update_many(purview, [write])

    def update_many(self, purview: Purview, writes: Sequence[Write]) -> None:
        """`PUT /types/typedefs` with the live types and what ours have more."""
        bodies = []
        for write in writes:
            assert write.live is not None
            category = write.live.fields["category"]
            bodies.append((category, _added(write.live.raw, wire_of(write.key, category, _nested(write)))))
        purview.call("PUT", "/types/typedefs", _by_category(bodies), effect="set")

    def problems(self, desired: Desired) -> Iterable[str]:
        """Names by Atlas' rule [A]; a category that types of ours can have."""
        if not _NAME.fullmatch(desired.key):
            yield f"type name {desired.key!r}: a letter, then only letters, digits, blanks and `_`"
        category = desired.values.get("category")
        if category is not None and category not in CATEGORIES.values():
            yield f"category {category!r} is none of {', '.join(CATEGORIES.values())}"


def definition_of(typedef: Mapping[str, Any]) -> Definition:
    """A wire typedef as the mapping that is compared: guids, versions and times are left out."""
    attributes = typedef.get("attributeDefs") or []
    ends = {number: typedef.get(f"endDef{number}") for number in ("1", "2")}
    category = typedef.get("relationshipCategory")
    shape: Definition = {
        "attributes": {item["name"]: item["typeName"] for item in attributes},
        "superTypes": dict.fromkeys(typedef.get("superTypes") or [], True),
        "options": {key: value for key, value in (typedef.get("options") or {}).items() if value is not None},
        "ends": {number: {key: end.get(key) for key in _END} for number, end in ends.items() if end},
        "relationship": {"category": category} if category else {},
        "attributeOptions": {item["name"]: options for item in attributes if (options := _options(item))},
    }
    return {group: entries for group, entries in shape.items() if entries}


def wire_of(name: str, category: str, definition: Definition) -> dict[str, Any]:
    """The wire typedef of a mapping; every attribute optional, arrays as sets, so that PUT can add."""
    options = definition.get("attributeOptions") or {}
    wire: dict[str, Any] = {
        "category": next(key for key, value in CATEGORIES.items() if value == category),
        "name": name,
        "typeVersion": "1.0",
        "serviceType": "CluedIn",
        "options": {"managedBy": MARK, **(definition.get("options") or {})},
        "attributeDefs": [
            _attribute(attribute, type_name, options.get(attribute))
            for attribute, type_name in (definition.get("attributes") or {}).items()
        ],
    }
    if category == "entityDefs":
        wire["superTypes"] = list(definition.get("superTypes") or {})
    if category == "relationshipDefs":
        wire["relationshipCategory"] = (definition.get("relationship") or {}).get("category", "ASSOCIATION")
        wire |= {f"endDef{number}": dict(end) for number, end in (definition.get("ends") or {}).items()}
    return wire


def _attribute(name: str, type_name: str, options: Mapping[str, Any] | None) -> dict[str, Any]:
    many = type_name.startswith("array<")
    wire: dict[str, Any] = {
        "name": name,
        "typeName": type_name,
        "isOptional": True,
        "cardinality": "SET" if many else "SINGLE",
        "valuesMinCount": 0,
        "valuesMaxCount": 2147483647 if many else 1,
        "isUnique": False,
        "isIndexable": False,
    }
    if options:
        wire["options"] = {key: _json(value) for key, value in options.items()}
    return wire


def _options(attribute: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a business attribute: `applicableEntityTypes` is a list as JSON in a string [B]."""
    options = attribute.get("options") or {}
    found = {key: options[key] for key in _ATTRIBUTE_OPTIONS if options.get(key)}
    types = found.get("applicableEntityTypes")
    if isinstance(types, str):
        types = orjson.loads(types)
    return {**found, "applicableEntityTypes": sorted(types)} if types else found


def _json(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _nested(write: Write) -> Definition:
    definition: Definition = {}
    for (group, entry), value in write.entries("definition").items():
        if value is not None:
            definition.setdefault(group, {})[entry] = value
    return definition


def _added(live: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """The live type with what ours has more: attributes by name, supertypes, options.

    Attributes and super types are always there, as leaving them out means that there are none (400-00-00D, -00E), and
    so are options, which Atlas removes (answered by 2.4.0, grade A).
    """
    body = deepcopy(common.unstamped(live))
    attributes = body.get("attributeDefs") or []
    known = {item["name"] for item in attributes}
    body["attributeDefs"] = attributes + [item for item in ours["attributeDefs"] if item["name"] not in known]
    body["options"] = {**(body.get("options") or {}), **ours["options"]}
    if "superTypes" in ours:
        body["superTypes"] = list(dict.fromkeys([*(body.get("superTypes") or []), *ours["superTypes"]]))
    return body


def _by_category(bodies: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for category, body in bodies:
        found.setdefault(category, []).append(body)
    return found


def _all(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [typedef for category in CATEGORIES.values() for typedef in answer.get(category) or []]


def _read(purview: Purview, wanted: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The types of these names, each with its category; one of another category is none of ours."""
    names = set(wanted)
    if len(names) > MOST_BY_NAME:
        listed = purview.get("/types/typedefs") or {}
        yield from (
            (kind, one) for kind in CATEGORIES.values() for one in listed.get(kind) or () if one["name"] in names
        )
        return
    for typedef in purview.each(lambda name: purview.get(f"/types/typedef/name/{name}", accept=(404,)), names):
        if typedef and typedef.get("category") in CATEGORIES:
            yield CATEGORIES[typedef["category"]], typedef
