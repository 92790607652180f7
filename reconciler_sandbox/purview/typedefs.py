"""The registry of type definitions, and the rules by which definitions come, change and go."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn

from reconciler_sandbox.purview.basetypes import base_types
from reconciler_sandbox.purview.errors import bad_request, refuse
from reconciler_sandbox.purview.values import PRIMITIVES, base_names, item_type
from reconciler_sandbox.store import Store

LISTS = {
    "enumDefs": "ENUM",
    "structDefs": "STRUCT",
    "classificationDefs": "CLASSIFICATION",
    "entityDefs": "ENTITY",
    "relationshipDefs": "RELATIONSHIP",
    "businessMetadataDefs": "BUSINESS_METADATA",
    "termTemplateDefs": "TERM_TEMPLATE",
}
"""The lists of a typedefs document and the category of what each holds."""

_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_ ]*$")
_CLASSIFICATION_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_ .]*$")
_ATTRIBUTE_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*$")

Definition = dict[str, Any]


@dataclass(slots=True)
class Relation:
    """A relationship as seen from one of its ends."""

    definition: Definition
    end: int

    @property
    def name(self) -> str:
        """Name of the relationship type."""
        return str(self.definition["name"])

    @property
    def near(self) -> Definition:
        """This end's definition."""
        found: Definition = self.definition[f"endDef{self.end}"]
        return found

    @property
    def far(self) -> Definition:
        """The other end's definition."""
        found: Definition = self.definition[f"endDef{3 - self.end}"]
        return found

    @property
    def many(self) -> bool:
        """Whether this end holds several of the other."""
        return self.near.get("cardinality") != "SINGLE"

    @property
    def is_part(self) -> bool:
        """Whether this end is a part of the other, which contains it."""
        return bool(self.definition["relationshipCategory"] == "COMPOSITION" and self.far.get("isContainer"))

    @property
    def replaces(self) -> bool:
        """Whether writing this end replaces the list: the container, else the first [B]; terms always [A: 2.4.0]."""
        if self.near.get("isContainer") or self.near["name"] == "meanings":
            return True
        return not self.far.get("isContainer") and self.end == 1

    @property
    def owns(self) -> bool:
        """Whether the other end lives and dies with this one."""
        return bool(self.near.get("isContainer")) and self.definition["relationshipCategory"] == "COMPOSITION"


@dataclass(slots=True)
class Kind:
    """An entity or classification type with all it inherits."""

    name: str
    supers: frozenset[str]
    attributes: dict[str, Definition] = field(default_factory=dict)
    relations: dict[str, list[Relation]] = field(default_factory=dict)


