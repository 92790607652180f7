"""Classifications, labels, business metadata, collections of entities."""

from __future__ import annotations

from tests.sandbox._purview import Caller

EMAIL = "MICROSOFT.PERSONAL.EMAIL"
NAME = "MICROSOFT.PERSONAL.NAME"


def classes(call: Caller, guid: str) -> set[str]:
    return {one["typeName"] for one in call("GET", f"/entity/guid/{guid}/classifications")["list"]}


def test_classifications_one_by_one(call: Caller) -> None:
    guid = call.entity("a")
    path = f"/entity/guid/{guid}/classifications"
    sent = {"typeName": EMAIL, "propagate": False, "validityPeriods": []}  # unknown fields are tolerated
    call("POST", path, [sent], status=204)
    assert call.code("POST", path, [sent]) == "400-00-01A"
    assert call.code("PUT", path, [{"typeName": NAME}]) == "400-00-06D"
    assert call.code("POST", path, [{"typeName": "NOPE"}]) == "404-00-008"
    call("DELETE", f"/entity/guid/{guid}/classification/{EMAIL}", status=204)
    assert call.code("DELETE", f"/entity/guid/{guid}/classification/{EMAIL}") == "400-00-06D"
    assert "classifications" not in call.read(guid)


def test_bulk_classification_fails_as_a_whole(call: Caller) -> None:
    a, b = call.entity("a"), call.entity("b")
    body = {"classification": {"typeName": EMAIL}, "entityGuids": [b]}
    call("POST", "/entity/bulk/classification", body, status=204)
    assert call.code("POST", "/entity/bulk/classification", body | {"entityGuids": [a, b]}) == "400-00-01A"
    assert classes(call, a) == set()


def test_set_classifications_is_a_set(call: Caller) -> None:
    guid = call.entity("a", classifications=[{"typeName": NAME}])
    header = {"typeName": "DataSet", "attributes": {"qualifiedName": "a"}, "classifications": [{"typeName": EMAIL}]}
    lines = call("POST", "/entity/bulk/setClassifications", {"guidHeaderMap": {guid: header}})
    assert f"Add:{guid}:DataSet:qualifiedName -> {EMAIL}:(Done)" in lines
    assert f"Delete:{guid}:DataSet:qualifiedName -> {NAME}:(Done)" in lines
    assert classes(call, guid) == {EMAIL}


def test_labels(call: Caller) -> None:
    guid = call.entity("a")
    path = f"/entity/guid/{guid}/labels"
    call("POST", path, ["b", "a"], status=204)
    call("PUT", path, ["c"], status=204)
    call("DELETE", path, ["a"], status=204)
    assert call.read(guid)["labels"] == ["b", "c"]
    call("POST", path, ["only"], status=204)
    assert call.read(guid)["labels"] == ["only"]
    assert call.code("PUT", path, ["not this"]) == "400-00-090"
    named = "/entity/uniqueAttribute/type/DataSet/labels"
    call("PUT", named, ["d"], status=204, **{"attr:qualifiedName": "a"})
    assert call.read(guid)["labels"] == ["d", "only"]


def test_business_metadata(call: Caller) -> None:
    options = {"applicableEntityTypes": '["DataSet"]', "maxStrLength": "5"}
    attributes = [
        {"name": "count", "typeName": "long", "isOptional": True, "options": options},
        {"name": "note", "typeName": "string", "isOptional": True, "options": options},
    ]
    call("POST", "/types/typedefs", {"businessMetadataDefs": [{"name": "bm", "attributeDefs": attributes}]})
    guid = call.entity("a", businessAttributes={"bm": {"count": 1}})
    path = f"/entity/guid/{guid}/businessmetadata"
    call("POST", path, {"bm": {"note": "hi"}}, status=204, isOverwrite="False")
    assert call.read(guid)["businessAttributes"] == {"bm": {"count": 1, "note": "hi"}}
    assert call.code("POST", path, {"bm": {"note": "too long"}}) == "404-00-007"
    assert call.code("POST", path, {"bm": {"nope": 1}}) == "400-00-096"
    assert call.code("POST", path, {"nope": {"a": 1}}) == "400-00-095"
    process = call.entity("p", "Process")
    assert call.code("POST", f"/entity/guid/{process}/businessmetadata", {"bm": {"count": 1}}) == "400-00-095"
    call("POST", path, {"bm": {"count": 2}}, status=204, isOverwrite="true")
    call("DELETE", path, {"bm": {"count": ""}}, status=204)
    assert "businessAttributes" not in call.read(guid)
    raw = {"typeName": "DataSet", "attributes": {"qualifiedName": "a"}, "businessAttributes": {"bm": {"count": 9}}}
    call("POST", "/entity", {"entity": raw})
    assert "businessAttributes" not in call.read(guid)
    call("POST", "/entity", {"entity": raw}, businessAttributeUpdateBehavior="merge")
    assert call.read(guid)["businessAttributes"] == {"bm": {"count": 9}}


