"""A type definition as the mapping that is compared, and as the body that is sent.

The mapping has groups, and each group entries that are managed one by one: what a live type has beyond ours is left
alone. A `PUT` is judged whole, so what is sent is the live type with ours merged into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import orjson

from reconciler.resources.purview import common

Definition = dict[str, dict[str, Any]]

MARK = "reconciler"
CATEGORIES = {
    "ENTITY": "entityDefs",
    "RELATIONSHIP": "relationshipDefs",
    "BUSINESS_METADATA": "businessMetadataDefs",
    "ENUM": "enumDefs",
    "STRUCT": "structDefs",
}
LISTS = ("schemaAttributes", "derivedLineageSources")
"""Options that are a list as JSON in a string, or one plain word (live built-in types, grade A)."""
_END = ("type", "name", "isContainer", "cardinality")
_ATTRIBUTE_OPTIONS = ("applicableEntityTypes", "maxStrLength")
FACETS = {
    "required": "isOptional",
    "unique": "isUnique",
    "indexable": "isIndexable",
    "cardinality": "cardinality",
    "defaults": "defaultValue",
    "about": "description",
}
"""Groups that say one thing of attributes each, and the member of the wire that says it."""
_RELATIONSHIP = {"category": "relationshipCategory", "label": "relationshipLabel", "propagates": "propagateTags"}
_MANY = 2147483647


def definition_of(typedef: Mapping[str, Any]) -> Definition:
    """A wire typedef as the mapping that is compared: guids, versions and times are left out."""
    attributes = typedef.get("attributeDefs") or []
    ends = {number: typedef.get(f"endDef{number}") for number in ("1", "2")}
    relationship = {word: typedef.get(member) for word, member in _RELATIONSHIP.items()}
    elements = typedef.get("elementDefs") or []
    shape: Definition = {
        "attributes": {item["name"]: item["typeName"] for item in attributes},
        "superTypes": dict.fromkeys(typedef.get("superTypes") or [], True),
        "options": {key: _option(key, value) for key, value in (typedef.get("options") or {}).items()},
        "ends": {number: {key: end.get(key) for key in _END} for number, end in ends.items() if end},
        "relationship": {key: value for key, value in relationship.items() if value},
        "attributeOptions": {item["name"]: options for item in attributes if (options := _options(item))},
        "elements": {str(one["value"]): True for one in elements},
        "elementsAbout": {str(one["value"]): one["description"] for one in elements if one.get("description")},
        "enum": {"default": typedef["defaultValue"]} if typedef.get("defaultValue") else {},
        "appliesTo": {f"{item['name']}.{one}": True for item in attributes for one in _applicable(item)},
        "longest": {item["name"]: longest for item in attributes if (longest := _longest(item))},
    }
    for group, member in FACETS.items():
        shape[group] = {
            item["name"]: not item[member] if member == "isOptional" else item[member]
            for item in attributes
            if item.get(member) is not None
        }
    return {group: kept for group, entries in shape.items() if (kept := _said(entries))}


def plain_definition_of(typedef: Mapping[str, Any]) -> Definition:
    """The same of the groups that the tool's own types are made of, whose attributes are all alike."""
    own = ("attributes", "superTypes", "options", "ends", "relationship", "attributeOptions")
    return {group: entries for group, entries in definition_of(typedef).items() if group in own}


def wire_of(name: str, category: str, definition: Definition, **more: Any) -> dict[str, Any]:
    """The wire typedef of a mapping. An attribute of which nothing else is said is optional, so that PUT can add."""
    wire: dict[str, Any] = {
        "category": next(key for key, value in CATEGORIES.items() if value == category),
        "name": name,
        "typeVersion": "1.0",
        "serviceType": "CluedIn",
        **{member: value for member, value in more.items() if value is not None},
        "options": {"managedBy": MARK, **_options_of(definition.get("options") or {})},
    }
    if category == "enumDefs":
        wire["elementDefs"] = [
            {"value": value, "ordinal": at} for at, value in enumerate(definition.get("elements") or {}, 1)
        ]
        _enumerate(wire, definition)
        return wire
    wire["attributeDefs"] = [_attribute(attribute, definition) for attribute in definition.get("attributes") or {}]
    if category == "entityDefs":
        wire["superTypes"] = list(definition.get("superTypes") or {})
    if category == "relationshipDefs":
        said = definition.get("relationship") or {}
        wire["relationshipCategory"] = said.get("category", "ASSOCIATION")
        wire |= {member: said[word] for word, member in _RELATIONSHIP.items() if said.get(word)}
        wire |= {f"endDef{number}": dict(end) for number, end in (definition.get("ends") or {}).items()}
    return wire


