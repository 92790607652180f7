"""`flows`: data sources and exports, from a rule and from documents, planned and applied over a line with latency."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from benchmarks import tables
from benchmarks.projects import TOKEN, flow_project, sandbox_env
from benchmarks.sandboxes import sandbox
from reconciler.diff import Options
from reconciler.live import LiveState
from reconciler.plan import Plan
from reconciler.resources import types
from reconciler.systems.http import Connection
from reconciler.workflow import Approval, Session, apply_plan, make_plan

SOURCES, BY_RULE, EXPORTS = 300, 200, 100
LATENCY_MS = 30
AT_MOST = 2.0
"""Times what the stated request costs allow at the default concurrency."""
COLUMNS = ("id", "email", "full_name", "notes")
ASSETS = "https://contosolake.dfs.core.windows.net/raw"
LOOKS = 2
"""Readings of a type around its writes: one before them, one after."""


def run(sources: int = SOURCES) -> None:
    """Applies the project to a fresh sandbox, and plans again."""
    by_rule, exports = sources * BY_RULE // SOURCES, sources * EXPORTS // SOURCES
    tables.heading(
        f"flows: {sources} data sources ({by_rule} by one rule) and {exports} exports at {LATENCY_MS} ms latency",
        "The assets are scanned and carry their term, and the vocabulary is applied, before anything is timed.",
        "Allowed: the requests that the types state for reading, and one for each batch of writes, divided by the",
        f"{Connection.concurrency} that may be under way at one time, each {LATENCY_MS} ms long.",
    )
    with sandbox() as url, tempfile.TemporaryDirectory(prefix="reconciler-bench-") as folder:
        root = Path(folder)
        flow_project(root, by_rule=by_rule, documents=sources - by_rule, exports=exports, concept_only=True)
        session = Session(root, "bench", sandbox_env(url))
        assert apply_plan(session, Options(), Approval()).complete
        scan(url, sources, by_rule)
        flow_project(root, by_rule=by_rule, documents=sources - by_rule, exports=exports)
        httpx.post(f"{url}/_sandbox/settings", json={"latency_ms": LATENCY_MS}).raise_for_status()
        rows = [_plan(root, url, "plan, nothing there"), _apply(root, url), _plan(root, url, "plan, nothing to do")]
    tables.table(("", "resources", "time", "requests", "stated", "allowed", "times"), [row for row, _ in rows])
    print()
    for row, times in rows:
        tables.goal(f"{row[0]}: {times:.1f} times what is allowed; goal: at most {AT_MOST:.0f}", times <= AT_MOST)


Row = tuple[tuple[str, ...], float]


def _plan(root: Path, url: str, name: str) -> Row:
    session = Session(root, "bench", sandbox_env(url))
    started = time.perf_counter()
    plan = make_plan(session, Options())
    seconds = time.perf_counter() - started
    if "nothing to do" in name:
        assert not plan.changes, [f"{c.action} {c.address} {c.reason}" for c in plan.changes[:5]]
    return _row(name, plan, seconds, session.requests, _stated_reading(plan))


def _apply(root: Path, url: str) -> Row:
    session = Session(root, "bench", sandbox_env(url))
    started = time.perf_counter()
    result = apply_plan(session, Options(), Approval())
    seconds = time.perf_counter() - started
    assert result.complete, result.summary
    stated = _stated_reading(result.plan) * (1 + LOOKS) + _stated_writing(result.plan)
    return _row("apply", result.plan, seconds, session.requests, stated)


def _row(name: str, plan: Plan, seconds: float, requests: int, stated: int) -> Row:
    allowed = stated * LATENCY_MS / 1000 / Connection.concurrency
    times = seconds / allowed
    size = len(plan.changes) + plan.unchanged
    cells = (name, f"{size:,}", tables.seconds(seconds), f"{requests:,}", f"{stated:,}", tables.seconds(allowed))
    return (*cells, f"{times:.1f}"), times


def _stated_reading(plan: Plan) -> int:
    """The sum of what the types state for reading as many rows as there are."""
    live = plan.live or LiveState({})
    names = [change.type.full_name for change in plan.changes] + [address.partition(":")[0] for address in plan.ids]
    known = types()
    return sum(known[name].cost(len(live.of(known[name]).by_key), number) for name, number in Counter(names).items())


def _stated_writing(plan: Plan) -> int:
    """One request for each batch."""
    found: Counter[tuple[Any, str]] = Counter((change.type, change.action) for change in plan.executable)
    return sum(-(-number // max(1, type.batch.get(action, 1))) for (type, action), number in found.items())


def scan(url: str, sources: int, tagged: int) -> None:
    """What a scanner leaves, and the term that people put on what the rule selects."""
    with httpx.Client(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}, timeout=60) as http:

        def find(at: int) -> str:
            given = {"account": "contosolake", "filesystem": "raw", "path": f"bench/file{at}.csv"}
            answer = http.post("/_sandbox/scan", json={**given, "columns": list(COLUMNS)})
            return str(answer.raise_for_status().json()["guid"])

        with ThreadPoolExecutor(8) as pool:
            guids = list(pool.map(find, range(sources)))
        atlas = "/datamap/api/atlas/v2/glossary"
        glossary = next(
            one["guid"]
            for one in http.get(atlas, params={"ignoreTermsAndCategories": "true"}).json()
            if one["name"] == "Bench"
        )
        term = {"name": "CluedInSource", "nickName": "CluedInSource", "anchor": {"glossaryGuid": glossary}}
        guid = http.post(f"{atlas}/term", json=term).raise_for_status().json()["guid"]
        given = [{"guid": one} for one in guids[:tagged]]
        http.post(f"{atlas}/terms/{guid}/assignedEntities", json=given).raise_for_status()
