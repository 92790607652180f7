"""Our own load against a sandbox, in a process of its own: `python -m benchmarks.peers.ours TASK URL GLOSSARY SIZE`.

Prints what `loading.py` prints. Terms come from manifests; entities with a classification go through plan and apply as
resources, since no manifest wants entities alone. Everything is read first, read back and compared, and the ledger is
kept; importing is not timed, nor that the terms are there before they are listed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import filelock as _imported_when_it_is_locked  # noqa: F401
import httpx as _imported_when_it_is_connected  # noqa: F401

from benchmarks.projects import sandbox_env, write_terms
from reconciler.apply import execute
from reconciler.diff import Options
from reconciler.manifest.garbage import collect_garbage_seldom
from reconciler.plan import build
from reconciler.resources import types
from reconciler.resources.objects import Origin
from reconciler.workflow import Approval, Session, apply_plan, make_plan

CLASSIFICATION, TYPE = "MICROSOFT.PERSONAL.EMAIL", "azure_datalake_gen2_path"
ORIGIN = Origin("Benchmark", "entities", "", 0)


def load(task: str, session: Session, size: int) -> float:
    """The seconds of the task; raises `AssertionError` when something of it is not done."""
    write_terms(session.root, size if task != "entities" else 0)
    session.draft().wishes()
    if task == "listing":
        assert apply_plan(session, Options(), Approval()).complete
    started = time.perf_counter()
    if task == "terms":
        assert apply_plan(session, Options(), Approval()).complete
    elif task == "listing":
        assert not make_plan(session, Options()).executable
    else:
        _entities(session, size)
    return time.perf_counter() - started


def _entities(session: Session, size: int) -> None:
    draft = session.draft()
    wishes = draft.wishes().required()
    for at in range(size):
        name = f"load{at}.csv"
        key = f"{TYPE}/https://lake.dfs.core.windows.net/raw/load/{name}"
        entity = types()["purview.entity"].desired(key, ORIGIN, name=name)
        mark = types()["purview.classification"].desired(
            f"{CLASSIFICATION}@{key}", ORIGIN, needs=(entity.address,), on_remove="delete"
        )
        wishes.resources |= {entity.address: entity, mark.address: mark}
        wishes.levels |= {entity.address: 0, mark.address: 1}
    book = session.book(draft)
    with session.connected(draft) as systems, book.lock(None):
        ledger = book.load()
        plan = build(wishes, ledger, systems, Options())
        result = execute(plan, wishes, book, ledger, systems)
    assert result.complete, [str(outcome.message) for outcome in result.outcomes][:3]


def main() -> None:
    """One load."""
    collect_garbage_seldom()  # as the command line does
    task, url, _, size = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="reconciler-bench-") as folder:
        seconds = load(task, Session(Path(folder), "bench", sandbox_env(url)), int(size))
    print(json.dumps({"seconds": seconds, "error": ""}))


if __name__ == "__main__":
    main()
