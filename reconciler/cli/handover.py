"""`reconciler handover`: what other tools take over, generated offline."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.common import say
from reconciler.errors import Exit

_LANGUAGES = ("node", "python", "function")


@click.group("handover")
def command() -> None:
    """Generate what other tools take over; offline, and byte for byte the same each time."""


@command.command("webhook")
@click.option("--language", type=click.Choice(_LANGUAGES), default="node", help="function is an Azure Function.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Write files there.")
@click.option("--check", is_flag=True, help="Exit 1 where the files in --out are missing or differ; write nothing.")
def webhook_(language: str, out: Path | None, check: bool) -> None:
    """Write the function that verifies messages of `watch --deliver`, and keeps replays out.

    Without --out it is printed.
    """
    from reconciler.handover.webhook import receiver_files

    files = receiver_files(language)
    if out is None:
        if check:
            raise click.UsageError("--check needs --out.")
        say("\n".join(files.values()))
        return
    if check:
        _compare(files, out)
        return
    from reconciler.cli.common import writing

    for name, text in files.items():
        with writing(out / name):
            out.mkdir(parents=True, exist_ok=True)
            (out / name).write_text(text, encoding="utf-8")
    say("Wrote " + ", ".join(str(out / name) for name in files) + ".")


def _compare(files: dict[str, str], out: Path) -> None:
    there = {name: (out / name).read_text(encoding="utf-8") if (out / name).is_file() else None for name in files}
    wrong = [str(out / name) for name, text in files.items() if there[name] != text]
    say("The files are current." if not wrong else f"Not current: {', '.join(wrong)}. Run it without --check.")
    raise click.exceptions.Exit(Exit.ERROR if wrong else Exit.OK)
