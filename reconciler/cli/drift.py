"""`reconciler drift`: what people changed in the systems since the last apply."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from reconciler.cli.between import COPIES_WITH_SARIF, WITH_SARIF, compare
from reconciler.cli.common import (
    COPIES,
    FORMATS,
    Setup,
    also_option,
    colour,
    copies,
    failing_as,
    failing_into,
    render_plan,
    require_writable,
    say,
    write_also,
)
from reconciler.cli.progress import session
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.saved.plan import Plan


@click.command("drift")
@click.option(
    "--format",
    "form",
    type=click.Choice(WITH_SARIF),
    default="text",
    help="The report on stdout; sarif only with --between.",
)
@also_option(COPIES_WITH_SARIF)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is drift, or with --between a disagreement.")
@click.option(
    "--between",
    is_flag=True,
    help="Where CluedIn and Purview disagree about what belongs together, also where no manifest mentions it.",
)
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
def command(
    setup: Setup,
    form: str,
    also: tuple[str, ...],
    detailed_exitcode: bool,
    between: bool,
    accept: tuple[str, ...],
    more: tuple[str, ...],
) -> None:
    """Show what people changed in the systems since the last apply.

    With --accept their values are written where the manifests say them, and every other byte stays; what no single
    value of a manifest says is told, with why. An address may end in *.

    With --between terms are compared with vocabularies and keys, and classifications with labels, as far as the scope
    of the environment reaches: what pairs them is said with each. Nothing is written.
    """
    if accept and (between or also):
        raise click.UsageError(f"{'--between' if between else '--also'} does not go with --accept.")
    if accept:
        _accept(setup, form, (*accept, *more), strict=detailed_exitcode)
    if more:
        raise click.UsageError("addresses are only for --accept.")
    if form not in (WITH_SARIF if between else FORMATS):
        raise click.UsageError("drift is told as sarif only with --between.")
    if not between and any(item.startswith("sarif=") for item in also):
        raise click.UsageError("--also sarif=FILE needs --between: drift is told as sarif only with it.")
    formats = COPIES_WITH_SARIF if between else COPIES
    require_writable((path for _, path in copies(also, formats)), setup.project)
    if between:
        with failing_into("drift", also):
            compare(setup, form, also, strict=detailed_exitcode)
    with failing_into("drift", also), failing_as(form), session(setup, "drift", verifying=True) as run:
        from reconciler.diff import Options
        from reconciler.workflow import make_plan

        plan = make_plan(run, Options())
    plan.changes = plan.drifted
    shape = plan.as_dict()
    write_also(lambda one: _rendered(shape, one), also, formats)
    say(_rendered(shape, form, coloured=colour()))
    raise click.exceptions.Exit(Exit.CHANGES if detailed_exitcode and plan.changes else Exit.OK)


def _rendered(shape: Plan, form: str, *, coloured: bool = False) -> str:
    """What people changed, in one of the formats."""
    if form == "text":
        from reconciler.report import text

        return text.drift(shape, colour=coloured)
    if form == "markdown":
        from reconciler.report import markdown

        return markdown.drift(shape)
    if form == "html":
        from reconciler.report import html

        return html.drift(shape)
    if form == "junit":
        from reconciler.report import junit

        return junit.drift(shape)
    return render_plan(shape, form)


def _accept(setup: Setup, form: str, named: tuple[str, ...], *, strict: bool) -> None:
    """Writes drift into the manifests and leaves: 1 when something that was named is not accepted."""
    if form not in ("text", "json"):
        raise click.UsageError("--accept reports as text or json.")
    names = [name for name in named if name != "*"]
    with failing_as(form), session(setup, "drift --accept", verifying=True) as run:
        from reconciler.workflow import accept_drift

        found = accept_drift(run, names)
    from reconciler.report import acceptance

    left = [*found.unknown, *found.refused]
    if not names:  # nothing was asked for by itself, so nothing has failed
        left = [replace(one, severity="warning") for one in left]
    if form == "json":
        from reconciler.report import jsonform

        say(jsonform.dump({"format_version": jsonform.FORMAT, **acceptance.shape(found.accepted, left)}))
    else:
        say(acceptance.text(found.accepted, left, colour=colour()))
    if left and names:
        raise click.exceptions.Exit(Exit.ERROR)
    raise click.exceptions.Exit(Exit.CHANGES if strict and left else Exit.OK)
