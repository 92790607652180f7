"""What to do about words that are no command: the verb that was meant, or where all of them stand."""

from __future__ import annotations

import re
from difflib import get_close_matches

import click

from reconciler.cli.common import Setup

_TYPED = re.compile(r"(?:argument|command)s? [('](.+?)[)']")
_OF_CLICK = ("No such command", "Got unexpected", "Missing")


def advice(error: click.ClickException) -> list[str]:
    """A line for what click itself refuses, which says only what is wrong; none where the verb said what to do."""
    message = error.format_message()
    if not isinstance(error, click.UsageError) or "Did you mean" in message:
        return []
    if error.ctx is None:
        return ["`reconciler --help` lists what there is."] if "requires an argument" in message else []
    ctx, typed = error.ctx, _TYPED.search(message)
    if typed and isinstance(ctx.command, click.Group):
        near = get_close_matches(typed[1], ctx.command.list_commands(ctx), n=1)
        if near:
            return [f"Did you mean `{ctx.command_path} {near[0]}`?"]
    setup = ctx.find_root().obj
    if typed and isinstance(setup, Setup) and typed[1] in setup.environments():
        return [f"An environment is named with --env: `{ctx.command_path} --env {typed[1]}`."]
    if isinstance(error, click.NoSuchOption | click.MissingParameter) or message.startswith(_OF_CLICK):
        return [f"`{ctx.command_path} --help` lists what there is."]
    return []
