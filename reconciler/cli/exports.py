"""`reconciler exports`: runs an export now, and shows the runs there were. An action, never a part of a plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.common import SECONDS, Setup, say
from reconciler.cli.progress import session
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.actions.streams import LiveStream
    from reconciler.systems.cluedin import CluedIn
    from reconciler.workflow import Session

FORM = click.Choice(["text", "json"])
CODES = {"failed": Exit.ERROR, "running": Exit.PARTIAL, "no_run": Exit.PARTIAL, "unknown": Exit.PARTIAL}


def _plain(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """An id that can stand in a header."""
    if value is not None and not re.fullmatch(r"[\x21-\x7e]{1,128}", value):
        raise click.BadParameter("1 to 128 printable ASCII characters without blanks", ctx=ctx, param=param)
    return value


@click.group("exports")
def command() -> None:
    """Run an export now, or show its runs. NAME is that of an ExportContract or a Stream."""


@command.command("run")
@click.argument("name")
@click.option("--wait", type=SECONDS, default=0.0, metavar="S", help="Seconds to wait for its end.")
@click.option("--correlation-id", metavar="ID", callback=_plain, help="Sent along, as the id of a pipeline's run.")
@click.option("--format", "form", type=FORM, default="text", help="The report on stdout.")
@click.pass_obj
def run_(setup: Setup, name: str, wait: float, correlation_id: str | None, form: str) -> None:
    """Run the export of NAME now.

    Exit codes: 0 accepted, or complete with --wait; 4 refused and nothing done; 1 failed; 5 it was asked for and
    its end is open.
    """
    with session(setup, "exports run") as run, _stream(run, name) as (cluedin, stream):
        from reconciler.actions.exports import Runner

        runner = Runner(cluedin, stream, wait, correlation_id=correlation_id or run.correlation_id)
        run.note(f"correlation id {runner.correlation_id}")
        outcome = runner.run()
    from reconciler.report import jsonform
    from reconciler.report import runs as report

    shape = {"format_version": jsonform.FORMAT, **_named(name, stream), **outcome.as_dict()}
    say(jsonform.dump(shape) if form == "json" else report.outcome(shape))
    raise click.exceptions.Exit(CODES.get(outcome.state, Exit.OK))


@command.command("history")
@click.argument("name")
@click.option("--format", "form", type=FORM, default="text", help="The report on stdout.")
@click.pass_obj
def history_(setup: Setup, name: str, form: str) -> None:
    """Show the runs of the export of NAME that its connector remembers, the newest first; writes nothing."""
    with session(setup, "exports history") as run, _stream(run, name) as (cluedin, stream):
        from datetime import UTC, datetime

        from reconciler.actions.exports import history
        from reconciler.actions.freshness import measure

        runs = history(cluedin, stream.id)
        fresh = measure(runs, datetime.now(UTC))
    from reconciler.report import jsonform
    from reconciler.report import runs as report

    rows = [run.as_dict() for run in runs]
    shape = {"format_version": jsonform.FORMAT, **_named(name, stream), "freshness": fresh.as_dict(), "runs": rows}
    say(jsonform.dump(shape) if form == "json" else report.history(shape))


@contextmanager
def _stream(run: Session, name: str) -> Iterator[tuple[CluedIn, LiveStream]]:
    """The live stream of a document, and the CluedIn it is in; what needs no live answer is read offline."""
    from reconciler.actions.streams import live_stream, wanted_stream
    from reconciler.systems.cluedin import CluedIn

    draft = run.draft()
    want = wanted_stream(draft.wishes().required().resources, name)
    with run.connected(draft) as systems:
        stream = live_stream(want, systems)
        cluedin = systems["cluedin"]
        assert isinstance(cluedin, CluedIn)
        yield cluedin, stream


def _named(name: str, stream: LiveStream) -> dict[str, Any]:
    return {"name": name, "stream": stream.name, "stream_id": stream.id}
