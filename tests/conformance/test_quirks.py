"""What real clients send that no specification shows: each quirk has a test of its own, without the client.

Recorded from azure-purview-datamap, pyapacheatlas and apache-atlas, and in recordings of the real service. The
README's table is made of `QUIRKS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from reconciler_sandbox.server import running

from .. import portal

ATLAS = "/datamap/api/atlas/v2"
QUIRKS = {
    "test_capitalised_booleans": ("`?minExtInfo=True`: booleans of the query in capitals", "pyapacheatlas"),
    "test_whole_numbers_as_guids": ('`"guid": -100`: a guid as a number, also in references', "pyapacheatlas"),
    "test_the_literal_attr_n": ("`attr_N:qualifiedName`, the letter and not a number", "azure-purview-datamap"),
    "test_attr_from_zero": ("`attr_0:qualifiedName`: numbered from 0", "pyapacheatlas"),
    "test_filter_null": ('`"filter": null` in a search', "pyapacheatlas"),
    "test_delete_with_a_body": ("DELETE with a body: labels, assignments", "azure-purview-datamap"),
    "test_trailing_slashes": ("a slash at the end of a path", "apache-atlas"),
    "test_double_slashes": ("two slashes before a path", "a recording of the Java client"),
    "test_put_to_unassign": ("PUT takes a term off entities", "apache-atlas"),
    "test_further_fields_in_classifications": ("`propagate`, `entityStatus` in a classification", "pyapacheatlas"),
    "test_an_empty_parameter_first": ("`?&includeTermHierarchy=True`: nothing before the first `&`", "pyapacheatlas"),
    "test_nulls_for_what_is_not_set": ("null for every field that is not set", "apache-atlas"),
    "test_no_api_version": ("no `api-version` below `/atlas/v2`", "a recording of the Java client"),
    "test_the_request_id_comes_back": ("`x-ms-client-request-id` comes back as `x-ms-request-id`", "recordings"),
}
"""Test, quirk, and where it was seen."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running(seed="demo") as server:
        yield server.url


@pytest.fixture(scope="module")
def atlas() -> Iterator[str]:
    with running(seed="empty", mode="atlas") as server:
        yield server.url


def ask(url: str, method: str, path: str, **more: Any) -> httpx.Response:
    answer = portal.request(method, url + path, headers={"authorization": "Bearer token"}, timeout=30, **more)
    assert answer.status_code < 300, answer.text
    return answer


def table(url: str, name: str) -> str:
    """A data set of that name; its guid."""
    entity = {"typeName": "DataSet", "guid": -1, "attributes": {"qualifiedName": name, "name": name}}
    made = ask(url, "POST", f"{ATLAS}/entity", json={"entity": entity}).json()
    return str(made["guidAssignments"]["-1"])


def term(url: str, name: str, base: str = ATLAS) -> str:
    """A term in a glossary of its own; its guid."""
    glossary = ask(url, "POST", f"{base}/glossary", json={"name": f"Words of {name}"}).json()["guid"]
    wanted = {"name": name, "anchor": {"glossaryGuid": glossary}}
    return str(ask(url, "POST", f"{base}/glossary/term", json=wanted).json()["guid"])


def test_capitalised_booleans(url: str) -> None:
    guid = table(url, "quirk.booleans")
    bare = ask(url, "GET", f"{ATLAS}/entity/guid/{guid}?ignoreRelationships=True").json()["entity"]
    whole = ask(url, "GET", f"{ATLAS}/entity/guid/{guid}?ignoreRelationships=False").json()["entity"]
    assert "relationshipAttributes" not in bare
    assert "relationshipAttributes" in whole


def test_whole_numbers_as_guids(url: str) -> None:
    names = {"qualifiedName": "quirk.numbers", "name": "quirk.numbers"}
    process = {"qualifiedName": "quirk.load", "name": "load", "inputs": [{"guid": -100}], "outputs": []}
    entities = [
        {"typeName": "DataSet", "guid": -100, "attributes": names},
        {"typeName": "Process", "guid": -101, "attributes": process},
    ]
    made = ask(url, "POST", f"{ATLAS}/entity/bulk", json={"entities": entities}).json()["guidAssignments"]
    assert made.keys() == {"-100", "-101"}
    held = ask(url, "GET", f"{ATLAS}/entity/guid/{made['-101']}").json()["entity"]
    assert [one["guid"] for one in held["relationshipAttributes"]["inputs"]] == [made["-100"]]


def test_the_literal_attr_n(url: str) -> None:
    guid = table(url, "quirk.literal")
    found = ask(url, "GET", f"{ATLAS}/entity/bulk/uniqueAttribute/type/DataSet?attr_N%3AqualifiedName=quirk.literal")
    assert [one["guid"] for one in found.json()["entities"]] == [guid]


