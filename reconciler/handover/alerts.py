"""What Prometheus and Grafana need to watch contracts: rules that say when a promise is broken, and a dashboard.

`reconciler exports metrics` brings the figures. Thresholds come from manifests alone: a contract that promises nothing
of time gets no rule of time. Prometheus reads the first YAML document of a file only, and expands `{{ … }}` in labels
and annotations when an alert fires, so that what people wrote is kept from it [A].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.handover.base import Asked, Files, Subject, Target, as_json, made_by, no_export
from reconciler.handover.grafana import dashboard
from reconciler.report.yamlform import written

_HOLDS = "10m"
"""How long something has to be so before it is told: two looks of a job that measures each five minutes."""


def _files(subjects: Sequence[Subject], asked: Asked) -> Files:  # noqa: ARG001
    environment, names = subjects[0].environment_name, [one.name for one in subjects]
    head = made_by("alerts", environment, *names)
    groups = [{"name": f"reconciler-{environment}-{one.name}", "rules": list(_rules(one))} for one in subjects]
    return {
        "reconciler.rules.yml": f"# {head}\n" + written({"groups": groups}),
        "dashboard.json": as_json(dashboard(head, subjects)),
        "alerts.json": as_json(
            {"comment": head, "alerts": [_plain(one, rule) for one in subjects for rule in _rules(one)]}
        ),
    }


def _rules(subject: Subject) -> Iterator[dict[str, Any]]:
    schema = subject.schema
    measured = _metric(subject, "measured")
    yield _rule(subject, "ExportNotMeasured", f"{measured} == 0 or absent({measured})", "warning", _UNMEASURED)
    yield _rule(subject, "ExportTargetUnhealthy", f"{_metric(subject, 'target_healthy')} == 0", "critical", _UNHEALTHY)
    yield _rule(subject, "ExportSchemaDrift", f"{_metric(subject, 'keys_out_of_use')} > 0", "critical", _DRIFT)
    yield _rule(subject, "ExportSourceRecordsFailed", _growing(subject), "warning", _SOURCE)
    if not subject.is_run:
        return
    yield _rule(subject, "ExportFailed", f"{_metric(subject, 'last_run_failed')} == 1", "critical", _FAILED)
    if schema.freshness_p95_minutes is not None:
        promised = f"{_metric(subject, 'latency_p95_seconds')} > {schema.freshness_p95_minutes * 60}"
        yield _rule(subject, "ExportLate", promised, "critical", _LATE, threshold="sla.freshness_p95_minutes")
        oldest = schema.freshness_p95_minutes + (schema.interval_minutes or 0)
        age = f"time() - {_metric(subject, 'data_timestamp_seconds')} > {oldest * 60}"
        fields = "sla.freshness_p95_minutes" + (" + delivery.schedule" if schema.interval_minutes else "")
        yield _rule(subject, "ExportOverdue", age, "critical", _OVERDUE, threshold=fields)


_UNMEASURED = "is not measured: `exports metrics` does not run, or CluedIn does not tell its history."
_UNHEALTHY = "delivers nothing: CluedIn calls its export target unhealthy."
_DRIFT = "has columns whose vocabulary key is missing, obsolete or mapped away in CluedIn."
_SOURCE = "misses records: in the data sets beneath it more failed than an hour before."
_FAILED = "failed: its newest run wrote no file."
_LATE = "is late: of 100 files fewer than 95 were ready within what is promised."
_OVERDUE = "is overdue: its newest file holds data older than the promise and the schedule allow."


def _rule(subject: Subject, name: str, expr: str, severity: str, told: str, *, threshold: str = "") -> dict[str, Any]:
    labels = {"severity": severity, "contract": subject.name, "environment": subject.environment_name}
    if subject.schema.owner:
        labels["owner"] = subject.schema.owner.replace("{{", "{ {")
    where = f" The threshold is {threshold} of the contract." if threshold else ""
    annotations = {
        "summary": f"The export {subject.name} {told}",
        "description": f"Look: reconciler --env {subject.environment_name} exports history {subject.name}.{where}",
        "runbook": f"../runbook/{subject.name}.md",
    }
    return {"alert": name, "expr": expr, "for": _HOLDS, "labels": labels, "annotations": annotations}


def _metric(subject: Subject, name: str) -> str:
    return f'reconciler_export_{name}{{environment="{subject.environment_name}",contract="{subject.name}"}}'


def _growing(subject: Subject) -> str:
    return f"delta({_metric(subject, 'source_records_failed')}[1h]) > 0"


def _plain(subject: Subject, rule: dict[str, Any]) -> dict[str, Any]:
    """A rule for tools that are not Prometheus: what it compares, in the words of `exports metrics`."""
    return {
        "name": rule["alert"],
        "contract": subject.name,
        "environment": subject.environment_name,
        "severity": rule["labels"]["severity"],
        "condition": rule["expr"],
        "summary": rule["annotations"]["summary"],
    }


TARGET = Target("alerts", "Prometheus and Grafana", no_export, _files)
