"""`reconciler pull`: what is live, as manifests whose plan only adopts."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.common import Setup, colour, say
from reconciler.cli.progress import session
from reconciler.errors import Exit


@click.command("pull")
@click.option("--system", type=click.Choice(["purview", "cluedin"]), help="Only what is in this system.")
@click.option("--type", "kind", metavar="TYPE", help="Only this kind of manifest, or type of object: purview.term.")
@click.option(
    "--glossary",
    metavar="NAME",
    help="Only this glossary of Purview; may hold *. With --from: the glossary that the terms are of.",
)
@click.option(
    "--prefix",
    "--key-prefix",
    "prefix",
    metavar="PREFIX",
    help="Only the vocabulary of this key prefix, and those below it. With --from a contract: columns without a source "
    "come from the key PREFIX.COLUMN.",
)
@click.option(
    "--from",
    "files",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE",
    help="What a file says, and no system: Purview's CSV of glossary terms, a workbook as PyApacheAtlas reads it, "
    "what CluedIn's toolkit exports (a file or its folder), an Open Data Contract.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the new files; default: manifests of the project.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="The report on stdout.")
@click.pass_obj
def command(
    setup: Setup,
    system: str | None,
    kind: str | None,
    glossary: str | None,
    prefix: str | None,
    files: tuple[Path, ...],
    out: Path | None,
    form: str,
) -> None:
    """Write what is live as manifests whose plan only adopts.

    Files that are there keep their comments, order and layout: values that people changed are replaced in place, and
    what is new is added. Nothing is written to a system or the ledger.

    With --from the same is done with what a file says. What no manifest can hold is told row by row. No system is
    asked; an environment may be named for its people, scope and variables.
    """
    from reconciler.kinds.pulling import Limits

    _require_known(kind)
    limits = Limits(system or "", kind or "", glossary or "", prefix or "")
    with session(setup, "pull", environment=_named(setup) if files else None) as run:
        from reconciler.workflow import pull_estate, pull_from

        found = pull_from(run, files, limits, out) if files else pull_estate(run, limits, out)
    from reconciler.report import jsonform, pulled

    if form == "json":
        say(jsonform.dump({"format_version": jsonform.FORMAT, **pulled.shape(found)}))
    else:
        say(pulled.text(found, colour=colour()))
    raise click.exceptions.Exit(Exit.ERROR if found.took_nothing else Exit.OK)


def _named(setup: Setup) -> str:
    """The environment for files: the one that is named, or that of the worked example, or none."""
    from reconciler.pull.from_files import NOBODY

    return setup.environment or (setup.named() if setup.environments() == ["sandbox"] else NOBODY)


def _require_known(kind: str | None) -> None:
    """Raises `click.UsageError` for a word that is neither a kind nor a type of objects."""
    from reconciler.kinds import pullers
    from reconciler.manifest.suggest import did_you_mean

    known = {word: puller.types for word, puller in pullers().items()}
    types = sorted({name for names in known.values() for name in names})
    words = {*known, *types, *(name.partition(".")[2] for name in types)}
    if kind is not None and kind not in words:
        raise click.UsageError(
            f"nothing that is pulled is called {kind}. {did_you_mean(kind, [*known, *types])}".strip()
        )
