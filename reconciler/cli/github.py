"""`reconciler github`: a verb in a job of GitHub Actions, and what the job leaves for people."""

from __future__ import annotations

import os
from pathlib import Path

import click

from reconciler.cli.common import Setup
from reconciler.cli.jobs import ALL, Run
from reconciler.cli.telling import Asked, job_options, told_in


@click.command("github", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@job_options
@click.option("--issue", "drift", is_flag=True, help="Open an issue while there is drift; close it when there is none.")
@click.option(
    "--pull-request",
    "proposal",
    is_flag=True,
    help="Keep a pull request open that takes drift into the manifests; close it when there is none.",
)
@click.argument("verb", type=click.Choice(ALL))
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[ARGUMENTS]...")
@click.pass_obj
def command(setup: Setup, /, out: Path, verb: str, words: tuple[str, ...], proposal: bool, **asked: bool) -> None:
    """Run a verb in a job of GitHub Actions: it ends with the verb's exit code.

    What came of it stands in the outputs of the step and in its summary; the files in a folder. The action of this
    project runs it.
    """
    from reconciler.github.job import Job
    from reconciler.report import github

    job = Job.of(os.environ)
    telling = told_in(job, setup, Run(setup, verb, [*words], out, github.findings), Asked(**asked))
    if proposal and verb == "drift":
        from reconciler.cli.proposing import propose

        propose(job, setup, telling, out)
    telling.end()
