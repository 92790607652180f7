"""Types of the Data Map that are there, as Atlas writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from reconciler.questions.base import Question
from reconciler.systems.purview import Purview

Wire = Mapping[str, Any]
_LISTS = {
    "entityDefs": "ENTITY",
    "relationshipDefs": "RELATIONSHIP",
    "enumDefs": "ENUM",
    "structDefs": "STRUCT",
    "businessMetadataDefs": "BUSINESS_METADATA",
    "classificationDefs": "CLASSIFICATION",
}
_HELD = (
    "name", "category", "superTypes", "attributeDefs", "elementDefs", "options", "relationshipCategory", "endDef1",
    "endDef2", "serviceType", "createdBy",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LiveTypes(Question):
    """Every type that is there: built-in ones, and those that somebody made."""

    system = "purview"

    @classmethod
    def ask(cls, purview: Purview, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[Wire, ...]]]:
        """`GET /types/typedefs`: all of them, once [A]."""
        listed = purview.get("/types/typedefs") or {}
        rows = tuple(
            {name: one[name] for name in _HELD if one.get(name) is not None} | {"category": category}
            for word, category in _LISTS.items()
            for one in listed.get(word) or ()
        )
        for question in questions:
            yield question, rows
