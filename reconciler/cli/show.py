"""`reconciler show PLAN_FILE`: a saved plan, in any format."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.common import FORMATS, render_plan, say


@click.command("show")
@click.argument("plan_file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="The report on stdout.")
def command(plan_file: Path, form: str) -> None:
    """Show a saved plan in any format."""
    from reconciler.plan import load

    say(render_plan(load(plan_file), form))
