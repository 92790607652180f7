"""Which of CluedIn's own Purview syncs are on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from reconciler.questions.base import Question
from reconciler.resources.cluedin.settings import settings, syncs_that_are_on
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.cluedin_refusals import GraphQLRefused


@dataclass(frozen=True, slots=True)
class NativeSync(Question):
    """The keys of the switches that are on: one row each. A row of nothing tells that the settings may not be read."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Admin: Tenant Management": "Informed"}

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[str, ...]]]:
        """`administration.configurationSettings` (toolkit, [B]).

        The claim for it is none that a plan needs otherwise, so a refusal is an answer; anything else is raised.
        """
        try:
            rows = tuple(syncs_that_are_on(settings(cluedin)))
        except GraphQLRefused:
            rows = ("",)
        for one in questions:
            yield one, rows
