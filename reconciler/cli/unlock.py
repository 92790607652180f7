"""`reconciler unlock`: takes the lock of a run away that is known to be dead."""

from __future__ import annotations

import click

from reconciler.cli.common import Setup, agreed, tell
from reconciler.cli.progress import session


@click.command("unlock")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def command(setup: Setup, yes: bool) -> None:
    """Take the lock of the ledger away from a run that is dead.

    Nothing has to be done for it to run out by itself. A run that lives sees it within 15 seconds and
    stops before its next write.
    """
    with session(setup, "unlock") as run:
        book = run.ledger_place()
        holder = book.holder()
        if not holder:
            tell(f"nobody holds the ledger {book.place}")
            return
        tell(f"{holder} holds the ledger {book.place}")
        if not yes and not agreed("Is it dead?"):
            from reconciler.errors import ReconcilerError

            raise ReconcilerError.of("unlock.declined", "the lock stays: the answer was not yes")
        book.unlock()
        tell("the lock is gone")
