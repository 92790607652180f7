"""The verbs of docs/cli.md are those of the command line, word for word; `pytest --update` writes them anew."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click
import pytest

from reconciler.cli import VERBS, cli

from .pages import DOCS

PAGE = DOCS / "cli.md"
START = "<!-- verbs -->\n"


def verbs() -> str:
    """A section for each verb, in the order of a day's work."""
    context = click.Context(cli, info_name="reconciler")
    return "\n\n".join(part for verb in VERBS for part in _sections(verb, cli.get_command(context, verb), 2)) + "\n"


def _sections(name: str, command: click.Command | None, level: int) -> Iterator[str]:
    assert command is not None
    yield f"{'#' * level} `{name}`"
    yield _prose(command.help or "")
    if isinstance(command, click.Group):
        for below, one in command.commands.items():
            yield from _sections(f"{name} {below}", one, level + 1)
        return
    context = click.Context(command, info_name=f"reconciler {name}")
    yield f"```text\n{' '.join([context.command_path, *command.collect_usage_pieces(context)])}\n```"
    options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    rows = [f"| {_written(one)} | {_cell(_meaning(one))} |" for one in options]
    if rows:
        yield "\n".join(["| Option | Does |", "|---|---|", *rows])


def _written(option: click.Option) -> str:
    value = "" if option.is_flag else f" {(option.metavar or _word(option)).replace('|', ' or ')}"
    return ", ".join(f"`{one}{value}`" for one in [*option.opts, *option.secondary_opts])


def _word(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return "WORD"
    return "N" if option.type.name.endswith("range") else option.type.name.upper()


def _meaning(option: click.Option) -> str:
    parts = [option.help or ""]
    if isinstance(option.type, click.Choice):
        parts.append(f"One of {', '.join(f'`{one}`' for one in option.type.choices)}.")
    if option.show_default and option.default is not None:
        parts.append(f"Default `{option.default}`.")
    if option.multiple:
        parts.append("May be given several times.")
    return " ".join(filter(None, parts))


def _prose(text: str) -> str:
    """Without what click reads in it; addresses and names in capitals stay words."""
    return inspect.cleandoc(text).replace("\b\n", "").replace("\f", "").strip()


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def test_the_verbs_of_the_page_are_those_of_the_command_line(request: pytest.FixtureRequest) -> None:
    head, mark, told = PAGE.read_text(encoding="utf-8").partition(START)
    assert mark
    if request.config.getoption("--update"):
        PAGE.write_text(f"{head}{START}\n{verbs()}", encoding="utf-8")
        told = f"\n{verbs()}"
    assert told == f"\n{verbs()}", "pytest --update tests/docs/test_cli_page.py"


def test_every_option_says_what_it_does() -> None:
    rows = re.findall(r"^\| (`--?\w.*?) \| (.*) \|$", verbs(), re.M)
    assert len(rows) > 60
    assert [option for option, meaning in rows if not meaning] == []
