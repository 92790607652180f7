"""One no-op plan in this process; prints its times as JSON.

`python -m benchmarks.noop_plan FOLDER [--profile FILE]`, where FOLDER is from `benchmarks.recorded`.
"""

from __future__ import annotations

import gc
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from benchmarks.recorded import ENVIRONMENT, read_ledger, read_live
from reconciler.desired import load
from reconciler.diff import Options
from reconciler.manifest.garbage import collect_garbage_seldom, garbage_collection_paused
from reconciler.plan import compare


def plan(folder: Path) -> dict[str, Any]:
    """Manifests, ledger and live state to a plan and its digest; the seconds of each step.

    Raises `AssertionError` when the plan would write anything or leaves a resource out.
    """
    clock = [time.perf_counter()]
    wishes = load(folder, ENVIRONMENT, {}).required()
    clock.append(time.perf_counter())
    ledger = read_ledger(folder)
    clock.append(time.perf_counter())
    with garbage_collection_paused():  # as `reconciler.plan.build` does
        live = read_live(folder)
        clock.append(time.perf_counter())
        found = compare(wishes, ledger, live, {"cluedin": "cluedin:bench", "purview": "purview:bench"}, Options())
        digest = found.digest
    clock.append(time.perf_counter())
    assert digest.startswith("sha256:")
    assert not found.executable, [f"{c.action} {c.address} {c.reason}" for c in found.executable[:5]]
    assert not found.changes, [f"{c.action} {c.address} {c.message}" for c in found.changes[:5]]
    assert found.unchanged == len(wishes.resources), f"{found.unchanged} of {len(wishes.resources)} unchanged"
    assert not found.notes, f"the ledger would learn {len(found.notes)} entries, the first {next(iter(found.notes))}"
    steps = [later - earlier for earlier, later in pairwise(clock)]
    return {
        "resources": found.unchanged,
        "seconds": clock[-1] - clock[0],
        "steps": dict(zip(("manifests", "ledger", "live", "compare"), steps, strict=True)),
    }


def _profiler() -> Any:
    from cProfile import Profile

    return Profile()


def main() -> None:
    """Plans once, under the profiler when asked."""
    folder, *more = sys.argv[1:]
    collect_garbage_seldom()  # as the command line does, before and after
    profiler = _profiler() if more[:1] == ["--profile"] else None
    result = profiler.runcall(plan, Path(folder)) if profiler else plan(Path(folder))
    if profiler:
        profiler.dump_stats(more[1])
    sys.stdout.buffer.write(orjson.dumps(result))
    gc.freeze()


if __name__ == "__main__":
    main()
