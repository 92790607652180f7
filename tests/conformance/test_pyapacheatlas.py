"""pyapacheatlas, unmodified: every operation of its Purview client, and each of its ways that differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler_sandbox.server import Running, running

from .. import portal
from .pyapache import client, collections, discovery, glossary
from .pyapache.world import A, B, World
from .tables import Case, cases, check_complete, need, operations

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]

CASES: dict[str, Case] = {}
for _module in (client, glossary, collections, discovery):
    CASES |= cases(_module.__name__.rpartition(".")[2], _module)

LEFT_OUT = {
    "client.get_entity_next_lineage": "sends a path below /atlas/v2 that no specification has",
    "client.import_terms": "its older word for glossary.import_terms",
    "client.import_terms_status": "its older word for glossary.import_terms_status",
    "client.export_terms": "its older word for glossary.export_terms",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(seed="empty") as found:
        yield found


@pytest.fixture
def world(server: Running) -> World:
    portal.post(f"{server.url}/_sandbox/reset").raise_for_status()
    return World(server.url)


@pytest.mark.parametrize("operation", CASES)
def test_operation(operation: str, world: World) -> None:
    CASES[operation](world.client, world)


def test_every_operation_is_tried() -> None:
    core = need("pyapacheatlas.core.client")
    words = need("pyapacheatlas.core.glossary.glossaryclient")
    offered = operations("client", core.AtlasClient, core.PurviewClient)
    offered |= operations("glossary", words.GlossaryClient, words.PurviewGlossaryClient)
    offered |= operations("collections", need("pyapacheatlas.core.collections.purview").PurviewCollectionsClient)
    offered |= operations("discovery", need("pyapacheatlas.core.discovery.purview").PurviewDiscoveryClient)
    check_complete(CASES, offered, LEFT_OUT)


# its ways, as the sandbox's log shows them


def _log(world: World, path: str) -> list[dict[str, Any]]:
    found = portal.get(f"{world.url}/_sandbox/requests").json()
    return [one for one in found if one["path"].endswith(path)]


def test_booleans_are_capitalised(world: World) -> None:
    world.client.get_entity(guid=world.a, ignoreRelationships=True)
    query = dict(_log(world, "/entity/bulk")[-1]["query"])
    assert (query["ignoreRelationships"], query["minExtInfo"]) == ("True", "False")


def test_temporary_ids_are_integers(world: World) -> None:
    a, b = world.entity("x", "x", guid=-11), world.entity("y", "y", guid=-12)
    process = world.core.AtlasProcess("z", "Process", "z", inputs=[a], outputs=[b], guid=-13)
    assert isinstance(a.to_json()["guid"], int)
    made = world.client.upload_entities([process, b, a])["guidAssignments"]
    assert world.held(made["-13"])["attributes"]["inputs"][0]["guid"] == made["-11"]


def test_names_are_numbered_from_nought(world: World) -> None:
    world.client.get_entity(qualifiedName=[A, B], typeName="parcel")
    names = [name for name, _ in _log(world, "/bulk/uniqueAttribute/type/parcel")[-1]["query"]]
    assert names[:2] == ["attr_0:qualifiedName", "attr_1:qualifiedName"]


def test_a_classification_may_carry_unknown_fields(world: World) -> None:
    sent = world.classification().to_json()
    assert {"propagate", "entityStatus", "removePropagationsOnEntityDelete"} <= sent.keys()
    world.client.classify_entity(world.a, [sent])
    assert world.classified(world.a) == ["PII"]


def test_a_filter_may_be_null(world: World) -> None:
    found = world.client.discovery.query(body={"keywords": "party", "filter": None, "limit": 5, "offset": 0})
    assert found["value"][0]["name"] == "Party"


def test_a_query_may_begin_with_an_ampersand(world: World) -> None:
    glossary.import_terms(world.client, world)
    assert _log(world, "/terms/import")[-1]["query"] == [["includeTermHierarchy", "True"]]


def test_a_delete_may_have_a_body(world: World) -> None:
    world.client.update_entity_labels(["one", "two"], guid=world.a)
    world.client.delete_entity_labels(["one"], guid=world.a)
    assert _log(world, "/labels")[-1]["method"] == "DELETE"
    assert world.held(world.a)["labels"] == ["two"]


def test_an_error_is_known_by_its_code(world: World) -> None:
    """The exception is not an `Exception`, and is raised only for bodies with `errorCode`."""
    assert not issubclass(world.exception, Exception)
    with pytest.raises(world.exception, match="ATLAS-404-00-005"):
        world.client.get_single_entity(guid="8f0f0d4e-0000-4000-8000-000000000000")
    with pytest.raises(OSError, match="1005"):
        world.client.collections.delete_collection("nowhere")


@pytest.mark.parametrize("path", ["/atlas/v2/glossary/", "/atlas/v2//types/typedefs/headers/"])
def test_slashes_too_many_do_no_harm(world: World, path: str) -> None:
    world.client._get_http(f"{world.url}/catalog/api{path}")


def test_a_term_is_taken_off_by_put_too(world: World) -> None:
    """The catalog's preview and Apache Atlas un-assign with PUT."""
    world.client.assignTerm([{"guid": world.a}], termGuid=world.party)
    relation = world.held(world.a)["meanings"][0]["relationGuid"]
    url = f"{world.client.endpoint_url}/glossary/terms/{world.party}/assignedEntities"
    world.client._put_http(url, json=[{"guid": world.a, "relationshipGuid": relation}])
    assert not world.held(world.a).get("meanings")
