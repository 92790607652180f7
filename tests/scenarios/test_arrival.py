"""Records that arrive under other names than their source gives them, from the first apply to golden records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from reconciler.errors import SystemFailureError
from reconciler.kinds import models
from reconciler.kinds.data_source_link import cluedin as link_cluedin
from reconciler.kinds.data_source_link import lineage as link_lineage
from reconciler.kinds.data_source_link import scene as link_scene
from reconciler.manifest.spec import example as example_of
from reconciler.resources.cluedin import arrival, column_mapping, relation
from reconciler.resources.objects import Write
from reconciler.systems.cluedin import CluedIn

from .. import portal
from ..resources.cluedin_support import Desk, connect
from ..support import SECRETS, Project, project
from .test_stories import fields

pytestmark = pytest.mark.long

SET = "CRM/contacts/contacts"
COLUMN = "cluedin_column/cluedin.dataset.CRM.contacts.contacts"
READS_NAMES = (arrival, column_mapping, relation, link_cluedin, link_lineage, link_scene)
LINK = "datasourcelink.yaml"
MAPPINGS = """query q($id: ID!) { inbound { dataSet(id: $id) { annotationId originalFields
  fieldMappings { id originalField key } } } }"""
EDGES = """query q($id: ID) { preparation { annotation(id: $id) { nameKey originEntityCodeKey
  annotationProperties { vocabKey useAsAlias annotationEdges { id edgeType } } } } }"""


@pytest.fixture
def linked(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Project]:
    """The example of a data source link beside those of the kinds that it refers to, with a relation by `id`."""
    with project(tmp_path, **getattr(request, "param", {})) as made:
        for name in ("LabelMap", "GlossaryMapping", "DataSourceLink"):
            made.write(f"{name.lower()}.yaml", example_of(models()[name]))
        made.edit(LINK, "{column: account_id, type: /WorksFor", "{column: id, type: /WorksFor")
        made.edit(LINK, "      id: customer.id", "      id: {key: customer.id, alias: true}")
        yield made


def cluedin_of(made: Project) -> CluedIn:
    return connect(made)  # type: ignore[arg-type]


def data_set(made: Project) -> dict[str, Any]:
    cluedin = cluedin_of(made)
    id = Desk(cluedin, "data_set").get(SET).id
    found: dict[str, Any] = cluedin.graphql(MAPPINGS, {"id": id}, effect="read")["inbound"]["dataSet"]
    return {"id": id, **found}


def filled(made: Project) -> dict[str, str]:
    return {item["originalField"]: item["key"] for item in data_set(made)["fieldMappings"]}


def edges(made: Project) -> list[str]:
    id = data_set(made)["annotationId"]
    found = cluedin_of(made).graphql(EDGES, {"id": id}, effect="read")["preparation"]["annotation"]
    return [e["id"] for one in found["annotationProperties"] for e in one["annotationEdges"]]


def send(made: Project, *rows: dict[str, Any]) -> dict[str, Any]:
    form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
    token = made.http("POST", "/auth/connect/token", data={**form, "password": SECRETS["CLUEDIN_PASSWORD"]})
    headers = {"authorization": f"Bearer {token['access_token']}"}
    path = f"{made.url}/upload/api/endpoint/{data_set(made)['id']}"
    answer = portal.post(path, json=list(rows), headers=headers, timeout=30)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def golden(made: Project, type: str = "/Customer") -> list[dict[str, Any]]:
    """The golden records of a type, as CluedIn's SDK searches them."""
    form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
    token = made.http("POST", "/auth/connect/token", data={**form, "password": SECRETS["CLUEDIN_PASSWORD"]})
    headers = {"authorization": f"Bearer {token['access_token']}"}
    query = 'query q { search(query: "entityType:%s", pageSize: 100) { entries { name originEntityCode properties } } }'
    body = {"query": query % type}
    answer = portal.post(f"{made.url}/api/api/graphql", json=body, headers=headers, timeout=30).json()
    found: list[dict[str, Any]] = answer["data"]["search"]["entries"]
    return found


