"""`reconciler release-notes`: what changed between two Git revisions of the manifests, for people; offline."""

from __future__ import annotations

import click

from reconciler.cli.common import Setup, say
from reconciler.cli.progress import session


@click.command("release-notes")
@click.option("--from", "since", required=True, metavar="REV", help="The Git revision that readers know.")
@click.option("--to", default="HEAD", show_default=True, metavar="REV", help="The Git revision that they get.")
@click.pass_obj
def command(setup: Setup, since: str, to: str) -> None:
    """Write what changed between two Git revisions as Markdown, by concept; breaking changes of contracts first.

    Only the manifests are compared: what the live systems tell (columns mapped by name) is not in it.
    """
    with session(setup, "release-notes") as run:
        from datetime import UTC, datetime

        from reconciler.release import release
        from reconciler.report import notes

        today = datetime.now(UTC).date().isoformat()
        found = release(run.root, run.environment, since, to, run.process_env, today)
    say(notes.markdown(found))
