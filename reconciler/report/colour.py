"""Whether a report is coloured, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click

Paint = Callable[..., str]
_OFF = frozenset({"0", "false", "no"})


def wants_colour(env: Mapping[str, str], is_tty: bool, flag: bool | None = None) -> bool:
    """Whether to colour: a flag, then FORCE_COLOR, NO_COLOR, CLICOLOR_FORCE, then the terminal.

    A variable that is set to nothing counts as not set.
    """
    if flag is not None:
        return flag
    if forced := env.get("FORCE_COLOR"):
        return forced.lower() not in _OFF
    if env.get("NO_COLOR"):
        return False
    if env.get("CLICOLOR_FORCE", "") not in ("", "0"):
        return True
    return is_tty and env.get("TERM") != "dumb"


def painter(colour: bool) -> Paint:
    """`paint(text, fg=…, bold=…)`: ANSI styles, or the text as it is."""
    return _styled if colour else _plain


def _styled(text: str, **style: object) -> str:
    return click.style(text, **style) if text else text  # type: ignore[arg-type]


def _plain(text: str, **style: object) -> str:  # noqa: ARG001 - the same signature as the styled one
    return text
