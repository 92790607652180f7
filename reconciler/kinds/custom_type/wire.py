"""The types of a document in the form of the Data Map, each with its place: as far as they are said, and no further."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from reconciler.kinds.custom_type.spec import (
    Attribute,
    BusinessMetadata,
    CustomType,
    Element,
    End,
    EntityType,
    FreeEnd,
    RelationshipType,
)
from reconciler.manifest.findings import Path
from reconciler.manifest.spec import Spec

Wire = dict[str, Any]
PLAIN = frozenset(
    {"string", "boolean", "byte", "short", "int", "long", "float", "double", "biginteger", "bigdecimal", "date"}
)
"""Types that need no definition (Atlas' own, grade A)."""


@dataclass(frozen=True, slots=True)
class Written:
    """One type as a document says it."""

    name: str
    category: str
    """`ENTITY`, `RELATIONSHIP` and so on."""
    wire: Wire
    path: Path

    @property
    def attributes(self) -> list[Wire]:
        """Its attributes."""
        return self.wire.get("attributeDefs") or []

    @property
    def ends(self) -> list[Wire]:
        """Of a relationship, both ends; the first is the container where there is one."""
        return [self.wire[name] for name in ("endDef1", "endDef2") if isinstance(self.wire.get(name), dict)]

    @property
    def names(self) -> Iterator[str]:
        """The types that it builds on or names: super types, types of attributes, ends."""
        yield from self.wire.get("superTypes") or ()
        yield from self.wire.get("entityTypes") or ()
        yield from (str(end["type"]) for end in self.ends)
        for attribute in self.attributes:
            yield from words_of(str(attribute.get("typeName") or ""))
            yield from applicable(attribute)


def words_of(type_name: str) -> Iterator[str]:
    """The named types in a type, without plain ones: `pi_state` of `array<pi_state>`."""
    spread = type_name.replace("array<", " ").replace("map<", " ").replace(">", " ").replace(",", " ")
    yield from (word for word in spread.split() if word not in PLAIN)


def applicable(attribute: Wire) -> list[str]:
    """The types of assets that an attribute of business metadata may be filled on."""
    found = (attribute.get("options") or {}).get("applicableEntityTypes") or []
    try:
        return list(orjson.loads(found)) if isinstance(found, str) else list(found)
    except orjson.JSONDecodeError:
        return []


def written(spec: CustomType) -> Iterator[Written]:
    """Every type that is spelled out."""
    for at, enum in enumerate(spec.enums):
        elements = [_said(value=one) if isinstance(one, str) else _element(one) for one in enum.values]
        wire = _said(**_head(enum), elementDefs=elements, defaultValue=enum.default)
        yield Written(enum.name, "ENUM", wire, ("enums", at))
    for at, struct in enumerate(spec.structs):
        wire = _head(struct) | {"attributeDefs": [_attribute(one) for one in struct.attributes]}
        yield Written(struct.name, "STRUCT", wire, ("structs", at))
    for at, entity in enumerate(spec.entities):
        yield Written(entity.name, "ENTITY", _entity(entity), ("entities", at))
    for at, relationship in enumerate(spec.relationships):
        yield Written(relationship.name, "RELATIONSHIP", _relationship(relationship), ("relationships", at))
    for at, one in enumerate(spec.classifications):
        lists = {"superTypes": list(one.super_types), "entityTypes": list(one.entity_types)}
        yield Written(one.name, "CLASSIFICATION", _head(one) | lists, ("classifications", at))
    for at, business in enumerate(spec.business_metadata):
        yield Written(business.name, "BUSINESS_METADATA", _business(business), ("business_metadata", at))


def _head(one: Spec) -> Wire:
    return {"name": one.name, **one.given("description")}  # type: ignore[attr-defined]


def _said(**members: Any) -> Wire:
    return {name: value for name, value in members.items() if value is not None}


def _element(one: Element) -> Wire:
    return _said(value=one.value, description=one.description)


def _attribute(one: Attribute) -> Wire:
    return _said(
        name=one.name,
        typeName=one.type.replace(" ", "") if "<" in one.type else one.type,
        isOptional=None if one.required is None else not one.required,
        isUnique=one.unique,
        isIndexable=one.indexable,
        defaultValue=None if one.default is None else _text(one.default),
        cardinality=one.cardinality.upper() if one.cardinality else None,
        description=one.description,
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _entity(one: EntityType) -> Wire:
    options: dict[str, str] = dict(one.options)
    if one.schema_tab is not None:
        options["schemaElementsAttribute"] = one.schema_tab
    if one.schema_columns:
        columns = list(one.schema_columns)
        options["schemaAttributes"] = columns[0] if len(columns) == 1 else orjson.dumps(columns).decode()
    return {
        **_head(one),
        "superTypes": list(one.super_types),
        "options": options,
        "attributeDefs": [_attribute(attribute) for attribute in one.attributes],
    }


def _relationship(one: RelationshipType) -> Wire:
    ends: list[End] = [end for end in (one.container, one.part, *one.ends) if end is not None]
    wire = _said(**_head(one), relationshipCategory=one.category.upper(), relationshipLabel=one.label)
    for number, end in enumerate(ends, 1):
        holds = one.category != "association" and number == 1
        many = holds or (isinstance(end, FreeEnd) and end.many)
        # of an aggregation a part may be in several containers, of a composition in one (400-00-033, grade A)
        many = many or (one.category == "aggregation" and number == 2)
        cardinality = "SET" if many else "SINGLE"
        wire[f"endDef{number}"] = {
            "type": end.type, "name": end.as_, "isContainer": holds, "cardinality": cardinality,
        }  # fmt: skip
    return wire


def _business(one: BusinessMetadata) -> Wire:
    applies = orjson.dumps(list(one.applies_to)).decode()
    return _head(one) | {
        "attributeDefs": [
            _said(
                name=attribute.name,
                typeName=attribute.type,
                description=attribute.description,
                options={"applicableEntityTypes": applies, "maxStrLength": str(attribute.max_length)},
            )
            for attribute in one.attributes
        ]
    }


def by_name(types: Iterable[Written]) -> Mapping[str, Written]:
    """The first of each name."""
    found: dict[str, Written] = {}
    for one in types:
        found.setdefault(one.name, one)
    return found
