"""`reconciler drift`: what people changed in the systems since the last apply."""

from __future__ import annotations

import click

from reconciler.cli.common import FORMATS, Setup, colour, render_plan, say
from reconciler.cli.progress import session
from reconciler.errors import Exit


@click.command("drift")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="The report on stdout.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is drift.")
@click.pass_obj
def command(setup: Setup, form: str, detailed_exitcode: bool) -> None:
    """Show what people changed in the systems since the last apply."""
    with session(setup, "drift") as run:
        from reconciler.diff import Options
        from reconciler.workflow import make_plan

        plan = make_plan(run, Options())
    plan.changes = plan.drifted
    shape = plan.as_dict()
    if form == "text":
        from reconciler.report import text

        say(text.drift(shape, colour=colour()))
    elif form == "markdown":
        from reconciler.report import markdown

        say(markdown.drift(shape))
    elif form == "html":
        from reconciler.report import html

        say(html.drift(shape))
    else:
        say(render_plan(shape, form))
    raise click.exceptions.Exit(Exit.CHANGES if detailed_exitcode and plan.changes else Exit.OK)
