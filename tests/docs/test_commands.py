"""Every command line of the pages is one that the command line takes: its verbs, options, values and arguments."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from reconciler.cli import COMPLETES, VERBS, cli
from reconciler.cli.common import Setup
from reconciler_sandbox.command import main as sandbox

from .pages import DOCS, PAGES, Block, every_block, inline, name

PROGRAMS: dict[str, click.Command] = {"reconciler": cli, "cluedin-purview-sandbox": sandbox}
SHELLS = {"", "sh", "console"}
_ENDS = {"&&", "||", "|", ";", "&", ">", ">>", "<", "2>"}
_RUN = re.compile(r"^\s*(?:- )?run: (.+)$", re.M)


def lines(block: Block) -> Iterator[str]:
    """The lines of a block that are typed: all of a shell's, after `$` where it shows answers, after `run:` in YAML."""
    text = block.text.replace("\\\n", " ")
    if block.language == "yaml":
        yield from _RUN.findall(text)
    elif block.language == "console":
        yield from re.findall(r"^\$ (.+)$", text, re.M)
    elif block.language in SHELLS and not block.mark.startswith("screen:"):
        yield from text.splitlines()


def commands(line: str) -> Iterator[list[str]]:
    """The commands of a line that run one of our programs, as words."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        words = [*lexer]
    except ValueError:  # half a quotation, as in a Python program that a shell is given
        return
    command: list[str] = []
    for word in [*words, ";"]:
        if word not in _ENDS:
            command.append(word)
            continue
        completes = any(one.startswith(f"{COMPLETES}=") for one in command)
        while command and re.fullmatch(r"[A-Z_]+=.*", command[0], re.S):
            command.pop(0)
        if command and command[0] in PROGRAMS and not completes:
            yield command
        command = []


def take(command: list[str]) -> None:
    """Parses a command as it would be run, and runs nothing; raises what click says."""
    program, *words = command
    context = PROGRAMS[program].make_context(program, words, obj=Setup(None, None, False, False))
    while isinstance(context.command, click.Group):
        left = [*context._protected_args, *context.args]
        if not left:
            raise click.UsageError("names no verb")
        word, verb, left = context.command.resolve_command(context, left)
        assert verb is not None
        context = verb.make_context(word or "", left, parent=context)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def laid_down(command: list[str], folder: Path) -> None:
    """What a command names as a file is there, as some verbs look whether it is."""
    for word in command[1:]:
        if re.fullmatch(r"[\w/-]+\.[a-z]+", word):
            (folder / word).parent.mkdir(parents=True, exist_ok=True)
            (folder / word).touch()


TYPED = [(str(block), command) for block in every_block() for line in lines(block) for command in commands(line)]
SAID = [
    (name(page), command)
    for page in PAGES
    for code in inline(page)
    if code.partition(" ")[0] in PROGRAMS and " " in code and not re.search("[…[]", code)
    for command in commands(code)
]


def refusal(command: list[str], *, whole: bool) -> str:
    """What click says of a command; empty where it is taken. One that is not `whole` only names a verb."""
    try:
        take(command)
    except click.exceptions.Exit:  # --help, --version
        return ""
    except click.UsageError as error:
        return "" if isinstance(error, click.MissingParameter) and not whole else error.format_message()
    return ""


@pytest.mark.parametrize(("where", "command"), TYPED, ids=lambda one: one if isinstance(one, str) else one[-1])
def test_a_command_of_a_block_is_taken(where: str, command: list[str], here: Path) -> None:
    laid_down(command, here)
    assert refusal(command, whole=True) == "", f"{where}: {shlex.join(command)}"


@pytest.mark.parametrize(("where", "command"), SAID, ids=lambda one: one if isinstance(one, str) else one[-1])
def test_a_command_in_a_sentence_is_taken(where: str, command: list[str], here: Path) -> None:
    laid_down(command, here)
    assert refusal(command, whole=False) == "", f"{where}: {shlex.join(command)}"


def test_the_lines_are_found() -> None:
    assert len(TYPED) > 30
    assert ("docs/start.md", ["reconciler", "init", "mdm", "--yes"]) in [(w.split(":")[0], c) for w, c in TYPED]
    assert {command[1] for _, command in TYPED if len(command) > 1} >= {"plan", "validate", "sandbox"}


@pytest.mark.parametrize(
    "line",
    ["reconciler plan --aprove PII", "reconciler apply a b", "reconciler plann", "reconciler show --format xml p.json"],
)
def test_a_wrong_line_is_told(line: str, here: Path) -> None:
    [command] = commands(line)
    laid_down(command, here)
    assert refusal(command, whole=True)


def test_every_verb_is_on_the_page_of_the_command_line() -> None:
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    assert [verb for verb in VERBS if f"\n## `{verb}`\n" not in text] == []
