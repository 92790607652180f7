"""`reconciler handover`: files for the tools around CluedIn, made of the contracts; offline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.common import Setup, complain, require_writable, say, tell, writing
from reconciler.cli.odcs import require_known
from reconciler.cli.progress import session
from reconciler.errors import Diagnostic, Exit

if TYPE_CHECKING:
    from reconciler.handover.base import Asked, Files, Subject, Target
    from reconciler.workflow import Session

TARGETS = ("airflow", "adf", "fabric", "dbt", "flow", "dataverse", "webhook", "runbook", "alerts", "glue", "gcp")
WITH_IDS = ("adf", "fabric")
LANGUAGES = ("node", "python", "function")


@click.command("handover")
@click.argument("target", type=click.Choice(TARGETS))
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder of all hand-overs, with one below it for each TARGET (default: handover/ in the project); "
    "its own for each environment.",
)
@click.option("--check", is_flag=True, help="Write nothing; say which files are not as they would be made.")
@click.option(
    "--language",
    "languages",
    type=click.Choice(LANGUAGES),
    multiple=True,
    help="Of `webhook`: a receiver in this language alone.",
)
@click.option(
    "--with-ids",
    is_flag=True,
    help="Of `adf` and `fabric`: fill in the ids of streams, which the ledger knows once they were applied.",
)
@click.pass_obj
def command(
    setup: Setup,
    target: str,
    names: tuple[str, ...],
    out: Path | None,
    check: bool,
    languages: tuple[str, ...],
    with_ids: bool,
) -> None:
    """Make the files that another tool needs to work with contracts, with all or those named; offline.

    The same manifests give the same bytes. Secrets are named in them, never held. Exit code 1 with `--check` where
    files differ, are missing, or belong to contracts that are gone; and where one would be written over that was made
    for another environment, or that holds contracts which were not named: nothing is written then.
    """
    if languages and target != "webhook":
        raise click.UsageError(f"--language is for webhook; {target} has none")
    if with_ids and target not in WITH_IDS:
        raise click.UsageError(f"--with-ids is for {' and '.join(WITH_IDS)}; {target} needs no id")
    from reconciler.handover import targets
    from reconciler.handover.base import Asked, sealed
    from reconciler.handover.there import There

    with session(setup, "handover") as run:
        tool = targets()[target]
        known = _subjects(run, names, tool)
        subjects = [one for one in known if not names or one.name in names]
        asked = Asked(_ids(run, subjects) if with_ids else {}, run.environment, languages, run.draft().world)
        made = {path: sealed(text) for path, text in _texts(tool, subjects, asked).items()}
        whole = _texts(tool, subjects, replace(asked, languages=()))
        contracts = frozenset(f"ExportContract/{one.name}" for one in known)
        folder = (out or setup.project / "handover") / target
        there = There(folder, run.environment, made, frozenset(whole), contracts)
    left_over = [] if names else list(there.left_over())
    if check:
        _require_nothing([*there.differences(), *map(_gone, left_over)])
        say(f"{len(made)} files of {tool.title} are as they would be made." if made else _nothing(tool))
        return
    _require_nothing(there.in_the_way())
    require_writable([folder / path for path in made], setup.project)
    for line in _write(folder, made) if made else (_nothing(tool),):
        say(line)
    for path in left_over:
        tell(f"{path} is made of no contract any more: delete it")


def _texts(tool: Target, subjects: Sequence[Subject], asked: Asked) -> Files:
    return tool.files(subjects, asked) if subjects or tool.always else {}


def _subjects(run: Session, names: Sequence[str], tool: Target) -> list[Subject]:
    """The contracts that have something for the tool, whether they were named or not.

    Raises `click.UsageError` for a name that no contract has, and for one that has nothing.
    """
    from reconciler.handover.base import Subject
    from reconciler.kinds.export_contract.scene import Contract

    known = {one.name: Subject(one, run.environment) for one in run.draft().world.of(Contract)}
    require_known(names, set(known))
    found = []
    for name, subject in sorted(known.items()):
        why = tool.why_not(subject)
        if not why:
            found.append(subject)
        elif name in names:
            raise click.UsageError(f"{name} has nothing for {tool.title}: {why}.")
        elif why and not names:
            run.note(f"{name} is left out: {why}")
    return found


def _ids(run: Session, subjects: Sequence[Subject]) -> dict[str, str]:
    """The ids of the streams of contracts, as the ledger knows them; no system is asked.

    Raises `ReconcilerError` for a contract that was never applied.
    """
    from reconciler.errors import ReconcilerError

    entries = run.ledger_place().load().entries
    found = {one.name: entries.get(f"cluedin.stream:{one.contract.stream_key}") for one in subjects}
    for name, entry in found.items():
        if entry is None or not entry.id:
            raise ReconcilerError.of(
                "handover.no_id", f"the ledger knows no stream of {name}", "Apply first, or leave --with-ids out."
            )
    return {name: entry.id for name, entry in found.items() if entry is not None}


def _write(folder: Path, made: Files) -> Iterator[str]:
    """Writes what is not as it should be, and tells of each file."""
    from reconciler.handover.there import text_of

    for name, text in sorted(made.items()):
        path = folder / name
        with writing(path):
            if text_of(path) == text:
                yield f"kept  {path}"
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        yield f"made  {path}"


def _require_nothing(findings: Sequence[Diagnostic]) -> None:
    """Tells of all findings, and ends where there are any."""
    if findings:
        complain(findings)
        raise click.exceptions.Exit(Exit.ERROR)


def _nothing(tool: Target) -> str:
    return f"No contract has anything for {tool.title}: there is nothing to make."


def _gone(path: Path) -> Diagnostic:
    return Diagnostic("error", "handover.left_over", f"{path} is made of no contract any more", "Delete it.")
