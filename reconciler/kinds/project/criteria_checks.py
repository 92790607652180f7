"""What is asked and found of filters over records, whichever kind has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from reconciler.errors import Diagnostic
from reconciler.kinds.project.criteria import Criterion
from reconciler.kinds.project.filters import OPERATORS
from reconciler.kinds.project.references import (
    entity_findings,
    entity_questions,
    entity_word,
    live_entity_findings,
    type_questions,
)
from reconciler.manifest.findings import Path, error, warning
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions import Question
from reconciler.questions.rules import LiveOperator, Operators, PowerFx
from reconciler.resources.cluedin.conditions import faults
from reconciler.resources.cluedin.shared import GUID

if TYPE_CHECKING:
    from reconciler.kinds.base import World
    from reconciler.manifest.documents import Document

Criteria = Iterable[tuple[Path, Criterion]]
"""Every condition with its place, those within groups too (`criteria.flat`)."""


def criteria_questions(world: World, criteria: Criteria) -> Iterator[Question]:
    """What to ask CluedIn about conditions, beside their keys."""
    rows = list(criteria)
    for _, one in rows:
        if one.entity_type is not None:
            yield from entity_questions(world, one.entity_type)
        if one.power_fx is not None:
            yield PowerFx()
        if one.key is not None or one.property is not None:
            yield Operators()
    yield from type_questions(world, (one.key for _, one in rows if one.key is not None))


def entity_codes(world: World, criteria: Criteria) -> Iterator[tuple[Path, str]]:
    """The codes of entity types in conditions, as far as they are known, each with its place."""
    for path, one in criteria:
        code = entity_word(world, one.entity_type).code if one.entity_type is not None else None
        if code is not None:
            yield (*path, "entity_type"), code


def criteria_findings(document: Document, world: World, criteria: Criteria) -> Iterator[Diagnostic]:
    """What can be told offline, beside what is said of keys."""
    for path, one in criteria:
        if one.entity_type is not None:
            yield from entity_findings(document, world, (*path, "entity_type"), one.entity_type)
        if one.raw is not None and not one.raw:
            yield error(
                document,
                (*path, "raw"),
                "condition.raw",
                "An empty node is no condition: every record meets it",
                "Copy it as CluedIn shows it, or take it out.",
            )
        for sentence in faults(one.raw, root=False) if one.raw is not None else ():
            yield error(
                document,
                (*path, "raw"),
                "condition.raw",
                f"CluedIn takes no such node: {sentence}",
                "Copy it as CluedIn shows it, or say it in words.",
            )
        given = one.value if isinstance(one.value, tuple) else (one.value,)
        if any(isinstance(value, str) and GUID.fullmatch(value) for value in given):
            yield warning(
                document,
                (*path, "value"),
                "condition.foreign_id",
                "The condition compares with an id, which is another one in each environment",
                "Compare with something that has a name, or keep the document to one environment.",
            )


def criteria_judgements(document: Document, world: World, criteria: Criteria) -> Iterator[Diagnostic]:
    """What only CluedIn tells, beside what it says of keys."""
    for path, one in criteria:
        if one.entity_type is not None:
            yield from live_entity_findings(document, world, (*path, "entity_type"), one.entity_type)
        yield from _compared(document, world, path, one)


def _compared(document: Document, world: World, path: Path, one: Criterion) -> Iterator[Diagnostic]:
    if one.power_fx is not None and world.answers.of(PowerFx()) == ():
        yield error(
            document,
            (*path, "power_fx"),
            "condition.power_fx",
            "This CluedIn has no conditions that are formulas",
            "Say it with comparisons.",
        )
    rows: tuple[LiveOperator, ...] | None = world.answers.of(Operators())
    if not rows or (one.key is None and one.property is None):
        return
    live = next((row for row in rows if row.id == OPERATORS[one.operator]), None)
    known = {row.id for row in rows}
    count = len(one.comparison().texts())
    if live is None:
        yield error(
            document,
            (*path, "operator"),
            "condition.operator",
            f"This CluedIn does not compare by `{one.operator}`",
            did_you_mean(one.operator, [word for word, id in OPERATORS.items() if id in known], what="Known are"),
        )
    elif live.inputs is not None and not live.multiple and count != live.inputs:
        yield error(
            document,
            (*path, "value"),
            "condition.operator",
            f"`{one.operator}` takes {live.inputs} {'value' if live.inputs == 1 else 'values'} here, not {count}",
            f"CluedIn calls it {live.name!r}.",
        )
