"""Searches of Apache Atlas: there in atlas mode, and nowhere else."""

from __future__ import annotations

import httpx
import pytest

from reconciler_sandbox.server import running

PATHS = ("attribute?attrValuePrefix=a", "quick?query=a", "fulltext?query=a", "suggestions", "saved")


@pytest.mark.parametrize(("mode", "status"), [("purview", 404), ("atlas", 200)])
def test_only_atlas_has_them(mode: str, status: int) -> None:
    with running(seed="empty", mode=mode) as server, httpx.Client(auth=("admin", "admin")) as client:
        found = {path: client.get(f"{server.url}/api/atlas/v2/search/{path}").status_code for path in PATHS}
    assert found == dict.fromkeys(PATHS, status)
