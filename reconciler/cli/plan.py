"""`reconciler plan`: reads live state, shows what would change and why; writes nothing."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from reconciler.cli.common import (
    COPIES,
    FORMATS,
    Setup,
    also_option,
    copies,
    failing_as,
    failing_into,
    options_of,
    plan_options,
    render_plan,
    require_writable,
    say,
    write_also,
    writing,
)
from reconciler.cli.progress import session
from reconciler.errors import Exit, worst


@click.command("plan")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Save the plan for `apply`; a folder that is missing is made.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="The report on stdout.")
@also_option(COPIES)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes.")
@plan_options
@click.pass_obj
def command(
    setup: Setup, /, out: Path | None, form: str, also: tuple[str, ...], detailed_exitcode: bool, **given: Any
) -> None:
    """Show what would change and why; write nothing."""
    require_writable([*([out] if out is not None else []), *(path for _, path in copies(also, COPIES))], setup.project)
    with failing_into("plan", also), failing_as(form), session(setup, "plan", verifying=True) as run:
        from reconciler.plan import save
        from reconciler.report.jsonform import dump
        from reconciler.workflow import make_plan

        plan = make_plan(run, options_of(given))
    shape = plan.as_dict()
    if out is not None:
        with writing(out):
            save(plan, out, dump)
    write_also(lambda one: render_plan(shape, one), also, COPIES)
    say(render_plan(shape, form, next_step=f"reconciler apply {shlex.quote(str(out))}" if out is not None else ""))
    changes = Exit.CHANGES if detailed_exitcode and plan.open else Exit.OK
    raise click.exceptions.Exit(worst([plan.exit_code, changes]))
