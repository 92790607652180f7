"""`reconciler metrics`: figures of data sets, from CluedIn to Purview. An action, never a part of a plan."""

from __future__ import annotations

import click

from reconciler.cli.common import Setup, say
from reconciler.cli.progress import session
from reconciler.errors import Exit


@click.group("metrics")
def command() -> None:
    """Publish figures of data sets to Purview."""


@command.command("publish")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="The report on stdout.")
@click.pass_obj
def publish_(setup: Setup, form: str) -> None:
    """Write the record counts of data sets whose DataSourceLink says `metrics: publish` to their assets.

    Exit codes: 0 done; 4 refused and nothing written; 1 failed and nothing written; 5 some written and some not.
    """
    with session(setup, "metrics publish") as run:
        from datetime import UTC, datetime

        from reconciler.actions.metrics import publish, publishers

        draft = run.draft()
        names = publishers(draft.project.documents)
        now = datetime.now(UTC)
        found = []
        if names:
            with run.connected(draft) as systems:
                wishes = run.wishes(draft, run.book(draft).load())
                found = publish(names, wishes.known, wishes.environment, systems, now)
    from reconciler.report import jsonform
    from reconciler.report import runs as report

    rows = [one.as_dict() for one in found]
    shape = {"format_version": jsonform.FORMAT, "measured_at": now.isoformat(), "documents": names, "data_sets": rows}
    say(jsonform.dump(shape) if form == "json" else report.figures(shape))
    raise click.exceptions.Exit(_code({one.state for one in found}))


def _code(states: set[str]) -> Exit:
    if "published" in states:
        return Exit.PARTIAL if states & {"failed", "refused"} else Exit.OK
    if "failed" in states:
        return Exit.ERROR
    return Exit.REFUSED if "refused" in states else Exit.OK
