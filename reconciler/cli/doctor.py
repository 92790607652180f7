"""`reconciler doctor`: whether everything that a run needs is there."""

from __future__ import annotations

import os

import click

from reconciler.cli.common import Setup, colour, say
from reconciler.cli.progress import details
from reconciler.errors import Exit, ManifestError


@click.command("doctor")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="The report on stdout.")
@click.option("--access", is_flag=True, help="Which claims of CluedIn the manifests take, and who holds them.")
@click.pass_obj
def command(setup: Setup, form: str, access: bool) -> None:
    """Check endpoints, sign-in, versions, rights, and clashes with CluedIn's own Purview sync; write nothing."""
    from reconciler.desired.wishes import draft
    from reconciler.doctor import examine
    from reconciler.doctor.needs import needs_of
    from reconciler.doctor.project import manifests
    from reconciler.environment.spec import Environment
    from reconciler.kinds import models
    from reconciler.manifest.project import load_project
    from reconciler.report import checks, jsonform
    from reconciler.systems.correlation import identified

    name = setup.named()
    project = load_project(setup.project, models(), environment=name, process_env=os.environ)
    chosen, trace = project.environment, details(setup)
    spec = chosen.as_a(Environment) if chosen is not None else None
    if spec is None:
        raise ManifestError(*[finding for finding in project.findings if finding.severity == "error"])
    documents = [document.data if document.spec is None else document.spec for document in project.documents]
    errors = [finding for finding in project.findings if finding.severity == "error"]
    wrong = sum(not finding.code.startswith("secret.") for finding in errors)  # each secret is looked at below
    found = list(manifests(wrong))
    needs = needs_of(draft(setup.project, name, os.environ)) if access else None
    found += examine(setup.project, name, spec, identified(os.environ), documents=documents, trace=trace, needs=needs)
    report = checks.shape(name, [check.as_dict() for check in found])
    say(jsonform.dump(report) if form == "json" else checks.text(report, colour=colour()))
    if any(check.is_finding for check in found):
        raise click.exceptions.Exit(Exit.ERROR)
