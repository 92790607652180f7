"""`reconciler enrichers`: asks an enricher about the records that are there. An action, never a part of a plan."""

from __future__ import annotations

import click

from reconciler.cli.common import SECONDS, Setup
from reconciler.cli.configured import configured, tell_end
from reconciler.cli.progress import session


@click.group("enrichers")
def command() -> None:
    """Enrich the records that are there, or forget answers. NAME is that of an Enricher."""


@command.command("run")
@click.argument("name")
@click.option("--wait", type=SECONDS, default=0.0, metavar="S", help="Seconds to wait for its end.")
@click.pass_obj
def run_(setup: Setup, name: str, wait: float) -> None:
    """Ask the enricher of NAME about all records of its entity type now.

    Exit codes: 0 accepted, or complete with --wait; 4 refused and nothing done; 5 it was asked for and its end is open.
    """
    with session(setup, "enrichers run") as run, configured(run, "Enricher", name) as (cluedin, id):
        from reconciler.actions.providers import enrich

        done = enrich(cluedin, id, wait)
    tell_end(done, "enriching the records", name)


@command.command("forget-answers")
@click.argument("name")
@click.pass_obj
def forget_(setup: Setup, name: str) -> None:
    """Forget what the enricher of NAME was answered, so that it is asked again.

    Exit codes: 0 accepted; 4 refused and nothing done; 5 it was asked for and its end is open.
    """
    with session(setup, "enrichers forget-answers") as run, configured(run, "Enricher", name) as (cluedin, id):
        from reconciler.actions.providers import forget_answers

        done = forget_answers(cluedin, id)
    tell_end(done, "forgetting the answers", name)
