"""Rules of CluedIn: what they can do on this server, which there are, and how conditions are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from reconciler.questions.base import Question
from reconciler.resources.cluedin import processing_rules
from reconciler.resources.cluedin.conditions import POWER_FX
from reconciler.resources.cluedin.processing_rules import type_of_action
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import Refused

_USAGES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
"""What conditions may be used for, by number [B]; which is which is not public [U]."""


_MAY_SEE_RULES: Mapping[str, str] = {"Management: Rule Builder": "Informed"}
"""The claim of the calls that tell of conditions, whichever kind has them [B]."""


@dataclass(frozen=True, slots=True)
class ActionProperty:
    """A property of an action."""

    name: str
    required: bool = False
    default: str = ""
    """What it has where nothing is said; empty for nothing."""
    excluded: frozenset[str] = frozenset()
    """Properties of records, or keys, that it does not take."""


@dataclass(frozen=True, slots=True)
class LiveAction:
    """Something that rules of this server can do."""

    name: str
    """As people read it: `Add Tag`."""
    type: str
    """As rules carry it, without a version."""
    properties: tuple[ActionProperty, ...] = ()
    refused: frozenset[str] = frozenset()
    """The scopes that are known not to have it."""


@dataclass(frozen=True, slots=True)
class RuleActions(Question):
    """Every action that rules of this server can do."""

    system = "cluedin"

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[LiveAction, ...]]]:
        """`GET /rules/actions` (official description, [B]); the numbers of scopes are learnt of live rules."""
        numbers = processing_rules.numbers(cluedin)
        rows = tuple(_action(row, numbers) for row in processing_rules.actions(cluedin))
        for one in questions:
            yield one, rows


@dataclass(frozen=True, slots=True)
class LiveRule:
    """A rule that is there."""

    name: str
    id: str
    active: bool


@dataclass(frozen=True, slots=True)
class RulesOf(Question):
    """The rules of a scope, in the order in which they run."""

    system = "cluedin"

    scope: str

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[LiveRule, ...]]]:
        """`management.rules` by pages (toolkit, [B])."""
        for one in questions:
            rows = sorted(processing_rules.rules_of(cluedin, one.scope), key=lambda row: int(row.get("order") or 0))
            yield one, tuple(LiveRule(str(row["name"]), str(row["id"]), bool(row.get("isActive"))) for row in rows)


@dataclass(frozen=True, slots=True)
class LiveOperator:
    """A way to compare."""

    id: str
    name: str
    inputs: int | None
    """How many values it takes; None where nobody says."""
    multiple: bool


@dataclass(frozen=True, slots=True)
class Operators(Question):
    """Every way to compare that conditions have."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = _MAY_SEE_RULES

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[LiveOperator, ...]]]:
        """`GET /rules/operators` (official description, [B])."""
        rows = tuple(_operator(id, row) for id, row in sorted(processing_rules.operators(cluedin).items()))
        for one in questions:
            yield one, rows


@dataclass(frozen=True, slots=True)
class PowerFx(Question):
    """Whether conditions may be formulas: one row, or none."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = _MAY_SEE_RULES

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[bool, ...]]]:
        """`GET /rules/objecttypes/{usage}` [B]. Which usage is that of rules is [U], so that each is looked at."""
        there = any(_has_formulas(cluedin, usage) for usage in _USAGES)
        for one in questions:
            yield one, (True,) if there else ()


def _has_formulas(cluedin: CluedIn, usage: int) -> bool:
    try:
        rows = cluedin.rest("GET", f"/rules/objecttypes/{usage}", effect="read") or []
    except Refused as refused:
        if refused.status not in (400, 404):
            raise
        return False
    return any(str(row.get("id") or "").lower() == POWER_FX for row in rows)


def _action(row: dict[str, Any], numbers: Any) -> LiveAction:
    supported = row.get("supportsProcessingRuleScopes") or ()
    return LiveAction(
        str(row.get("name") or "").strip(),
        type_of_action(row.get("type")),
        tuple(_property(one) for one in row.get("properties") or () if one.get("name")),
        frozenset(scope for scope, number in numbers.items() if supported and number not in supported),
    )


def _property(row: dict[str, Any]) -> ActionProperty:
    excluded = str(row.get("excludedProperties") or "").replace(";", ",").split(",")
    return ActionProperty(
        str(row["name"]),
        bool(row.get("isRequired")),
        str(row.get("defaultValue") or ""),
        frozenset(one.strip() for one in excluded if one.strip()),
    )


def _operator(id: str, row: dict[str, Any]) -> LiveOperator:
    inputs = row.get("noOfInputs")
    return LiveOperator(id, str(row.get("friendlyName") or ""), int(inputs) if inputs is not None else None,
                        bool(row.get("multiple")))  # fmt: skip
