"""`reconciler schema`: JSON Schemas for editors, and reference pages for people."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.common import Setup, say


@click.command("schema")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder (default: schemas/ of the project).",
)
@click.option(
    "--pages",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the reference pages (default: docs/kinds/ of the project; none with --out alone).",
)
@click.pass_obj
def command(setup: Setup, out: Path | None, pages: Path | None) -> None:
    """Write the JSON Schemas of manifests and of what is reported, and a reference page for each kind."""
    from reconciler.reference import write_pages
    from reconciler.report.jsonform import dump
    from reconciler.schema import schemas

    folder = out or setup.project / "schemas"
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (folder / name).write_text(dump(schema), encoding="utf-8")
        say(str(folder / name))
    if pages is not None or out is None:
        for page in write_pages(pages or setup.project / "docs" / "kinds"):
            say(str(page))
