"""`reconciler sandbox serve`: the local systems. The sandbox has a command of its own, and this is the same one."""

from __future__ import annotations

from types import ModuleType

import click

from reconciler.cli.common import tell
from reconciler.errors import ConfigurationError
from reconciler_sandbox import command as sandbox
from reconciler_sandbox.settings import SandboxError, Settings


@click.group("sandbox")
def command() -> None:
    """Serve a local CluedIn, Purview and Entra ID."""


def _serve(settings: Settings) -> None:
    server = served()
    try:
        server.serve(settings, tell)
    except SandboxError as error:
        raise ConfigurationError.of("sandbox.unusable", str(error), error.advice) from None


command.add_command(sandbox.serving("serve", _serve))


def served() -> ModuleType:
    """The sandbox's server; raises `ConfigurationError` that says how to install what it needs."""
    try:
        return sandbox.served()
    except SandboxError as error:
        raise ConfigurationError.of("sandbox.missing", str(error), error.advice) from None