def test_attr_from_zero(url: str) -> None:
    guids = {table(url, "quirk.zero"), table(url, "quirk.one")}
    query = "attr_0:qualifiedName=quirk.zero&attr_1:qualifiedName=quirk.one"
    found = ask(url, "GET", f"{ATLAS}/entity/bulk/uniqueAttribute/type/DataSet?{query}").json()
    assert {one["guid"] for one in found["entities"]} == guids


def test_filter_null(url: str) -> None:
    body = {"keywords": "Customer", "limit": 5, "filter": None, "facets": None, "taxonomySetting": None}
    found = ask(url, "POST", "/datamap/api/search/query?api-version=2023-09-01", json=body).json()
    assert found["@search.count"] > 0


def test_delete_with_a_body(url: str) -> None:
    guid = table(url, "quirk.delete")
    path = f"{ATLAS}/entity/guid/{guid}/labels"
    ask(url, "PUT", path, json=["one", "two"])
    ask(url, "DELETE", path, json=["one"])
    assert ask(url, "GET", f"{ATLAS}/entity/guid/{guid}").json()["entity"]["labels"] == ["two"]


def test_trailing_slashes(atlas: str) -> None:
    assert ask(atlas, "GET", "/api/atlas/v2/types/typedefs/").json().keys() >= {"entityDefs"}


def test_double_slashes(url: str) -> None:
    assert ask(url, "GET", f"/{ATLAS}/types/entitydef/name/AtlasGlossary").json()["name"] == "AtlasGlossary"


def test_put_to_unassign(atlas: str) -> None:
    base = "/api/atlas/v2"
    guid = term(atlas, "Quirk", base)
    entity = {"typeName": "DataSet", "attributes": {"qualifiedName": "quirk.assign", "name": "quirk.assign"}}
    made = ask(atlas, "POST", f"{base}/entity", json={"entity": entity}).json()
    held = made["mutatedEntities"]["CREATE"][0]["guid"]
    path = f"{base}/glossary/terms/{guid}/assignedEntities"
    ask(atlas, "POST", path, json=[{"guid": held}])
    (assigned,) = ask(atlas, "GET", path).json()
    ask(atlas, "PUT", path, json=[{"guid": held, "relationshipGuid": assigned["relationshipGuid"]}])
    assert ask(atlas, "GET", path).json() == []


def test_further_fields_in_classifications(url: str) -> None:
    guid = table(url, "quirk.classified")
    sent = {"typeName": "MICROSOFT.PERSONAL.EMAIL", "propagate": True, "entityStatus": "ACTIVE", "validityPeriods": []}
    sent |= {"removePropagationsOnEntityDelete": True, "attributes": {}}
    ask(url, "POST", f"{ATLAS}/entity/guid/{guid}/classifications", json=[sent])
    found = ask(url, "GET", f"{ATLAS}/entity/guid/{guid}/classifications").json()["list"]
    assert [one["typeName"] for one in found] == ["MICROSOFT.PERSONAL.EMAIL"]


def test_an_empty_parameter_first(url: str) -> None:
    guid = term(url, "Quirky")
    name = ask(url, "GET", f"{ATLAS}/glossary/term/{guid}").json()["anchor"]["glossaryGuid"]
    files = {"file": ("terms.csv", b"Name,Definition\r\nFrom a file,Imported\r\n")}
    path = f"{ATLAS}/glossary/{name}/terms/import?&includeTermHierarchy=True"
    assert ask(url, "POST", path, files=files).status_code == 202
    terms = ask(url, "GET", f"{ATLAS}/glossary/{name}/terms").json()
    assert {one["name"] for one in terms} == {"Quirky", "From a file"}


def test_nulls_for_what_is_not_set(atlas: str) -> None:
    entity: dict[str, Any] = {"typeName": "DataSet", "attributes": {"qualifiedName": "quirk.nulls", "name": "nulls"}}
    entity |= dict.fromkeys(("labels", "classifications", "meanings", "relationshipAttributes", "customAttributes"))
    entity |= {"status": None, "guid": "-1795226444389", "businessAttributes": None, "version": None}
    made = ask(atlas, "POST", "/api/atlas/v2/entity", json={"entity": entity, "referredEntities": None}).json()
    assert list(made["guidAssignments"]) == ["-1795226444389"]


def test_no_api_version(url: str) -> None:
    assert isinstance(ask(url, "GET", f"{ATLAS}/glossary").json(), list)
    refused = portal.post(f"{url}/datamap/api/search/query", json={}, headers={"authorization": "Bearer token"})
    assert refused.status_code == 400


def test_the_request_id_comes_back(url: str) -> None:
    headers = {"authorization": "Bearer token", "x-ms-client-request-id": "0123456789abcdef0123456789abcdef"}
    answer = portal.get(f"{url}{ATLAS}/types/typedef/name/AtlasGlossary", headers=headers)
    assert answer.headers["x-ms-request-id"] == headers["x-ms-client-request-id"]


def test_every_quirk_has_its_test() -> None:
    tests = {name for name in globals() if name.startswith("test_")} - {"test_every_quirk_has_its_test"}
    assert tests == QUIRKS.keys()
