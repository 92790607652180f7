"""Clean projects: how far people are with one, and which rules came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from reconciler.questions.base import Question
from reconciler.resources.cluedin import cleaning
from reconciler.systems.cluedin import CluedIn


@dataclass(frozen=True, slots=True)
class MadeRule:
    """A rule that cleaning made."""

    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class RulesOfCleaning(Question):
    """The rules that cleaning made of the project of a key; none where there is no such project, or there are two."""

    system = "cluedin"

    key: str

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[MadeRule, ...]]]:
        """`preparation.allCleanProjectRules` of each project [B]."""
        ids: dict[str, list[str]] = {}
        for row in cleaning.projects(cluedin):
            ids.setdefault(cleaning.key_of(row), []).append(str(row["id"]))
        for one in questions:
            found = ids.get(one.key, [])
            rows = cleaning.rules_made(cluedin, found[0]) if len(found) == 1 else []
            yield one, tuple(MadeRule(str(row["name"]), bool(row.get("isActive"))) for row in rows)
