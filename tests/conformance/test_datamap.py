"""azure-purview-datamap, unmodified: every operation that the client has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler_sandbox.server import Running, running

from .. import portal
from .answers import watched
from .datamap import discovery, entity, glossary, lineage, relationship, type_definition
from .datamap.world import World
from .tables import Case, cases, check_complete, need, operations

pytestmark = pytest.mark.long

GROUPS = (entity, glossary, type_definition, relationship, lineage, discovery)
CASES: dict[str, Case] = {}
for _module in GROUPS:
    CASES |= cases(_module.__name__.rpartition(".")[2], _module)


def datamap_client(url: str) -> Any:
    """The client, which sends its token over plain HTTP only with a policy of the caller's."""
    policies = need("azure.core.pipeline.policies")
    key = need("azure.core.credentials").AzureKeyCredential("unused")
    bearer = policies.HeadersPolicy({"Authorization": "Bearer token"})
    return need("azure.purview.datamap").DataMapClient(url, key, authentication_policy=bearer)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(seed="empty") as found:
        yield found


@pytest.fixture
def world(server: Running) -> Iterator[World]:
    httpx = need("httpx")
    portal.post(f"{server.url}/_sandbox/reset").raise_for_status()
    body = {"friendlyName": "Staging", "parentCollection": {"referenceName": "contoso-purview"}}
    headers = {"authorization": "Bearer token"}
    httpx.put(f"{server.url}/account/collections/staging", json=body, headers=headers).raise_for_status()
    with datamap_client(server.url) as client:
        yield World(client)


@pytest.mark.parametrize("operation", CASES)
def test_operation(operation: str, server: Running, world: World) -> None:
    """Each does what its case says, and every answer has the contract's status and form."""
    with watched(server) as faults:
        CASES[operation](world.client, world)
    assert faults == []


def test_every_operation_is_tried() -> None:
    module = need("azure.purview.datamap.operations._operations")
    offered: set[str] = set()
    for group in GROUPS:
        name = group.__name__.rpartition(".")[2]
        kind = getattr(module, "".join(part.title() for part in name.split("_")) + "Operations")
        offered |= operations(name, kind)
    check_complete(CASES, offered, {})
    assert len(CASES) == 96