class Types:
    """All definitions by name, built-in ones included."""

    def __init__(self, store: Store, atlas: bool) -> None:
        self._store = store
        self._base = {item["name"]: item for item in base_types(atlas)}
        self._defs: dict[str, Definition] | None = None
        self._kinds: dict[str, Kind] = {}
        self._subs: dict[str, list[str]] = {}

    def forget(self) -> None:
        """Reads the definitions anew at the next question."""
        self._defs = None

    @property
    def defs(self) -> dict[str, Definition]:
        """Every definition by name."""
        if self._defs is None:
            own = {item["name"]: item for item in self._store.all("typedef", latest=True)}
            self._defs = self._base | own
            self._kinds = {}
            self._subs = {}
            for name, item in self._defs.items():
                for parent in item.get("superTypes") or []:
                    self._subs.setdefault(parent, []).append(name)
        return self._defs

    def get(self, name: str, category: str | None = None) -> Definition | None:
        """One definition, None when there is none of that name and category."""
        found = self.defs.get(name)
        return found if found is not None and category in (None, found["category"]) else None

    def owner(self, name: str, attribute: str) -> str:
        """The type of a family that defines an attribute, or a relationship's end."""
        for parent in self.defs[name].get("superTypes") or []:
            if attribute in {**self.kind(parent).attributes, **self.kind(parent).relations}:
                return self.owner(parent, attribute)
        return name

    def is_base(self, name: str) -> bool:
        """Whether the type is built in."""
        return name in self._base

    def kind(self, name: str) -> Kind:
        """A type with all it inherits; the type must exist."""
        defs = self.defs
        found = self._kinds.get(name)
        if found is None:
            found = self._kinds[name] = self._resolve(name, defs)
        return found

    def subs(self, name: str) -> list[str]:
        """Direct subtypes."""
        return self._subs.get(name, []) if self.defs else []

    def family(self, name: str) -> set[str]:
        """The type and all its subtypes."""
        found = {name}
        for sub in self.subs(name):
            found |= self.family(sub)
        return found

    def entity(self, name: Any) -> Kind:
        """An entity type; refuses unknown names (grade A: Atlas)."""
        if not isinstance(name, str) or self.get(name, "ENTITY") is None:
            refuse("400-00-014", f"Type ENTITY with name {name} does not exist")
        return self.kind(name)

    def _resolve(self, name: str, defs: dict[str, Definition]) -> Kind:
        item = defs[name]
        kind = Kind(name, frozenset({name}))
        for parent in item.get("superTypes") or []:
            above = self.kind(parent)
            kind.supers |= above.supers
            kind.attributes.update(above.attributes)
            for key, relations in above.relations.items():
                kind.relations.setdefault(key, []).extend(r for r in relations if r not in kind.relations.get(key, []))
        kind.attributes.update({a["name"]: a for a in item.get("attributeDefs") or []})
        for relation in defs.values():
            if relation["category"] == "RELATIONSHIP":
                for end in (1, 2):
                    near = relation[f"endDef{end}"]
                    if near["type"] == name:
                        kind.relations.setdefault(near["name"], []).append(Relation(relation, end))
        return kind


def one_name(raws: list[Definition]) -> list[Definition]:
    """Of attributes that differ by case alone the last one counts (the type classes of 2.4.0, grade A)."""
    return list({str(raw.get("name")).lower(): raw for raw in raws}.values())


def full_attribute(raw: Definition) -> Definition:
    """An attribute with Atlas's defaults: what is not said to be optional is required (grade A: Atlas)."""
    type_name = raw.get("typeName") or "string"
    many = raw.get("cardinality") in ("LIST", "SET") or item_type(type_name) is not None
    optional = bool(raw.get("isOptional") or False)
    found = {
        "name": raw.get("name"),
        "typeName": type_name,
        "isOptional": optional,
        "cardinality": raw.get("cardinality") or "SINGLE",
        "valuesMinCount": _or(raw.get("valuesMinCount"), 0 if optional else 1),
        "valuesMaxCount": _or(raw.get("valuesMaxCount"), 2147483647 if many else 1),
        "isUnique": bool(raw.get("isUnique")),
        "isIndexable": bool(raw.get("isIndexable")),
        "includeInNotification": bool(raw.get("includeInNotification")),
    }
    for key in ("defaultValue", "description", "options", "constraints", "displayName"):
        if raw.get(key) is not None:
            found[key] = raw[key]
    return found


def _or(value: Any, default: int) -> Any:
    return default if value in (None, -1) else value


