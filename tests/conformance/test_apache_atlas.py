"""Apache Atlas's own client, unmodified, against a sandbox in `mode="atlas"`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler_sandbox.server import Running, running

from .. import portal
from .atlas import discovery, entity, glossary, lineage, relationship, typedef
from .atlas.world import World
from .tables import Case, cases, check_complete, need, operations

pytestmark = pytest.mark.long

GROUPS = (entity, typedef, glossary, lineage, relationship, discovery)
CASES: dict[str, Case] = {}
for _module in GROUPS:
    CASES |= cases(_module.__name__.rpartition(".")[2], _module)

_BROKEN = "fails in the client, before anything is sent"
_QUERY = "sends the body as query parameters, which Apache Atlas refuses too"
_PATH = "asks under the path of entity definitions"
_READS = "the client cannot read the answer: its model calls a method that does not exist"
_LANGUAGE = "Apache Atlas's own query language, which the sandbox does not have"
LEFT_OUT = {
    "entity.add_labels_by_name": _BROKEN,
    "entity.remove_labels_by_name": _BROKEN,
    "entity.set_labels_by_guid": _BROKEN,
    "entity.set_labels_by_name": _BROKEN,
    "entity.remove_classification_by_name": _BROKEN,
    "entity.update_entities": "posts many entities to the path of one, which Apache Atlas refuses",
    "entity.get_audit_events": "the audit is kept by Apache Atlas alone; the sandbox does not have it",
    "entity.get_entity_headers": "changes since a time are read from Apache Atlas's audit",
    "entity.get_entity_classifications": "reads one classification as if it were a list, and keeps nothing of it",
    "typedef.get_enumdef_by_guid": _PATH,
    "typedef.get_structdef_by_name": _PATH,
    "typedef.get_structdef_by_guid": _PATH,
    "typedef.delete_atlas_typedefs": "sends the definitions as query parameters and no body",
    "glossary.create_glossary_categories": "sends the categories as query parameters and no body",
    "glossary.partial_update_glossary_by_guid": _QUERY,
    "glossary.partial_update_term_by_guid": _QUERY,
    "glossary.update_glossary_category_by_guid": _QUERY,
    "relationship.update_relationship": _QUERY,
    "relationship.get_relationship_by_guid": _READS,
    "relationship.get_relationship_by_guid_with_ext_info": _READS,
    "discovery.dsl_search": _LANGUAGE,
    "discovery.dsl_search_with_params": _LANGUAGE,
}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(seed="empty", mode="atlas") as found:
        yield found


@pytest.fixture
def world(server: Running) -> World:
    portal.post(f"{server.url}/_sandbox/reset").raise_for_status()
    return World(server.url)


@pytest.mark.parametrize("operation", CASES)
def test_operation(operation: str, world: World) -> None:
    CASES[operation](world.client, world)


def test_every_operation_is_tried() -> None:
    offered: set[str] = set()
    for group in GROUPS:
        name = group.__name__.rpartition(".")[2]
        kind = "TypeDefClient" if name == "typedef" else f"{name.title()}Client"
        offered |= operations(name, getattr(need(f"apache_atlas.client.{name}"), kind))
    check_complete(CASES, offered, LEFT_OUT)


@pytest.mark.parametrize("operation", [name for name, why in LEFT_OUT.items() if why == _BROKEN])
def test_what_is_called_broken_is_broken(operation: str, world: World) -> None:
    """A client that is repaired gets a case."""
    before = len(portal.get(f"{world.client.host}/_sandbox/requests").json())
    call = getattr(world.client.entity, operation.partition(".")[2])
    arguments = {"add_labels_by_name": 3, "remove_labels_by_name": 3, "set_labels_by_guid": 2}
    with pytest.raises((AttributeError, KeyError, TypeError)):
        call(*["type", {"qualifiedName": "q"}, ["label"]][: arguments.get(call.__name__, 3)])
    assert len(portal.get(f"{world.client.host}/_sandbox/requests").json()) == before
