"""The clients' most usual calls, a dozen: what runs with the short tests where the clients are installed."""

from __future__ import annotations

import httpx
import pytest

from reconciler_sandbox.server import running

from . import test_account, test_apache_atlas, test_datamap, test_pyapacheatlas
from .atlas.world import World as AtlasWorld
from .contract import operations
from .datamap.world import World as DatamapWorld
from .pyapache.world import World as PyApacheWorld
from .tables import need

pytestmark = pytest.mark.filterwarnings("ignore")

BEARER = {"authorization": "Bearer token"}


@pytest.mark.parametrize(
    "operation",
    [
        "entity.batch_create_or_update",
        "entity.batch_set_classifications",
        "entity.move_entities_to_collection",
        "glossary.create_term",
        "type_definition.batch_update",
        "discovery.query",
    ],
)
def test_azure_purview_datamap(operation: str) -> None:
    with running(seed="empty") as server, test_datamap.datamap_client(server.url) as client:
        body = {"friendlyName": "Staging", "parentCollection": {"referenceName": "contoso-purview"}}
        httpx.put(f"{server.url}/account/collections/staging", json=body, headers=BEARER).raise_for_status()
        test_datamap.CASES[operation](client, DatamapWorld(client))


@pytest.mark.parametrize("operation", ["client.upload_entities", "client.upload_typedefs", "glossary.upload_term"])
def test_pyapacheatlas_client(operation: str) -> None:
    need("pyapacheatlas.core")
    with running(seed="empty") as server:
        world = PyApacheWorld(server.url)
        test_pyapacheatlas.CASES[operation](world.client, world)


@pytest.mark.parametrize("operation", ["entity.purge_entities_by_guids", "glossary.disassociate_term_from_entities"])
def test_apache_atlas_client(operation: str) -> None:
    need("apache_atlas.client.base_client")
    with running(seed="empty", mode="atlas") as server:
        world = AtlasWorld(server.url)
        test_apache_atlas.CASES[operation](world.client, world)


def test_azure_purview_account() -> None:
    module = need("azure.purview.administration.account")
    bearer = need("azure.core.pipeline.policies").HeadersPolicy({"Authorization": "Bearer token"})
    key = need("azure.core.credentials").AzureKeyCredential("unused")
    with running(seed="empty") as server:
        client = module.PurviewAccountClient(server.url, key, authentication_policy=bearer)
        test_account.CASES["collections.get_collection_path"](client)


def test_the_contract_is_read_from_the_client() -> None:
    assert len(operations()) == 96
