"""`reconciler adopt`: what matches, under management; no system is told anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.common import Setup, colour, render_plan, render_result, say
from reconciler.cli.progress import session

if TYPE_CHECKING:
    from reconciler.plan import Plan


@click.command("adopt")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@click.option("--lock-timeout", type=float, metavar="SECONDS", help="How long to wait for the ledger's lock.")
@click.option("--ephemeral-ledger", is_flag=True, help="Keep the ledger in a file though CI throws files away.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="The report on stdout.")
@click.pass_obj
def command(
    setup: Setup, addresses: tuple[str, ...], lock_timeout: float | None, ephemeral_ledger: bool, form: str
) -> None:
    """Take what matches the manifests under management, all of it or what is named; an address may end in *.

    Only the ledger is written. What differs is left alone, with why: then the exit code is 5, and 4 where nothing was
    adopted.
    """
    with session(setup, "adopt", ephemeral_ledger=ephemeral_ledger) as run:
        from reconciler.workflow import adopt

        def show(plan: Plan) -> None:
            if form == "text" and plan.changes:
                say(render_plan(plan.as_dict(), "text"))

        result = adopt(run, addresses, lock_timeout=lock_timeout, show=show)
    say(render_result(result.as_dict(), result.plan.as_dict(), form, coloured=colour()))
    raise click.exceptions.Exit(result.exit_code)
