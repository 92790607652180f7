"""AI agents of CluedIn: whether there are any, what their jobs may do, and how a job is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from reconciler.questions.base import Question
from reconciler.resources.cluedin import ai
from reconciler.resources.cluedin.ai import Skill
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import Refused

_CLAIMS = {"Management: AI Agents": "Informed"}


@dataclass(frozen=True, slots=True)
class LiveAi:
    """What this CluedIn has for agents."""

    skills: tuple[Skill, ...]
    models: frozenset[str]
    """Names of models that jobs use."""
    faults: tuple[str, ...]
    """Why it is not known how a job is written; empty where it is."""
    type: str
    """The type of data that jobs are written with."""
    is_there: bool = True
    """Whether the server knows agents at all."""


@dataclass(frozen=True, slots=True)
class Ai(Question):
    """What there is for agents: one row."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = _CLAIMS

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[LiveAi, ...]]]:
        """The lists of skills and jobs [A]; a server before 4.6 answers 404 [B]."""
        row = _live(cluedin)
        for one in questions:
            yield one, (row,)


@dataclass(frozen=True, slots=True)
class PromptsKept(Question):
    """Whether what was asked in the last run of a job can be read: one row, none while there is no run of it."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = _CLAIMS

    job: str

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[bool, ...]]]:
        """`GET /aijob/{id}/runs/{run}/chats` [A], once for each job."""
        ids = {str(row.get("name")): str(row["id"]) for row in ai.jobs(cluedin)}
        for one in questions:
            yield one, _kept(cluedin, ids[one.job]) if one.job in ids else ()


def _live(cluedin: CluedIn) -> LiveAi:
    skills = tuple(ai.skills(cluedin))
    if not skills and cluedin.rest("GET", "/aiagent", effect="read", accept=(404,)) is None:
        return LiveAi((), frozenset(), (), "", is_there=False)
    form = ai.form(cluedin)
    return LiveAi(skills, frozenset(ai.endpoints(cluedin)), form.faults, str(form.source.get("type") or ""))


def _kept(cluedin: CluedIn, job: str) -> tuple[bool, ...]:
    try:
        told = cluedin.rest("GET", f"/aijob/{job}/runs", query={"pageSize": "1"}, effect="read") or {}
        runs = told.get("data") or ()
        if not runs:
            return ()
        chats = cluedin.rest("GET", f"/aijob/{job}/runs/{runs[0]['id']}/chats", effect="read", accept=(404,))
    except Refused as refused:
        if refused.status != 403:
            raise
        return (False,)
    return (chats is not None,)
