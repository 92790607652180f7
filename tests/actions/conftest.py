"""A project whose documents are the stand-ins, against a running sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.kinds import kinds, models
from reconciler.systems.cluedin import CluedIn

from ..cli.conftest import Ran, run
from ..support import SECRETS, Project, project
from .stand_ins import Exported, ExportedSpec, Linked, LinkedSpec

__all__ = ["Run", "run"]

Run = Callable[..., Ran]
LAKE_KEY = "a-key-of-the-lake=="


@pytest.fixture
def acting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """An empty project with the variables set as a user would."""
    rooms = {**kinds(), "ExportContract": Exported, "DataSourceLink": Linked}
    known = {**models(), "ExportContract": ExportedSpec, "DataSourceLink": LinkedSpec}
    monkeypatch.setattr("reconciler.desired.wishes.kinds", lambda: rooms)
    monkeypatch.setattr("reconciler.desired.wishes.models", lambda: known)
    with project(tmp_path) as made:
        made.env |= {"LAKE_KEY": LAKE_KEY, "RECONCILER_SECRETS": ",".join((*SECRETS, "LAKE_KEY"))}
        for name, value in made.env.items():
            monkeypatch.setenv(name, value)
        for name in ("CI", "RECONCILER_ENV", "FORCE_COLOR", "GITHUB_ACTIONS"):
            monkeypatch.delenv(name, raising=False)
        yield made


def contract(project: Project, name: str = "customers", **spec: object) -> None:
    """Writes an export contract of the stand-in."""
    written(project, "ExportContract", name, spec)


def link(project: Project, name: str = "contacts", **spec: object) -> None:
    """Writes a data source link of the stand-in."""
    written(project, "DataSourceLink", name, spec)


def written(project: Project, kind: str, name: str, spec: dict[str, object]) -> None:
    lines = "".join(
        f"\n  {key}: {str(value).lower() if isinstance(value, bool) else value}" for key, value in spec.items()
    )
    head = f"apiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:"
    project.write(f"{kind}-{name}.yaml", head + (lines or " {}") + "\n")


def cluedin(project: Project) -> CluedIn:
    """The project's CluedIn, signed in."""
    session = project.session()
    draft = session.draft()
    from reconciler.connect import connect

    found = connect(draft.environment, project.env)["cluedin"]
    assert isinstance(found, CluedIn)
    return found
