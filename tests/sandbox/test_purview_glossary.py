"""Glossaries, terms, hierarchy, relations, assignments, categories."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox._purview import Caller

TREE = {"includeTermHierarchy": "true"}


def test_glossary_as_recorded(call: Caller) -> None:
    sent = {"name": "js-1", "shortDescription": "s", "longDescription": "l", "language": "en", "usage": "u"}
    made = call("POST", "/glossary", sent)
    assert list(made) == [
        "guid",
        "qualifiedName",
        "name",
        "shortDescription",
        "longDescription",
        "lastModifiedTS",
        "createdBy",
        "updatedBy",
        "createTime",
        "updateTime",
        "language",
        "usage",
    ]
    assert made["qualifiedName"] == "js-1"
    assert call.code("POST", "/glossary", sent) == "409-00-007"
    assert call("GET", "/glossary", limit=1) == [made]
    changed = call("PUT", f"/glossary/{made['guid']}/partial", {"usage": "v"})
    assert (changed["usage"], changed["lastModifiedTS"]) == ("v", "2")
    assert call.code("PUT", f"/glossary/{made['guid']}/partial", {"name": "v"}) == "400-00-074"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "a"}, "400-00-072"),
        ({"name": "a.b"}, "400-00-083"),
        ({"name": "a", "parentTerm": {"termGuid": "x"}}, "TermHierarchyQueryParameterMissing"),
        ({"name": "a", "attributes": {"T": {"x": 1}}}, "TermHierarchyQueryParameterMissing"),
        ({"name": "taken"}, "409-00-009"),
        ({"name": "a", "status": "Gone"}, "400-00-029"),
    ],
)
def test_refused_terms(call: Caller, body: dict[str, Any], code: str) -> None:
    guid = call.glossary()
    call.term(guid, "taken")
    anchored = body if code == "400-00-072" else body | {"anchor": {"glossaryGuid": guid}}
    assert call.code("POST", "/glossary/term", anchored) == code


def test_hierarchy(call: Caller) -> None:
    guid = call.glossary()
    party = call.term(guid, "Party")
    child = call.term(guid, "Customer", party["guid"])
    assert (child["name"], child["nickName"], child["qualifiedName"]) == (
        "Party_Customer",
        "Customer",
        "Party_Customer@G",
    )
    leaf = call.term(guid, "Party_Customer_Email", child["guid"], nickName="Email")
    assert leaf["nickName"] == "Email"
    assert [step["name"] for step in leaf["hierarchyInfo"]] == ["Party", "Customer"]
    assert leaf["parentTerm"]["termGuid"] == child["guid"]
    renamed = party | {"name": "Actor", "lastModifiedTS": "9"}
    call("PUT", f"/glossary/term/{party['guid']}", renamed, **TREE)
    assert call("GET", f"/glossary/term/{leaf['guid']}")["name"] == "Actor_Customer_Email"
    assert call.code("DELETE", f"/glossary/term/{child['guid']}") == "400-00-029"
    call("DELETE", f"/glossary/term/{leaf['guid']}", status=204)
    call("DELETE", f"/glossary/term/{child['guid']}", status=204)


def test_put_replaces_all(call: Caller) -> None:
    guid = call.glossary()
    other = call.term(guid, "Client")
    term = call.term(
        guid,
        "Customer",
        longDescription="long",
        synonyms=[{"termGuid": other["guid"]}],
        contacts={"Expert": [{"id": "x"}]},
        resources=[{"displayName": "d", "url": "u"}],
    )
    assert term["status"] == "Draft"
    back = call("GET", f"/glossary/term/{other['guid']}")["synonyms"][0]
    assert (back["termGuid"], back["displayText"]) == (term["guid"], "Customer")
    partial = call("PUT", f"/glossary/term/{term['guid']}/partial", {"status": "Approved"})
    assert (partial["status"], partial["longDescription"], len(partial["synonyms"])) == ("Approved", "long", 1)
    assert call.code("PUT", f"/glossary/term/{term['guid']}/partial", {"name": "x"}) == "400-00-074"
    body = {"name": "Customer", "anchor": {"glossaryGuid": guid}, "abbreviation": "C"}
    replaced = call("PUT", f"/glossary/term/{term['guid']}", body)
    assert "synonyms" not in replaced
    assert "longDescription" not in replaced
    assert "contacts" not in replaced
    assert "synonyms" not in call("GET", f"/glossary/term/{other['guid']}")
    stale = body | {"lastModifiedTS": "2"}
    assert call.code("PUT", f"/glossary/term/{term['guid']}", stale) == "PreConditionCheckFailed"


def test_templates(call: Caller) -> None:
    attribute = {"name": "CluedInVocab", "typeName": "boolean", "isOptional": True}
    call("POST", "/types/typedefs", {"termTemplateDefs": [{"name": "T 1", "attributeDefs": [attribute]}]})
    guid = call.glossary()
    term = call.term(guid, "a", templateName=["T 1"], attributes={"T 1": {"CluedInVocab": "true"}})
    assert term["attributes"] == {"T 1": {"CluedInVocab": True}}
    body = {"name": "b", "anchor": {"glossaryGuid": guid}}
    for attributes, code in (
        ({"T 1": {"other": 1}}, "400-00-023"),
        ({"T 2": {}}, "404-00-001"),
        ({"T 1": {"CluedInVocab": "perhaps"}}, "400-00-028"),
    ):
        assert call.code("POST", "/glossary/term", body | {"attributes": attributes}, **TREE) == code


def test_assignments(call: Caller) -> None:
    guid = call.glossary()
    term = call.term(guid, "a")["guid"]
    entity = call.entity("e")
    path = f"/glossary/terms/{term}/assignedEntities"
    call("POST", path, [{"guid": entity}], status=204)
    call("POST", path, [{"guid": entity}], status=204)
    (meaning,) = call.read(entity)["meanings"]
    assert (meaning["termGuid"], meaning["displayText"]) == (term, "a")
    (shown,) = call("GET", path)
    assert shown["relationshipGuid"] == meaning["relationGuid"]
    assert shown["relationshipType"] == "AtlasGlossarySemanticAssignment"
    assert call.code("DELETE", path, [{"guid": entity}]) == "400-00-078"
    assert call.code("DELETE", path, [{"guid": entity, "relationshipGuid": "x"}]) == "400-00-080"
    gone = [{"guid": entity, "relationshipGuid": meaning["relationGuid"]}]
    call("DELETE", path, gone, status=204)
    assert "meanings" not in call.read(entity)
    assert call.code("POST", path, [{"guid": "nope"}]) == "404-00-005"
    call("POST", path, [{"guid": entity}], status=204)
    call("DELETE", f"/glossary/term/{term}", status=204)
    assert "meanings" not in call.read(entity)


def test_atlas_has_no_purview_fields_and_keeps_assigned_terms(atlas: Caller) -> None:
    guid = atlas.glossary()
    term = atlas.term(guid, "a", status="Approved", resources=[{"url": "u"}])
    assert not {"status", "resources", "lastModifiedTS"} & set(term)
    entity = atlas.entity("e")
    atlas("POST", f"/glossary/terms/{term['guid']}/assignedEntities", [{"guid": entity}], status=204)
    assert atlas.code("DELETE", f"/glossary/term/{term['guid']}") == "400-00-084"


def test_paging_and_bulk(call: Caller) -> None:
    guid = call.glossary()
    terms = [{"name": f"t{i}", "anchor": {"glossaryGuid": guid}} for i in range(5)]
    assert len(call("POST", "/glossary/terms", terms)) == 5
    assert (
        call.code("POST", "/glossary/terms", [{"name": "new"} | terms[0] | {"name": "new"}, terms[0]]) == "409-00-009"
    )
    names = [one["name"] for one in call("GET", f"/glossary/{guid}/terms", limit=2, offset=1, sort="DESC")]
    assert names == ["t3", "t2"]
    assert len(call("GET", f"/glossary/{guid}/terms/headers")) == 5
    assert len(call("GET", "/glossary")[0]["terms"]) == 5
    assert "terms" not in call("GET", "/glossary", ignoreTermsAndCategories="true")[0]
    assert set(call("GET", f"/glossary/{guid}/detailed")["termInfo"]) == {
        one["termGuid"] for one in call("GET", f"/glossary/{guid}")["terms"]
    }
    call("DELETE", f"/glossary/{guid}", status=204)
    assert call("GET", "/glossary") == []


def test_large_glossaries_time_out_unpaged(call: Caller) -> None:
    guid = call.glossary()
    for start in range(0, 5100, 850):
        terms = [{"name": f"t{i}", "anchor": {"glossaryGuid": guid}} for i in range(start, start + 850)]
        call("POST", "/glossary/terms", terms)
    call("GET", "/glossary", status=408)
    call("GET", "/glossary", ignoreTermsAndCategories="true")
    assert len(call("GET", f"/glossary/{guid}/terms", limit=1000, offset=5000)) == 100


def test_categories(call: Caller) -> None:
    guid = call.glossary()
    anchor = {"anchor": {"glossaryGuid": guid}}
    top = call("POST", "/glossary/category", {"name": "Top"} | anchor)
    low = call("POST", "/glossary/category", {"name": "Low", "parentCategory": {"categoryGuid": top["guid"]}} | anchor)
    assert low["qualifiedName"] == "Low.Top@G"
    term = call.term(guid, "a", categories=[{"categoryGuid": low["guid"]}])
    assert term["categories"][0]["displayText"] == "Low"
    shown = call("GET", f"/glossary/category/{low['guid']}")
    assert shown["terms"][0]["termGuid"] == term["guid"]
    assert len(call("GET", f"/glossary/{guid}/categories")) == 2
    call("DELETE", f"/glossary/category/{top['guid']}", status=204)
    assert "parentCategory" not in call("GET", f"/glossary/category/{low['guid']}")


def test_demo_estate(demo: Caller) -> None:
    glossaries = {one["name"]: one for one in demo("GET", "/glossary")}
    assert set(glossaries) == {"Enterprise", "Marketing"}
    names = {one["displayText"] for one in glossaries["Enterprise"]["terms"]}
    assert len(names) == 12
    assert not any("Customer" in name for name in names)
    collections = demo("GET", "/account/collections")["value"]
    assert [one["friendlyName"] for one in collections] == ["Contoso", "Raw", "MDM", "CluedIn"]
    file = "https://contosolake.dfs.core.windows.net/raw/crm/contacts.csv"
    path = "/entity/uniqueAttribute/type/azure_datalake_gen2_path"
    asset = demo("GET", path, **{"attr:qualifiedName": file})["entity"]
    schema = asset["relationshipAttributes"]["tabular_schema"]["guid"]
    columns = demo.read(schema)["relationshipAttributes"]["columns"]
    assert {one["displayText"] for one in columns} >= {"id", "email", "crm_notes"}
