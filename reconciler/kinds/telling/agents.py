"""Words for AI agents and their jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reconciler.kinds.telling.fields import Flag, Option, Prose, Rule, Word
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.names import Names
from reconciler.kinds.telling.things import Thing, Tie
from reconciler.kinds.telling.values import listed, name

MOST = 3


@dataclass(frozen=True)
class Keys(Word):
    """The keys that a job reads."""

    def say(self, value: Any, names: Names) -> str:
        """Their names."""
        found = [names.key(str(one)) for one in value] if isinstance(value, list | tuple) else []
        more = [f"{len(found) - MOST:,} more"] if len(found) > MOST else []
        return listed([*found[:MOST], *more]) if found else "none"


@dataclass(frozen=True)
class Some(Word):
    """A list of words."""

    def say(self, value: Any, names: Names) -> str:  # noqa: ARG002
        """Each of them."""
        found = [name(str(one)) for one in value] if isinstance(value, list | tuple) else []
        return listed(found) if found else "none"


class AnAgent(Thing):
    """Whom jobs belong to."""

    noun = "agent"
    fields = {
        "description": Prose("description"),
        "instructions": Prose("instructions"),
        "registry": Option("registry", (("owner", Word("owner")), ("purpose", Prose("purpose")),
                                        ("review_by", Word("day of its next review")), ("mode", Word("mode")))),
    }  # fmt: skip


class AJob(Thing):
    """What an agent is asked."""

    noun = "job"
    retires = "is switched off"
    goes = "is deleted"
    fields = {
        "description": Prose("description"),
        "prompt": Prose("prompt"),
        "skills": Some("skills"),
        "schedule": Word("schedule"),
        "agent": Word("agent"),
        "model": Word("model"),
        "keys": Keys("keys that it reads"),
        "records": Rule("selection of records"),
        "sample": Word("size of the sample"),
    }

    def made(self, one: Happening) -> str:
        """With what it reads."""
        reads = one.after("keys")
        what = f", which reads {Keys('keys').say(reads, one.names)}" if reads else ""
        return f"{self.called(one.key, one.names)}{one.carrying} is created{what}"


class Working(Tie):
    """Whether a job is on."""

    noun = "state of"
    fields = {
        "enabled": Flag(
            "whether it is on", "is switched on, and runs by its schedule where it has one", "is switched off"
        )
    }

    def called(self, key: str, names: Names) -> str:
        """`the job phones`, of which it is the state."""
        return f"the job {self.name(key, names)}"

    def made(self, one: Happening) -> str:
        """What it does from now on."""
        does = (
            "is switched on, and runs by its schedule where it has one"
            if one.after("enabled")
            else "stays switched off"
        )
        return f"{self.called(one.key, one.names)} {does}"


AGENTS: dict[str, Thing] = {
    "cluedin.ai_agent": AnAgent(),
    "cluedin.ai_job": AJob(),
    "cluedin.ai_job_state": Working(),
}
