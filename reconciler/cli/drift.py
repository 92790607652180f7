"""`reconciler drift`: what people changed in the systems since the last apply."""

from __future__ import annotations

import click

from reconciler.cli.common import FORMATS, Setup, colour, render_plan, say
from reconciler.cli.progress import session
from reconciler.errors import Exit


@click.command("drift")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="The report on stdout.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is drift.")
@click.option(
    "--accept",
    is_flag=False,
    flag_value="*",
    multiple=True,
    metavar="[ADDRESS]",
    help="Write what people changed into the manifests: all of it, or an address or ADDRESS#FIELD.",
)
@click.argument("more", nargs=-1, metavar="")
@click.pass_obj
def command(setup: Setup, form: str, detailed_exitcode: bool, accept: tuple[str, ...], more: tuple[str, ...]) -> None:
    """Show what people changed in the systems since the last apply.

    With --accept their values are written where the manifests say them, and every other byte stays; what no single
    value of a manifest says is told, with why. An address may end in *.
    """
    if accept:
        _accept(setup, form, (*accept, *more), strict=detailed_exitcode)
    if more:
        raise click.UsageError("addresses are only for --accept.")
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


def _accept(setup: Setup, form: str, named: tuple[str, ...], *, strict: bool) -> None:
    """Writes drift into the manifests and leaves: 1 when something that was named is not accepted."""
    if form not in ("text", "json"):
        raise click.UsageError("--accept reports as text or json.")
    names = [name for name in named if name != "*"]
    with session(setup, "drift --accept") as run:
        from reconciler.workflow import accept_drift

        found = accept_drift(run, names)
    from reconciler.report import acceptance

    left = [*found.unknown, *found.refused]
    if form == "json":
        from reconciler.report import jsonform

        say(jsonform.dump({"format_version": jsonform.FORMAT, **acceptance.shape(found)}))
    else:
        say(acceptance.text(found.accepted, left, colour=colour()))
    if left and names:
        raise click.exceptions.Exit(Exit.ERROR)
    raise click.exceptions.Exit(Exit.CHANGES if strict and left else Exit.OK)
