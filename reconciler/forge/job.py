"""What a job of CI knows of itself, wherever it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from reconciler.forge.base import Forge


class Job(Protocol):
    """The job that runs; what it does not know is empty or 0."""

    @property
    def pull_request(self) -> int:
        """The number of its pull request."""

    @property
    def run(self) -> str:
        """The page of the run."""

    @property
    def commit(self) -> str:
        """The commit that it is of."""

    @property
    def before(self) -> str:
        """The commit that readers knew before this one: the base of a pull request, or where the branch stood."""

    def put(self, outputs: Mapping[str, str]) -> None:
        """Leaves outputs of the step. Raises `ConfigurationError` where that cannot be."""

    def summarize(self, markdown: str) -> None:
        """Adds to the summary that people see. Raises `ConfigurationError` where that cannot be."""

    def forge(self) -> Forge:
        """Where its pull requests are, by the token of the job. Raises `ReconcilerError`."""

    def called(self, number: int) -> str:
        """A pull request as people here write it: `pull request #7`."""
