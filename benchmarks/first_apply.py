"""`first_apply`: terms that are not there yet, created over a line with latency."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import tables
from benchmarks.glossary import make_glossary
from benchmarks.peers import pyapacheatlas
from benchmarks.processes import measure
from benchmarks.projects import sandbox_env, write_terms
from benchmarks.sandboxes import sandbox

TERMS = 1_000
LATENCY_MS = 30
MEASURED_ONE_BY_ONE = 100
"""Terms that are really created one by one; the time of the others follows from them."""
FASTER, SLOWER = 20.0, 3.0


def run(terms: int) -> None:
    """Measures every way against a fresh sandbox each."""
    single = min(terms, MEASURED_ONE_BY_ONE)
    tables.heading(
        f"first_apply: {terms:,} terms at {LATENCY_MS} ms latency",
        "Each way has a fresh sandbox in a process of its own; no term is there before.",
        "The glossary is there, and is not timed.",
        "Timed for us: manifests read and checked, live state read, plan made and applied in the order of the",
        "terms (a concept, then those below it), ledger kept, every term read back and compared. The command",
        "line also starts the interpreter and imports.",
        "Timed for PyApacheAtlas: its calls that create the same number of terms, all of them at the top.",
        *([f"One by one is measured on {single} terms and scaled to {terms:,}."] if single < terms else []),
    )
    ours = _on_fresh(lambda url: _in_process(url, terms))
    rows = [("reconciler, in process", *_cells(ours, terms))]
    rows.append(("reconciler, command line", *_cells(_on_fresh(lambda url: _command_line(url, terms)), terms)))
    why = pyapacheatlas.missing()
    if why:
        tables.table(("", "time", "terms a second"), rows)
        tables.skipped(pyapacheatlas.NAME, why)
        return
    alone = _on_fresh(lambda url: pyapacheatlas.one_by_one(url, single)) * terms / single
    bulk = _on_fresh(lambda url: pyapacheatlas.in_bulk(url, terms))
    rows.append((f"{pyapacheatlas.NAME}, one by one", *_cells(alone, terms)))
    rows.append((f"{pyapacheatlas.NAME}, one call for all", *_cells(bulk, terms)))
    tables.table(("", "time", "terms a second"), rows)
    print()
    tables.goal(f"{alone / ours:.1f} times as fast as one by one; goal: {FASTER:.0f}", alone / ours >= FASTER)
    tables.goal(f"{ours / bulk:.1f} times the bulk call; goal: at most {SLOWER:.0f}", ours / bulk <= SLOWER)


def _on_fresh(way: Callable[[str], float]) -> float:
    with sandbox(latency_ms=LATENCY_MS) as url:
        return way(url)


def _in_process(url: str, terms: int) -> float:
    from reconciler.diff import Options
    from reconciler.workflow import Approval, Session, apply_plan, make_plan

    make_glossary(url)

    with tempfile.TemporaryDirectory(prefix="reconciler-bench-") as folder:
        write_terms(Path(folder), terms)
        session = Session(Path(folder), "bench", sandbox_env(url))
        session.draft().wishes()  # imports what the verbs need; starting up is in the other line
        started = time.perf_counter()
        result = apply_plan(session, Options(), Approval())
        elapsed = time.perf_counter() - started
        assert result.exit_code == 0, result.as_dict()
        left = make_plan(session, Options()).executable
        assert not left, f"{len(left)} changes are left"
    return elapsed


def _command_line(url: str, terms: int) -> float:
    with tempfile.TemporaryDirectory(prefix="reconciler-bench-") as folder:
        make_glossary(url)
        write_terms(Path(folder), terms)
        words = ["--project", folder, "--env", "bench", "--quiet", "apply", "--yes"]
        return measure([sys.executable, "-m", "reconciler", *words], env=sandbox_env(url)).seconds


def _cells(seconds: float, terms: int) -> tuple[str, str]:
    return tables.seconds(seconds), f"{terms / seconds:,.0f}"
