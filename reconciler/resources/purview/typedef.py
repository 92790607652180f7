"""A type of entity, relationship or business metadata that we define."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any

from reconciler.resources.base import Desired, Resource
from reconciler.resources.keys import path_of, steps_of
from reconciler.resources.objects import Live, Part, Write
from reconciler.resources.purview.typedef_wire import (
    CATEGORIES,
    MARK,
    Definition,
    definition_of,
    merged,
    plain_definition_of,
    wire_of,
)
from reconciler.resources.rights import CURATOR_AT_THE_ROOT
from reconciler.resources.rules import Default, Each, Field, Filled, Immutable, OneWay, Rule
from reconciler.systems.purview import Purview

MOST_BY_NAME = 3
"""More types than these are read in the one listing of all, however long: the contract has no category for business
metadata by which to ask for less (grade A)."""
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_ ]*")
_BESIDE = "add an attribute of another name: the system changes none of one that it has"
_GROWS = "a type only grows, as there may be assets that need it"
_NEW = "name another relationship: the system changes neither the ends nor the category of one"


@dataclass(frozen=True)
class Loosens(Immutable):
    """What is required may become optional, and nothing more: entities that are there would lack it."""

    def fixes(self, before: Any, after: Any) -> bool:
        """Whether it would become required; a new attribute of a type that lives may not be either (400-00-00C)."""
        return after is True


class Typedef(Resource):
    """`/types/typedefs`: key is the type's name.

    `definition` is the mapping of `definition_of`, managed entry by entry: what the live type has beyond
    ours is left alone, and what is missing is added. Little else can be done: removing or changing an
    attribute or a supertype is refused (400-00-00D, -00E, -027; grade A for Atlas). A later change of whether an
    attribute is unique or indexed passes unchecked and rebuilds nothing [C], so it is refused here.
    """

    system = "purview"
    name = "type"
    right = CURATOR_AT_THE_ROOT
    container = True
    batch = {"create": 100, "update": 100}

    class Fields:
        category: Annotated[str, Immutable()]
        description: str
        service_type: str
        version: Annotated[str, Filled()]
        definition: Annotated[Definition, Each(depth=2)]

    def field(self, path: str) -> Field:
        """Of the definition it depends on the group what may change later."""
        found = super().field(path)
        steps = steps_of(path) if found.name == "definition" else ()
        if not steps:
            return found
        return self._by_group.get("/".join(steps) if steps[0] == "relationship" else steps[0], found)

    @cached_property
    def _by_group(self) -> Mapping[str, Field]:
        plain, set_once = self.fields["definition"], Immutable(_BESIDE, adds=True)
        rules: dict[str, Rule] = dict.fromkeys(
            ("attributes", "unique", "indexable", "cardinality", "defaults"), set_once
        )
        rules |= dict.fromkeys(("ends", "relationship/category"), Immutable(_NEW))
        rules |= dict.fromkeys(
            ("elements", "superTypes", "appliesTo", "longest", "enum", "relationship/label", "relationship/propagates"),
            OneWay(_GROWS),
        )
        rules["required"] = Loosens("give the attribute a default, and leave it optional")
        more: dict[str, tuple[Rule, ...]] = {group: (rule,) for group, rule in rules.items()}
        for group in ("required", "unique", "indexable"):
            more[group] += (Default(False),)
        for group in ("cardinality", "attributeOptions"):
            more[group] = (*more.get(group, ()), Filled())
        return {group: replace(plain, rules=(*plain.rules, *held)) for group, held in more.items()}

    def _taken(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Takes a definition in the wire's form too, as the tool writes its own types."""
        definition = values.get("definition") or {}
        if "attributeDefs" in definition or "category" in definition:
            return {**values, "definition": plain_definition_of(definition)}
        return values

    def read(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`GET /types/typedef/name/{name}` for few, else the listing of all [A]."""
        for category, typedef in _read(purview, wanted):
            yield self.live(
                typedef["name"],
                str(typedef.get("guid") or typedef["name"]),
                raw=typedef,
                parts=_parts(typedef),
                category=category,
                description=typedef.get("description"),
                service_type=typedef.get("serviceType"),
                version=typedef.get("typeVersion"),
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
            f"type {live.key} exists and is not ours (it is built in, CluedIn's own Purview integration may own it, or "
            "others made it); set purview.type_prefix, or name another type"
        )

    def create_many(self, purview: Purview, writes: Sequence[Write]) -> list[str | None]:
        """`POST /types/typedefs` with all, as they may name each other; one transaction in Atlas [A].

        An existing name is 409 in Atlas [A] and passed over in Purview (documentation), hence `once`.
        """
        bodies = [
            (category := write.values["category"], wire_of(write.key, category, _nested(write), **_texts(write)))
            for write in writes
        ]
        made = purview.call("POST", "/types/typedefs", _by_category(bodies), effect="once") or {}
        guids = {typedef["name"]: typedef.get("guid") for typedef in _all(made)}
        return [guids.get(write.key) for write in writes]

    def update(self, purview: Purview, write: Write) -> None:
        """One type."""
        self.update_many(purview, [write])

    def update_many(self, purview: Purview, writes: Sequence[Write]) -> None:
        """`PUT /types/typedefs` with the live types and what ours have more."""
        bodies = [
            (write.live.fields["category"], merged(write.live.raw, _nested(write, cleared=True), **_texts(write)))
            for write in writes
            if write.live is not None
        ]
        purview.call("PUT", "/types/typedefs", _by_category(bodies), effect="set")

    def delete(self, purview: Purview, write: Write) -> None:
        """`DELETE /types/typedef/name/{name}` → 204; 409 while entities, relations or other types are of it [A]."""
        purview.call("DELETE", f"/types/typedef/name/{write.key}", effect="set", accept=(404,))

    def problems(self, desired: Desired) -> Iterable[str]:
        """Names by Atlas' rule [A]; a category that types of ours can have."""
        if not _NAME.fullmatch(desired.key):
            yield f"type name {desired.key!r}: a letter, then only letters, digits, blanks and `_`"
        category = desired.values.get("category")
        if category is not None and category not in CATEGORIES.values():
            yield f"category {category!r} is none of {', '.join(CATEGORIES.values())}"


_TEXTS = {"description": "description", "service_type": "serviceType", "version": "typeVersion"}


def _texts(write: Write) -> dict[str, str]:
    """The texts to write, as the wire calls them; a description that is taken away is empty."""
    given = {wire: write.values[name] for name, wire in _TEXTS.items() if name in write.values}
    return {wire: value if value is not None else "" for wire, value in given.items() if value or wire == "description"}


def _nested(write: Write, *, cleared: bool = False) -> Definition:
    """What is to be written, by group; with `cleared` also what is taken away."""
    definition: Definition = {}
    for (group, entry), value in write.entries("definition").items():
        if value is not None or cleared:
            definition.setdefault(group, {})[entry] = value
    return definition


def _parts(typedef: Mapping[str, Any]) -> list[Part]:
    """Types that others may have built on it; what is of it, the system tells by refusing the delete (409-00-002)."""
    return [Part(f"purview.type:{name}", "", f"the type {name} below it") for name in typedef.get("subTypes") or ()]


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
