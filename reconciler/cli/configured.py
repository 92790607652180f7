"""What the verbs of crawlers, enrichers and rules share: whose configuration is meant, and what came of a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from reconciler.cli.common import say
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.actions.providers import Done
    from reconciler.systems.cluedin import CluedIn
    from reconciler.workflow import Session

_SAID = {
    "accepted": "CluedIn took the request: {} of {}.",
    "complete": "Complete: {} of {}.",
    "running": "Not over yet: {} of {}.",
    "unknown": "The answer was lost, and it may be going on: {} of {}.",
}


@contextmanager
def configured(run: Session, kind: str, name: str) -> Iterator[tuple[CluedIn, str]]:
    """The CluedIn and the id of what a document describes; what needs no live answer is read offline."""
    from reconciler.actions.providers import live_provider, wanted_provider
    from reconciler.systems.cluedin import CluedIn

    draft = run.draft()
    want = wanted_provider(draft.wishes().required().resources, kind, name)
    with run.connected(draft) as systems:
        id = live_provider(want, systems)
        cluedin = systems["cluedin"]
        assert isinstance(cluedin, CluedIn)
        yield cluedin, id


def tell_end(done: Done, what: str, name: str) -> None:
    """One line, and the exit code: 5 where the end is open."""
    say(_SAID[done.state].format(what, name) + (f" ({done.message})" if done.message else ""))
    raise click.exceptions.Exit(Exit.PARTIAL if done.state in ("running", "unknown") else Exit.OK)
