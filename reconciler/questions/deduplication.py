"""Deduplication: what this server compares by, and what only its projects show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from reconciler.questions.base import Question
from reconciler.resources.cluedin import duplicates
from reconciler.systems.cluedin import CluedIn


@dataclass(frozen=True, slots=True)
class Ways:
    """What rules can compare by, and what is known of how it is written."""

    functions: tuple[str, ...]
    normalizers: tuple[str, ...]
    simple: bool
    """Whether a project shows the word of a filter that is one entity type."""
    advanced: bool
    keys: bool
    """Whether one shows how a criterion means a vocabulary key."""
    properties: bool


@dataclass(frozen=True, slots=True)
class WaysToMatch(Question):
    """All of it: one row."""

    system = "cluedin"

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[Ways, ...]]]:
        """`GET /api/deduplication/projects/rules/matchingfunctions` [B], and the projects that are there."""
        names, words = duplicates.catalogue(cluedin), duplicates.words(cluedin)
        row = Ways(
            tuple(names.functions.values()),
            tuple(dict.fromkeys(names.normalizers.values())),
            words.simple is not None,
            words.advanced is not None,
            words.of_keys is not None,
            words.of_properties is not None,
        )
        for one in questions:
            yield one, (row,)
