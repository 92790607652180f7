"""`reconciler validate`: offline, every finding in one run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace

import click

from reconciler.cli.common import (
    COPIES_OF_FINDINGS,
    Setup,
    also_option,
    colour,
    copies,
    failing_into,
    require_writable,
    say,
    write_also,
)
from reconciler.cli.progress import details
from reconciler.errors import Diagnostic, Exit, Source
from reconciler.manifest.files import FOLDER
from reconciler.manifest.project import ENVIRONMENTS
from reconciler.manifest.variables import IN
from reconciler.report.words import listed


@click.command("validate")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    help="The report on stdout.",
)
@also_option(COPIES_OF_FINDINGS)
@click.pass_obj
def command(setup: Setup, form: str, also: tuple[str, ...]) -> None:
    """Check manifests offline: schema, references, duplicates, contracts."""
    require_writable((path for _, path in copies(also, COPIES_OF_FINDINGS)), setup.project)
    with failing_into("validate", also):
        findings = _findings(setup)
    write_also(lambda one: _rendered(findings, one), also, COPIES_OF_FINDINGS)
    say(_rendered(findings, form, coloured=colour()), commands=form == "github")
    if any(finding.severity == "error" for finding in findings):
        raise click.exceptions.Exit(Exit.ERROR)


def _rendered(findings: list[Diagnostic], form: str, *, coloured: bool = False) -> str:
    from reconciler.report import github, jsonform, junit, sarif, text

    if form == "json":
        return jsonform.dump(jsonform.findings(findings))
    if form == "sarif":
        return jsonform.dump(sarif.findings(findings))
    if form == "github":
        return github.findings(findings)
    if form == "junit":
        return junit.findings("validate", [one.as_dict() for one in findings])
    return text.findings(findings, colour=coloured)


_NOWHERE = Diagnostic(
    "warning",
    "environment.none",
    "There is no environment, so manifests are checked by their form alone, and cannot be planned",
    "`reconciler init` lays environments down; or write `manifests/environments/NAME.yaml`.",
    Source(str(ENVIRONMENTS)),
)


def _findings(setup: Setup) -> list[Diagnostic]:
    """The findings of the named environment, or of every environment of the project."""
    from reconciler.desired import load

    names: list[str | None] = [setup.environment] if setup.environment else [*setup.environments()] or [None]
    found: list[Diagnostic] = [] if names != [None] or not (setup.project / FOLDER).is_dir() else [_NOWHERE]
    for name in names:
        wishes = load(setup.project, name, os.environ)
        found += wishes.findings
        if tell_more := details(setup):
            about = f"environment {name}" if name else "no environment"
            tell_more(f"{about}: {wishes.size}")
    return list(_once(dict.fromkeys(found)))


def _once(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings; a variable that several environments do not define is told once, with all of them."""
    by_place: dict[object, list[Diagnostic]] = {}
    for at, one in enumerate(found):
        what = one.summary.partition(IN)[0] if one.code == "variable.undefined" else at
        by_place.setdefault((what, one.source), []).append(one)
    for first, *others in by_place.values():
        wheres = [one.summary.partition(IN)[2] for one in (first, *others)]
        yield replace(first, summary=f"{first.summary.partition(IN)[0]}{IN}{listed(wheres)}") if others else first
