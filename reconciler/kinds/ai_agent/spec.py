"""What people write in an `AiAgent`."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from reconciler.kinds.project.configured import Script
from reconciler.kinds.project.criteria import Criterion
from reconciler.kinds.project.exported import Name, Text
from reconciler.manifest.spec import Manifest, Spec


def _day(text: str) -> str:
    """A day of the calendar."""
    datetime.date.fromisoformat(text)
    return text


Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_day)]
Sample = Annotated[int, Field(ge=1)]


class Target(Spec):
    """What an analysis is about, in the cookbook's words."""

    entity: Name
    """The entity type: code, display name, or name of a GlossaryMapping."""


class RunOptions(Spec):
    """How much an analysis looks at, in the cookbook's words."""

    sample: Sample
    """How many records."""


class AgentScope(Spec):
    """What an agent may read."""

    entity: Name | None = None
    """The records' entity type: code, display name, or name of a GlossaryMapping; or `target.entity`."""
    keys: tuple[Text, ...] = ()
    """Full vocabulary keys. Without any it would be all of them, so that some are needed."""
    where: tuple[Criterion, ...] = ()
    """Conditions that records must meet, all of them."""
    sample: Sample | None = None
    """How many records at most, or `options.sample`; CluedIn takes 1,000 at most."""
    masked_by: Text | None = None
    """A policy that masks these keys. Verified only: that it is active, as nothing public tells whose access an agent
    has."""


class Job(Spec):
    """One thing that an agent is asked."""

    name: Name
    """What the job is called in CluedIn."""
    prompt: Text | Script
    """What it is asked; a longer text may stand in a file: `{file: agents/phones.md}`."""
    skills: tuple[Name, ...] = ()
    """What it may suggest, by the names of CluedIn's skills."""
    schedule: Text | None = None
    """A cron expression by which it runs, and costs, as soon as it is on; only with `mode: suggest`."""


class AiAgent(Manifest):
    """An AI agent of CluedIn with guardrails: which keys of which records it reads, and that people approve.

    `analysis` keeps its jobs switched off, and `reconciler agents analyse` runs them so that nothing of the results
    counts. `suggest` switches them on where nothing is approved by itself. There is no `auto_fix`. Who is in charge of
    it, what for and until when is kept at the agent in CluedIn, and in `docs`.

    How CluedIn writes jobs is public nowhere; it is learnt of a job `reconciler-template` that somebody makes in its
    pages. Until that is there, the document waits.

    Example::

        apiVersion: reconciler/v1
        kind: AiAgent
        metadata: {name: dq-analyzer}
        spec:
          owner: ada
          purpose: Finds badly formed contact data.
          instructions: Look for values that no person would write so.
          mode: suggest
          scope:
            entity: Person
            keys: [person.fullName, person.gender]
            where: [{key: person.gender, operator: exists}]
            sample: 500
          model: eu-small
          jobs:
            - {name: names, prompt: "Which names are badly formed?", skills: [Create Rules]}
    """

    kind: ClassVar[str] = "AiAgent"

    agent: Name | None = None
    """Name of the agent in CluedIn. It is the document's, and may be repeated here."""
    moved_from: Name | None = None
    """The name that it had before, so that it is renamed and not made anew."""
    owner: Text | None = None
    """Who is in charge of it: an alias of the environment's people. Needed."""
    purpose: Text | None = None
    """What it is for, in ten letters or more. Needed."""
    review_by: Day | None = None
    """The day until which somebody has to look at it again; after that no plan goes on."""
    instructions: Text | Script | None = None
    """What it is told besides each prompt; a longer text may stand in a file."""
    mode: Literal["analysis", "suggest"]
    """`analysis` runs only when it is asked to, and nothing of it counts; `suggest` leaves suggestions that people
    approve."""
    target: Target | None = None
    """The cookbook's form of `scope.entity`."""
    options: RunOptions | None = None
    """The cookbook's form of `scope.sample`."""
    scope: AgentScope = AgentScope()
    """What it may read."""
    allow_labels: tuple[Text, ...] = ()
    """Labels that keys may carry which it reads; each of them is approved by somebody."""
    allow_auto_approved: tuple[Literal["Find Duplicates"], ...] = ()
    """Skills whose results CluedIn approves by itself that are taken nevertheless: they land in a deduplication project
    where people merge."""
    model: Text | None = None
    """The model that its jobs use, by the name that CluedIn shows."""
    jobs: tuple[Job, ...] = ()
    """What it is asked."""
    prompt_logging: Literal["required", "off"] = "required"
    """Whether prompts and answers have to be kept: verified, as CluedIn keeps them with each run."""
    host: Literal["cluedin", "external"] = "cluedin"
    """`external` for an agent that runs somewhere else: nothing is written, and what is said here is declared."""
    on_remove: Literal["disable", "delete", "keep"] = "disable"
    """What becomes of it when no manifest wants it any more: its jobs are switched off, or they and it are deleted."""

    @field_validator("mode", mode="before")
    @classmethod
    def _no_auto_fix(cls, value: Any) -> Any:
        if "".join(letter for letter in str(value).casefold() if letter.isalpha()) == "autofix":
            raise ValueError("nothing fixes by itself until somebody has reviewed it: write `analysis` or `suggest`")
        return value

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        if self.target is not None and self.scope.entity is not None:
            raise ValueError("`target.entity` and `scope.entity` are one: leave one of them out")
        if self.options is not None and self.scope.sample is not None:
            raise ValueError("`options.sample` and `scope.sample` are one: leave one of them out")
        return self
