"""The worked example handed over, and the tools that receive it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ..cli.conftest import Ran, caged, example, run
from ..support_venv import environment

__all__ = ["caged", "example", "run"]

ROOT = Path(__file__).parents[2]
JUDGES = Path(__file__).parent / "judges"
SHOWN = ROOT / "docs" / "handover"
"""One of each, as the pages show them."""

Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def tool(request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """The programs of an environment, by the list of what it has."""
    return lambda name: environment(request.config, JUDGES / f"{name}.txt")


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The worked example in a folder, with no system and no secret around."""
    shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
    for name in ("CI", "RECONCILER_ENV", "FORCE_COLOR", "GITHUB_ACTIONS", "RECONCILER_SECRETS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path
