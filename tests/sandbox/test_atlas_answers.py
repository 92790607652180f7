"""Fields that Apache Atlas 2.4.0 was seen to have, and those that it has not (a server beside the sandbox, grade A).

Statuses, codes and values of that server are held in `tests/live/golden/answers.txt`, against the sandbox too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from reconciler_sandbox.server import running

API = "/api/atlas/v2"
TYPES = {
    "entityDefs": [
        {
            "name": "T",
            "superTypes": ["DataSet"],
            "attributeDefs": [{"name": "a", "typeName": "string", "isOptional": True}],
        }
    ],
    "classificationDefs": [{"name": "C", "superTypes": [], "attributeDefs": []}],
}


@pytest.fixture(scope="module")
def made() -> Iterator[tuple[httpx.Client, str]]:
    """A client of an Atlas with a type, and the guid of an entity of it that has a classification."""
    entity = {"typeName": "T", "guid": "-1", "attributes": {"qualifiedName": "q", "name": "n"}}
    entity["classifications"] = [{"typeName": "C"}]
    with (
        running(mode="atlas", seed="empty") as server,
        httpx.Client(base_url=server.url, auth=("admin", "admin")) as http,
    ):
        http.post(f"{API}/types/typedefs", json=TYPES).raise_for_status()
        guids = http.post(f"{API}/entity", json={"entity": entity}).json()["guidAssignments"]
        yield http, guids["-1"]


def test_entities(made: tuple[httpx.Client, str]) -> None:
    http, guid = made
    entity = http.get(f"{API}/entity/guid/{guid}").json()["entity"]
    assert {"replicatedFrom", "replicatedTo"} <= entity["attributes"].keys()
    assert {"model", "pipeline", "schema"} <= entity["relationshipAttributes"].keys()
    assert entity["classifications"][0]["propagate"] is True
    assert "lastModifiedTS" not in entity


def test_types(made: tuple[httpx.Client, str]) -> None:
    http, _ = made
    assert "termTemplateDefs" not in http.get(f"{API}/types/typedefs").json()
    [attribute] = http.get(f"{API}/types/typedef/name/T").json()["attributeDefs"]
    assert attribute["searchWeight"] == -1


def test_related_terms(made: tuple[httpx.Client, str]) -> None:
    http, _ = made
    home: dict[str, Any] = {"anchor": {"glossaryGuid": http.post(f"{API}/glossary", json={"name": "G"}).json()["guid"]}}
    one, two = http.post(f"{API}/glossary/terms", json=[{"name": name} | home for name in ("one", "two")]).json()
    path = f"{API}/glossary/term/{one['guid']}"
    http.put(path, json=one | {"synonyms": [{"termGuid": two["guid"]}]}).raise_for_status()
    assert http.get(path).json()["synonyms"][0]["qualifiedName"] == "two@G"


def test_search_headers_name_classifications_only(made: tuple[httpx.Client, str]) -> None:
    http, guid = made
    [header] = http.post(f"{API}/search/basic", json={"typeName": "T"}).json()["entities"]
    assert (header["guid"], header["classificationNames"]) == (guid, ["C"])
    assert "classifications" not in header


def test_classifications_have_all_of_their_attributes_or_none_of_them_set(made: tuple[httpx.Client, str]) -> None:
    """Answered by 2.4.0: with one attribute the others are what is never set; with none all are null."""
    http, _ = made
    attributes = [{"name": name, "typeName": of, "isOptional": True} for name, of in (("text", "string"), ("n", "int"))]
    kind = {"name": "Valued", "superTypes": [], "attributeDefs": attributes}
    http.post(f"{API}/types/typedefs", json={"classificationDefs": [kind]}).raise_for_status()
    found = []
    for at, given in enumerate(({}, {"text": "x"})):
        entity = {"typeName": "T", "attributes": {"qualifiedName": f"v{at}", "name": "n"}}
        entity["classifications"] = [{"typeName": "Valued", "attributes": given}]
        [guid] = http.post(f"{API}/entity", json={"entity": entity}).json()["guidAssignments"].values()
        found.append(http.get(f"{API}/entity/guid/{guid}").json()["entity"]["classifications"][0]["attributes"])
    assert found == [{"text": None, "n": None}, {"text": "x", "n": 0}]


def test_what_is_put_on_an_entity_that_comes_twice_is_that_of_the_first(made: tuple[httpx.Client, str]) -> None:
    http, _ = made
    bodies = [
        {"typeName": "T", "guid": f"-{at}", "attributes": {"qualifiedName": "twin", "name": word}, "labels": [word]}
        for at, word in enumerate(("first", "second"), 1)
    ]
    [guid, _] = http.post(f"{API}/entity/bulk", json={"entities": bodies}).json()["guidAssignments"].values()
    entity = http.get(f"{API}/entity/guid/{guid}").json()["entity"]
    assert (entity["attributes"]["name"], entity["labels"]) == ("second", ["first"])


def test_a_type_stays_while_a_classification_or_business_metadata_is_for_it(made: tuple[httpx.Client, str]) -> None:
    http, _ = made
    kind = {"name": "OnlyFor", "superTypes": ["DataSet"], "attributeDefs": []}
    narrow = {"name": "Narrow", "superTypes": [], "entityTypes": ["OnlyFor"], "attributeDefs": []}
    http.post(f"{API}/types/typedefs", json={"entityDefs": [kind], "classificationDefs": [narrow]}).raise_for_status()
    path = f"{API}/types/typedef/name"
    assert http.delete(f"{path}/OnlyFor").json()["errorCode"] == "ATLAS-409-00-002"
    options = {"applicableEntityTypes": '["OnlyFor"]', "maxStrLength": "9"}
    business = {"name": "Business", "attributeDefs": [{"name": "a", "typeName": "string", "options": options}]}
    http.post(f"{API}/types/typedefs", json={"businessMetadataDefs": [business]}).raise_for_status()
    assert http.delete(f"{path}/Narrow").status_code == 204
    assert http.delete(f"{path}/OnlyFor").json()["errorCode"] == "ATLAS-404-00-001", "though it is there"
    assert http.get(f"{path}/OnlyFor").status_code == 200
    for name in ("Business", "OnlyFor"):
        assert http.delete(f"{path}/{name}").status_code == 204


def test_a_link_that_was_removed_is_made_anew_where_no_other_of_its_kind_is(made: tuple[httpx.Client, str]) -> None:
    """A term as it was read before: refused where others of the kind are there, so that nothing of it is done."""
    http, _ = made
    home = {"anchor": {"glossaryGuid": http.post(f"{API}/glossary", json={"name": "Stale"}).json()["guid"]}}
    terms = http.post(f"{API}/glossary/terms", json=[{"name": name} | home for name in ("one", "two", "three")]).json()
    path = f"{API}/glossary/term/{terms[0]['guid']}"
    links = [{"termGuid": term["guid"]} for term in terms[1:]]
    http.put(path, json=terms[0] | {"synonyms": links}).raise_for_status()
    before = http.get(path).json()
    http.put(path, json=before | {"synonyms": []}).raise_for_status()
    http.put(path, json=before).raise_for_status()
    before = http.get(path).json()
    assert len(before["synonyms"]) == 2
    http.put(path, json=before | {"synonyms": before["synonyms"][:1]}).raise_for_status()
    assert http.put(path, json=before).json()["errorCode"] == "ATLAS-404-00-00C"
    assert len(http.get(path).json()["synonyms"]) == 1
