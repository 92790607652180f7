"""`reconciler apply`: carries out a saved plan, or plans, asks and applies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from reconciler.cli.common import Setup, colour, complain, in_ci, options_of, plan_options, render_plan, say
from reconciler.cli.progress import session


@click.command("apply")
@click.argument("plan_file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--approve", multiple=True, metavar="LABEL", help="A label whose changes are approved.")
@click.option("--expect-digest", metavar="DIGEST", help="Refuse when the plan has another digest.")
@click.option("--lock-timeout", type=float, default=0.0, metavar="S", help="Seconds to wait for another apply.")
@click.option("--skip-refused", is_flag=True, help="Apply the rest when something is refused.")
@click.option("--ephemeral-ledger", is_flag=True, help="Accept a ledger file in CI.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="The report on stdout.")
@plan_options
@click.pass_obj
def command(
    setup: Setup,
    /,
    plan_file: Path | None,
    yes: bool,
    approve: tuple[str, ...],
    expect_digest: str | None,
    lock_timeout: float,
    skip_refused: bool,
    ephemeral_ledger: bool,
    form: str,
    **given: Any,
) -> None:
    """Carry out PLAN_FILE, or plan, ask and apply."""
    from reconciler.cli.saved import saved_plan
    from reconciler.diff import Options

    saved = saved_plan(plan_file) if plan_file is not None else None
    if saved is not None and any(given.values()):
        raise click.UsageError("a saved plan brings its own options; give none with PLAN_FILE")
    options = Options.of(saved["options"]) if saved is not None else options_of(given)
    environment = saved["environment"] if saved is not None else None
    if saved is not None and setup.environment not in (None, environment):
        raise click.UsageError(f"the plan is for environment {environment}, --env names {setup.environment}")
    with session(setup, "apply", environment=environment, ephemeral_ledger=ephemeral_ledger) as run:
        from reconciler.workflow import Approval, apply_plan

        agreed = frozenset(approve)
        approval = Approval(saved, expect_digest, lambda plan: _ask(yes or saved is not None), skip_refused, agreed)
        show = _show if saved is None else _show_again
        result = apply_plan(run, options, approval, lock_timeout=lock_timeout, show=lambda plan: show(plan, form))
    from reconciler.report import jsonform, text

    shape = result.as_dict()
    if form == "json":
        say(jsonform.dump(shape))
    else:
        say(text.result(shape, result.plan.as_dict(), colour=colour()))
        complain(result.diagnostics) if result.diagnostics else None
    raise click.exceptions.Exit(result.exit_code)


def _show(plan: Any, form: str) -> None:
    if form == "text":
        say(render_plan(plan.as_dict(), "text"))


def _show_again(plan: Any, form: str) -> None:
    """A saved plan was read before: one line says that it is still the same size."""
    if form == "text":
        from reconciler.report import view

        say(view.headline(plan.as_dict()))


def _ask(yes: bool) -> bool:
    """The answer of the person at the terminal; without one, a missing --yes is an error."""
    if yes:
        return True
    if in_ci():
        raise click.UsageError("nobody is there to answer; give --yes, or a saved plan")
    sys.stdout.flush()
    return bool(click.prompt("Apply these changes? Only 'yes' is a yes", default="no", err=True) == "yes")
