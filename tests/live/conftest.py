"""One suite for two servers: the Apache Atlas that `RECONCILER_ATLAS_URL` names, else the sandbox in its atlas mode."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler_sandbox.server import running

from .world import AtlasProject, Place, place_on

URL = os.environ.get("RECONCILER_ATLAS_URL", "")
SERVER = "server" if URL else "sandbox"


@pytest.fixture(scope="session", params=[SERVER])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Names of our own on the server under test; everything that bears them is removed in the end."""
    if request.param == "server":
        user = os.environ.get("RECONCILER_ATLAS_USER", "admin")
        with place_on(URL, user, os.environ.get("RECONCILER_ATLAS_PASSWORD", "admin")) as found:
            yield found
        return
    with (
        running(mode="atlas", seed="empty", strict_auth=True) as sandbox,
        place_on(sandbox.url, "admin", "admin") as found,
    ):
        yield found


@pytest.fixture
def project(tmp_path: Path, place: Place) -> Iterator[AtlasProject]:
    """An empty project against the server under test; what it claims is free afterwards."""
    yield AtlasProject(tmp_path, place)
    place.release()
