"""The jobs of AWS Glue and Google Cloud, run with the clouds' own libraries against the sandbox."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..support import SECRETS, Project
from .conftest import JUDGES, Run
from .test_airflow import LOSES_AN_ANSWER, asked

NAME = "customers_wide_v1"
FIGURES = ["data_age_seconds", "duration_seconds", "latency_seconds", "rows", "succeeded"]
IDS = {"glue": ["--contract_run_id", "jr_1", "--secret_prefix", "mdm"], "gcp": []}


NO_BOTO = "raise ModuleNotFoundError('No module named boto3', name='boto3')"
BOTO = """
def client(name):
    class Client:
        def get_secret_value(self, SecretId):
            return {"SecretString": "x"}
    return Client()
"""
HISTORY = "#!/bin/sh\necho '{\"runs\": []}'\n"


@pytest.mark.parametrize(
    ("boto", "env", "told"),
    [
        (NO_BOTO, {}, "the package boto3 is not installed"),
        (BOTO, {"RECONCILER_COMMAND": "no-reconciler"}, "no-reconciler cannot be run: No such file or directory"),
        (BOTO, {"RECONCILER_STATE": "nowhere"}, "cannot be written: No such file or directory: see RECONCILER_STATE"),
    ],
)
def test_a_job_that_cannot_begin_says_why(offline: Path, run: Run, boto: str, env: dict[str, str], told: str) -> None:
    assert run("handover", "glue").code == 0
    job = offline / "handover/glue" / f"{NAME}.py"
    (job.parent / "boto3.py").write_text(boto)
    history = offline / "history.sh"
    history.write_text(HISTORY)
    history.chmod(0o755)
    known = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "RECONCILER_COMMAND": str(history)} | env
    ran = subprocess.run(
        [sys.executable, str(job)], cwd=offline, env=known, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines()), told in ran.stderr) == (1, "", 1, True), (
        ran.stderr
    )


@pytest.mark.long
@pytest.mark.parametrize("cloud", ["glue", "gcp"])
def test_a_job_runs_the_export_once_and_pushes_its_figures(
    example: Project, run: Run, tool: Callable[[str], Path], tmp_path: Path, cloud: str
) -> None:
    assert example.apply().complete
    assert run("handover", cloud).code == 0
    script = tmp_path / "reconciler.sh"
    reconciler = Path(sys.executable).parent / "reconciler"
    script.write_text(LOSES_AN_ANSWER.format(mark=tmp_path / "lost", reconciler=reconciler))
    script.chmod(0o755)
    needed = {name: value for name, value in SECRETS.items() if name != "LAKE_KEY"}
    env = {name: value for name, value in os.environ.items() if name not in SECRETS and name != "RECONCILER_SECRETS"}
    env |= {
        "RECONCILER_VAR_SANDBOX_URL": example.url,
        "RECONCILER_PROJECT": str(example.root),
        "RECONCILER_COMMAND": str(script),
        "RECONCILER_STATE": str(tmp_path),
        "SECRETS_OF_THE_CLOUD": json.dumps(needed),
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "GOOGLE_CLOUD_PROJECT": "mdm",
        "CLOUD_RUN_EXECUTION": "job-abc",
    }
    job = example.root / "handover" / cloud / f"{NAME}.py"
    words = [str(tool("clouds") / "python"), str(JUDGES / "run_cloud_job.py"), cloud, str(job), *IDS[cloud]]

    def once() -> tuple[Any, str]:
        ran = subprocess.run(words, env=env, capture_output=True, text=True, timeout=300, check=False)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout), ran.stderr

    found, log = once()
    assert (tmp_path / "lost").exists(), log
    assert (found["code"], found["names"]) == (0, FIGURES), log
    assert NAME in str(found["labels"])
    assert asked(example) == 1, "the answer of the first was lost, and the second took its run"
    assert once()[0]["code"] == 0
    assert asked(example) == 1, "the same run of the job, started again"
    assert [value for value in needed.values() if value in log + job.read_text()] == []
    example.http("POST", "/_sandbox/reset")
    (tmp_path / f"sandbox-{NAME}-{'jr_1' if cloud == 'glue' else 'job-abc'}.json").unlink()
    assert once()[0]["code"] == 4
