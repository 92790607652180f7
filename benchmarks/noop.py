"""`noop`: a plan that changes nothing, from manifests and a full ledger, without any network."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks import tables
from benchmarks.peers import octodns, terraform
from benchmarks.processes import Measured, measure, median

SIZES = [1_000, 10_000, 100_000]
PEERS = ((octodns, 4.0), (terraform, 20.0))
"""Each with how many times faster we mean to be at 10,000."""

_HEAD = ("", "resources", "manifests", "whole process", "without start", "peak memory")
_STEPS = ("manifests", "ledger", "live", "compare")


def run(sizes: Sequence[int], runs: int) -> None:
    """Measures us and the peers at each size, and holds the outcome against the goals."""
    tables.heading(
        "noop: a plan that changes nothing",
        f"Every run is a fresh process; the median of {runs} runs counts, the peak is the largest of all.",
        "Timed: manifests read, checked, expanded and ordered; ledger read; live rows decoded and brought to",
        "canonical form; comparison and digest. `whole process` also starts the interpreter and imports.",
        "Peers are timed as whole processes.",
    )
    ours: dict[int, Measured] = {}
    theirs: dict[tuple[str, int], Measured] = {}
    rows = []
    with tempfile.TemporaryDirectory(prefix="reconciler-bench-") as root:
        for size in sizes:
            ours[size] = _ours(Path(root, f"ours-{size}"), size, runs)
            rows.append(
                _row("reconciler", ours[size], _told(ours[size])["resources"], Path(root, f"ours-{size}", "bytes"))
            )
            for peer, _ in PEERS:
                if size > peer.LARGEST or peer.missing():
                    continue
                folder = Path(root, f"{peer.NAME}-{size}")
                length = peer.prepare(folder, size)
                found = theirs[peer.NAME, size] = median([peer.plan(folder) for _ in range(runs)])
                rows.append(_row(peer.NAME, found, size, length))
    tables.table(_HEAD, rows)
    print()
    tables.table(("reconciler", *_STEPS), [(f"{size:,}", *_steps(found)) for size, found in ours.items()])
    print()
    _judge(ours, theirs)


def _ours(folder: Path, size: int, runs: int) -> Measured:
    measure([sys.executable, "-m", "benchmarks.recorded", str(folder), str(size)])
    return median([measure([sys.executable, "-m", "benchmarks.noop_plan", str(folder)]) for _ in range(runs)])


def _told(found: Measured) -> Any:
    return json.loads(found.output)


def _row(name: str, found: Measured, resources: int, manifests: int | Path) -> tuple[str, ...]:
    inner = tables.seconds(_told(found)["seconds"]) if name == "reconciler" else ""
    length = int(manifests.read_text()) if isinstance(manifests, Path) else manifests
    return (
        name,
        f"{resources:,}",
        tables.megabytes(length) if length >= 1e6 else f"{length / 1e3:,.0f} kB",
        tables.seconds(found.seconds),
        inner,
        tables.megabytes(found.peak),
    )


def _steps(found: Measured) -> list[str]:
    steps = _told(found)["steps"]
    return [tables.seconds(steps[name]) for name in _STEPS]


def _judge(ours: dict[int, Measured], theirs: dict[tuple[str, int], Measured]) -> None:
    for peer, factor in PEERS:
        why = peer.missing()
        if why:
            tables.skipped(peer.NAME, why)
            continue
        start = measure(peer.help_command()).seconds
        for size, found in ours.items():
            other = theirs.get((peer.NAME, size))
            if other is None:
                continue
            ratio = other.seconds / found.seconds
            bare = (other.seconds - start) / _told(found)["seconds"]
            text = f"{ratio:.1f} times as fast as {peer.NAME} at {size:,} ({bare:.1f} without the start of either)"
            if size == 10_000:
                tables.goal(f"{text}; goal: {factor:.0f}", ratio >= factor)
            else:
                print(f"       {text}")
    _judge_growth(ours)


def _judge_growth(ours: dict[int, Measured]) -> None:
    sizes = sorted(ours)
    for small, large in pairwise(sizes):
        growth = _told(ours[large])["seconds"] / _told(ours[small])["seconds"]
        text = f"{large:,} takes {growth:.1f} times as long as {small:,}"
        if large == 100_000:
            tables.goal(f"{text}; goal: at most 11", growth <= 11)
            peak = ours[large].peak
            tables.goal(f"{tables.megabytes(peak)} at {large:,}; goal: less than 1,000 MB", peak < 1e9)
        else:
            print(f"       {text}")
