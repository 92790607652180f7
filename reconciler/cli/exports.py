"""`reconciler exports`: runs an export now, and shows the runs there were. An action, never a part of a plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.common import SECONDS, Setup, for_files, require_writable, say, writing
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


def moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """A moment in ISO 8601; one without a zone, or a day alone, is in UTC."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("a moment such as 2027-03-31T08:00:00+00:00", ctx=ctx, param=param) from None
    return found.replace(tzinfo=found.tzinfo or UTC)


def _step(ctx: click.Context, param: click.Parameter, value: str) -> timedelta:
    """A length of time in hours or days."""
    found = re.fullmatch(r"([1-9][0-9]{0,3})([hd])", value)
    if found is None:
        raise click.BadParameter("a number of hours or days, such as 12h or 1d", ctx=ctx, param=param)
    return timedelta(hours=int(found[1])) if found[2] == "h" else timedelta(days=int(found[1]))


@click.group("exports")
def command() -> None:
    """Run an export now, or show its runs. NAME is that of an ExportContract or a Stream."""


@command.command("run")
@click.argument("name")
@click.option("--wait", type=SECONDS, default=0.0, metavar="S", help="Seconds to wait for its end.")
@click.option("--correlation-id", metavar="ID", callback=_plain, help="Sent along, as the id of a pipeline's run.")
@click.option(
    "--after",
    metavar="TIME",
    callback=moment,
    help="Ask for none where a run that began after this moment, as `exports history` shows it, is there or under way.",
)
@click.option("--format", "form", type=FORM, default="text", help="The report on stdout.")
@click.pass_obj
def run_(setup: Setup, name: str, wait: float, correlation_id: str | None, after: datetime | None, form: str) -> None:
    """Run the export of NAME now.

    A pipeline that tries again after exit code 5 gives `--after` with the newest run from before its first try: then
    nothing is exported twice.

    Exit codes: 0 accepted, or complete with --wait; 4 refused and nothing done; 1 failed; 5 it was asked for and
    its end is open.
    """
    with session(setup, "exports run") as run, _stream(run, name) as (cluedin, stream):
        from reconciler.actions.exports import Runner

        runner = Runner(cluedin, stream, wait, correlation_id or run.correlation_id, after)
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
        from reconciler.actions.exports import history
        from reconciler.actions.freshness import measure

        runs = history(cluedin, stream.id)
        fresh = measure(runs, datetime.now(UTC))
    from reconciler.report import jsonform
    from reconciler.report import runs as report

    rows = [run.as_dict() for run in runs]
    shape = {"format_version": jsonform.FORMAT, **_named(name, stream), "freshness": fresh.as_dict(), "runs": rows}
    say(jsonform.dump(shape) if form == "json" else report.history(shape))


@command.command("compare")
@click.argument("name")
@click.option("--from", "start", required=True, metavar="TIME", callback=moment, help="The first moment.")
@click.option("--to", "end", required=True, metavar="TIME", callback=moment, help="The last moment; of a day, its end.")
@click.option("--step", default="1d", metavar="STEP", callback=_step, help="One file each 12h, 1d (the default) or so.")
@click.option("--format", "form", type=FORM, default="text", help="The report on stdout.")
@click.pass_obj
def compare_(setup: Setup, name: str, start: datetime, end: datetime, step: timedelta, form: str) -> None:
    """Compare files that the export of NAME wrote with what CluedIn's cache held then; writes nothing.

    Of each step the newest complete run is looked at: its rows, and those that the stream cache has as of the moment
    whose data the file holds. Past days cannot be exported again, as each run writes all records of now.

    Exit codes: 1 where rows differ or the cache does not tell; 0 otherwise, also for steps without a run.
    """
    last = end + timedelta(days=1) if end.time() == datetime.min.time() else end
    if not start < last or (last - start) / step > 1000:
        raise click.UsageError("--from comes before --to, and not more than 1,000 steps lie between")
    with session(setup, "exports compare") as run, _stream(run, name) as (cluedin, stream):
        from reconciler.actions.counts import compared

        found = compared(cluedin, stream.id, start, last, step)
    from reconciler.report import jsonform
    from reconciler.report import runs as report

    rows = [one.as_dict() for one in found]
    shape = {"format_version": jsonform.FORMAT, **_named(name, stream), "steps": rows}
    say(jsonform.dump(shape) if form == "json" else report.counts(shape))
    if any(one.state in ("differs", "unknown") for one in found):
        raise click.exceptions.Exit(Exit.ERROR)


@command.command("metrics")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Replace this file, whole or not at all.")
@click.pass_obj
def metrics_(setup: Setup, names: tuple[str, ...], out: Path | None) -> None:
    """Show figures of export contracts, all or those named, as Prometheus reads them; writes nothing elsewhere.

    Rows, times and failures of the newest runs, health of targets, keys that are out of use, records that failed in
    the data sets beneath. `handover alerts` has the rules and the dashboard for them. Exit code 5 where a contract
    could not be measured: the others are there.
    """
    if out is not None:
        require_writable([out], setup.project)
    with session(setup, "exports metrics") as run:
        from reconciler.cli.odcs import require_known
        from reconciler.contracts.check import schemas
        from reconciler.contracts.measures import measured

        draft = run.draft()
        known = schemas(draft)
        require_known(names, set(known))
        with run.connected(draft) as systems:
            wishes = run.wishes(draft, run.book(draft).load())
            chosen = [schema for name, schema in sorted(known.items()) if not names or name in names]
            found = measured(chosen, wishes.known, systems, datetime.now(UTC))
        for one in found:
            if one.failure:
                run.note(f"{one.schema.contract} could not be measured: {one.failure}")
    from reconciler.report import prometheus

    text = prometheus.text(run.environment, found)
    if out is None:
        say(text)
    else:
        _replace(out, for_files(text))
    raise click.exceptions.Exit(Exit.PARTIAL if any(one.failure for one in found) else Exit.OK)


def _replace(path: Path, text: str) -> None:
    """Who reads the file at any moment sees the old text or the new one."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)


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