class Rules:
    """What a definition must satisfy."""

    def __init__(self, types: Types, payload: dict[str, Definition], *, atlas: bool = False) -> None:
        self._types = types
        self._atlas = atlas
        self._payload = payload

    @cached_property
    def _known(self) -> dict[str, Definition]:
        return self._types.defs | self._payload

    def check(self, item: Definition) -> None:
        """Refuses a definition that cannot stand."""
        name, category = item.get("name"), item["category"]
        if not isinstance(name, str) or not self._named(name, category):
            refuse(
                "400-00-019",
                f"{name}: invalid name for {category}.  Names must consist of a letter followed by a"
                " sequence of letter, number, space, or _ characters",
            )
        for attribute in item.get("attributeDefs") or []:
            self._attribute(item, attribute)
        for parent in item.get("superTypes") or []:
            self._parent(item, parent)
        self._attributes_once(item)
        if category == "RELATIONSHIP":
            self._relation(item)
        if category == "BUSINESS_METADATA":
            self._business(item)
        if category == "CLASSIFICATION":
            for target in item.get("entityTypes") or []:
                if self._category(target) != "ENTITY":
                    refuse("400-00-052", f"ClassificationDef ‘{name}‘ has invalid ‘{target}‘ in entityTypes")
        if category == "ENUM" and not item.get("elementDefs"):
            bad_request(f"{name}: enum without elements")

    @staticmethod
    def _named(name: str, category: str) -> bool:
        if category == "TERM_TEMPLATE":  # templates are named by people in the portal
            return bool(name.strip())
        pattern = _CLASSIFICATION_NAME if category == "CLASSIFICATION" else _NAME
        return pattern.match(name) is not None or name.startswith("__")

    def _category(self, name: str) -> str | None:
        found = self._known.get(name)
        return None if found is None else found["category"]

    def _attribute(self, item: Definition, attribute: Definition) -> None:
        name = attribute.get("name")
        if not name or not isinstance(name, str):
            bad_request(f"{item['name']}: attribute without a name")
        if item["category"] == "BUSINESS_METADATA" and not _ATTRIBUTE_NAME.match(name):
            refuse("400-00-09A", f"{name}: invalid name. Attribute names must begin with a letter")
        for base in base_names(attribute["typeName"]):
            if base in PRIMITIVES:
                continue
            category = self._category(base)
            if category is None:
                self._unknown(base)
            if category == "CLASSIFICATION":
                refuse("400-00-081", f"{item['name']}.{name}: invalid attribute type.")
        single = item_type(attribute["typeName"]) is None
        if attribute["cardinality"] in ("LIST", "SET") and single:
            refuse("400-00-012", f"Cardinality of attribute {item['name']}.{name} requires a list or set type")

    def _unknown(self, name: str) -> NoReturn:
        if self._atlas:  # answered by 2.4.0, grade A
            refuse("400-00-029", f"Given typename {name} was invalid")
        refuse("404-00-001", f"Given typename {name} was invalid")

    def _parent(self, item: Definition, parent: str) -> None:
        category = self._category(parent)
        if category is None:
            self._unknown(parent)
        if category != item["category"]:
            refuse("400-00-003", f"{item['name']}: incompatible supertype {parent}")
        seen, todo = set(), [parent]
        while todo:
            name = todo.pop()
            if name == item["name"]:
                message = f"{name}: invalid supertypes - circular reference back to self {parent}"
                refuse("400-00-002", message)
            if name not in seen:
                seen.add(name)
                todo += self._known[name].get("superTypes") or []

    def _attributes_once(self, item: Definition) -> None:
        """Refuses what two types of one family define (400-00-09E; the type classes of 2.4.0, grade A)."""
        taken: dict[str, str] = {}
        for name in [*self._ancestors(item), item["name"]]:
            held = item if name == item["name"] else self._known[name]
            for attribute in held.get("attributeDefs") or []:
                other = taken.setdefault(attribute["name"], name)
                if other != name:
                    refuse(
                        "400-00-09E",
                        f"Invalid attribute name: {name}.{attribute['name']}."
                        f" Attribute already exists in another parent type: {other}",
                    )

    def _ancestors(self, item: Definition) -> list[str]:
        found: dict[str, None] = {}
        todo = list(item.get("superTypes") or [])
        while todo:
            name = todo.pop(0)
            if name not in found:
                found[name] = None
                todo += self._known[name].get("superTypes") or []
        return list(found)

    def _relation(self, item: Definition) -> None:
        name, category = item["name"], item.get("relationshipCategory")
        ends = [item.get("endDef1"), item.get("endDef2")]
        if not all(isinstance(end, dict) and end.get("type") and end.get("name") for end in ends):
            refuse("400-00-02C", f"relationshipDef {name} creation attempted without 2 ends")
        if category not in ("ASSOCIATION", "AGGREGATION", "COMPOSITION"):
            refuse("400-00-044", f"Invalid relationshipDef: {name}")
        containers = [end for end in ends if end and end.get("isContainer")]
        if len(containers) == 2:
            refuse("400-00-02D", f"relationshipDef {name} creation attempted with both ends as containers")
        if category == "ASSOCIATION" and containers:
            refuse("400-00-030", f"ASSOCIATION relationshipDef {name} with an end specifying isContainer")
        if category != "ASSOCIATION" and not containers:
            code = "400-00-031" if category == "COMPOSITION" else "400-00-032"
            refuse(code, f"{category} relationshipDef {name} without an end specifying isContainer")
        for end in ends:
            assert end is not None
            if self._category(end["type"]) != "ENTITY":
                if self._atlas:  # answered by 2.4.0, grade A
                    self._unknown(end["type"])
                refuse("404-00-00E", f"RelationshipDef {name} endDef typename {end['type']} cannot be found")
            if end.get("cardinality") == "LIST":
                refuse("400-00-034", f"relationshipDef {name} cannot have a LIST cardinality on an end")
            child = category == "COMPOSITION" and not end.get("isContainer")
            if child and end.get("cardinality") == "SET":
                refuse("400-00-033", f"COMPOSITION relationshipDef {name} can only have one parent")

    def _business(self, item: Definition) -> None:
        for attribute in item.get("attributeDefs") or []:
            where = f"{item['name']}.{attribute['name']}"
            options = attribute.get("options") or {}
            for target in applicable_types(attribute):
                if self._category(target) != "ENTITY":
                    refuse("404-00-001", f"Given typename {target} was invalid")
            if "string" in base_names(attribute["typeName"]) and not options.get("maxStrLength"):
                bad_request(f"{where}: options.maxStrLength is missing")
            for base in base_names(attribute["typeName"]):
                if base not in PRIMITIVES and self._category(base) != "ENUM":
                    refuse("400-00-094", f"{where}: invalid attribute type.")