def test_business_metadata_import_answers_200_for_failed_rows(call: Caller) -> None:
    text = "TypeName,UniqueAttributeValue,BusinessAttributeName,BusinessAttributeValue\nhive_database,a,b.c,d\n"
    url = "/datamap/api/atlas/v2/entity/businessmetadata/import"
    answer = call.http.post(url, files={"file": ("f.csv", text.encode(), "application/octet-stream")})
    assert answer.status_code == 200
    assert answer.json() == {
        "failedImportInfoList": [
            {
                "parentObjectName": "",
                "childObjectName": "",
                "importStatus": "FAILED",
                "remarks": "Line #2: invalid entity-type 'hive_database'",
            }
        ]
    }


def test_collections_and_moving(call: Caller) -> None:
    root = call("GET", "/account/collections")["value"][0]
    assert "parentCollection" not in root
    parent = {"parentCollection": {"referenceName": root["name"]}}
    made = call("PUT", "/account/collections/AbCdEf", parent | {"friendlyName": "Raw"})
    assert (made["name"], made["collectionProvisioningState"]) == ("abcdef", "Succeeded")
    guid = call.entity("a")
    assert call.read(guid)["collectionId"] == root["name"]
    moved = call(
        "POST",
        "/datamap/api/entity/moveTo",
        {"entityGuids": [guid]},
        **{"collectionId": "abcdef", "api-version": "2023-09-01"},
    )
    assert moved["mutatedEntities"]["UPDATE"][0]["guid"] == guid
    assert call.read(guid)["collectionId"] == "abcdef"
    assert call.code("DELETE", "/account/collections/abcdef") == "12005"
    assert call.code("DELETE", f"/account/collections/{root['name']}") == "1006"
    body = {"entity": {"typeName": "DataSet", "attributes": {"qualifiedName": "b", "name": "b"}}}
    assert call.code("POST", "/entity", body, collectionId="nothere") == "400-00-029"
    call("POST", "/catalog/api/collections/abcdef/entity", body)
    found = call("GET", "/entity/uniqueAttribute/type/DataSet", **{"attr:qualifiedName": "b"})
    assert found["entity"]["collectionId"] == "abcdef"
    children = call("GET", f"/account/collections/{root['name']}/getChildCollectionNames")
    assert children["value"] == [{"name": "abcdef", "friendlyName": "Raw"}]
    path = call("GET", "/account/collections/abcdef/getCollectionPath")
    assert path["parentNameChain"] == [root["name"]]


def test_search(call: Caller) -> None:
    a = call.entity("https://x/raw/contacts.csv", "azure_datalake_gen2_path")
    call.entity("c", "column")
    version = {"api-version": "2023-09-01"}
    path = "/datamap/api/search/query"
    assert call.code("POST", path, {}) == "MissingApiVersionParameter"
    found = call("POST", path, {"keywords": None, "filter": None}, **version)
    assert [hit["id"] for hit in found["value"]] == [a]  # columns are not in results
    assert found["@search.facets"] is None
    assert found["continuationToken"]
    contains = {"attributeName": "qualifiedName", "operator": "contains", "attributeValue": "x/RAW"}
    both = {"and": [{"entityType": "azure_datalake_gen2_path"}, contains, {"not": {"id": "x"}}]}
    assert call("POST", path, {"filter": both, "limit": 1}, **version)["@search.count"] == 1
    after = {"keywords": "contacts", "continuationToken": found["continuationToken"]}
    assert call("POST", path, after, **version)["value"] == []
    facets = call("POST", path, {"keywords": "*", "facets": [{"facet": "entityType", "count": 5}]}, **version)
    assert facets["@search.facets"]["entityType"] == [{"count": 1, "value": "azure_datalake_gen2_path"}]
    assert call.code("POST", path, {"limit": 1001}, **version) == "400-00-029"
