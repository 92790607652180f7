"""What the Tab key offers: environments, kinds, types and addresses, of the manifests alone.

It asks no system, and where something is wrong it offers nothing and says nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class, get_completion_class

from reconciler.cli.common import tell

Source = Callable[[click.Context], Iterable[str]]
Completing = Callable[[click.Context, str], "list[CompletionItem]"]

MOST_BYTES = 1_000_000
"""Of more manifests than that only the types of addresses are offered: nobody waits for a key."""
_SPECIAL, _ESCAPED = re.compile(r"([^A-Za-z0-9_./:@%+=,-])", re.ASCII), r"\\\\\1"
_DOCUMENTS = {"contracts": ("ExportContract",), "exports": ("ExportContract", "Stream")}
"""The kinds whose documents the verbs of a group take by name."""


def answer(cli: click.Command, variable: str) -> int:
    """Answers a shell; the exit code."""
    shell = os.environ[variable].partition("_")[0]
    add_completion_class(_Bash)
    if get_completion_class(shell) is None:
        tell(f"{variable}: {shell} is not known; there is completion for bash, zsh, fish and more")
        return 1
    try:
        cli.main(args=[], prog_name="reconciler")
    except SystemExit as left:
        return int(left.code or 0)
    except Exception:  # noqa: BLE001 - whatever is wrong, a shell that completes a line is not the place to say so
        return 0
    return 0


def environments(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The environments of the project."""
    return _offered(lambda: _names_of_environments(_project(ctx)), incomplete)


def completed(command: click.Command, group: str = "") -> None:
    """Lets the parameters of a verb complete what their placeholders say they take."""
    for param in command.params:
        if source := _source(param, group):
            param.shell_complete = _completing(source)  # type: ignore[assignment]


def _source(param: click.Parameter, group: str) -> Source | None:
    words = re.findall(r"[A-Z]+", param.metavar or (param.name or "").upper())
    argument = isinstance(param, click.Argument)
    if "ADDRESS" in words or (argument and {"OLD", "NEW"} & {*words}):
        return _addresses
    if "TYPE" in words:
        return lambda _ctx: _kinds_and_types()
    if argument and group in _DOCUMENTS and {"NAME", "NAMES"} & {*words}:
        return lambda ctx: _names(ctx, _DOCUMENTS[group])
    return None


def _completing(source: Source) -> Completing:
    def shell_complete(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        return _offered(lambda: source(ctx), incomplete)

    return shell_complete


def _offered(source: Callable[[], Iterable[str]], incomplete: str) -> list[CompletionItem]:
    try:
        found = sorted({one for one in source() if one.startswith(incomplete)})
    except Exception:  # noqa: BLE001 - see `answer`
        return []
    return [CompletionItem(one) for one in found if one.isprintable()]


def _kinds_and_types() -> Iterable[str]:
    from reconciler.kinds import models
    from reconciler.resources import types

    return [*models(), *types()]


def _addresses(ctx: click.Context) -> Iterable[str]:
    """The addresses that the manifests want, while those are few enough to be read in a moment; else their types."""
    from reconciler.desired import load
    from reconciler.resources import types

    project = _project(ctx)
    if _size(project) > MOST_BYTES:
        return [f"{name}:" for name in types()]
    known = _names_of_environments(project)
    named = ctx.find_root().params.get("environment") or os.environ.get("RECONCILER_ENV")
    return load(project, named or ("sandbox" if "sandbox" in known else known[0]), {}).resources


def _names(ctx: click.Context, kinds: tuple[str, ...]) -> Iterable[str]:
    from reconciler.kinds import models
    from reconciler.manifest.project import load_project

    project = load_project(_project(ctx), models(), environment=None, process_env={})
    return [document.name for document in project.documents if document.kind in kinds]


def _names_of_environments(project: Path) -> list[str]:
    from reconciler.cli.common import Setup

    return Setup(project, None, quiet=True, verbose=False).environments()


def _project(ctx: click.Context) -> Path:
    from reconciler.cli.standing import project_around

    return ctx.find_root().params.get("project") or project_around(Path())


def _size(project: Path) -> int:
    return sum(path.stat().st_size for path in (project / "manifests").rglob("*.y*ml"))


class _Bash(BashComplete):
    """Addresses have colons and blanks in them; Bash takes the one for the end of a word, and the other too."""

    name = "bash"
    _begun = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words, with what a colon tore apart put together; the last one is completed."""
        args, incomplete = super().get_completion_args()
        words: list[str] = []
        for word in [*args, incomplete]:
            if words and (word.startswith(":") or words[-1].endswith(":")) and not words[-1].startswith("-"):
                words[-1] += word
            else:
                words.append(word)
        self._begun = words[-1][: words[-1].rfind(":") + 1]
        return words[:-1], words[-1]

    def format_completion(self, item: CompletionItem) -> str:
        """What takes the place of the part after the last colon."""
        if item.type != "plain" or not item.value:
            return super().format_completion(item)
        value = str(item.value).removeprefix(self._begun)
        return f"plain,{_SPECIAL.sub(_ESCAPED, value)}"
