"""`reconciler sandbox serve`: the local systems."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

import click

from reconciler.cli.common import tell
from reconciler.errors import ConfigurationError
from reconciler.systems.cluedin_versions import parse


def _version(given: str) -> str:
    if parse(given) is None:
        raise click.BadParameter(f"{given!r} is no version such as 4.6")
    return given


@click.group("sandbox")
def command() -> None:
    """Serve a local CluedIn, Purview and Entra ID."""


@command.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8180, show_default=True)
@click.option("--data", type=click.Path(dir_okay=False), help="Keep the state in this SQLite file.")
@click.option(
    "--seed", default="demo", show_default=True, metavar="demo|empty|FILE", help="What is there at the start."
)
@click.option("--latency-ms", type=int, default=0, show_default=True, help="Wait this long before each answer.")
@click.option("--rate-limit", type=float, metavar="REQ_PER_S", help="Answer 429 above this rate.")
@click.option("--mode", type=click.Choice(["purview", "atlas"]), default="purview", show_default=True)
@click.option(
    "--cluedin-version",
    default="4.8",
    show_default=True,
    callback=lambda _context, _option, given: _version(given),
    help="Behave as this CluedIn: schema, paths and the version it tells.",
)
@click.option("--approvals", is_flag=True, help="Let writes to CluedIn wait for an approval.")
@click.option("--normalise", is_flag=True, help="Trim and reformat values as real servers do.")
@click.option("--literal-plus", is_flag=True, help="Take a + in a query for a plus, not for a blank.")
@click.option("--lag-ms", type=int, default=0, show_default=True, help="Show writes this late.")
@click.option("--strict-auth", is_flag=True, help="Check tokens.")
def serve(**given: Any) -> None:
    """Serve every system under its real paths, in one process on one port."""
    from reconciler_sandbox.settings import SandboxError, Settings

    try:
        served().serve(Settings(**given), tell)
    except SandboxError as error:
        raise ConfigurationError.of("sandbox.unusable", str(error), error.advice) from None


def served() -> ModuleType:
    """The sandbox's server; raises `ConfigurationError` that says how to install what it needs."""
    try:
        return importlib.import_module("reconciler_sandbox.server")
    except ImportError as error:
        raise ConfigurationError.of(
            "sandbox.missing", f"the sandbox needs {error.name}", "Install it with: pip install 'reconciler[sandbox]'"
        ) from None
