"""Annotations, mappings, identifiers and relations against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.errors import SystemFailureError
from reconciler.resources.objects import Write
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler_sandbox.server import Running, running
from tests.resources.cluedin_support import connect
from tests.resources.inbound_support import ANNOTATION, IGNORE, MODIFY, UPDATE, Scene


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "normalising"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running(seed="demo", normalise=request.param) as one:
        yield one


@pytest.fixture
def scene(sandbox: Running, request: pytest.FixtureRequest) -> Scene:
    return Scene(connect(sandbox), request.node.name.partition("[")[0].removeprefix("test_"))


def test_annotation_reads_back_and_changes_what_is_mentioned(scene: Scene) -> None:
    id = scene.annotated(origin="CRM")
    notes = scene.desk("annotation")
    live = notes.get(scene.set)
    assert (live.id, live.fields["vocabulary"], live.fields["entity_type"]) == (id, "inb.c", "/Person")
    assert live.fields["origin"] == "CRM"
    scene.map("id", key="inb.c.id")
    scene.map("email", key="inb.c.email")
    scene.ask(MODIFY, a={"id": id, "useStrictEdgeCode": True, "nameKey": "inb.c.email"})
    notes.update(scene.set, primary_identifier="inb.c.id")
    live = notes.get(scene.set)
    assert (live.fields["primary_identifier"], live.fields["name_key"]) == ("inb.c.id", "inb.c.email")
    assert scene.ask(ANNOTATION, id=id)["useStrictEdgeCode"] is True
    notes.update(scene.set, origin=None, name_key=None)
    live = notes.get(scene.set)
    assert live.fields.keys().isdisjoint({"origin", "name_key"})
    assert live.fields["primary_identifier"] == "inb.c.id"
    assert scene.ask(ANNOTATION, id=id)["origin"] == "--data-source-name--"


def test_annotation_keys_come_after_mappings(scene: Scene) -> None:
    id = scene.annotated()
    keys = scene.desk("annotation_keys")
    assert keys.read(scene.set) is None
    with pytest.raises(GraphQLRefused, match="not mapped"):
        keys.create(scene.set, primary_identifier="inb.c.id")
    scene.map("id", key="inb.c.id")
    assert keys.create(scene.set, primary_identifier="inb.c.id") == id
    keys.update(scene.set, name_key="inb.c.id")
    assert keys.get(scene.set).fields == {"primary_identifier": "inb.c.id", "name_key": "inb.c.id"}
    assert "full vocabulary key" in keys.problems("a/b/c", name_key="name")


def test_annotation_needs_and_problems(scene: Scene) -> None:
    scene.made()
    notes = scene.desk("annotation")
    assert notes.read(scene.set) is None
    with pytest.raises(SystemFailureError, match="needs vocabulary"):
        notes.create(scene.set, entity_type="/Person")
    assert notes.problems("a/b/c", vocabulary="inb.c", entity_type="/Person", name_key="inb.c.id") == ""
    assert "starts with `/`" in notes.problems("a/b/c", entity_type="Person")
    assert "full vocabulary key" in notes.problems("a/b/c", primary_identifier="id")
    assert "key prefix" in notes.problems("a/b/c", vocabulary="1 x")


def test_mapping_create_update_delete(scene: Scene) -> None:
    id = scene.annotated()
    maps = scene.desk("column_mapping")
    scene.map("email", key="inb.c.email", alias=True)
    scene.map("notes", key=IGNORE)
    live = maps.get(f"{scene.set}#email")
    assert live.fields == {"key": "inb.c.email", "alias": True}
    assert live.id == live.id.lower()
    assert maps.get(f"{scene.set}#notes").fields == {"key": IGNORE}
    given = {"id": live.id, "originalField": "email", "useAsEntityCode": True}
    known = {"new": False, "vocabularyKeyId": scene.desk("vocabulary_key").get("inb.c.email", "none").id}
    scene.ask(UPDATE, d=live.raw["data_set"], p={**given, "vocabularyKeyConfiguration": known})
    scene.map("email", alias=False)
    assert not maps.get(f"{scene.set}#email").fields.get("alias")
    (kept,) = scene.ask(ANNOTATION, id=id)["annotationProperties"]
    assert (kept["vocabKey"], kept["useAsEntityCode"], kept["useAsAlias"]) == ("inb.c.email", True, False)
    scene.map("email", key="inb.c.id")
    assert maps.get(f"{scene.set}#email").fields["key"] == "inb.c.id"
    scene.map("email", key=IGNORE)
    scene.map("notes", key="inb.c.email")
    assert maps.get(f"{scene.set}#email").fields["key"] == IGNORE
    assert maps.get(f"{scene.set}#email").id == live.id
    gone = maps.get(f"{scene.set}#email")
    maps.delete(f"{scene.set}#email")
    assert maps.read(f"{scene.set}#email") is None
    assert maps.get(f"{scene.set}#notes").fields["key"] == "inb.c.email"
    maps.type.delete(scene.cluedin, Write("", gone.key, {}, gone, maps.id_of))


def test_mapping_problems(scene: Scene) -> None:
    def problems(address: str, **values: Any) -> str:
        type = scene.desk("column_mapping").type
        return " | ".join(type.problems(type.desired(address, **values)))

    assert problems("a/b/c#x", key="inb.c.id", alias=True) == ""
    assert "alias" in problems("a/b/c#x", key=IGNORE, alias=True)
    assert "full vocabulary key" in problems("a/b/c#x", key="id")
    assert "a column" in problems("a/b/c", key=IGNORE)
    scene.annotated()
    with pytest.raises(SystemFailureError, match="no vocabulary"):
        scene.map("id", key="nowhere.id")


def test_identifier_create_and_update(scene: Scene) -> None:
    scene.annotated()
    scene.map("email", key="inb.c.email")
    codes, key = scene.desk("identifier"), f"{scene.set}#inb.c.email"
    assert codes.read(key) is None
    id = codes.create(key, origin="email", source_code="x")
    live = codes.get(key)
    assert (live.id, live.fields) == (id, {"origin": "email", "source_code": "x"})
    assert live.raw["type"] == "String"
    codes.update(key, origin="mail")
    assert codes.get(key).fields == {"origin": "mail", "source_code": "x"}
    assert "full vocabulary key" in codes.problems("a/b/c#email")
    assert codes.problems("a/b/c#inb.c.email", origin="email") == ""


def test_relation_is_added_once_and_never_changed(scene: Scene) -> None:
    id = scene.annotated()
    scene.map("email", key="inb.c.email")
    relations, key = scene.desk("relation"), f"{scene.set}#email/%2FWorksFor"
    relations.create(key, to="/Organization", direction="outgoing", origin="CRM")
    live = relations.get(key)
    assert live.fields == {"to": "/Organization", "direction": "outgoing", "origin": "CRM"}
    relations.create(f"{scene.set}#email/%2FKnows", to="/Person")
    (found,) = scene.ask(ANNOTATION, id=id)["annotationProperties"]
    assert [edge["edgeType"] for edge in found["annotationEdges"]] == ["/WorksFor", "/Knows"]
    assert relations.problems("a/b/c#email/%2FKnows", to="/Person", direction="Outgoing") == ""
    assert "edge type" in relations.problems("a/b/c#email/Knows", to="/Person")
    assert "direction" in relations.problems("a/b/c#email/%2FKnows", direction="up")
    assert "leads to" in relations.problems("a/b/c#email/%2FKnows", to="Person")


@pytest.mark.parametrize("name", ["identifier", "relation"])
def test_unmapped_columns_are_told(scene: Scene, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.group += name
    scene.annotated()
    waits = "relation" if name == "relation" else "together"
    monkeypatch.setattr(f"reconciler.resources.cluedin.{waits}.until_visible", lambda _, probe: probe())
    rest, values = ("inb.c.email", {}) if name == "identifier" else ("email/%2FKnows", {"to": "/Person"})
    with pytest.raises(SystemFailureError, match="mapped"):
        scene.desk(name).create(f"{scene.set}#{rest}", **values)
