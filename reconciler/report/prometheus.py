"""Figures of contracts in Prometheus' text format 0.0.4: for a textfile collector, a push gateway or a scrape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from reconciler.contracts.measures import Measured

Figure = float | int | bool | None

METRICS: Mapping[str, str] = {
    "measured": "1 where the contract could be measured, 0 where not.",
    "rows": "Rows of the newest complete run.",
    "duration_seconds": "How long the newest complete run took.",
    "latency_seconds": "From the moment whose data the newest complete file holds to when it was ready.",
    "latency_p95_seconds": "Of 100 complete files in the history 95 had at most this latency.",
    "data_timestamp_seconds": "The moment whose data the newest complete file holds, as Unix time.",
    "end_timestamp_seconds": "When the newest complete run ended, as Unix time.",
    "last_run_failed": "1 where the newest run that is over failed.",
    "runs": "Runs that the connector remembers.",
    "target_healthy": "1 where CluedIn calls the export target healthy.",
    "keys_out_of_use": "Columns whose vocabulary key is missing, obsolete or mapped away in CluedIn.",
    "source_records": "Records of the data sets that feed the contract.",
    "source_records_failed": "Records of the data sets that feed the contract and failed in CluedIn.",
}
"""Every metric without its prefix, with what it says; all are gauges, as the history forgets its oldest runs."""
PREFIX = "reconciler_export_"


def text(environment: str, found: Iterable[Measured]) -> str:
    """One gauge after another, each with every contract that has it."""
    figures = {one.schema.contract: _figures(one) for one in found}
    lines: list[str] = []
    for name, help in METRICS.items():
        samples = [(contract, values[name]) for contract, values in figures.items() if values.get(name) is not None]
        if samples:
            lines += [f"# HELP {PREFIX}{name} {help}", f"# TYPE {PREFIX}{name} gauge"]
            lines += [f"{PREFIX}{name}{_labels(environment, contract)} {_number(value)}" for contract, value in samples]
    return "".join(f"{line}\n" for line in lines)


def _figures(one: Measured) -> dict[str, Figure]:
    found: dict[str, Figure] = {
        "measured": not one.failure,
        "target_healthy": one.healthy,
        "keys_out_of_use": one.keys_out_of_use,
        "source_records": one.records,
        "source_records_failed": one.failed,
    }
    return found | (dict(_runs(one)) if one.freshness is not None else {})


def _runs(one: Measured) -> Iterator[tuple[str, Figure]]:
    over = next((run for run in one.runs if run.complete or run.failed), None)
    yield "runs", len(one.runs)
    yield "last_run_failed", over is not None and over.failed
    newest = one.freshness.newest if one.freshness is not None else None
    if newest is None or one.freshness is None:
        return
    yield "rows", newest.rows
    yield "duration_seconds", _between(newest.start_time, newest.end_time)
    yield "latency_seconds", _between(newest.data_time, newest.end_time)
    if one.freshness.p95_minutes is not None:
        yield "latency_p95_seconds", one.freshness.p95_minutes * 60
    yield "data_timestamp_seconds", _unix(newest.data_time)
    yield "end_timestamp_seconds", _unix(newest.end_time)


def _between(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start is not None and end is not None else None


def _unix(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment is not None else None


def _labels(environment: str, contract: str) -> str:
    return f'{{environment="{_escaped(environment)}",contract="{_escaped(contract)}"}}'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: Figure) -> str:
    return str(int(value)) if isinstance(value, bool | int) else f"{value:.3f}"
