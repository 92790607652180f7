"""`reconciler rules`: looks at what a rule does, and sends records through it again. Never a part of a plan."""

from __future__ import annotations

import click

from reconciler.cli.common import SECONDS, Setup, say
from reconciler.cli.configured import configured, tell_end
from reconciler.cli.progress import session


@click.group("rules")
def command() -> None:
    """Look at what a rule does, or process records again. NAME is that of a Rule."""


@command.command("preview")
@click.argument("name")
@click.pass_obj
def preview_(setup: Setup, name: str) -> None:
    """Show what the actions of the Rule NAME, as it is written here, make of one record.

    CluedIn chooses the record and looks at no filter. Nothing is changed.

    Exit codes: 0; 4 where CluedIn has no preview.
    """
    with session(setup, "rules preview") as run:
        from reconciler.actions.providers import wanted_provider
        from reconciler.actions.rules import previewed
        from reconciler.questions import ask
        from reconciler.questions.rules import RuleActions
        from reconciler.systems.cluedin import CluedIn

        draft = run.draft()
        wanted_provider(draft.wishes().required().resources, "Rule", name)
        with run.connected(draft) as systems:
            cluedin = systems["cluedin"]
            assert isinstance(cluedin, CluedIn)
            wishes = draft.wishes(ask([RuleActions()], systems))
            found = previewed(cluedin, wanted_provider(wishes.resources, "Rule", name))
    for one in found:
        say(f"{one.action}:")
        for what, before, after in one.changes:
            say(f"  {what}: {before or 'nothing'} → {after or 'nothing'}")
        for message in one.messages or (() if one.changes else ("it changes nothing of this record",)):
            say(f"  {message}")


@command.command("reprocess")
@click.argument("name")
@click.option("--wait", type=SECONDS, default=0.0, metavar="S", help="Seconds to wait for its end.")
@click.pass_obj
def reprocess_(setup: Setup, name: str, wait: float) -> None:
    """Process the records again that the filter of the Rule NAME takes, as it is in CluedIn now.

    What an older filter took is not among them: `reprocess: on_change` of the Rule sends those along.

    Exit codes: 0 accepted, or complete with --wait; 4 refused and nothing done; 5 it was asked for and its end is open.
    """
    with session(setup, "rules reprocess") as run, configured(run, "Rule", name) as (cluedin, id):
        from reconciler.actions.rules import reprocess

        run.note("every record that the filter takes goes through processing again")
        done = reprocess(cluedin, id, wait)
    tell_end(done, "processing the records again", name)
