"""Numbers, booleans and dates: Apache Atlas shows 0, false and 0 for what was never set, or was set to null."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler_sandbox.server import running

from ..support import SECRETS
from .test_lineage import CLUEDIN
from .world import AtlasProject, Place

TYPES = {"count": "int", "size": "long", "good": "boolean", "since": "date", "word": "string"}
VALUES = {"count": 7, "size": 5_000_000_000, "good": True, "since": 1_700_000_000_000, "word": "w"}
PLAIN = {"cardinality": "SINGLE", "isOptional": True, "isUnique": False, "isIndexable": False}


@pytest.fixture(scope="module")
def typed(place: Place) -> Place:
    """A type with an attribute of each of these types, and one of text."""
    attributes = [{"name": name, "typeName": of, **PLAIN} for name, of in TYPES.items()]
    definition = {"category": "ENTITY", "superTypes": ["DataSet"], "attributeDefs": attributes}
    place.create("type", f"{place.types}v", category="entityDefs", definition=definition)
    return place


def raw(place: Place, name: str) -> dict[str, Any]:
    held = place.entity(f"{place.types}v", f"{place.names}.{name}")
    assert held is not None
    return {key: held["attributes"][key] for key in TYPES}


def test_what_was_never_set_reads_as_zero_and_is_nothing(typed: Place) -> None:
    key = f"{typed.types}v/{typed.names}.none"
    typed.create("entity", key, name="none")
    assert raw(typed, "none") == {"count": 0, "size": 0, "good": False, "since": 0, "word": None}
    live = typed.one("entity", key)
    assert live.unset >= {f"attributes[{name}]" for name in ("count", "size", "good", "since")}
    assert "attributes[word]" not in live.fields
    typed.delete("entity", key)


def test_values_are_set_and_cleared_and_read_again(typed: Place) -> None:
    key = f"{typed.types}v/{typed.names}.some"
    typed.create("entity", key, name="some", attributes=VALUES)
    assert raw(typed, "some") == VALUES
    typed.update("entity", key, {f"attributes[{name}]": None for name in TYPES})
    assert raw(typed, "some") == {"count": 0, "size": 0, "good": False, "since": 0, "word": None}
    typed.update("entity", key, {f"attributes[{name}]": value for name, value in VALUES.items()})
    assert raw(typed, "some") == VALUES
    typed.update("entity", key, {"attributes[count]": 0, "attributes[good]": False})
    live = typed.one("entity", key)
    assert (live.fields["attributes[count]"], live.fields["attributes[good]"]) == ("0", "false")
    assert live.fields["attributes[since]"] == "1700000000000"
    typed.delete("entity", key)


# -- a contract: attributes that it says, and stops saying ---------------------------------------------------

GLOSSARY = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: client}
spec:
  vocabulary: {name: Client, key_prefix: client, active: true, entity_type: {name: Client, code: /Client, icon: User}}
  terms: [{name: Id, key: id, term: false}, {name: Email, key: email, term: false}]
  assign_terms: false
"""

CONTRACT = """
apiVersion: reconciler/v1
kind: ExportContract
metadata: {name: NAME}
spec:
  entity: /Client
  delivery:
    type: file-parquet
    connection: abfss://mdm@contosolake.dfs.core.windows.net
    path: out/NAME/
    schedule: daily
    overwrite: true
    target: {secrets: {AccountKey: {env: LAKE_KEY}}}
  sla: {rpo_minutes: 45}
  columns: [{from: client.id}, {from: client.email}]
"""


@pytest.fixture
def exported(project: AtlasProject, request: pytest.FixtureRequest) -> Iterator[AtlasProject]:
    """An export of a type under the name of the test, applied."""
    with running(seed="demo") as sandbox:
        project.env |= {
            "RECONCILER_VAR_CLUEDIN_URL": sandbox.url,
            "RECONCILER_SECRETS": "ATLAS_PASSWORD,CLUEDIN_PASSWORD,LAKE_KEY",
            "CLUEDIN_PASSWORD": SECRETS["CLUEDIN_PASSWORD"],
            "LAKE_KEY": SECRETS["LAKE_KEY"],
        }
        project.edit("environments/sandbox.yaml", "  policy:", CLUEDIN.strip("\n") + "\n  policy:")
        project.write("client.yaml", GLOSSARY)
        project.write("export.yaml", CONTRACT.replace("NAME", name_of(request.node.name)))
        project.done()
        yield project


def name_of(test: str) -> str:
    """A contract of its own for each test: what is in the catalogue stays there until the end."""
    return "cleared_v1" if "cleared" in test else "lost_v1"


def process(exported: AtlasProject, name: str) -> dict[str, Any]:
    place = exported.place
    held = place.entity(f"{place.types}export", f"{place.names}.export.{name}")
    assert held is not None
    return dict(held["attributes"])


def changed(exported: AtlasProject, **options: Any) -> list[tuple[str, Any, Any]]:
    """Fields of entities in a plan, as people are shown them."""
    changes = [one for one in exported.plan(**options).changes if one.type.name == "entity"]
    return [(item.path, item.before, item.after) for one in changes for item in one.fields]


def test_what_a_contract_stops_saying_is_cleared_and_is_done(exported: AtlasProject) -> None:
    assert (process(exported, "cleared_v1")["rpo_minutes"], process(exported, "cleared_v1")["rto_minutes"]) == (45, 0)
    exported.edit("export.yaml", "rpo_minutes: 45", "")
    assert ("attributes[rpo_minutes]", "45", None) in changed(exported)
    exported.done()
    assert process(exported, "cleared_v1")["rpo_minutes"] == 0
    exported.edit("export.yaml", "sla: {}", "sla: {rto_minutes: 60}")
    assert changed(exported) == [("attributes[rto_minutes]", None, 60)], "nobody ever wrote a zero"
    exported.done()
    assert process(exported, "cleared_v1")["rto_minutes"] == 60


def test_without_a_ledger_our_own_entities_are_adopted(exported: AtlasProject) -> None:
    for file in (exported.root / ".reconciler").rglob("*"):
        if file.is_file():
            file.unlink()
    plan = exported.plan()
    ours = [one for one in plan.changes if one.type.name == "entity"]
    assert {one.action for one in ours} == {"adopt"}, [(one.address, one.message) for one in ours]
    assert not [item for one in ours for item in one.fields]
    assert not [one for one in plan.changes if one.action == "conflict" and one.type.system == "purview"]
    result = exported.apply(adopt="overwrite")
    assert result.complete, [(one.status, one.change.address, one.message) for one in result.outcomes]
    assert [address for _, address in exported.actions() if address.startswith("purview.")] == []
