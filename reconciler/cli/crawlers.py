"""`reconciler crawlers`: lets a crawler fetch anew. An action, never a part of a plan."""

from __future__ import annotations

import click

from reconciler.cli.common import Setup
from reconciler.cli.configured import configured, tell_end
from reconciler.cli.progress import session


@click.group("crawlers")
def command() -> None:
    """Let a crawler fetch everything anew. NAME is that of a Crawler."""


@command.command("run")
@click.argument("name")
@click.pass_obj
def run_(setup: Setup, name: str) -> None:
    """Let the crawler of NAME fetch now: everything, as what it knows is reset.

    Exit codes: 0 accepted; 4 refused and nothing done; 5 it was asked for and its end is open.
    """
    with session(setup, "crawlers run") as run, configured(run, "Crawler", name) as (cluedin, id):
        from reconciler.actions.providers import recrawl

        run.note("what the crawler knows is reset, so that it fetches everything")
        done = recrawl(cluedin, id)
    tell_end(done, "fetching everything anew", name)
