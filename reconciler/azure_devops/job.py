"""What a job of Azure Pipelines knows of itself, and how it leaves variables and a summary.

Names are those of Microsoft's pages of predefined variables and of logging commands [A].
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from reconciler.azure_devops.api import Api
from reconciler.azure_devops.posts import AzureDevOps
from reconciler.errors import ConfigurationError
from reconciler.report import azure

TOKEN = "SYSTEM_ACCESSTOKEN"  # noqa: S105 - the name of a variable
REPOS = "TfsGit"
"""The provider of Azure Repos, where alone a pull request is one of Azure DevOps."""
_COMMIT = re.compile("[0-9a-f]{40,64}")


@dataclass(frozen=True, slots=True)
class Job:
    """The job that runs."""

    collection: str
    """The address of the organization; empty outside Azure Pipelines."""
    project: str
    repository: str
    """The id of the repository."""
    pull_request: int
    """Its id; 0 where the job is of none, or the code is elsewhere than in Azure Repos."""
    run: str
    commit: str
    before: str
    work_item: str
    """The type of the work item of drift."""
    folder: Path
    """Where the summary is kept for the agent."""
    say: Callable[[str], None]
    """Prints commands to the agent."""

    @classmethod
    def of(cls, process_env: Mapping[str, str], folder: Path, say: Callable[[str], None], work_item: str) -> Job:
        """The job that the variables tell of."""
        number = process_env.get("SYSTEM_PULLREQUEST_PULLREQUESTID", "")
        here = process_env.get("BUILD_REPOSITORY_PROVIDER", "") == REPOS
        commit = process_env.get("BUILD_SOURCEVERSION", "")
        return cls(
            collection=process_env.get("SYSTEM_COLLECTIONURI", ""),
            project=process_env.get("SYSTEM_TEAMPROJECT", ""),
            repository=process_env.get("BUILD_REPOSITORY_ID", ""),
            pull_request=int(number) if here and number.isdecimal() else 0,
            run=_run(process_env),
            commit=commit if here and _COMMIT.fullmatch(commit) else "",
            before="HEAD^1",
            work_item=work_item,
            folder=folder,
            say=say,
        )

    def put(self, outputs: Mapping[str, str]) -> None:
        """Leaves variables of the step, which no value can end."""
        self.say(azure.variables({**outputs, "reports": str(self.folder.absolute())}))

    def summarize(self, markdown: str) -> None:
        """Gives the page of the run a part. Raises `ConfigurationError` where the file cannot be written."""
        path = self.folder.absolute() / "summary.md"
        try:
            path.write_text(f"{markdown.rstrip()}\n", encoding="utf-8", newline="\n")
        except OSError as error:
            raise ConfigurationError.of(
                "output.not_writable", f"{path} could not be written: {error.strerror or error}", "Name another folder."
            ) from None
        self.say(azure.summary(str(path)))

    def forge(self) -> AzureDevOps:
        """The repository and its project, by the token of the job. Raises `ConfigurationError` where one is unsaid."""
        for variable, value in (("SYSTEM_TEAMPROJECT", self.project), ("BUILD_REPOSITORY_ID", self.repository)):
            if not value:
                raise ConfigurationError.of(
                    "azure_devops.no_project",
                    f"{variable} does not say where to post to",
                    "Azure Pipelines sets it itself; set it where the job runs in a container or elsewhere.",
                )
        api = Api(self.collection, os.environ.get(TOKEN, ""))
        return AzureDevOps(api, self.project, self.repository, self.work_item)

    def called(self, number: int) -> str:
        """A pull request as Azure DevOps links it."""
        return f"pull request !{number}"


def _run(process_env: Mapping[str, str]) -> str:
    collection, project, build = (
        process_env.get(name, "") for name in ("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT", "BUILD_BUILDID")
    )
    if not (collection and project and build.isdecimal()):
        return ""
    return f"{collection.rstrip('/')}/{quote(project)}/_build/results?buildId={build}"
