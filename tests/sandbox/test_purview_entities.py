"""Entities: matching, merging, relating, deleting."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox._purview import Caller

TYPES = {
    "entityDefs": [
        {"name": "tab", "superTypes": ["DataSet"]},
        {
            "name": "col",
            "superTypes": ["DataSet"],
            "attributeDefs": [
                {"name": "n", "typeName": "int", "isOptional": True},
                {"name": "tags", "typeName": "array<string>", "isOptional": True, "cardinality": "SET"},
            ],
        },
        {
            "name": "move",
            "superTypes": ["Process"],
            "attributeDefs": [
                {"name": "columnMapping", "typeName": "string", "isOptional": True},
            ],
        },
    ],
    "relationshipDefs": [
        {
            "name": "tab_cols",
            "relationshipCategory": "COMPOSITION",
            "endDef1": {"type": "tab", "name": "columns", "isContainer": True, "cardinality": "SET"},
            "endDef2": {"type": "col", "name": "table", "isContainer": False, "cardinality": "SINGLE"},
        }
    ],
}
BY_NAME = {"attr:qualifiedName": "a"}


def raw(name: str, type_name: str = "DataSet", **more: Any) -> dict[str, Any]:
    return {"typeName": type_name, "attributes": {"qualifiedName": name, "name": name}} | more


def test_create_then_unchanged_then_changed(call: Caller) -> None:
    first = call("POST", "/entity/bulk", {"entities": [raw("a")]})
    ((temp, guid),) = first["guidAssignments"].items()
    assert temp.startswith("-")
    head = first["mutatedEntities"]["CREATE"][0]
    assert head == {
        "typeName": "DataSet",
        "attributes": {"qualifiedName": "a"},
        "lastModifiedTS": "1",
        "guid": guid,
        "status": "ACTIVE",
    }
    again = call("POST", "/entity/bulk", {"entities": [raw("a")]})
    assert "mutatedEntities" not in again
    assert list(again["guidAssignments"].values()) == [guid]
    changed = raw("a")
    changed["attributes"]["description"] = "x"
    third = call("POST", "/entity", {"entity": changed})
    assert third["mutatedEntities"]["UPDATE"][0]["lastModifiedTS"] == "2"
    assert "mutatedEntities" not in call("POST", "/entity", {"entity": raw("a")})
    assert call.read(guid)["attributes"]["description"] == "x"  # left out means unchanged
    changed["attributes"]["description"] = None
    call("POST", "/entity", {"entity": changed})
    assert call.read(guid)["attributes"]["description"] is None


def test_put_accepts_what_was_read(call: Caller) -> None:
    guid = call.entity("a")
    shown = call("GET", f"/entity/guid/{guid}")["entity"]
    shown["attributes"]["description"] = "new"
    path = "/entity/uniqueAttribute/type/DataSet"
    call("PUT", path, {"entity": shown}, **BY_NAME)
    assert call.code("PUT", path, {"entity": shown}, **BY_NAME) == "PreConditionCheckFailed"


@pytest.mark.parametrize(("sent", "status"), [("0", 412), ("1", 412), ("2", 200), (None, 200)])
def test_concurrency(call: Caller, sent: str | None, status: int) -> None:
    call.entity("a")
    body = raw("a", lastModifiedTS=sent)
    body["attributes"]["description"] = "new"
    answer = call("POST", "/entity", {"entity": body}, status=status)
    if status == 412:
        assert answer["errorCode"] == "PreConditionCheckFailed"
        assert set(answer) == {"requestId", "errorCode", "errorMessage"}


@pytest.mark.parametrize(
    ("entity", "code"),
    [
        (raw("a", "nope"), "400-00-014"),
        ({"typeName": "DataSet", "attributes": {"qualifiedName": "a"}}, "400-00-02B"),
        (raw("a", "col", attributes={"qualifiedName": "a", "name": "a", "n": "many"}), "404-00-007"),
        (raw("a", guid="00000000-0000-0000-0000-000000000000"), "404-00-00A"),
        (raw("a", "move", relationshipAttributes={"inputs": [{"guid": "-77"}]}), "404-00-00A"),
        (raw("a", classifications=[{"typeName": "NOPE"}]), "404-00-008"),
        (raw("a", labels=["no blanks"]), "400-00-090"),
        (raw("a", contacts={"Expert": [{"id": str(i)} for i in range(21)]}), "400-00-029"),
        (raw("a", customAttributes={"k" * 51: "v"}), "400-00-08C"),
    ],
)
def test_refusals(call: Caller, entity: Any, code: str) -> None:
    call("POST", "/types/typedefs", TYPES)
    body = {"entities": [raw("other"), entity]}
    assert call.code("POST", "/entity/bulk", body) == code
    assert call("GET", "/entity/bulk/uniqueAttribute/type/DataSet", **{"attr_0:qualifiedName": "other"}) == {
        "referredEntities": {}
    }


def test_temporary_guids_and_columns_from_the_child(call: Caller) -> None:
    call("POST", "/types/typedefs", TYPES)
    entities = [
        raw("t#x", "col", guid="-2", relationshipAttributes={"table": {"guid": -1}}),
        raw("t", "tab", guid=-1),
    ]
    made = call("POST", "/entity/bulk", {"entities": entities})["guidAssignments"]
    call.entity(
        "t#y", "col", relationshipAttributes={"table": {"typeName": "tab", "uniqueAttributes": {"qualifiedName": "t"}}}
    )
    shown = call("GET", f"/entity/guid/{made['-1']}")
    columns = shown["entity"]["relationshipAttributes"]["columns"]
    assert {one["displayText"] for one in columns} == {"t#x", "t#y"}
    assert all(one["relationshipGuid"] for one in columns)
    assert set(shown["referredEntities"]) == {one["guid"] for one in columns}
    table = call.read(made["-2"])["relationshipAttributes"]["table"]
    assert (table["guid"], table["displayText"]) == (made["-1"], "t")
    # From the container the list is replaced.
    body = raw("t", "tab", relationshipAttributes={"columns": [{"guid": made["-2"]}]})
    call("POST", "/entity", {"entity": body})
    assert len(call.read(made["-1"])["relationshipAttributes"]["columns"]) == 1


def test_inputs_and_outputs(call: Caller) -> None:
    call("POST", "/types/typedefs", TYPES)
    a, b = call.entity("a"), call.entity("b")
    process = raw("p", "move")
    process["attributes"] |= {
        "inputs": [{"guid": a}],
        "outputs": [{"typeName": "DataSet", "uniqueAttributes": {"qualifiedName": "b"}}],
    }
    guid = next(iter(call("POST", "/entity", {"entity": process})["guidAssignments"].values()))
    found = call.read(guid)
    expected = [{"guid": a, "typeName": "DataSet", "uniqueAttributes": {"qualifiedName": "a"}}]
    assert found["attributes"]["inputs"] == expected
    assert found["relationshipAttributes"]["outputs"][0]["guid"] == b
    assert call.read(a)["relationshipAttributes"]["inputToProcesses"][0]["guid"] == guid
    process["attributes"] |= {"inputs": None, "outputs": []}
    call("POST", "/entity", {"entity": process})
    found = call.read(guid)
    assert (len(found["attributes"]["inputs"]), found["attributes"]["outputs"]) == (1, [])


def test_existing_entities_keep_their_annotations(call: Caller) -> None:
    guid = call.entity("a", labels=["one"], classifications=[{"typeName": "MICROSOFT.PERSONAL.NAME"}])
    call.entity("a", labels=["two"], classifications=[{"typeName": "MICROSOFT.PERSONAL.EMAIL"}])
    found = call.read(guid)
    assert found["labels"] == ["one"]
    assert [one["typeName"] for one in found["classifications"]] == ["MICROSOFT.PERSONAL.NAME"]


def test_reading_by_name(call: Caller) -> None:
    call("POST", "/types/typedefs", TYPES)
    guid = call.entity("a", "tab")
    path = "/entity/uniqueAttribute/type"
    assert call("GET", f"{path}/DataSet", **BY_NAME)["entity"]["guid"] == guid  # found under the supertype
    assert call.code("GET", f"{path}/tab", **{"attr:qualifiedName": "A"}) == "404-00-009"
    bulk = call(
        "GET", "/entity/bulk/uniqueAttribute/type/tab", **{"attr_0:qualifiedName": "a", "attr_1:qualifiedName": "gone"}
    )
    assert [one["guid"] for one in bulk["entities"]] == [guid]
    assert call.code("GET", "/entity/bulk", guid=[guid, "bad"]) == "404-00-005"
    bare = call("GET", f"/entity/guid/{guid}", ignoreRelationships="True")["entity"]
    assert "relationshipAttributes" not in bare


def test_partial_updates(call: Caller) -> None:
    call("POST", "/types/typedefs", TYPES)
    guid = call.entity("a", "col")
    call("PUT", "/entity/uniqueAttribute/type/col", {"entity": {"attributes": {"n": "5"}}}, **BY_NAME)
    call("PUT", f"/entity/guid/{guid}", "said", name="description")
    held = call.read(guid)["attributes"]
    assert (held["n"], held["description"]) == (5, "said")
    assert call.code("PUT", f"/entity/guid/{guid}", ["x"], name="tags") == "400-00-029"
    assert call.code("PUT", f"/entity/guid/{guid}", "x", name="nope") == "400-00-023"


def test_hard_delete_takes_the_columns(call: Caller) -> None:
    call("POST", "/types/typedefs", TYPES)
    table = call.entity("t", "tab")
    call.entity("c", "col", relationshipAttributes={"table": {"guid": table}})
    gone = call("DELETE", f"/entity/guid/{table}")["mutatedEntities"]["DELETE"]
    assert {one["attributes"]["qualifiedName"] for one in gone} == {"t", "c"}
    assert call("DELETE", f"/entity/guid/{table}") == {}
    assert call.code("GET", f"/entity/guid/{table}") == "404-00-005"
    assert call("DELETE", "/entity/uniqueAttribute/type/tab", **{"attr:qualifiedName": "t"}) == {}


def test_atlas_deletes_softly_and_purges(atlas: Caller) -> None:
    guid = atlas.entity("a")
    atlas("DELETE", "/entity/bulk", guid=guid)
    found = atlas.read(guid)
    assert found["status"] == "DELETED"
    assert "lastModifiedTS" not in found
    assert atlas.entity("a") != guid
    assert atlas("PUT", "/api/atlas/admin/purge/", [guid])["mutatedEntities"]["PURGE"][0]["guid"] == guid
    assert atlas.code("GET", f"/entity/guid/{guid}") == "404-00-005"
    assert atlas("GET", "/api/atlas/admin/version")["Name"] == "apache-atlas"


def test_relationships(call: Caller) -> None:
    a, b = call.entity("a"), call.entity("b")
    ends = {"end1": {"guid": a}, "end2": {"guid": b}}
    body = {"typeName": "direct_lineage_dataset_dataset", "attributes": {"columnMapping": "[]"}} | ends
    made = call("POST", "/relationship", body)
    assert call.code("POST", "/relationship", body) == "409-00-004"
    assert call.code("POST", "/relationship", body | {"typeName": "no"}) == "400-00-014"
    assert call.code("POST", "/relationship", {"typeName": "dataset_process_inputs"} | ends) == "400-00-045"
    call("PUT", "/relationship", made | {"attributes": {"columnMapping": "[1]"}})
    path = f"/relationship/guid/{made['guid']}"
    assert call("GET", path)["relationship"]["attributes"] == {"columnMapping": "[1]"}
    assert call.read(a)["relationshipAttributes"]["sinks"][0]["guid"] == b
    call("DELETE", path, status=204)
    assert call.code("GET", path) == "404-00-00C"


def test_lineage(call: Caller) -> None:
    a, b, c = (call.entity(name) for name in "abc")
    steps = [
        raw("p", "Process", relationshipAttributes={"inputs": [{"guid": a}], "outputs": [{"guid": b}]}),
        raw("q", "Process", relationshipAttributes={"inputs": [{"guid": b}], "outputs": [{"guid": c}]}),
    ]
    call("POST", "/entity/bulk", {"entities": steps})
    assert len(call("GET", f"/lineage/{a}", direction="BOTH")["relations"]) == 4
    assert len(call("GET", f"/lineage/{a}", direction="OUTPUT", depth=1, width=5)["relations"]) == 2
    assert call("GET", f"/lineage/{a}", direction="INPUT")["relations"] == []
    page = call("GET", f"/datamap/api/lineage/{b}/next", direction="INPUT", **{"api-version": "2023-09-01"})
    assert len(page["relations"]) == 1
    schema = call.entity("s", "tabular_schema")
    assert call.code("GET", f"/lineage/{schema}", direction="BOTH") == "404-00-011"
