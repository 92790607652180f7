"""What a job of GitHub knows of itself, and where it leaves outputs and a summary.

Names and files are those of GitHub's pages of variables and of workflow commands [A].
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import ConfigurationError
from reconciler.github.api import Api
from reconciler.github.posts import GitHub
from reconciler.provenance import before_it, github_run, pull_request_of

API = "https://api.github.com"
TOKEN = "RECONCILER_GITHUB_TOKEN"  # noqa: S105 - the name of a variable
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_COMMIT = re.compile("[0-9a-f]{40,64}")


@dataclass(frozen=True, slots=True)
class Job:
    """The job that runs."""

    repository: str
    """`owner/name`; empty outside GitHub."""
    api: str
    pull_request: int
    """Its number; 0 where the job is of none."""
    run: str
    """The page of the run; empty outside GitHub."""
    commit: str
    """The commit that the job is of."""
    before: str
    """The base of the pull request, or what the branch pointed to before the push."""
    branch: str
    """The branch that the job is of."""
    outputs: Path | None
    summary: Path | None

    @classmethod
    def of(cls, process_env: Mapping[str, str]) -> Job:
        """The job that the variables tell of."""
        outputs, summary = process_env.get("GITHUB_OUTPUT"), process_env.get("GITHUB_STEP_SUMMARY")
        commit = process_env.get("GITHUB_SHA", "")
        return cls(
            process_env.get("GITHUB_REPOSITORY", ""),
            process_env.get("GITHUB_API_URL") or API,
            pull_request_of(process_env),
            github_run(process_env),
            commit if _COMMIT.fullmatch(commit) else "",
            before_it(process_env),
            process_env.get("GITHUB_REF_NAME", ""),
            Path(outputs) if outputs else None,
            Path(summary) if summary else None,
        )

    def put(self, outputs: Mapping[str, str]) -> None:
        """Leaves outputs of the step, which no value can end; none where nobody takes them.

        Raises `ConfigurationError` where the file cannot be written.
        """
        end = f"end-{secrets.token_hex(16)}"
        _add(self.outputs, "".join(f"{name}<<{end}\n{value}\n{end}\n" for name, value in outputs.items()))

    def summarize(self, markdown: str) -> None:
        """Adds to the summary of the step. Raises `ConfigurationError` where the file cannot be written."""
        _add(self.summary, f"{markdown.rstrip()}\n\n")

    def forge(self) -> GitHub:
        """The repository, by the token that the job was given. Raises `ConfigurationError` where nobody names one."""
        if not _REPOSITORY.fullmatch(self.repository):
            raise ConfigurationError.of(
                "github.no_repository",
                "GITHUB_REPOSITORY does not say which repository to post to",
                "GitHub sets it itself, as OWNER/NAME; set it where the job runs in a container or elsewhere.",
            )
        return GitHub(Api(self.api, self.repository, os.environ.get(TOKEN, "")))

    def called(self, number: int) -> str:
        """A pull request as GitHub links it."""
        return f"pull request #{number}"


def _add(path: Path | None, text: str) -> None:
    if path is None:
        return
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise ConfigurationError.of(
            "output.not_writable",
            f"{path} could not be written: {error.strerror or os.strerror(error.errno or 0)}",
            "GitHub names that file itself; outside GitHub leave the variable out.",
        ) from None
