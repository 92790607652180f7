"""`reconciler schema`: JSON Schemas for editors."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.common import Setup


@click.command("schema")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder (default: schemas/ of the project).",
)
@click.pass_obj
def command(setup: Setup, out: Path | None) -> None:
    """Write the JSON Schemas of manifests, plan and result."""
    from reconciler.report.jsonform import dump
    from reconciler.schema import schemas

    folder = out or setup.project / "schemas"
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (folder / name).write_text(dump(schema), encoding="utf-8")
        click.echo(str(folder / name))