@pytest.fixture
def older(linked: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The same, applied in the time when columns were mapped as the scan spells them."""
    with monkeypatch.context() as before:
        for module in READS_NAMES:
            before.setattr(module, "arrived", lambda name: name)
        assert linked.apply().complete
        assert linked.actions() == []
    assert filled(linked)["id"] == "customer.id"
    return linked


def test_the_example_fills_golden_records(linked: Project) -> None:
    linked.edit(LINK, "source_quality: 5", "source_quality: 5, auto_submit: true")
    assert linked.apply().complete
    assert filled(linked)["_id"] == "customer.id"
    assert "id" not in filled(linked)
    answer = send(linked, {"id": "7", "email": "ada@example.com", "full_name": "Ada"})
    assert [one["property"] for one in answer["warnings"]] == ["id"]
    [ada] = golden(linked)
    assert (ada["name"], ada["originEntityCode"]) == ("Ada", "/Customer#contacts:7")
    assert ada["properties"]["property-customer.id"] == "7"
    assert linked.actions() == [], "what came is no difference"
    assert "id" not in data_set(linked)["originalFields"], "and no column is there twice"


@pytest.mark.parametrize("linked", [{}, {"normalise": True}, {"lag_ms": 150}], indirect=True)
def test_an_estate_with_the_first_names_is_moved_by_an_ordinary_change(older: Project) -> None:
    before = edges(older)
    assert len(before) == 1
    columns, mapping = f"purview.entity:{COLUMN}", f"cluedin.column_mapping:{SET}"
    plan = older.plan()
    assert {change.action for change in plan.changes} == {"update"}
    assert plan.orphans == []
    found = fields(older)
    assert ("update", f"{mapping}#id", "arrives_as", None, "_id") in found
    assert ("update", f"{columns}#id", "name", "id", "_id") in found
    flows = [(address, path) for _, address, path, _, _ in found if address not in (f"{mapping}#id", f"{columns}#id")]
    assert {path for _, path in flows} == {"column_mapping"}, "the lineage says both names, and nothing else changes"
    assert older.apply().complete
    assert filled(older)["_id"] == "customer.id"
    assert "id" not in filled(older), "moved, and not doubled"
    assert edges(older) == before, "what hangs on the key has not been without a column"
    assert older.actions() == []
    assert older.actions(prune=True) == []
    send(older, {"id": "7", "email": "ada@example.com"})
    assert older.actions(prune=True) == []


def test_a_move_that_was_cut_short_is_finished(older: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as cut:
        cut.setattr(column_mapping, "_deleted", _cut)
        assert not older.apply().complete
    assert {"id", "_id"} <= set(filled(older)), "both are there for a moment"
    assert older.apply().complete
    assert "id" not in filled(older)
    assert older.actions(prune=True) == []


def _cut(_: object, writes: Sequence[Write]) -> list[SystemFailureError]:
    return [column_mapping.refuse("cut", "the line was cut") for _ in writes]


@pytest.mark.parametrize(("key", "word"), [("customer.id", ""), ("customer.email", "_id, which fills customer.email")])
def test_what_people_mapped_in_the_meantime(older: Project, key: str, word: str) -> None:
    """Somebody saw that the column does not fill, and mapped the one that does."""
    send(older, {"id": "7"})
    desk = Desk(cluedin_of(older), "column_mapping")
    desk.type.create(cluedin_of(older), Write("", f"{SET}#_id", {"key": key}, None, desk.id_of))
    if word:
        [stopped] = [change for change in older.plan().changes if change.action == "conflict"]
        assert [(one.path, one.before, one.after) for one in stopped.fields] == [("arrives_as", word, "_id")]
        assert older.apply(adopt="overwrite").complete
    else:
        assert older.apply().complete
    assert filled(older)["_id"] == "customer.id"
    assert "id" not in filled(older)
    assert older.actions(prune=True) == []


def test_a_lost_ledger_finds_the_names_again(linked: Project) -> None:
    assert linked.apply().complete
    for path in linked.root.rglob("*.jsonl"):
        path.unlink()
    assert {action for action, _ in linked.actions()} <= {"adopt"}
    assert linked.apply().complete
    assert linked.actions() == []
    assert len([column for column in filled(linked) if column in ("id", "_id")]) == 1


def test_the_lineage_says_both_names(linked: Project) -> None:
    assert linked.apply().complete
    key = "cluedin_ingest_process/cluedin.ingest.CRM.contacts.contacts"
    type_name, _, name = key.partition("/")
    path = f"/datamap/api/atlas/v2/entity/uniqueAttribute/type/{type_name}"
    found = linked.http("GET", path, params={"attr:qualifiedName": name})["entity"]
    pairs = orjson.loads(found["attributes"]["columnMapping"])[0]["ColumnMapping"]
    assert {"Source": "id", "Sink": "_id"} in pairs
