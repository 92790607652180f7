"""`reconciler sandbox serve`: the local systems. The sandbox has a command of its own, and this is the same one."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType

import click

from reconciler.cli.common import tell
from reconciler.errors import ConfigurationError
from reconciler_sandbox import command as sandbox
from reconciler_sandbox.settings import SandboxError, Settings
from reconciler_sandbox.sign_in import PASSWORD

SECRETS = {"CLUEDIN_PASSWORD": PASSWORD, "PURVIEW_TOKEN": "any-token", "LAKE_KEY": "any-key"}
"""What the environments name that `init` and the worked example have for the sandbox."""


@click.group("sandbox")
def command() -> None:
    """Serve a local CluedIn, Purview and Entra ID."""


def _serve(settings: Settings) -> None:
    server = served()
    try:
        server.serve(settings, lambda told: tell("\n".join([told, *to_paste(told, settings)])))
    except SandboxError as error:
        raise ConfigurationError.of("sandbox.unusable", str(error), error.advice) from None


def to_paste(told: str, settings: Settings) -> list[str]:
    """Lines for the shell in which reconciler runs; none where the sandbox takes no token without looking at it.

    The address is the one that the sandbox told in its first line.
    """
    if settings.atlas or settings.strict_auth:
        return []
    url = told.partition("\n")[0].split()[-1]
    more = {"RECONCILER_SECRETS": ",".join(SECRETS), "RECONCILER_VAR_SANDBOX_URL": url}
    return ["Paste this where you run reconciler:", *(f"  {line}" for line in map(_exported, (SECRETS, more)))]


def _exported(variables: dict[str, str]) -> str:
    if os.name == "nt":
        return "; ".join(f"$env:{name} = '{value}'" for name, value in variables.items())
    return "export " + " ".join(f"{name}={value}" for name, value in variables.items())


command.add_command(sandbox.serving("serve", _serve))


def served() -> ModuleType:
    """The sandbox's server; raises `ConfigurationError` that says how to install what it needs."""
    try:
        return sandbox.served()
    except SandboxError as error:
        raise ConfigurationError.of("sandbox.missing", str(error), error.advice) from None


def example() -> Path:
    """The manifests of the worked example: inside the installed package, else at the top of the clone."""
    package = Path(sandbox.__file__).parent
    return next(folder for folder in (package / "example", package.parent / "manifests") if folder.is_dir())
