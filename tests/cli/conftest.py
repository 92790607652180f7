"""The command line as a person uses it: words in, exit code and both streams out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.cli import main

from ..support import SECRETS, Project, project
from .canaries import CANARIES

ROOT = Path(__file__).parents[2]


@dataclass
class Ran:
    """What a run left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """The worked example and its sandbox, with the variables set as a user would."""
    with project(tmp_path) as made:
        shutil.rmtree(tmp_path / "manifests")
        shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
        for name, value in made.env.items():
            monkeypatch.setenv(name, value)
        for name in ("CI", "RECONCILER_ENV", "FORCE_COLOR", "GITHUB_ACTIONS"):
            monkeypatch.delenv(name, raising=False)
        yield made


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs a verb on the project in the test's folder."""

    def go(*words: str) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["--project", str(tmp_path), *words])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Ran(int(left.value.code or 0), out, err)

    return go


@pytest.fixture
def caged(example: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The worked example with a canary as the value of every secret."""
    for name, value in CANARIES.items():
        assert name in SECRETS
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("reconciler_sandbox.cluedin.tokens.PASSWORD", CANARIES["CLUEDIN_PASSWORD"])
    return example
