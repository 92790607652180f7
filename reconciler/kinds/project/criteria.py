"""Filters over records as rules have them: conditions that must all hold, of which one may be any of several.

What of it is written in words becomes nodes of CluedIn's tree; `raw` takes a node as CluedIn shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from reconciler.kinds.project.conditions import NOTHING, Node, all_of, entity_type_is
from reconciler.kinds.project.exported import Name
from reconciler.kinds.project.filters import Operator, Scalar, Where
from reconciler.manifest.findings import Path
from reconciler.manifest.spec import Spec
from reconciler.resources.cluedin.conditions import POWER_FX


class Criterion(Spec):
    """One condition: a comparison, a group of which any may hold, a formula, or a node of CluedIn's own."""

    ways: ClassVar[tuple[str, ...]] = ("key", "property", "entity_type", "any", "power_fx", "raw")

    key: Annotated[str, Field(min_length=1)] | None = None
    """Full vocabulary key."""
    property: Annotated[str, Field(min_length=1)] | None = None
    """Property of the record that is no vocabulary key, such as `Name` or `CreatedDate`."""
    operator: Operator = "equals"
    """How the value of a key or a property is compared."""
    value: Scalar | tuple[Scalar, ...] | None = None
    """What it is compared with: one value, a list for `in` and `equals`, two for `between`, none for `exists`."""
    entity_type: Name | None = None
    """Records of this entity type: its code, its display name, or the name of a GlossaryMapping."""
    any: tuple[Criterion, ...] = ()
    """Conditions of which one has to hold."""
    power_fx: Annotated[str, Field(min_length=1)] | None = None
    """A Power Fx formula that has to be true."""
    raw: dict[str, Any] | None = None
    """A node of a condition as CluedIn shows it, for all else."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = [name for name in self.ways if getattr(self, name) not in (None, ())]
        if len(given) != 1:
            raise ValueError(f"needs one of {', '.join(f'`{name}`' for name in self.ways)}, and has {len(given)}")
        if given[0] in ("key", "property"):
            Where(key=self.key, property=self.property, operator=self.operator, value=self.value)
        elif {"operator", "value"} & self.model_fields_set:
            raise ValueError(f"`{given[0]}` takes neither `operator` nor `value`")
        return self

    def comparison(self) -> Where:
        """The same as a comparison, of one that is: what was found to be right is not looked at again."""
        return Where.model_construct(key=self.key, property=self.property, operator=self.operator, value=self.value)


def node_of(one: Criterion, code_of: Callable[[str], str | None], type_of: Callable[[str], str]) -> Node:
    """A condition as a node; `code_of` tells codes of entity types and `type_of` data types of keys."""
    if one.raw is not None:
        return one.raw
    if one.entity_type is not None:
        return entity_type_is(code_of(one.entity_type) or one.entity_type)
    if one.power_fx is not None:
        formula = one.power_fx.strip()
        return {"condition": "AND", "field": None, "objectTypeId": POWER_FX, "operator": NOTHING, "rules": [],
                "type": "string", "value": [formula]}  # fmt: skip
    if one.any:
        return {**all_of(*(node_of(inner, code_of, type_of) for inner in one.any)), "condition": "OR"}
    return one.comparison().node(type_of(one.key) if one.key is not None else "")


def flat(criteria: Iterable[Criterion], path: Path) -> Iterator[tuple[Path, Criterion]]:
    """Every condition with its place, those within groups too."""
    for at, one in enumerate(criteria):
        yield (*path, at), one
        yield from flat(one.any, (*path, at, "any"))


def keys_in(criteria: Iterable[tuple[Path, Criterion]]) -> Iterator[tuple[Path, str]]:
    """The vocabulary keys that conditions compare, each with its place."""
    yield from (((*path, "key"), one.key) for path, one in criteria if one.key is not None)
