"""The reports of actions: a run of an export, the runs there were, figures of data sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.report.words import number, visible

Shape = Mapping[str, Any]

_STATES = {
    "accepted": "CluedIn took the request to run the export of {}.",
    "complete": "The export of {} is complete.",
    "failed": "The export of {} failed.",
    "running": "The export of {} is still running.",
    "no_run": "The export of {} was asked for, and no run of it shows.",
    "unknown": "The export of {} was asked for, and the answer was lost: it may be running.",
}
_NEXT = {
    "accepted": "See how it ends with: reconciler exports history {}",
    "running": "See how it ends with: reconciler exports history {}",
    "no_run": "Look before you run it again: reconciler exports history {}",
    "unknown": "Look before you run it again: reconciler exports history {}",
}
SHOWN = 20
"""Runs that a person is shown; JSON has all of them."""


def outcome(shape: Shape) -> str:
    """What became of a run that was asked for."""
    return _text(_outcome(shape))


def _outcome(shape: Shape) -> Iterator[str]:
    yield _STATES[shape["state"]].format(visible(shape["stream"]))
    if shape["message"]:
        yield f"  {visible(shape['message'])}"
    if shape["run"]:
        yield f"  {_run(shape['run'])}"
    yield f"Correlation id: {shape['correlation_id']}"
    if shape["state"] in _NEXT:
        yield _NEXT[shape["state"]].format(visible(shape["name"]))


def history(shape: Shape) -> str:
    """The runs of an export, the newest first, and how fresh they left their files."""
    return _text(_history(shape))


def _history(shape: Shape) -> Iterator[str]:
    runs, fresh = shape["runs"], shape["freshness"]
    yield f"Export of {visible(shape['stream'])}: {number(len(runs), 'run')} in its history."
    yield from (f"  {_run(run)}" for run in runs[:SHOWN])
    if len(runs) > SHOWN:
        yield f"  … and {number(len(runs) - SHOWN, 'older run')}"
    if fresh["p95_minutes"] is not None:
        yield (
            f"95 of 100 files were ready within {fresh['p95_minutes']:g} min of the moment whose data they hold;"
            f" the newest ended {fresh['age_minutes']:g} min ago."
        )
    if fresh["assumed_utc"]:
        yield "Some times came without a zone and were taken for UTC."


def _run(run: Shape) -> str:
    told = [f"{run['start_time'] or 'at an unknown time'}  {visible(run['status']) or 'without a status'}"]
    if run["rows"] is not None:
        told.append(number(run["rows"], "row"))
    if run["file"]:
        told.append(visible(run["file"]))
    return ", ".join(told)


_COUNTS = {
    "same": "as many as CluedIn had then",
    "differs": "CluedIn had {} then",
    "unknown": "CluedIn does not tell how many it had then",
}


def counts(shape: Shape) -> str:
    """Files of past steps beside what CluedIn's cache held then."""
    return _text(_counts(shape))


def _counts(shape: Shape) -> Iterator[str]:
    steps = shape["steps"]
    yield f"Export of {visible(shape['stream'])}: {number(len(steps), 'step')}."
    for step in steps:
        if step["run"] is None:
            yield f"  {step['from']}  no complete run"
        else:
            told = _COUNTS[step["state"]].format(number(step["rows"] or 0, "row"))
            yield f"  {step['from']}  {step['state']}: {_run(step['run'])}; {told}"


def figures(shape: Shape) -> str:
    """The figures that were published, and why others were not."""
    return _text(_figures(shape))


def _figures(shape: Shape) -> Iterator[str]:
    rows = shape["data_sets"]
    if not rows:
        links = shape["documents"]
        why = f"{', '.join(map(visible, links))} want no data set here" if links else "no DataSourceLink says so"
        yield f"Nothing to publish: {why}."
        return
    for row in rows:
        told = [f"{row['state'].replace('_', ' ')}: {visible(row['data_set'])}"]
        if row["records_total"] is not None:
            told.append(number(row["records_total"], "record"))
        if row["records_failed"] is not None:
            told.append(f"{row['records_failed']:,} failed")
        if row["message"]:
            told.append(visible(row["message"]))
        yield "  " + "; ".join(told)
    done = sum(1 for row in rows if row["state"] == "published")
    yield f"Published {done:,} of {number(len(rows), 'data set')}."


def _text(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"
