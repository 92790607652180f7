"""`reconciler apply`: carries out a saved plan, or plans, asks and applies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.common import (
    FORMATS,
    SECONDS,
    Setup,
    agreed,
    colour,
    complain,
    copies,
    failing_as,
    options_of,
    plan_options,
    render_plan,
    render_result,
    require_writable,
    say,
    write_also,
)
from reconciler.cli.progress import session
from reconciler.errors import ConfigurationError, Diagnostic, Exit, ReconcilerError, RefusedError, StaleError

if TYPE_CHECKING:
    from reconciler.apply import Result
    from reconciler.plan import Plan
    from reconciler.saved.plan import Plan as Shape


@click.command("apply")
@click.argument("plan_file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--approve", multiple=True, metavar="LABEL", help="A label whose changes are approved.")
@click.option("--expect-digest", metavar="DIGEST", help="Refuse when the plan has another digest.")
@click.option("--lock-timeout", type=SECONDS, metavar="S", help="Seconds to wait for another apply.")
@click.option("--skip-refused", is_flag=True, help="Apply the rest when something is refused.")
@click.option("--ephemeral-ledger", is_flag=True, help="Accept a ledger file in CI.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="The report on stdout.")
@click.option(
    "--also",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Another copy of the report; of the plan, with what stands in the way, where nothing is applied for it. "
    "A folder that is missing is made.",
)
@plan_options
@click.pass_obj
def command(
    setup: Setup,
    /,
    plan_file: Path | None,
    yes: bool,
    approve: tuple[str, ...],
    expect_digest: str | None,
    lock_timeout: float | None,
    skip_refused: bool,
    ephemeral_ledger: bool,
    form: str,
    also: tuple[str, ...],
    **given: Any,
) -> None:
    """Carry out PLAN_FILE, or plan, ask and apply."""
    from reconciler.diff import Options
    from reconciler.plan import load

    require_writable((path for _, path in copies(also)), setup.project)
    _keep(plan_file, also)
    saved = load(plan_file) if plan_file is not None else None
    if saved is not None and any(given.values()):
        raise click.UsageError("a saved plan brings its own options; give none with PLAN_FILE")
    options = Options.of(saved["options"]) if saved is not None else options_of(given)
    environment = saved["environment"] if saved is not None else None
    if saved is not None and setup.environment not in (None, environment):
        raise click.UsageError(
            f"the plan is for environment {environment}, --env names {setup.environment}. Leave --env out."
        )
    with failing_as(form), session(setup, "apply", environment=environment, ephemeral_ledger=ephemeral_ledger) as run:
        from reconciler.workflow import Approval, apply_plan

        def ask(plan: Plan) -> bool:  # noqa: ARG001 - it was shown
            return yes or saved is not None or agreed("Apply these changes?", "give --yes, or a saved plan")

        approval = Approval(saved, expect_digest, ask, skip_refused, frozenset(approve))
        shown = _Shown(form, again=saved is not None)
        try:
            result = apply_plan(run, options, approval, lock_timeout=lock_timeout, show=shown)
        except (RefusedError, StaleError) as error:
            _write_refusal(shown, error, also)
            raise shown.not_said(error) from None
    shape, plan = result.as_dict(), shown.shape(result.plan)
    say(render_result(shape, plan, form, coloured=colour()))
    raise click.exceptions.Exit(_written(result, lambda one: render_result(shape, plan, one), also))


def _keep(plan_file: Path | None, also: Iterable[str]) -> None:
    """Raises `click.UsageError` where a report would take the place of the plan that is carried out."""
    if plan_file is not None and any(path.resolve() == plan_file.resolve() for _, path in copies(also)):
        raise click.UsageError(f"--also names {plan_file}, which is the plan")


def _written(result: Result, render: Callable[[str], str], also: Iterable[str]) -> Exit:
    """Writes the copies of the report, and the exit code: a disk that is full does not undo what was applied."""
    try:
        write_also(render, also)
    except ConfigurationError as error:
        complain(error.diagnostics)
        return result.exit_code or (Exit.PARTIAL if result.wrote else Exit.ERROR)
    return result.exit_code


def _write_refusal(shown: _Shown, error: ReconcilerError, also: Iterable[str]) -> None:
    """Writes the plan that is not carried out, with why; that it cannot be written is said beside that."""
    plan = shown.refused(error)
    if plan is None:
        return
    try:
        write_also(lambda one: render_plan(plan, one), also)
    except ConfigurationError as unwritten:
        complain(unwritten.diagnostics)


class _Shown:
    """Shows the plan before anything is asked or refused, and knows what it said.

    A saved plan was read before: one line says that it is still the same size.
    """

    def __init__(self, form: str, *, again: bool) -> None:
        self.form, self.again = form, again
        self.said: set[Diagnostic] = set()
        self._shapes: dict[int, Shape] = {}
        self._last: Plan | None = None

    def __call__(self, plan: Plan) -> None:
        self._last = plan
        if self.form != "text":
            return
        if self.again:
            from reconciler.report import view

            say(view.headline(self.shape(plan)))
            return
        say(render_plan(self.shape(plan), "text"))
        if plan.refused:
            self.said = {replace(one, document="") for one in plan.diagnostics}

    def shape(self, plan: Plan) -> Shape:
        """The plan as JSON, made once: a plan does not change while it is carried out."""
        if id(plan) not in self._shapes:
            self._shapes[id(plan)] = plan.as_dict()
        return self._shapes[id(plan)]

    def refused(self, error: ReconcilerError) -> Shape | None:
        """The plan as JSON with all that stands in its way; None where it did not come to a plan."""
        if self._last is None:
            return None
        from reconciler.systems.redact import SECRETS

        shape = self.shape(self._last)
        more = [SECRETS.clean_all(one.as_dict()) for one in error.diagnostics if one not in self._last.diagnostics]
        return {**shape, "diagnostics": [*shape["diagnostics"], *more]}

    def not_said(self, error: RefusedError | StaleError) -> ReconcilerError:
        """The refusal with what the plan did not say; where it said all, that it stands above."""
        if isinstance(error, StaleError):
            return error
        more = [one for one in error.diagnostics if replace(one, document="") not in self.said]
        if not more:
            refused = "refused, and nothing is applied: the plan above says why"
            return RefusedError.of("apply.refused", refused)
        return RefusedError(*more)
