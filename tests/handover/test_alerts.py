"""Rules and figures before Prometheus' own judge, and the dashboard against both."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.report import prometheus

from ..support import Project
from ..tools import program
from .conftest import Run

NAME = "customers_wide_v1"
LABELS = f'{{environment="sandbox",contract="{NAME}"}}'


def promtool(*words: str, given: str = "") -> str:
    """What promtool says; it has to agree."""
    judge = program("promtool", why="it judges rules and figures; Debian has it in the package prometheus")
    ran = subprocess.run([judge, *words], input=given, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "FAILED" not in ran.stdout + ran.stderr, "also where it exits with 0"
    return ran.stdout + ran.stderr


@pytest.fixture
def rules(offline: Path, run: Run) -> Path:
    """The rules of the worked example, whose owner writes what Prometheus would take for a template."""
    contract = offline / "manifests/exports/customers_wide_v1.yaml"
    contract.write_text(contract.read_text().replace("owner: sales-ops", 'owner: "Sales {{ ops }}"'))
    assert run("handover", "alerts").code == 0
    return offline / "handover/alerts/reconciler.rules.yml"


def fires(rules: Path, series: dict[str, str], *names: str) -> None:
    """Of these figures (without their prefix) exactly these alerts come, three hours later."""
    [group] = yaml.safe_load(rules.read_text())["groups"]
    known = {rule["alert"]: rule for rule in group["rules"]}
    expected = []
    for name, rule in known.items():
        told = {"exp_labels": rule["labels"], "exp_annotations": rule["annotations"]} if name in names else None
        expected.append({"eval_time": "3h", "alertname": name, "exp_alerts": [told] if told else []})
    given = [{"series": f"{prometheus.PREFIX}{name}{LABELS}", "values": values} for name, values in series.items()]
    test = {"interval": "1m", "input_series": given, "alert_rule_test": expected}
    path = rules.with_name("test.yml")
    path.write_text(yaml.safe_dump({"rule_files": [rules.name], "tests": [test]}), encoding="utf-8")
    promtool("test", "rules", str(path))


WELL = {
    "measured": "1x180",
    "target_healthy": "1x180",
    "keys_out_of_use": "0x180",
    "last_run_failed": "0x180",
    "latency_p95_seconds": "5400x180",
    "data_timestamp_seconds": "3600x180",
    "source_records_failed": "7x180",
}


def test_prometheus_takes_the_rules(rules: Path) -> None:
    assert "SUCCESS: 7 rules found" in promtool("check", "rules", str(rules))


@pytest.mark.parametrize(
    ("wrong", "alerts"),
    [
        ({}, []),
        ({"measured": "0x180"}, ["ExportNotMeasured"]),
        ({"measured": "1x5 stale"}, ["ExportNotMeasured"]),
        ({"target_healthy": "0x180"}, ["ExportTargetUnhealthy"]),
        ({"keys_out_of_use": "2x180"}, ["ExportSchemaDrift"]),
        ({"last_run_failed": "1x180"}, ["ExportFailed"]),
        ({"latency_p95_seconds": "5401x180"}, ["ExportLate"]),
        ({"data_timestamp_seconds": "1000x180"}, ["ExportOverdue"]),
        ({"source_records_failed": "7+1x180"}, ["ExportSourceRecordsFailed"]),
    ],
)
def test_each_alert_comes_of_what_it_is_about(rules: Path, wrong: dict[str, str], alerts: list[str]) -> None:
    fires(rules, WELL | wrong, *alerts)


def test_thresholds_are_the_promises_of_the_contract(offline: Path, run: Run) -> None:
    contract = offline / "manifests/exports/customers_wide_v1.yaml"
    contract.write_text(contract.read_text().replace("  sla: {freshness_p95_minutes: 90}\n", ""))
    assert run("handover", "alerts").code == 0
    text = (offline / "handover/alerts/reconciler.rules.yml").read_text()
    assert "SUCCESS: 5 rules found" in promtool("check", "rules", str(offline / "handover/alerts/reconciler.rules.yml"))
    assert "ExportLate" not in text


def test_figures_of_a_contract(example: Project, run: Run, tmp_path: Path) -> None:
    assert example.apply().complete
    assert run("exports", "run", NAME, "--wait", "10").code == 0
    before = len(example.writes())
    ran = run("exports", "metrics")
    assert ran.code == 0, ran.err
    assert len(example.writes()) == before + 1, "the history is asked for by a POST, and nothing else is"
    found = dict(re.findall(rf"^reconciler_export_(\w+){re.escape(LABELS)} (\S+)$", ran.out, re.M))
    assert found.keys() <= prometheus.METRICS.keys()
    assert {name: found[name] for name in ("measured", "rows", "runs", "last_run_failed", "target_healthy")} == {
        "measured": "1", "rows": "0", "runs": "1", "last_run_failed": "0", "target_healthy": "1",
    }  # fmt: skip
    assert found["keys_out_of_use"] == "0"
    promtool("check", "metrics", given=ran.out)
    out = tmp_path / "textfile" / "exports.prom"
    assert run("exports", "metrics", NAME, "--out", str(out)).code == 0
    assert [one.name for one in out.parent.iterdir()] == ["exports.prom"]
    assert "reconciler_export_rows{" in out.read_text()


def test_a_contract_that_cannot_be_measured_says_so(example: Project, run: Run) -> None:
    ran = run("exports", "metrics")
    assert (ran.code, f"reconciler_export_measured{LABELS} 0\n" in ran.out) == (5, True)
    assert "could not be measured" in ran.err
    assert "reconciler_export_rows" not in ran.out


def test_the_dashboard_asks_for_figures_that_there_are(offline: Path, run: Run) -> None:
    assert run("handover", "alerts").code == 0
    shape: Any = json.loads((offline / "handover/alerts/dashboard.json").read_text())
    asked = [target["expr"] for panel in shape["panels"] for target in panel["targets"]]
    names = {name for expr in asked for name in re.findall(r"reconciler_export_(\w+)\{", expr)}
    assert names <= prometheus.METRICS.keys()
    assert names >= {
        "rows",
        "latency_seconds",
        "latency_p95_seconds",
        "data_timestamp_seconds",
        "source_records_failed",
    }
    shown = [{"record": f"shown:{at}", "expr": expr.replace("$contract", ".*")} for at, expr in enumerate(asked)]
    path = offline / "shown.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "shown", "rules": shown}]}), encoding="utf-8")
    assert f"SUCCESS: {len(asked)} rules found" in promtool("check", "rules", str(path)), "each is PromQL"
    places = [tuple(panel["gridPos"].values()) for panel in shape["panels"]]
    taken = [(x + i, y + j) for x, y, w, h in places for i in range(w) for j in range(h)]
    assert len(taken) == len(set(taken)), "no panel covers another"
    assert max(x for x, _ in taken) < 24
    assert len({panel["id"] for panel in shape["panels"]}) == len(shape["panels"])
