"""A project for every kind, found by discovery, against a plain, a normalising and a lagging sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.kinds import kinds, models
from reconciler.manifest.spec import example

from ..support import EACH_SANDBOX, SANDBOXES, Project, project

NEEDS = {"DataSourceLink": ("GlossaryMapping",), "Stream": ("ExportContract",)}
"""The kinds whose examples declare what the example of a kind refers to."""


def subjects() -> list[str]:
    """Every kind but the environment itself, which every project has."""
    return list(kinds())


@pytest.fixture(params=EACH_SANDBOX)
def sandbox_options(request: pytest.FixtureRequest) -> dict[str, object]:
    """How the sandbox behaves."""
    return SANDBOXES[request.param]


@pytest.fixture(params=subjects())
def subject(request: pytest.FixtureRequest, tmp_path: Path, sandbox_options: dict[str, object]) -> Iterator[Project]:
    """A project with the example of one kind, and of the kinds that examples refer to."""
    with project(tmp_path, **sandbox_options) as made:
        for name in {"LabelMap", *NEEDS.get(request.param, ()), request.param}:
            made.write(f"{name.lower()}.yaml", example(models()[name]))
        yield made
