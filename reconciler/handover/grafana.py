"""A dashboard of Grafana over the figures of `reconciler exports metrics`, for all contracts of an environment at once.

Its form is that of Grafana's dashboard JSON, schema version 39 [B]; the data source is a variable, so that it fits any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.handover.base import Subject

_SOURCE = {"type": "prometheus", "uid": "${source}"}
Steps = tuple[tuple[int | None, str], ...]
"""From which value on a figure has which colour."""
_ALWAYS_GREEN: Steps = ((None, "green"),)
_RED_FROM_1: Steps = ((None, "green"), (1, "red"))
_GREEN_FROM_1: Steps = ((None, "red"), (1, "green"))
_ORANGE_FROM_1: Steps = ((None, "green"), (1, "orange"))


@dataclass(frozen=True, slots=True)
class _Panel:
    """One panel: a figure of now with a colour, or a line over time."""

    title: str
    expr: str
    """PromQL, in which `NAME{}` stands for a metric of ours with the labels of the dashboard."""
    description: str
    steps: Steps = _ALWAYS_GREEN
    unit: str = "short"
    words: tuple[str, str] | None = None
    """What 0 and 1 mean."""


_NOW = (
    _Panel(
        "Target", "target_healthy{}", "CluedIn's word for the target.", _GREEN_FROM_1, words=("unhealthy", "healthy")
    ),
    _Panel("Newest run", "last_run_failed{}", "How it ended.", _RED_FROM_1, words=("complete", "failed")),
    _Panel(
        "Keys out of use", "keys_out_of_use{}", "Columns whose key is missing, obsolete or mapped away.", _RED_FROM_1
    ),
    _Panel(
        "Failed beneath", "source_records_failed{}", "Records that failed in the data sets beneath.", _ORANGE_FROM_1
    ),
)


def _over_time(promised: Steps) -> tuple[_Panel, ...]:
    return (
        _Panel("Rows", "rows{}", "Rows of the newest complete run."),
        _Panel("Age of the data", "time() - data_timestamp_seconds{}", "Of the newest file, now.", unit="s"),
        _Panel("Latency", "latency_seconds{}", "From the moment of the data to the file that holds them.", unit="s"),
        _Panel(
            "Latency, 95 of 100 files",
            "latency_p95_seconds{}",
            "The line is what is promised, by the strictest of the contracts.",
            promised,
            "s",
        ),
        _Panel("Length of runs", "duration_seconds{}", "How long the newest complete run took.", unit="s"),
        _Panel("Failed records beneath", "source_records_failed{}", "In the data sets that feed the contract."),
    )


def dashboard(head: str, subjects: Sequence[Subject]) -> dict[str, Any]:
    """One dashboard for the contracts of an environment; `head` says what it is made of."""
    environment = subjects[0].environment_name
    promises = [minutes for one in subjects if (minutes := one.schema.freshness_p95_minutes) is not None]
    promised: Steps = ((None, "green"), (min(promises) * 60, "red")) if promises else _ALWAYS_GREEN
    return {
        "title": f"Exports of CluedIn: {environment}",
        "uid": f"reconciler-{environment}"[:40],
        "description": head,
        "tags": ["cluedin", "reconciler", environment],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "timezone": "utc",
        "templating": {"list": [_of_source(), _of_contracts(environment)]},
        "annotations": {"list": []},
        "panels": list(_placed(environment, _over_time(promised))),
    }


def _of_source() -> dict[str, Any]:
    return {"name": "source", "label": "Data source", "type": "datasource", "query": "prometheus"}


def _of_contracts(environment: str) -> dict[str, Any]:
    """Those that are measured, as the data source knows them."""
    query = f'label_values(reconciler_export_measured{{environment="{environment}"}}, contract)'
    return {
        "name": "contract",
        "label": "Contract",
        "type": "query",
        "datasource": _SOURCE,
        "query": {"query": query, "refId": "contracts"},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": ["All"], "value": ["$__all"]},
    }


def _placed(environment: str, over_time: Sequence[_Panel]) -> Iterator[dict[str, Any]]:
    """The figures of now in the first line, then two lines over time beside each other: 24 columns wide."""
    for at, one in enumerate(_NOW):
        yield _shown(environment, one, "stat", at + 1, {"x": at * 6, "y": 0, "w": 6, "h": 5})
    for at, one in enumerate(over_time):
        place = {"x": at % 2 * 12, "y": 5 + at // 2 * 8, "w": 12, "h": 8}
        yield _shown(environment, one, "timeseries", len(_NOW) + at + 1, place)


def _shown(environment: str, panel: _Panel, type: str, id: int, place: dict[str, int]) -> dict[str, Any]:
    before, _, name = panel.expr.removesuffix("{}").rpartition(" ")
    metric = f'reconciler_export_{name}{{environment="{environment}",contract=~"$contract"}}'
    target = {"refId": "A", "datasource": _SOURCE, "expr": f"{before} {metric}".strip(), "legendFormat": "{{contract}}"}
    return {
        "id": id,
        "type": type,
        "title": panel.title,
        "description": panel.description,
        "gridPos": place,
        "datasource": _SOURCE,
        "targets": [target],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _STAT if type == "stat" else _LINES,
    }


_STAT = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "background", "textMode": "value_and_name"}
_LINES = {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}, "tooltip": {"mode": "multi"}}


def _defaults(panel: _Panel) -> dict[str, Any]:
    steps = [{"color": colour, "value": value} for value, colour in panel.steps]
    found: dict[str, Any] = {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel.words is not None:
        texts = {str(value): {"text": word} for value, word in enumerate(panel.words)}
        found["mappings"] = [{"type": "value", "options": texts}]
    if panel.unit == "s" and len(panel.steps) > 1:
        found["custom"] = {"thresholdsStyle": {"mode": "line"}}
    return found
