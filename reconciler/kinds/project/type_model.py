"""Types of the Data Map with all they inherit: those that documents declare, and those that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.kinds.base import World
from reconciler.questions.live_types import LiveTypes
from reconciler.resources.purview.templates import Attribute

Wire = Mapping[str, Any]
_BASE: dict[str, Wire] = {
    "Referenceable": {"category": "ENTITY", "attributeDefs": [{"name": "qualifiedName", "typeName": "string"}]},
    "Asset": {
        "category": "ENTITY",
        "superTypes": ["Referenceable"],
        "attributeDefs": [
            {"name": name, "typeName": "string"}
            for name in ("name", "displayName", "description", "userDescription", "owner")
        ],
    },
    "DataSet": {"category": "ENTITY", "superTypes": ["Asset"]},
    "Infrastructure": {"category": "ENTITY", "superTypes": ["Asset"]},
}
"""The roots of Atlas' model of assets [A]; `Process` has flows, which are no attributes."""
SCHEMA = "schemaElementsAttribute"


@dataclass(frozen=True, slots=True)
class Slot:
    """An attribute of a type: what it holds, and whether each asset has to have it."""

    name: str
    type: str
    """The type as it is written, without an array around it."""
    many: bool
    required: bool
    holds: Attribute | None
    """How values are checked and sent; None for structures and maps."""


@dataclass(frozen=True, slots=True)
class Side:
    """One end of a relationship, seen from the assets at it."""

    relationship: str
    name: str
    """What the other end is called from here."""
    other: str
    """The type at the other end."""
    back: str
    """What this end is called from there."""
    many: bool
    contains: bool
    """Whether the others are parts of what is here."""
    is_part: bool
    """Whether what is here is a part, which is not without its whole."""


@dataclass(slots=True)
class Model:
    """Every type that is known; `whole` where nobody else can have more."""

    types: Mapping[str, Wire]
    whole: bool
    declared: frozenset[str] = frozenset()
    _family: dict[str, list[str]] = field(default_factory=dict)
    _slots: dict[str, dict[str, Slot]] = field(default_factory=dict)

    def family(self, name: str) -> list[str]:
        """The type and all that it inherits from."""
        found = self._family.get(name)
        if found is None:
            found, todo = [], [name]
            while todo:
                one = todo.pop()
                if one not in found:
                    found.append(one)
                    todo += (self.types.get(one) or {}).get("superTypes") or ()
            self._family[name] = found
        return found

    def is_known(self, name: str) -> bool:
        """Whether a type of assets is known with all that it inherits from."""
        return all((self.types.get(one) or {}).get("category") == "ENTITY" for one in self.family(name))

    def slots(self, name: str) -> Mapping[str, Slot]:
        """The attributes of a type of assets, or of a structure or business metadata, inherited ones too."""
        found = self._slots.get(name)
        if found is None:
            found = {}
            for one in reversed(self.family(name)):
                for raw in (self.types.get(one) or {}).get("attributeDefs") or ():
                    found[str(raw["name"])] = self._slot(raw)
            self._slots[name] = found
        return found

    def _slot(self, raw: Wire) -> Slot:
        word = str(raw.get("typeName") or "string")
        many = word.startswith("array<")
        inner = word[6:-1].strip() if many else word
        required = raw.get("isOptional") is False and raw.get("defaultValue") in (None, "")
        held = self.types.get(inner)
        category = held.get("category") if held else None
        values = [str(one["value"]) for one in (held or {}).get("elementDefs") or ()] if category == "ENUM" else None
        plain = not inner.startswith("map<") and category not in ("STRUCT", "ENTITY")
        name = str(raw["name"])
        holds = Attribute(name, inner, many, required, tuple(values) if values is not None else None) if plain else None
        return Slot(name, inner, many, required, holds)

    def sides(self, name: str) -> Iterator[Side]:
        """The ends of relationships at a type of assets."""
        family = set(self.family(name))
        for relationship, raw in self.types.items():
            if raw.get("category") != "RELATIONSHIP":
                continue
            ends = raw.get("endDef1") or {}, raw.get("endDef2") or {}
            whole = raw.get("relationshipCategory") == "COMPOSITION"
            for near, far in (ends, ends[::-1]):
                if near.get("type") in family:
                    yield Side(
                        relationship,
                        str(near.get("name")),
                        str(far.get("type")),
                        str(far.get("name")),
                        near.get("cardinality") != "SINGLE",
                        bool(near.get("isContainer")) and whole,
                        bool(far.get("isContainer")) and whole,
                    )

    def schema(self, name: str) -> Side | None:
        """The end whose assets are shown as the schema of one of a type."""
        for one in self.family(name):
            shown = ((self.types.get(one) or {}).get("options") or {}).get(SCHEMA)
            if shown:
                return next((side for side in self.sides(name) if side.name == shown), None)
        return None

    def needs(self, *names: str) -> Iterator[str]:
        """The addresses of those of some types that documents declare."""
        yield from (f"purview.type:{name}" for name in dict.fromkeys(names) if name in self.declared)


def model(world: World) -> Model:
    """What is known of types: offline what documents declare, else what is there as well."""
    return world.know(_gather)


def _gather(world: World) -> Model:
    declared: dict[str, Wire] = {}
    for kind in world.kinds.values():
        for name, wire in kind.declarations.types.items():
            declared.setdefault(name, wire)
    rows = world.answers.of(LiveTypes())
    live = {str(row["name"]): row for row in rows or ()}
    return Model({**_BASE, **live, **declared}, rows is not None, frozenset(declared))
