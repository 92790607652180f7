"""Who runs an apply, and of which commit: by what the process, Git and the machine say.

It is what they claim, not a proof; the systems' own logs know the identity that signed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.provenance import UNNAMED, again_by, github_run, user
from reconciler.repository import answer

_COMMITS = ("GITHUB_SHA", "BUILD_SOURCEVERSION")
"""The commit of a job of GitHub and of Azure DevOps (their pages of predefined variables, [A])."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or an identity of CI, and what says so (`source`)."""

    name: str
    source: str
    email: str = ""
    started_by: str = ""
    """Who started a run of CI again, where that is somebody else."""
    run: str = ""
    """The run of CI."""

    def as_dict(self) -> dict[str, str]:
        """The JSON shape; empty members left out."""
        told = {"name": self.name, "email": self.email, "started_by": self.started_by, "run": self.run}
        return {**{name: value for name, value in told.items() if value}, "source": self.source}


def actor(root: Path, process_env: Mapping[str, str]) -> Actor:
    """Who runs this: the actor of a job of GitHub or Azure DevOps, else who Git says, else the user of the machine.

    `GITHUB_ACTOR` is whose event started the workflow, `GITHUB_TRIGGERING_ACTOR` who ran it again (GitHub's page of
    variables, [A]); `BUILD_REQUESTEDFOR` is the person whom a build is for (Azure DevOps' predefined variables, [A]).
    """
    if name := process_env.get("GITHUB_ACTOR"):
        again = again_by(process_env)
        return Actor(name, "GITHUB_ACTOR", "", again.login if again else "", github_run(process_env))
    if name := process_env.get("BUILD_REQUESTEDFOR"):
        email = process_env.get("BUILD_REQUESTEDFOREMAIL", "")
        return Actor(name, "BUILD_REQUESTEDFOR", email, run=process_env.get("BUILD_BUILDURI", ""))
    name, email = (answer(root, "config", "--get", f"user.{part}") for part in ("name", "email"))
    if name or email:
        return Actor(name or email, "git", email)
    return Actor(user() or UNNAMED, "user")


def commit(root: Path, process_env: Mapping[str, str]) -> tuple[str, bool]:
    """The commit of the project, and whether its manifests differ from it; empty where nothing tells."""
    head = answer(root, "rev-parse", "--verify", "--quiet", "HEAD")
    if head:
        return head, bool(answer(root, "status", "--porcelain", "--", "manifests"))
    return next(filter(None, (process_env.get(name, "") for name in _COMMITS)), ""), False
