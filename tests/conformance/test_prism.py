"""The worked example through Prism: no request and no answer breaks a contract, in either direction."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from reconciler_sandbox.server import running

from .. import portal
from ..support import Project
from . import cluedin_api, reviewed
from .contract import BASE
from .openapi import document
from .prism import Judged, Plane, between
from .story import furnish, walk

pytestmark = [pytest.mark.long, pytest.mark.node]

CLUEDIN = "/api/api"


def data_map() -> Plane:
    """The data map; bodies may hold only fields that their models have."""
    whole = copy.deepcopy(document(strict=True))
    whole["paths"] = {BASE + path: item for path, item in whole["paths"].items()}
    whole["servers"] = [{"url": "/"}]
    return Plane("purview", BASE, whole)


def rest() -> Plane:
    """CluedIn's REST; its gateway takes off the first `/api`."""
    return Plane("cluedin", CLUEDIN, cluedin_api.document(), less="/api")


PLANES = {"purview": data_map, "cluedin": rest}


@pytest.fixture(params=PLANES)
def judged(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Judged, Project, str]]:
    plane = PLANES[request.param]()
    folder = tmp_path / "prism"
    folder.mkdir()
    with running(seed="demo") as server, between(server.url, [plane], folder) as found:
        made = Project(tmp_path / "project", server.url)
        made.env["RECONCILER_VAR_SANDBOX_URL"] = found.url
        furnish(made)
        yield found, made, request.param


LEAST = {"purview": 300, "cluedin": 10}
"""Requests of the worked example that Prism sees at least; most of CluedIn's are GraphQL."""
MUST = {
    "purview": {
        ("POST", f"{BASE}/atlas/v2/types/typedefs"),
        ("POST", f"{BASE}/atlas/v2/entity/bulk"),
        ("POST", f"{BASE}/atlas/v2/entity/guid/{{id}}/businessmetadata"),
        ("POST", f"{BASE}/search/query"),
        ("DELETE", f"{BASE}/atlas/v2/glossary/term/{{id}}"),
    },
    "cluedin": {
        ("POST", f"{CLUEDIN}/v1/streams/{{id}}/start"),
        ("POST", f"{CLUEDIN}/v1/streams/{{id}}/connectorActions/RunExport/execute"),
        ("POST", f"{CLUEDIN}/v1/streams/{{id}}/connectorActions/GetExportHistory/execute"),
        ("DELETE", f"{CLUEDIN}/v1/streams/{{id}}"),
    },
}
"""Requests that must be among them, one for each thing that the example does."""


def test_the_worked_example(judged: tuple[Judged, Project, str]) -> None:
    """From the first plan to the last removal, actions and doctor included; and Prism is seen to judge."""
    found, made, plane = judged
    walk(made, scanned_at=made.url)
    assert len(found.requests) >= LEAST[plane]
    kinds = {(method, re.sub(r"[0-9a-f-]{36}", "{id}", path)) for method, path in found.paths(plane)}
    assert MUST[plane] <= kinds, sorted(MUST[plane] - kinds)
    known = {one for one in reviewed.PRISM if one.startswith(f"{plane} ")}
    refused = [one for one in found.requests if one[3] >= 400]
    assert found.violations == known, f"{refused}\n" + "\n".join(sorted(found.violations ^ known))
    _wrong(found, made, plane)


def _wrong(found: Judged, made: Project, plane: str) -> None:
    """A wrong request and a wrong answer are found: a document that Prism cannot compile finds nothing."""
    headers = {"authorization": "Bearer token"}
    if plane == "cluedin":
        httpx.put(f"{found.url}/api/api/v1/vocabs/key", json={"colour": "red"}, headers=headers)
        assert any("additional properties" in one for one in found.violations)
        portal.get(f"{found.url}/api/api/v1/vocabs/key/not-a-uuid", headers=headers)
        assert any("uuid" in one for one in found.violations)
        return
    portal.post(f"{found.url}{BASE}/atlas/v2/glossary", json={"name": "Words", "colour": "red"}, headers=headers)
    assert any("found 'colour'" in one for one in found.violations)
    made.http(
        "POST", "/_sandbox/faults", json={"path": "/glossary$", "status": 200, "body": [{"name": {}}], "times": 1}
    )
    portal.get(f"{found.url}{BASE}/atlas/v2/glossary", headers=headers)
    assert any("response.body" in one for one in found.violations)
