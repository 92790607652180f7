"""The command that serves: one list of options, whoever starts it."""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable
from types import ModuleType

import click

from reconciler_sandbox.settings import SandboxError, Settings

_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)*(?:-[\w.]+)?")
_MILLISECONDS = click.IntRange(min=0)


def _version(_context: click.Context, _option: click.Parameter, given: str) -> str:
    told = given.strip().removeprefix("v")
    if not _VERSION.fullmatch(told):
        raise click.BadParameter(f"{given!r} is no version such as 4.6")
    return told


def _rate(_context: click.Context, _option: click.Parameter, given: float | None) -> float | None:
    """`nan` is in every range, and neither above nor below any rate."""
    if given is not None and math.isnan(given):
        raise click.BadParameter("nan is no number of requests")
    return given


def _options() -> list[click.Parameter]:
    """Options of the command; those of one name are the members of `Settings`."""
    return [
        click.Option(["--host"], default="127.0.0.1", show_default=True, help="Where it listens."),
        click.Option(
            ["--port"],
            type=click.IntRange(0, 65535),
            default=8180,
            show_default=True,
            metavar="N",
            help="On which port; 0 takes a free one, and says which.",
        ),
        click.Option(["--data"], type=click.Path(dir_okay=False), help="Keep the state in this SQLite file."),
        click.Option(
            ["--seed"],
            default="demo",
            show_default=True,
            metavar="demo|native|empty|FILE",
            help="What is there at the start.",
        ),
        click.Option(
            ["--latency-ms"],
            type=_MILLISECONDS,
            default=0,
            show_default=True,
            help="Wait this long before each answer.",
        ),
        click.Option(
            ["--rate-limit"],
            type=click.FloatRange(min=0),
            callback=_rate,
            metavar="REQ_PER_S",
            help="Answer 429 above this rate; 0 sets none.",
        ),
        click.Option(
            ["--mode"],
            type=click.Choice(["purview", "atlas"]),
            default="purview",
            show_default=True,
            help="Which of the two the data map is.",
        ),
        click.Option(
            ["--cluedin-version"],
            default="4.8",
            show_default=True,
            callback=_version,
            help="Behave as this CluedIn: schema, paths and the version it tells.",
        ),
        click.Option(["--approvals"], is_flag=True, help="Let writes to CluedIn wait for an approval."),
        click.Option(
            ["--undocumented"],
            type=click.Choice(["on", "off"]),
            default="on",
            show_default=True,
            callback=lambda _context, _option, given: given == "on",
            help="Answer at paths of CluedIn that no current description has.",
        ),
        click.Option(["--normalise"], is_flag=True, help="Trim and reformat values as real servers do."),
        click.Option(["--literal-plus"], is_flag=True, help="Take a + in a query for a plus, not for a blank."),
        click.Option(["--lag-ms"], type=_MILLISECONDS, default=0, show_default=True, help="Show writes this late."),
        click.Option(["--strict-auth"], is_flag=True, help="Check tokens."),
        click.Option(["--strict-claims"], is_flag=True, help="Check the claims of CluedIn's people."),
    ]


def serving(name: str, run: Callable[[Settings], object]) -> click.Command:
    """The command under a name; `run` gets what it was told."""
    return click.Command(
        name,
        params=_options(),
        callback=lambda **given: run(Settings(**given)),
        help="Serve every system under its real paths, in one process on one port.",
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def served() -> ModuleType:
    """The server; raises `SandboxError` that says how to install what it needs."""
    try:
        return importlib.import_module("reconciler_sandbox.server")
    except ImportError as error:
        raise SandboxError(
            f"the sandbox needs {error.name}", "Install it with: pip install 'cluedin-purview-reconciler[sandbox]'"
        ) from None


class _RefusedError(click.ClickException):
    """What the sandbox was told cannot be done, which is wrong usage."""

    exit_code = 2


def _serve(settings: Settings) -> None:
    try:
        served().serve(settings, lambda text: click.echo(text, err=True))
    except SandboxError as error:
        raise _RefusedError(f"{error}\n{error.advice}") from None


main = serving("cluedin-purview-sandbox", _serve)
"""`cluedin-purview-sandbox`: leaves with 0 when it is stopped, and with 2 where it cannot do what it was told."""
