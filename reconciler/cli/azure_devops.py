"""`reconciler azure-devops`: a verb in a job of Azure Pipelines, and what the job leaves for people."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import click

from reconciler.cli.common import Setup, say
from reconciler.cli.jobs import ALL, Run
from reconciler.cli.telling import Asked, job_options, told_in


@click.command("azure-devops", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@job_options
@click.option(
    "--work-item", "drift", is_flag=True, help="Open a work item while there is drift; end it when there is none."
)
@click.option(
    "--work-item-type", "kind", default="Task", show_default=True, metavar="NAME", help="The type of that work item."
)
@click.argument("verb", type=click.Choice(ALL))
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[ARGUMENTS]...")
@click.pass_obj
def command(setup: Setup, /, out: Path, verb: str, words: tuple[str, ...], kind: str, **asked: bool) -> None:
    """Run a verb in a job of Azure Pipelines: it ends with the verb's exit code.

    What came of it stands in variables of the step and on the page of the run; the files in a folder. The templates
    that `init --ci azure-devops` lays down run it.
    """
    from reconciler.azure_devops.job import Job
    from reconciler.report import azure

    job = Job.of(os.environ, out, partial(say, commands=True), kind)
    told_in(job, setup, Run(setup, verb, [*words], out, azure.findings), Asked(**asked)).end()
