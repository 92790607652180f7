"""`reconciler validate`: offline, every finding in one run."""

from __future__ import annotations

import os

import click

from reconciler.cli.common import Setup, colour, say
from reconciler.cli.progress import details
from reconciler.errors import Diagnostic, Exit


@click.command("validate")
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif", "github"]), default="text")
@click.pass_obj
def command(setup: Setup, form: str) -> None:
    """Check manifests offline: schema, references, duplicates, contracts."""
    findings = _findings(setup)
    from reconciler.report import github, jsonform, sarif, text

    if form == "json":
        say(jsonform.dump(jsonform.findings(findings)))
    elif form == "sarif":
        say(jsonform.dump(sarif.findings(findings)))
    elif form == "github":
        say(github.findings(findings), commands=True)
    else:
        say(text.findings(findings, colour=colour()))
    if any(finding.severity == "error" for finding in findings):
        raise click.exceptions.Exit(Exit.ERROR)


def _findings(setup: Setup) -> list[Diagnostic]:
    """The findings of the named environment, or of every environment of the project."""
    from reconciler.desired import load

    names: list[str | None] = [setup.environment] if setup.environment else [*setup.environments()] or [None]
    found: list[Diagnostic] = []
    for name in names:
        wishes = load(setup.project, name, os.environ)
        found += wishes.findings
        if tell_more := details(setup):
            about = f"environment {name}" if name else "no environment"
            tell_more(f"{about}: {wishes.files} files, {wishes.documents} documents, {len(wishes.resources)} resources")
    return list(dict.fromkeys(found))
