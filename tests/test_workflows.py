"""The workflows of this repository: actions are pinned by digest, and an independent auditor finds nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[1] / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
PINNED = re.compile(r"(\./.+|[\w.-]+/[\w./-]+@[0-9a-f]{40})")


def _used(path: Path) -> list[str]:
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    steps = [step for job in jobs for step in job.get("steps", ())]
    return [one["uses"] for one in (*jobs, *steps) if "uses" in one]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_digest(path: Path) -> None:
    assert [used for used in _used(path) if not PINNED.fullmatch(used)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_do_no_more_than_it_says(path: Path) -> None:
    shape = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert shape["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in shape["jobs"].values())


@pytest.mark.long
def test_zizmor_finds_nothing_above_low() -> None:
    """zizmor, the auditor of workflows; without the network it judges all but what it has to look up."""
    zizmor = shutil.which("zizmor", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if zizmor is None:
        assert not os.environ.get("RECONCILER_CI"), "zizmor may not lack here"
        pytest.skip("zizmor is not installed: pip install -e '.[conformance]'")
    command = [zizmor, "--offline", "--no-config", "--min-severity", "medium", str(FOLDER)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
