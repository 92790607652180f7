"""Type definitions: what may come, change and go."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox._purview import Caller

OPTIONAL = {"isOptional": True}


def entity_def(name: str = "thing", **more: Any) -> dict[str, Any]:
    attributes = [{"name": "size", "typeName": "int"} | OPTIONAL]
    return {"entityDefs": [{"name": name, "superTypes": ["DataSet"], "attributeDefs": attributes} | more]}


RELATION = {
    "name": "thing_parts",
    "relationshipCategory": "COMPOSITION",
    "endDef1": {"type": "thing", "name": "parts", "isContainer": True, "cardinality": "SET"},
    "endDef2": {"type": "part", "name": "whole", "isContainer": False, "cardinality": "SINGLE"},
}


def test_built_in_type_reads_as_recorded(call: Caller) -> None:
    found = call("GET", "/types/typedef/name/AtlasGlossary")
    assert found == call("GET", "/types/entitydef/name/AtlasGlossary")
    assert found["superTypes"] == ["__internal"]
    terms = found["relationshipAttributeDefs"][0]
    assert (terms["name"], terms["typeName"]) == ("terms", "array<AtlasGlossaryTerm>")
    assert terms["relationshipTypeName"] == "AtlasGlossaryTermAnchor"
    assert terms["constraints"] == [{"type": "ownedRef"}]


def test_create_read_update_delete(call: Caller) -> None:
    created = call("POST", "/types/typedefs", entity_def())
    guid = created["entityDefs"][0]["guid"]
    assert call("GET", f"/types/typedef/guid/{guid}")["name"] == "thing"
    more = entity_def(
        attributeDefs=[
            {"name": "size", "typeName": "int"} | OPTIONAL,
            {"name": "color", "typeName": "string"} | OPTIONAL,
        ]
    )
    updated = call("PUT", "/types/typedefs", more)["entityDefs"][0]
    assert (updated["guid"], updated["version"], updated["lastModifiedTS"]) == (guid, 2, "2")
    assert "thing" in call("GET", "/types/typedef/name/DataSet")["subTypes"]
    call("DELETE", "/types/typedef/name/thing", status=204)
    assert call.code("GET", "/types/typedef/name/thing") == "404-00-001"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (entity_def("2things"), "400-00-019"),
        (entity_def("a.b"), "400-00-019"),
        (entity_def(superTypes=["Nothing"]), "404-00-001"),
        (entity_def(attributeDefs=[{"name": "x", "typeName": "nope"}]), "404-00-001"),
        (entity_def(attributeDefs=[{"name": "name", "typeName": "string"}]), "400-00-09E"),
        (entity_def(attributeDefs=[{"name": "x", "typeName": "int", "cardinality": "SET"}]), "400-00-012"),
        ({"relationshipDefs": [RELATION]}, "404-00-00E"),
        ({"relationshipDefs": [{"name": "r", "relationshipCategory": "ASSOCIATION"}]}, "400-00-02C"),
        (
            {"businessMetadataDefs": [{"name": "bm", "attributeDefs": [{"name": "a", "typeName": "string"}]}]},
            "400-00-029",
        ),
    ],
)
def test_bad_definitions(call: Caller, body: Any, code: str) -> None:
    assert call.code("POST", "/types/typedefs", body) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"attributeDefs": []}, "400-00-00D"),
        ({"superTypes": []}, "400-00-00E"),
        ({"attributeDefs": [{"name": "size", "typeName": "string"} | OPTIONAL]}, "400-00-027"),
        (
            {"attributeDefs": [{"name": "size", "typeName": "int"} | OPTIONAL, {"name": "b", "typeName": "int"}]},
            "400-00-00C",
        ),
    ],
)
def test_updates_only_add(call: Caller, change: Any, code: str) -> None:
    call("POST", "/types/typedefs", entity_def())
    assert call.code("PUT", "/types/typedefs", entity_def(**change)) == code


def test_what_an_update_leaves_out_is_not_there(call: Caller, atlas: Caller) -> None:
    """Attributes and super types left out are none; Atlas removes options left out."""
    marked = entity_def(options={"managedBy": "us"})
    for caller in (call, atlas):
        caller("POST", "/types/typedefs", marked)
        for name, code in (("attributeDefs", "400-00-00D"), ("superTypes", "400-00-00E")):
            [whole] = entity_def()["entityDefs"]
            body = {"entityDefs": [{key: value for key, value in whole.items() if key != name}]}
            assert caller.code("PUT", "/types/typedefs", body) == code
        caller("PUT", "/types/typedefs", entity_def())
    assert call("GET", "/types/typedef/name/thing")["options"] == {"managedBy": "us"}
    assert "options" not in atlas("GET", "/types/typedef/name/thing")


@pytest.mark.parametrize(("end", "code"), [("endDef1", "400-00-037"), ("endDef2", "400-00-038")])
@pytest.mark.parametrize("change", [{"name": "other"}, {"cardinality": "LIST"}])
def test_ends_stay_as_they_are(call: Caller, atlas: Caller, end: str, code: str, change: dict[str, str]) -> None:
    for caller in (call, atlas):
        types = {"entityDefs": [*entity_def()["entityDefs"], *entity_def("part")["entityDefs"]]}
        caller("POST", "/types/typedefs", types | {"relationshipDefs": [RELATION]})
        changed = RELATION | {end: RELATION[end] | change}
        assert caller.code("PUT", "/types/typedefs", {"relationshipDefs": [changed]}) == code


def test_posting_an_existing_name(call: Caller, atlas: Caller) -> None:
    for caller in (call, atlas):
        caller("POST", "/types/typedefs", entity_def())
    assert call("POST", "/types/typedefs", entity_def(description="other"))["entityDefs"] == []
    assert "description" not in call("GET", "/types/typedef/name/thing")
    assert atlas.code("POST", "/types/typedefs", entity_def()) == "409-00-001"


def test_used_types_stay(call: Caller) -> None:
    call("POST", "/types/typedefs", entity_def() | {"classificationDefs": [{"name": "CLUEDIN.PII"}]})
    call("POST", "/types/typedefs", entity_def("part") | {"relationshipDefs": [RELATION]})
    call.entity("a", "part", classifications=[{"typeName": "CLUEDIN.PII"}])
    assert call.code("DELETE", "/types/typedef/name/thing") == "409-00-005"
    assert call.code("DELETE", "/types/typedef/name/CLUEDIN.PII") == "409-00-002"
    body = {"entityDefs": [{"name": "part"}], "relationshipDefs": [{"name": "thing_parts"}]}
    assert call.code("DELETE", "/types/typedefs", body) == "409-00-002"
    assert call.code("DELETE", "/types/typedef/name/DataSet") == "400-00-024"


def test_filters(call: Caller) -> None:
    template = {"name": "T", "attributeDefs": [{"name": "a b", "typeName": "string"} | OPTIONAL]}
    call("POST", "/types/typedefs", {"termTemplateDefs": [template]})
    assert call("GET", "/types/typedefs")["termTemplateDefs"] == []
    shown = call("GET", "/types/typedefs", includeTermTemplate="true")["termTemplateDefs"]
    assert [one["name"] for one in shown] == ["T"]
    only = call("GET", "/types/typedefs", type="CLASSIFICATION")
    assert only["entityDefs"] == []
    assert any(one["name"] == "MICROSOFT.PERSONAL.EMAIL" for one in only["classificationDefs"])
    path = "/datamap/api/types/termtemplatedef/name/T"
    assert call.code("GET", path) == "MissingApiVersionParameter"
    assert call("GET", path, **{"api-version": "2023-09-01"})["category"] == "TERM_TEMPLATE"
    heads = call("GET", "/types/typedefs/headers")
    assert {"guid", "name", "category", "serviceType"} == set(heads[0])


def test_a_refused_request_leaves_nothing(call: Caller) -> None:
    body = entity_def("good") | {"classificationDefs": [{"name": "bad-name"}]}
    assert call.code("POST", "/types/typedefs", body) == "400-00-019"
    assert call.code("GET", "/types/typedef/name/good") == "404-00-001"
