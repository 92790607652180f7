"""`reconciler watch`: what happens in CluedIn, as events; reads only, but for what it delivers to webhooks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from reconciler.cli.common import Setup, complain, say, tell
from reconciler.cli.progress import session


class _Moment(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time: write 2026-03-01T08:00:00Z", param, ctx)
        return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


@click.command("watch")
@click.option("--once", is_flag=True, help="Look once and leave, as for a schedule.")
@click.option("--every", type=click.FloatRange(min=1), default=60.0, metavar="S", help="Seconds between two looks.")
@click.option("--deliver", is_flag=True, help="Also send each event, signed, to the webhooks that want it.")
@click.option(
    "--since", type=_Moment(), metavar="T", help="For the first look: also tell what happened since (ISO 8601)."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="json is a line an event.")
@click.pass_obj
def command(setup: Setup, once: bool, every: float, deliver: bool, since: datetime | None, form: str) -> None:
    """Tell what happens in CluedIn: sources, crawlers, enrichers, streams, export targets, rules, exports, drift.

    Looks every so often and tells each event once; after a kill at least once. The first look tells nothing. Writes to
    no system. With --deliver events go to the Webhooks of the project, and what a receiver does not take is tried again
    later, by whatever watch runs then.

    Exit codes: 0; 5 nothing could be seen five times in a row, or a message was not delivered; 1 nothing could be seen
    this time, or the configuration is wrong; 4 another watch is at work.
    """
    with session(setup, "watch") as run:
        from reconciler.watch.watcher import Watcher

        watcher = Watcher(run, _teller(form), complain, deliver, since)
        if since is not None and watcher.file.path.exists():
            tell("Warning: --since is for the first look, and this is none")
        code = watcher.once() if once else watcher.stay(every)
    raise click.exceptions.Exit(int(code))


def _teller(form: str) -> Callable[[dict[str, Any]], None]:
    def told(message: dict[str, Any]) -> None:
        from reconciler.report import happened

        say(happened.line(message, form))
        sys.stdout.flush()

    return told