def merged(live: Mapping[str, Any], definition: Mapping[str, Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """The live type with what is to change: what it has more stays, and None takes an option or a description away.

    Attributes and super types are always there, as leaving them out means that there are none (400-00-00D, -00E), and
    so are options and elements, which are replaced (answered by Apache Atlas 2.4.0, grade A).
    """
    body = deepcopy(common.unstamped(live))
    body |= {member: value for member, value in more.items() if value is not None}
    options = {**(body.get("options") or {}), **_options_of(definition.get("options") or {})}
    body["options"] = {key: value for key, value in options.items() if value is not None} | {"managedBy": MARK}
    if "elementDefs" in body:
        known: list[dict[str, Any]] = body["elementDefs"]
        ordinal = max((int(one.get("ordinal") or 0) for one in known), default=0)
        there = {str(one["value"]) for one in known}
        new = [
            value
            for value, wanted in (definition.get("elements") or {}).items()
            if wanted is not None and value not in there
        ]
        body["elementDefs"] = known + [{"value": value, "ordinal": ordinal + at} for at, value in enumerate(new, 1)]
        _enumerate(body, definition)
        return body
    held: dict[str, dict[str, Any]] = {item["name"]: item for item in body.get("attributeDefs") or []}
    for name, type_name in (definition.get("attributes") or {}).items():
        if type_name is not None:
            held.setdefault(name, _attribute(name, {**definition, "attributes": {name: type_name}}))
    for name, item in held.items():
        _shape(item, name, definition)
    body["attributeDefs"] = list(held.values())
    if "superTypes" in body or definition.get("superTypes"):
        supers = [name for name, wanted in (definition.get("superTypes") or {}).items() if wanted is not None]
        body["superTypes"] = list(dict.fromkeys([*(body.get("superTypes") or []), *supers]))
    said = definition.get("relationship") or {}
    body |= {member: said[word] for word, member in _RELATIONSHIP.items() if said.get(word)}
    return body


def _attribute(name: str, definition: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    type_name = definition["attributes"][name]
    many = type_name.startswith("array<")
    wire: dict[str, Any] = {
        "name": name,
        "typeName": type_name,
        "isOptional": True,
        "cardinality": "SET" if many else "SINGLE",
        "valuesMinCount": 0,
        "valuesMaxCount": _MANY if many else 1,
        "isUnique": False,
        "isIndexable": False,
    }
    _shape(wire, name, definition)
    return wire


def _shape(wire: dict[str, Any], name: str, definition: Mapping[str, Mapping[str, Any]]) -> None:
    """Says in an attribute of the wire what the groups say of it."""
    for group, member in FACETS.items():
        held = definition.get(group) or {}
        said = held.get(name)
        if said is None:
            if name in held and group == "about":
                wire.pop(member, None)
            continue
        wire[member] = not said if member == "isOptional" else said
        if member == "isOptional":
            wire["valuesMinCount"] = 1 if said else 0
    options = {key: _json(value) for key, value in ((definition.get("attributeOptions") or {}).get(name) or {}).items()}
    given = definition.get("appliesTo") or {}
    applies = [one.partition(".")[2] for one, wanted in given.items() if wanted and one.partition(".")[0] == name]
    if applies:
        options["applicableEntityTypes"] = _json(sorted({*_applicable(wire), *applies}))
    if longest := (definition.get("longest") or {}).get(name):
        options["maxStrLength"] = str(longest)
    if options:
        wire["options"] = {**(wire.get("options") or {}), **options}


def _enumerate(wire: dict[str, Any], definition: Mapping[str, Mapping[str, Any]]) -> None:
    about = definition.get("elementsAbout") or {}
    for element in wire["elementDefs"]:
        if element["value"] in about:
            element["description"] = about[element["value"]]
    if default := (definition.get("enum") or {}).get("default"):
        wire["defaultValue"] = default


def _options_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """As the wire has them: one word of a list plain, several as JSON, as live types have both."""
    return {key: _listed(value) if isinstance(value, list) else value for key, value in options.items()}


def _listed(value: list[Any]) -> str:
    return str(value[0]) if len(value) == 1 else orjson.dumps(value).decode()


def _option(key: str, value: Any) -> Any:
    if key not in LISTS or not isinstance(value, str):
        return value
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        return value
    return (found[0] if len(found) == 1 else found) if isinstance(found, list) else value


def _options(attribute: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a business attribute: `applicableEntityTypes` is a list as JSON in a string [B]."""
    options = attribute.get("options") or {}
    found = {key: options[key] for key in _ATTRIBUTE_OPTIONS if options.get(key)}
    types = _applicable(attribute)
    return {**found, "applicableEntityTypes": sorted(types)} if types else found


def _applicable(attribute: Mapping[str, Any]) -> list[str]:
    types = (attribute.get("options") or {}).get("applicableEntityTypes") or []
    return list(orjson.loads(types)) if isinstance(types, str) else list(types)


def _longest(attribute: Mapping[str, Any]) -> str:
    return str((attribute.get("options") or {}).get("maxStrLength") or "")


def _said(entries: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if value is not None}


def _json(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