def applicable_types(attribute: Definition) -> list[str]:
    """The entity types a business metadata attribute may be used on: a JSON list in a string [B]."""
    raw = (attribute.get("options") or {}).get("applicableEntityTypes")
    if not raw:
        return []
    try:
        found = json.loads(raw) if isinstance(raw, str) else raw
    except ValueError:
        found = None
    if not isinstance(found, list):
        bad_request(f"{attribute.get('name')}: applicableEntityTypes is not a JSON list")
    return [str(item) for item in found]


def check_update(old: Definition, new: Definition, *, atlas: bool = False) -> None:
    """Refuses an update that does more than add (grade A: Atlas, B: Purview)."""
    name = new["name"]
    if set(old.get("superTypes") or []) - set(new.get("superTypes") or []):
        refuse("400-00-00E", "superType remove not supported")
    before = {a["name"].lower(): a for a in old.get("attributeDefs") or []}
    after = {a["name"].lower(): a for a in new.get("attributeDefs") or []}
    for key, attribute in before.items():
        if key not in after:
            refuse("400-00-00D", f"{name}.{key} : attribute delete not supported")
        if after[key]["typeName"] != attribute["typeName"]:
            if atlas:  # answered by 2.4.0, grade A
                refuse("400-00-029", "Data type update for attribute is not supported")
            refuse("400-00-027", f"{name}.{key} : attribute update not supported")
        if set(applicable_types(attribute)) - set(applicable_types(after[key])):
            message = f"Cannot remove applicableEntityTypes in Attribute Def: {key}, defined in business-metadata:"
            refuse("400-00-093", f"{message} {name}")
    for key, attribute in after.items():
        if key not in before and not attribute["isOptional"] and new["category"] != "BUSINESS_METADATA":
            refuse("400-00-00C", f"{name}.{key} : can not add mandatory attribute")
    if old["category"] == "RELATIONSHIP":
        if old["relationshipCategory"] != new["relationshipCategory"]:
            refuse("400-00-039", f"invalid  update for relationship {name}")
        for end, code in (("endDef1", "400-00-037"), ("endDef2", "400-00-038")):
            if any(old[end].get(key) != new[end].get(key) for key in ("type", "name", "isContainer", "cardinality")):
                refuse(code, f"invalid update for relationshipDef {name}: new {end} is not equal to existing {end}")
