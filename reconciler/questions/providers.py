"""Which installed connectors enrich, and what each of those says that it gives back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from reconciler.questions.base import Question
from reconciler.resources.cluedin import providers
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import Refused


@dataclass(frozen=True, slots=True)
class Enrichers(Question):
    """The provider ids of connectors that enrich, folded."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Integration: Enrichment": "Informed"}

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[str, ...]]]:
        """`GET /integration/enricher/all` (official description, [B])."""
        rows = tuple(sorted(providers.enrichers(cluedin)))
        for one in questions:
            yield one, rows


@dataclass(frozen=True, slots=True)
class Returned:
    """What the class of an enricher gives back."""

    words: frozenset[str]
    """Every text of its description: codes of entity types and vocabulary keys are among them."""

    def tells(self, key: str) -> bool:
        """Whether a full key is among them, whole or as its prefix and its name."""
        prefix, _, name = key.partition(".")
        folded = {word.casefold() for word in self.words}
        return key.casefold() in folded or {prefix.casefold(), name.casefold()} <= folded


@dataclass(frozen=True, slots=True)
class EnricherReturns(Question):
    """What an enricher says of itself; no row where it says nothing."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Integration: Enrichment": "Informed"}

    provider: str
    """Name of its connector."""

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[Returned, ...]]]:
        """`GET /integration/enricher/{id}/details` (official description, [B]), whose members are not public [U]."""
        for one in questions:
            id = providers.id_of(cluedin, one.provider)
            told = _details(cluedin, id) if id is not None else None
            yield one, (Returned(frozenset(_texts(told))),) if told else ()


def _details(cluedin: CluedIn, id: str) -> Any:
    try:
        return cluedin.rest("GET", f"/integration/enricher/{id}/details", effect="read", accept=(404,))
    except Refused:
        return None


def _texts(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    for inner in told.values() if isinstance(told, Mapping) else told if isinstance(told, list) else ():
        yield from _texts(inner)
