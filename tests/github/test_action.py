"""The lines of the action, run by Bash as a runner does: what reaches the tool, and that it takes the shell's place."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ..tools import program
from .own import ROOT

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INSTALL, RUN = ACTION["runs"]["steps"]
ECHO = """#!{python}
import json, os, sys, time
with open(os.environ["SEEN"], "w") as file:
    json.dump({{"pid": os.getpid(), "words": sys.argv[1:], "token": os.environ["RECONCILER_GITHUB_TOKEN"]}}, file)
print("here", flush=True)
time.sleep(float(os.environ.get("WAIT", 0)))
"""
GIVEN = {"command": "plan", "version": "present", "token": "of-the-job"}


class Step:
    """One step of the action with inputs; in its folder stands a tool that only writes down what it is given."""

    def __init__(self, folder: Path, step: dict[str, str | dict[str, str]], **inputs: str) -> None:
        self.folder, self.seen = folder, folder / "seen"
        (folder / "bin").mkdir()
        (folder / "bin/reconciler").write_text(ECHO.format(python=sys.executable))
        (folder / "bin/reconciler").chmod(0o755)
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        values = {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()} | GIVEN | given
        env = {name: self._filled(str(value), values) for name, value in dict(step["env"]).items()}
        path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        self.env = {**env, "PATH": path, "SEEN": str(self.seen), "GITHUB_OUTPUT": str(folder / "output")}
        self.command = [program("bash", why="runners have it"), "--noprofile", "--norc", "-eo", "pipefail", "-c"]
        self.command.append(str(step["run"]))

    def _filled(self, value: str, values: dict[str, str]) -> str:
        for name, one in values.items():
            if value == f"${{{{ inputs.{name} }}}}":
                return one
        return value.replace("${{ runner.temp }}", str(self.folder))

    def run(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command, env=self.env, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False
        )

    @property
    def words(self) -> list[str]:
        assert (ran := self.run()).returncode == 0, ran.stdout + ran.stderr
        words: list[str] = json.loads(self.seen.read_text())["words"]
        return words


def test_a_plan_gets_what_is_asked_for(tmp_path: Path) -> None:
    step = Step(
        tmp_path, RUN, environment="test", comment="true", arguments="--prune\n\n--target\npurview.term:A B/*\n"
    )
    assert step.words == [
        *("--project=.", "--env=test", "github", "--out", f"{tmp_path}/reconciler-plan-test", "--comment"),
        *("--", "plan", "--prune", "--target", "purview.term:A B/*"),
    ]
    assert (tmp_path / "output").read_text() == f"reports={tmp_path}/reconciler-plan-test\n"


def test_all_that_is_told_is_asked_for(tmp_path: Path) -> None:
    names = ("issue", "labels", "compare", "notes", "pull_request")
    words = Step(tmp_path, RUN, **dict.fromkeys(names, "true")).words
    assert words[4:-2] == [f"--{name.replace('_', '-')}" for name in names]


def test_without_anything_there_is_nothing_more(tmp_path: Path) -> None:
    assert Step(tmp_path, RUN, command="validate").words == [
        *("--project=.", "github", "--out", f"{tmp_path}/reconciler-validate", "--", "validate"),
    ]


def test_an_apply_gets_digest_and_labels(tmp_path: Path) -> None:
    step = Step(tmp_path, RUN, command="apply", environment="prod", expect_digest="sha256:1", approve="PII\nTop secret")
    assert step.words[-4:] == ["apply", "--expect-digest=sha256:1", "--approve=PII", "--approve=Top secret"]


def test_an_apply_without_a_digest_is_none(tmp_path: Path) -> None:
    step = Step(tmp_path, RUN, command="apply", environment="prod", approve="PII")
    ran = step.run()
    assert (ran.returncode, step.seen.exists()) == (1, False)
    assert "apply needs expect-digest" in ran.stdout


@pytest.mark.parametrize("name", ["environment", "project", "arguments", "approve", "expect_digest", "command"])
def test_no_input_is_a_line_of_the_shell(name: str, tmp_path: Path) -> None:
    evil = "x\"; touch made; '$(touch made)`touch made`; ${IFS}*"
    inputs = {"command": "apply", "expect_digest": "sha256:1", name: evil}
    step = Step(tmp_path, RUN, **inputs)
    assert any(evil in word for word in step.words)
    assert not (tmp_path / "made").exists()


def test_an_environment_adds_no_output(tmp_path: Path) -> None:
    step = Step(tmp_path, RUN, environment="a\ndigest=sha256:2")
    assert step.words
    assert len((tmp_path / "output").read_text().splitlines()) == 1


def test_the_tool_takes_the_place_of_the_shell_and_hears_the_signal(tmp_path: Path) -> None:
    step = Step(tmp_path, RUN, environment="test")
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that run behind a shell ignore it
    try:
        running = subprocess.Popen(
            step.command,
            env={**step.env, "WAIT": "60"},
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    finally:
        signal.signal(signal.SIGINT, heard)
    with running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"here\n"
        assert json.loads(step.seen.read_text())["pid"] == running.pid
        running.send_signal(signal.SIGINT)
        assert running.wait(20) != 0


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"version": "1.0; touch made"}, "version is no version"),
        ({"version": "--index-url=x"}, "version is no version"),
        ({"version": "1.0", "extras": "azure]; x"}, "extras are words"),
    ],
)
def test_what_is_no_version_is_not_installed(inputs: dict[str, str], told: str, tmp_path: Path) -> None:
    ran = Step(tmp_path, INSTALL, **inputs).run()
    assert (ran.returncode, told in ran.stdout) == (1, True)
    assert not (tmp_path / "reconciler-tool").exists()


def test_an_old_python_is_told(tmp_path: Path) -> None:
    step = Step(tmp_path, INSTALL, version="1.0")
    (tmp_path / "bin/python3").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin/python3").chmod(0o755)
    ran = step.run()
    assert (ran.returncode, "Python 3.11 or later" in ran.stdout) == (1, True)


@pytest.mark.long
def test_nothing_of_the_checkout_is_run(tmp_path: Path) -> None:
    """The folder that the job stands in has modules of the names that Python would take first, were it let."""
    step = Step(tmp_path, INSTALL, version="1.0", **{"from": str(ROOT)})
    for name in ("venv", "pip", "ensurepip", "reconciler", "click", "subprocess"):
        (tmp_path / f"{name}.py").write_text("open('made', 'w').close(); raise SystemExit(9)\n")
    ran = step.run()
    assert ran.returncode == 0, ran.stdout + ran.stderr
    tool = [str(tmp_path / "reconciler-tool/bin/python"), "-I", "-m", "reconciler", "--version"]
    done = subprocess.run(tool, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("reconciler, version "), done.stderr
    assert not (tmp_path / "made").exists()
