"""`reconciler webhook`: what a receiver checks, by hand."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from reconciler.cli.common import Setup, say
from reconciler.cli.progress import session
from reconciler.errors import Exit

_WORDS = {
    "valid": "Valid: {} was signed with the secret of {}, and did not come before.",
    "duplicate": "Duplicate: {} came before; answer as if it were new, and do nothing.",
    "incomplete": "Not a message: webhook-id, webhook-timestamp or webhook-signature is missing or is none.",
    "stale": "Stale: {} was signed more than {:.0f} s from now.",
    "invalid": "Invalid: {} was not signed with the secret of {}, or its body is not as it was sent.",
}
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("webhook")
def command() -> None:
    """Verify a message that came from `watch`."""


@command.command("verify")
@click.argument("name")
@click.option("--headers", type=_FILE, required=True, metavar="FILE", help="The headers as they came, one a line.")
@click.option("--body", type=_FILE, required=True, metavar="FILE", help="The body as it came, byte for byte.")
@click.option("--tolerance", type=click.FloatRange(min=0), default=300.0, metavar="S", help="Seconds from now.")
@click.option(
    "--seen",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keeps the ids that came, in a file that is made where it is missing; what came before is refused.",
)
@click.pass_obj
def verify_(setup: Setup, name: str, headers: Path, body: Path, tolerance: float, seen: Path | None) -> None:
    """Verify a message with the secret of the Webhook NAME.

    Exit codes: 0 valid; 4 anything else, and nothing should be done.
    """
    with session(setup, "webhook verify") as run:
        secrets = _secrets(run, name)
        from reconciler.webhooks import SeenInFile, SeenInMemory, verify

        keeper = SeenInFile(seen) if seen is not None else SeenInMemory()
        verdict = verify(
            _headers(headers), body.read_bytes(), secrets, now=time.time(), seen=keeper, tolerance=tolerance
        )
        if verdict.state == "valid":
            keeper.confirm(verdict.id)
    about: tuple[Any, ...] = (verdict.id, tolerance if verdict.state == "stale" else name)
    say(_WORDS[verdict.state].format(*about))
    raise click.exceptions.Exit(Exit.OK if verdict.state == "valid" else Exit.REFUSED)


def _secrets(run: Any, name: str) -> tuple[str, ...]:
    """The secrets of a webhook that `watch` delivers to; raises `ReconcilerError` where there is none of the name."""
    from reconciler.environment.secrets import Secrets
    from reconciler.errors import ReconcilerError
    from reconciler.manifest.suggest import did_you_mean
    from reconciler.watch.hooks import hooks_of

    hooks, _ = hooks_of(run.draft().wishes().required(), Secrets(run.process_env))
    found = next((one for one in hooks if one.name == name), None)
    if found is None:
        known = [one.name for one in hooks]
        raise ReconcilerError.of(
            "webhook.unknown",
            f"no Webhook named {name} is delivered by `watch`",
            did_you_mean(name, known, what="There are"),
        )
    return found.secrets


def _headers(path: Path) -> Mapping[str, str]:
    """Lines `name: value`; others, as a first line of HTTP, are passed over."""
    lines = path.read_text(encoding="latin-1").splitlines()
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}
