"""`startup`: how long a command takes that only prints its help."""

from __future__ import annotations

import statistics
import sys

from benchmarks import tables
from benchmarks.peers import octodns, terraform
from benchmarks.processes import measure

RUNS = 10
GOAL = 0.120


def run() -> None:
    """Measures the start of each tool."""
    tables.heading(
        "startup: a command that only prints its help",
        f"Timed: a whole process, median and fastest of {RUNS} runs after one that warms the file cache.",
    )
    ours = _times([sys.executable, "-m", "reconciler", "--help"])
    rows = [("reconciler --help", *_cells(ours))]
    for peer, words in ((octodns, "octodns-sync --help"), (terraform, "terraform version")):
        why = peer.missing()
        if why:
            tables.skipped(words, why)
        else:
            rows.append((words, *_cells(_times(peer.help_command()))))
    tables.table(("", "median", "fastest"), rows)
    print()
    middle = statistics.median(ours)
    tables.goal(f"{tables.seconds(middle)}; goal: at most {tables.seconds(GOAL)}", middle <= GOAL)


def _times(command: list[str]) -> list[float]:
    measure(command)
    return [measure(command).seconds for _ in range(RUNS)]


def _cells(times: list[float]) -> tuple[str, str]:
    return tables.seconds(statistics.median(times)), tables.seconds(min(times))
