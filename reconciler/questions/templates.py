"""What Purview's term templates ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from reconciler.questions.base import Question
from reconciler.resources.purview.templates import Attribute, with_choices
from reconciler.systems.purview import Purview


@dataclass(frozen=True, slots=True)
class LiveTemplate:
    """A term template that is there."""

    name: str
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class TermTemplates(Question):
    """Every term template; those named with the elements of their enumerations."""

    system = "purview"

    named: tuple[str, ...] = ()

    @classmethod
    def ask(cls, purview: Purview, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[LiveTemplate, ...]]]:
        """One listing, and one of the enumerations where an attribute is of one [A]."""
        found = with_choices(purview, [name for one in questions for name in one.named])
        rows = tuple(LiveTemplate(name, tuple(attributes.values())) for name, attributes in sorted(found.items()))
        for one in questions:
            yield one, rows
