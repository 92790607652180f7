"""Commands in fresh processes, with their time and their peak memory."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Measured:
    """One finished process."""

    seconds: float
    peak: int
    """Largest resident size in bytes."""
    output: str


def measure(command: Sequence[str], *, folder: Path | None = None, env: Mapping[str, str] | None = None) -> Measured:
    """Runs a command to its end; raises `RuntimeError` with its output when it fails.

    The peak is the kernel's (`wait4`). A child starts from the size of its parent, so this process has to stay
    small: whatever is big is made in a process of its own.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder or ROOT, env={**os.environ, **(env or {})}, stdout=output, stderr=errors
        )
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        text = output.read().decode("utf-8", "replace")
        if process.returncode != 0:
            told = errors.read().decode("utf-8", "replace")
            raise RuntimeError(
                f"{' '.join(map(str, command))} left with {process.returncode}\n{text[-2000:]}{told[-4000:]}"
            )
    unit = 1 if sys.platform == "darwin" else 1024
    return Measured(elapsed, usage.ru_maxrss * unit, text)


def median(runs: Sequence[Measured]) -> Measured:
    """The run with the median time (of an even number, the slower of the two), with the largest peak of all."""
    middle = statistics.median_high(run.seconds for run in runs)
    found = next(run for run in runs if run.seconds == middle)
    return Measured(found.seconds, max(run.peak for run in runs), found.output)


def program(name: str) -> str | None:
    """The path of a program: of this interpreter's environment, or else on the search path."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)
