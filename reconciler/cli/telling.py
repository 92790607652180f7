"""What a job leaves for people once its verb has run: the summary, the comment, labels, one post of drift."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconciler.cli.common import Setup, complain, for_files, tell
from reconciler.cli.jobs import Ran, Run
from reconciler.errors import Exit, ReconcilerError

if TYPE_CHECKING:
    from reconciler.forge.base import Forge, Report
    from reconciler.forge.job import Job
    from reconciler.forge.mark import Mark
    from reconciler.report.memo import Memo

F = TypeVar("F", bound=Callable[..., Any])
_NOTES = 15_000
"""The characters of release notes beside the report of an apply."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of it is wanted."""

    comment: bool = False
    labels: bool = False
    compare: bool = False
    notes: bool = False
    drift: bool = False
    """One post while there is drift."""


_OPTIONS = (
    click.option(
        "--comment", is_flag=True, help="Put the plan, or what came of an apply, as one comment on the pull request."
    ),
    click.option("--labels", is_flag=True, help="Label the pull request with what its plan does."),
    click.option("--compare", is_flag=True, help="Say whether the plan is the one that the pull request showed."),
    click.option("--notes", is_flag=True, help="Put what changed in the manifests beside the result of an apply."),
    click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("reconciler-out"),
        show_default=True,
        help="The folder for plan, result and reports; it is made where it is missing.",
    ),
)


def job_options(command: F) -> F:
    """The options that jobs have wherever they run."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def told_in(job: Job, setup: Setup, run: Run, asked: Asked) -> Telling:
    """Runs the verb and leaves outputs and summary; comments and more are left for `end`."""
    from reconciler.forge.mark import Mark

    ran = run()
    telling = Telling(job, setup, ran, Mark(run.verb, setup.environment or "", str(setup.given or ".")), asked)
    job.put(ran.outputs())
    job.summarize(for_files(telling.markdown(telling.mark.room)))
    return telling


class Telling:
    """What is told of one run."""

    def __init__(self, job: Job, setup: Setup, ran: Ran, mark: Mark, asked: Asked) -> None:
        self.job, self.setup, self.ran, self.mark, self.asked = job, setup, ran, mark, asked

    def end(self) -> None:
        """Posts what is asked for, and leaves with the exit code of the verb, or 1 where drift could not be told.

        The outputs were left before, so that a job that is cancelled has them; a step's last value of one holds.
        """
        if self.ran.code != Exit.INTERRUPTED and not self._post():
            self.failed_to_tell()
        if self.ran.failure is not None:
            raise self.ran.failure
        raise click.exceptions.Exit(self.ran.code)

    def failed_to_tell(self) -> None:
        """Drift that people are not told of fails the job, and the next steps hear of it."""
        if self.ran.code in (Exit.OK, Exit.CHANGES):
            self.ran.code = int(Exit.ERROR)
            self.job.put(self.ran.reason)

    def markdown(self, room: int) -> str:
        """The report with whether it is what was seen before, and with release notes where they are asked for."""
        since = f"{self._since}\n\n" if self._since else ""
        notes = f"\n{self._notes}" if self._notes else ""
        return since + self.ran.markdown(room - len(since) - len(notes), self.job.run) + notes

    @cached_property
    def _forge(self) -> Forge:
        return self.job.forge()

    @cached_property
    def _request(self) -> int:
        """The pull request of the job, or the one that brought its commit."""
        if self.job.pull_request:
            return self.job.pull_request
        return self._forge.merged_by(self.job.commit) if self.job.commit else 0

    @cached_property
    def _since(self) -> str:
        """Whether the plan is the one that the pull request showed; empty where nobody asks."""
        shape = self.ran.plan or self.ran.result
        if not self.asked.compare or shape is None or self.ran.verb == "drift":
            return ""
        from reconciler.report import memo

        try:
            if not self._request:
                return "ℹ️ No pull request is known that showed this plan before."
            shown, request = self._shown, self.job.called(self._request)
        except ReconcilerError as error:
            complain(error.diagnostics)
            return "ℹ️ It could not be asked what the pull request showed."
        if self.ran.plan is not None:
            return memo.compared(shown, self.ran.plan, request)
        return memo.compared_digest(shown, self.ran.result["digest"], request)

    @property
    def _shown(self) -> Memo | None:
        from reconciler.forge.base import told_on
        from reconciler.forge.mark import Mark
        from reconciler.report.memo import remembered

        found = told_on(self._forge, self._request, Mark("plan", self.mark.environment, self.mark.project))
        return remembered(found.body) if found is not None else None

    @cached_property
    def _notes(self) -> str:
        """What changed in the manifests, folded; empty where nobody asks, or the commit of before is not known."""
        if not self.asked.notes or self.ran.result is None or not self.job.before:
            return ""
        from datetime import UTC, datetime

        from reconciler.cli.progress import session
        from reconciler.release import release
        from reconciler.report import notes

        try:
            with session(self.setup, "release-notes") as run:
                today = datetime.now(UTC).date().isoformat()
                found = release(run.root, run.environment, self.job.before, "HEAD", run.process_env, today)
        except ReconcilerError as error:
            complain(error.diagnostics)
            tell("So there are no release notes.")
            return ""
        return notes.folded(found, _NOTES)

    def _post(self) -> bool:
        """Whether people were told; a comment that is refused is told in the log, as the summary has it, too."""
        try:
            self._comment()
        except ReconcilerError as error:
            complain(error.diagnostics)
            tell("The summary of the step has what could not be posted.")
        try:
            self._drift()
        except ReconcilerError as error:
            complain(error.diagnostics)
            return False
        return True

    def _comment(self) -> None:
        from reconciler.forge.base import comment_on, label_as
        from reconciler.report import memo, view

        is_apply = self.ran.verb == "apply"
        if self.asked.comment and (self._request if is_apply else self.job.pull_request):
            hidden = memo.memo(self.ran.plan) if self.ran.verb == "plan" and self.ran.plan is not None else ""
            text = self.markdown(self.mark.room - len(hidden))
            comment_on(self._forge, self._request, self.mark, for_files(hidden + text))
        if self.asked.labels and self.job.pull_request and self.ran.plan is not None and self.ran.verb == "plan":
            label_as(self._forge, self.job.pull_request, self.mark, view.labels(self.ran.plan))

    def _drift(self) -> None:
        if not self.asked.drift or self.ran.verb != "drift" or self.ran.plan is None:
            return
        if self.ran.plan["changes"]:
            self._forge.open_drift(self.mark, f"Drift in {self.mark.environment}", self.drift_report())
        else:
            self._forge.close_drift(self.mark, f"No drift any more. {self.job.run}".rstrip())

    def drift_report(self) -> Report:
        """What people changed, as Markdown and as text."""
        from reconciler.forge.base import Report
        from reconciler.report import text

        markdown = for_files(self.ran.markdown(self.mark.room, self.job.run))
        return Report(markdown, for_files(text.drift(self.ran.plan)))
