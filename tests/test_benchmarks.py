"""The benchmarks run; how fast is not asked here."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks import loads, memory, noop, tables
from benchmarks.first_apply import run as first_apply
from benchmarks.flows import run as flows
from benchmarks.processes import measure, median
from benchmarks.projects import write_project
from benchmarks.request_counts import count

SIZE = 50


def test_a_no_op_plan_of_a_generated_project(tmp_path: Path):
    measure([sys.executable, "-m", "benchmarks.recorded", str(tmp_path), str(SIZE)])
    found = measure([sys.executable, "-m", "benchmarks.noop_plan", str(tmp_path)])
    told = json.loads(found.output)
    assert 0.7 * SIZE <= told["resources"] <= 1.5 * SIZE
    assert sum(told["steps"].values()) <= told["seconds"] + 0.001
    assert found.peak > 1e6


def test_the_no_op_table_without_peers(monkeypatch, capsys):
    monkeypatch.setattr(noop.octodns, "missing", lambda: "not asked for")
    monkeypatch.setattr(noop.terraform, "missing", lambda: "not asked for")
    noop.run([SIZE], 1)
    printed = capsys.readouterr().out
    assert "| reconciler" in printed
    assert "skipped: Terraform (not asked for)" in printed


def test_requests_are_counted_by_type(tmp_path: Path):
    write_project(tmp_path, [SIZE // 5])
    counts = count(tmp_path, "bench")
    assert counts.by_type["purview.term"].wanted == SIZE // 5 + 1
    assert 0 < counts.sent <= counts.most


@pytest.mark.long
def test_a_load_beside_a_peer_is_done_and_counted():
    for way in ("reconciler", *(name for name in ("pyapacheatlas",) if find_spec(name))):
        came = loads.measured(way, "entities", 3, {"latency_ms": 1})
        assert (came.lost, came.refused, came.error) == (0, 0, ""), way
        assert came.requests >= 2


@pytest.mark.long
def test_the_memory_of_real_plans(capsys):
    memory.run([20])
    printed = capsys.readouterr().out
    assert "| 20 terms and keys " in printed
    assert "| 2 exports " in printed


@pytest.mark.long
def test_a_first_apply_beside_the_peer(capsys):
    first_apply(SIZE)
    assert "| reconciler, command line" in capsys.readouterr().out


@pytest.mark.long
def test_flows_end_with_nothing_to_do(capsys):
    flows(3)
    printed = capsys.readouterr().out
    assert "2 by one rule" in printed
    assert [line.split("|")[1].strip() for line in printed.splitlines() if line.startswith("| ")] == [
        "",
        "plan, nothing there",
        "apply",
        "plan, nothing to do",
    ]


def test_the_median_keeps_the_largest_peak():
    runs = [measure([sys.executable, "-c", "pass"]) for _ in range(3)]
    found = median(runs)
    assert sorted(run.seconds for run in runs)[1] == found.seconds
    assert found.peak == max(run.peak for run in runs)


def test_a_table_is_markdown(capsys):
    tables.table(("", "time"), [("ours", "1 s"), ("theirs", "20 s")])
    assert capsys.readouterr().out.splitlines() == [
        "|        | time |",
        "|--------|-----:|",
        "| ours   |  1 s |",
        "| theirs | 20 s |",
    ]
