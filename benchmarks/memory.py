"""`memory`: the peak of a plan that changes nothing, through HTTP and without any network."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import tables
from benchmarks.processes import Measured, measure
from benchmarks.projects import ITEMS, flow_project, sandbox_env, write_project
from benchmarks.sandboxes import sandbox

TERMS, EXPORTS = 5_000, 500
WITHOUT_NETWORK = (10_000, 100_000)
MOST = 400e6


def run(sizes: Sequence[int] = ()) -> None:
    """Measures each plan in a process of its own."""
    terms, exports = (sizes[0], max(1, sizes[0] // 10)) if sizes else (TERMS, EXPORTS)
    tables.heading(
        f"memory: plans of {terms:,} terms and keys, of {exports:,} exports, and without network",
        "Peak: the largest resident size of a whole process, as the kernel counts it; the interpreter and its",
        "imports are in it. The project is applied before, by another process.",
        "Not measured: an apply, which keeps whole objects of what it writes; the size of real answers, which",
        "have more members than the sandbox's; what a container or a scanner of memory would count.",
    )
    start = measure([sys.executable, "-c", "import reconciler.workflow"]).peak
    rows = [("interpreter and imports", "", tables.megabytes(start), "")]
    with tempfile.TemporaryDirectory(prefix="reconciler-bench-") as root:
        with sandbox() as url:
            folder = Path(root, "terms")
            write_project(folder, [min(ITEMS, terms - at) for at in range(0, terms, ITEMS)])
            rows.append(_row(f"{terms:,} terms and keys", _through(folder, url), start))
        with sandbox() as url:
            folder = Path(root, "exports")
            flow_project(folder, by_rule=0, documents=0, exports=exports)
            rows.append(_row(f"{exports:,} exports", _through(folder, url), start))
        peaks = []
        for size in sizes or WITHOUT_NETWORK:
            folder = Path(root, f"noop-{size}")
            measure([sys.executable, "-m", "benchmarks.recorded", str(folder), str(size)])
            found = measure([sys.executable, "-m", "benchmarks.noop_plan", str(folder)])
            peaks.append(found.peak)
            rows.append((f"{size:,} without network", f"{size:,}", *_cells(found.peak, size, start)))
    tables.table(("", "resources", "peak", "a resource"), rows)
    print()
    if not sizes:
        growth = peaks[1] / peaks[0]
        tables.goal(f"{growth:.1f} times the peak of 10,000 at 100,000; goal: at most 11", growth <= 11)
        tables.goal(f"{tables.megabytes(peaks[1])} at 100,000; goal: at most 400 MB", peaks[1] <= MOST)


def _through(folder: Path, url: str) -> Measured:
    words = ["--project", str(folder), "--env", "bench", "--quiet", "apply", "--yes"]
    measure([sys.executable, "-m", "reconciler", *words], env=sandbox_env(url))
    return measure([sys.executable, "-m", "benchmarks.real_plan", str(folder), url])


def _row(name: str, found: Measured, start: int) -> tuple[str, ...]:
    size = int(found.output.split()[-1])
    return name, f"{size:,}", *_cells(found.peak, size, start)


def _cells(peak: int, size: int, start: int) -> tuple[str, str]:
    return tables.megabytes(peak), f"{(peak - start) / size / 1e3:.1f} kB"
