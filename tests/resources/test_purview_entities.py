"""Entities and what is put on them, against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.resources import types
from reconciler.resources.objects import Write
from reconciler.systems.purview_entities import Seen
from reconciler.systems.refusals import Refused
from reconciler_sandbox.seed_demo import ADA, SALES_OPS
from tests.resources.purview_bench import Bench, bench

ENTITY = types()["purview.entity"]
PLACE = "contoso-purview/MDM/CluedIn"
TABLE, COLUMN = "t_table/x.table", "t_column/x.table#e@mail"


@pytest.fixture(params=[False, True], ids=["plain", "normalised"])
def on(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with bench({"collection": PLACE}, normalise=request.param) as found:
        found.define_types()
        yield found


def table(on: Bench) -> str:
    on.create(
        "entity",
        TABLE,
        name="Customer",
        description="All of them",
        attributes={"group": "CRM"},
        collection=PLACE,
        owners=[ADA],
    )
    on.create("entity", COLUMN, name="email", table=TABLE, collection=PLACE, attributes={"tags": ["b", "a"]})
    return TABLE


def test_create_reads_back_what_was_wanted(on: Bench) -> None:
    live = on.one("entity", table(on), "collection")
    wanted = {"name": "Customer", "description": "All of them", "attributes[group]": "CRM", "collection": PLACE}
    assert {name: value for name, value in live.fields.items() if name in wanted} == wanted
    assert live.fields[f"owners[{ADA}]"] is True
    assert on.parts("entity", TABLE) == {f"purview.entity:{COLUMN}"}
    column = on.one("entity", COLUMN)
    assert column.fields["table"] == TABLE
    assert column.fields["attributes[tags]"] == ["a", "b"]
    assert "collection" not in column.fields
    found = ENTITY.find(on.purview.fresh(), live.id)
    assert found is not None
    assert (found.key, found.fields) == (live.key, live.fields)


def test_what_is_missing_is_left_out(on: Bench) -> None:
    table(on)
    assert set(on.read("entity", TABLE, "t_table/none", "t_none/none")) == {TABLE}


def test_create_twice_is_the_same_entity(on: Bench) -> None:
    table(on)
    first = on.one("entity", TABLE).id
    assert on.create("entity", TABLE, name="Customer") == first


def test_update_sends_only_what_changes(on: Bench) -> None:
    key = table(on)
    guid = on.one("entity", key).id
    theirs = {"typeName": "t_table", "guid": guid, "attributes": {"source": "theirs", "userDescription": "mine"}}
    on.purview.call("POST", "/entity/bulk", {"entities": [theirs]}, effect="set")
    contacts = {"Owner": [{"id": ADA, "info": "kept"}], "Expert": [{"id": ADA}]}
    theirs = {"typeName": "t_table", "guid": guid, "attributes": {}, "contacts": contacts}
    on.purview.call("POST", "/entity/bulk", {"entities": [theirs]}, effect="set")
    before = len(on.sent)
    on.update("entity", key, {"description": None, f"owners[{SALES_OPS}]": True})
    (method, path, body), *others = on.writes(before)
    assert (method, path, others) == ("POST", "/datamap/api/atlas/v2/entity/bulk", [])
    mandatory = {"qualifiedName": TABLE.partition("/")[2], "name": "Customer"}
    assert body["entities"][0]["attributes"] == mandatory | {"description": None}
    live = on.one("entity", key)
    assert "description" not in live.fields
    assert live.raw["attributes"]["source"] == "theirs"
    assert live.raw["attributes"]["userDescription"] == "mine"
    assert {"id": ADA, "info": "kept"} in live.raw["contacts"]["Owner"]
    assert live.fields[f"owners[{SALES_OPS}]"] is True
    assert live.fields[f"experts[{ADA}]"] is True
    assert on.parts("entity", key) == {f"purview.entity:{COLUMN}"}


def test_a_stale_update_is_refused(on: Bench) -> None:
    key = table(on)
    old = on.one("entity", key)
    on.update("entity", key, {"name": "Meanwhile"})
    with pytest.raises(Refused) as refused:
        ENTITY.update(on.purview, Write(ENTITY.address(key), key, {"name": "Late"}, old, on.id_of))
    assert refused.value.status == 412


def test_moves_to_another_collection(on: Bench) -> None:
    key = table(on)
    before = len(on.sent)
    on.update("entity", key, {"collection": "9vsaza"})
    assert [path for _, path, _ in on.writes(before)] == ["/datamap/api/entity/moveTo"]
    assert on.one("entity", key, "collection").fields["collection"] == "9vsaza"


def test_flows_are_compared_by_name_and_can_be_cleared(on: Bench) -> None:
    table(on)
    key, other = "t_process/x.map", "t_table/x.other"
    on.create("entity", other)
    mapping = [{"DatasetMapping": {"Source": "a", "Sink": "b"}, "ColumnMapping": []}]
    on.create("entity", key, inputs=[TABLE, other], outputs=[other], column_mapping=mapping)
    live = on.one("entity", key)
    assert live.fields["inputs"] == sorted([TABLE, other])
    assert live.fields["outputs"] == [other]
    assert live.fields["column_mapping"] == ENTITY.field("column_mapping").canonical(mapping)
    on.update("entity", key, {"name": "Map"})
    assert on.one("entity", key).fields["inputs"] == sorted([TABLE, other])
    on.update("entity", key, {"inputs": [other], "outputs": None})
    live = on.one("entity", key)
    assert live.fields["inputs"] == [other]
    assert "outputs" not in live.fields


def test_references_that_carry_no_name_are_read_by_guid(on: Bench) -> None:
    table(on)
    on.create("entity", "t_process/x.map", inputs=[TABLE], outputs=[])
    purview = on.purview.fresh()
    entity = purview.entities([("t_process", "x.map")])[("t_process", "x.map")]
    guid = on.one("entity", TABLE).id
    entity["attributes"]["inputs"] = [{"guid": guid, "typeName": "t_table"}, {"guid": "gone", "typeName": "t_table"}]
    del entity["referredEntities"]
    purview.entities_seen.file([Seen.of(entity, {})])
    (live,) = ENTITY.read(purview, {"t_process/x.map": frozenset()})
    assert live.fields["inputs"] == ["t_table/guid:gone", TABLE]


def test_batches_are_read_and_written_in_few_requests(on: Bench) -> None:
    table(on)
    keys = [f"t_column/x.table#{number}" for number in range(50)]
    before = len(on.sent)
    on.create_many("entity", {key: {"name": key, "table": TABLE} for key in keys})
    assert len(on.writes(before)) == 1
    before = len(on.sent)
    assert set(on.read("entity", *keys)) == set(keys)
    assert len(on.sent) - before <= ENTITY.cost(50, 50)
    on.delete("entity", *keys)
    assert on.read("entity", *keys) == {}


def test_labels(on: Bench) -> None:
    key = table(on)
    guid = on.one("entity", key).id
    on.purview.call("POST", f"/entity/guid/{guid}/labels", ["theirs"], effect="set")
    before = len(on.sent)
    made = on.create_many("label", {f"{label}@{key}": {} for label in ("pii", "gold")})
    assert made == [f"{guid}/pii", f"{guid}/gold"]
    assert [(method, body) for method, _, body in on.writes(before)] == [("PUT", ["pii", "gold"])]
    assert set(on.read("label", f"pii@{key}")) == {f"{label}@{key}" for label in ("pii", "gold", "theirs")}
    on.delete("label", f"pii@{key}")
    assert set(on.read("label", f"pii@{key}")) == {f"{label}@{key}" for label in ("gold", "theirs")}


def test_classifications(on: Bench) -> None:
    table(on)
    on.create("classification_type", "CLUEDIN.PII", description="Personal")
    email = "MICROSOFT.PERSONAL.EMAIL"
    on.create("classification", f"{email}@{COLUMN}")
    keys = [f"CLUEDIN.PII@{TABLE}", f"CLUEDIN.PII@{COLUMN}"]
    before = len(on.sent)
    ids = on.create_many("classification", {key: {} for key in keys})
    assert len(on.writes(before)) == 1
    live = on.read("classification", *keys)
    assert [live[key].id for key in keys] == ids
    assert f"{email}@{COLUMN}" in live
    on.delete("classification", keys[1])
    assert set(on.read("classification", *keys)) == {keys[0], f"{email}@{COLUMN}"}


def test_a_classification_that_somebody_put_meanwhile_is_no_failure(on: Bench) -> None:
    table(on)
    on.create("classification_type", "CLUEDIN.PII")
    on.create("classification", f"CLUEDIN.PII@{TABLE}")
    on.create_many("classification", {f"CLUEDIN.PII@{TABLE}": {}, f"CLUEDIN.PII@{COLUMN}": {}})
    assert on.there("classification", f"CLUEDIN.PII@{COLUMN}")
    with pytest.raises(Refused):
        on.create("classification", f"NO.SUCH@{COLUMN}")


def test_a_new_host_has_other_ids(on: Bench) -> None:
    key = table(on)
    on.create("label", f"pii@{key}")
    before = on.one("label", f"pii@{key}").id
    on.delete("entity", COLUMN)
    on.delete("entity", key)
    table(on)
    on.create("label", f"pii@{key}")
    assert on.one("label", f"pii@{key}").id != before


def test_assets_are_found_by_what_the_scanner_called_them(on: Bench) -> None:
    url = "https://contosolake.dfs.core.windows.net/raw/"
    found = on.purview.beside("POST", "/search/query", {"keywords": "*"}, effect="read")["value"]
    asset = next(r for r in found if r["qualifiedName"].startswith(url))
    key = f"{asset['entityType']}/{asset['qualifiedName']}"
    live = on.one("asset", key)
    assert live.id == asset["id"]
    assert types()["purview.asset"].find(on.purview.fresh(), live.id).key == key  # type: ignore[union-attr]
    on.create("label", f"pii@{key}")
    assert on.there("label", f"pii@{key}")


def test_problems() -> None:
    def problems(name: str, key: str, **values: object) -> list[str]:
        type = types()[f"purview.{name}"]
        return list(type.problems(type.desired(key, **values)))

    assert problems("entity", "t_table/x") == []
    assert problems("entity", "t_table")
    assert problems("entity", "t_table/x", owners=[str(number) for number in range(21)])
    assert problems("label", "a b@t_table/x")
    assert problems("label", f"{'x' * 51}@t_table/x")
    assert problems("label", "a-b_1@t_table/x") == []
    assert problems("classification", "A-B@t_table/x")
    assert problems("classification", "A.B c_1@t_table/x") == []
