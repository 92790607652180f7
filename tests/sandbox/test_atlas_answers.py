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
