"""Golden records: what is sent in becomes searchable, joined by its codes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox._cluedin import Client
from tests.sandbox.test_cluedin_annotations import CREATE_CODE, MODIFY, Scene, scene
from tests.sandbox.test_cluedin_data_sources import AUTO

__all__ = ["scene"]

SEARCH = (
    "query s($query: String, $cursor: PagingCursor, $size: Int) { search(query: $query, cursor: $cursor,"
    ' pageSize: $size, sort: FIELDS, sortFields: {field: "name", direction: ASCENDING}) {'
    " totalResults cursor entries { id name entityType originEntityCode codes properties } } }"
)
PERSONS = "entityType:/Person"


def ask(client: Client, query: str, **more: Any) -> Any:
    return client.send("POST", "/api/api/graphql", {"query": SEARCH, "variables": {"query": query, **more}})


def search(client: Client, query: str, **more: Any) -> Any:
    answer = ask(client, query, **more)
    assert "errors" not in answer.body, answer.body
    return answer.body["data"]["search"]


def names(client: Client, query: str) -> list[str]:
    return [one["name"] for one in search(client, query)["entries"]]


@pytest.fixture
def mapped(scene: Scene) -> Scene:
    """Records are known by their e-mail address, and named; they are processed as they come."""
    scene.map("email", scene.email)
    scene.map("name", scene.name)
    keys = {"originEntityCodeKey": "customer.email", "nameKey": "customer.name"}
    assert scene.client.data(MODIFY, a={"id": scene.annotation, **keys}) is True
    scene.client.data(AUTO, d=scene.data_set, a=True)
    return scene


def send(found: Scene, *rows: dict[str, Any]) -> None:
    assert found.client.send("POST", f"/upload/api/endpoint/{found.data_set}", list(rows)).status == 200


def test_records_are_found_by_what_they_say(mapped: Scene) -> None:
    send(mapped, {"email": "ada@example.com", "name": "Ada", "notes": "x"}, {"email": "mary@example.com"})
    found = search(mapped.client, PERSONS)
    assert found["totalResults"] == 2
    ada, mary = found["entries"]
    assert (ada["name"], mary["name"]) == ("Ada", "mary@example.com")
    assert ada["originEntityCode"].startswith("/Person#")
    assert ada["properties"]["property-customer.email"] == "ada@example.com"
    assert "notes" not in str(ada["properties"]), "a column that is not mapped is not in a record"
    assert names(mapped.client, f"{PERSONS} AND properties.customer.name:ADA") == ["Ada"]
    assert names(mapped.client, f'{PERSONS} name:"mary@example.com"') == ["mary@example.com"]
    assert names(mapped.client, "name:nobody") == []


def test_records_of_one_code_are_one(mapped: Scene) -> None:
    code = {"annotationId": mapped.annotation, "vocabKey": "customer.name", "key": "customer_name", "type": "String"}
    mapped.client.data(CREATE_CODE, c=code | {"entityCodeOrigin": "shop", "sourceCode": None})
    send(mapped, {"email": "ada@example.com", "name": "Ada"}, {"email": "countess@example.com", "name": "Ada"})
    send(mapped, {"email": "ada@example.com", "name": "Ada Lovelace"}, {"name": "without an address"})
    [found] = search(mapped.client, PERSONS)["entries"]
    assert found["name"] == "Ada Lovelace", "the last word holds"
    assert [one.partition("#")[2].partition(":")[2] for one in found["codes"]] == [
        *("ada@example.com", "Ada", "countess@example.com", "Ada Lovelace")
    ]


def test_what_is_not_processed_is_no_record_yet(mapped: Scene) -> None:
    mapped.client.data(AUTO, d=mapped.data_set, a=False)
    send(mapped, {"email": "ada@example.com"})
    assert search(mapped.client, PERSONS)["totalResults"] == 0
    mapped.client.data("mutation c($d: ID) { inbound { commitDataSet(dataSetId: $d) } }", d=mapped.data_set)
    assert search(mapped.client, PERSONS)["totalResults"] == 1


def test_pages_go_on_where_the_cursor_says(mapped: Scene) -> None:
    send(mapped, *({"email": f"{number}@example.com"} for number in range(5)))
    first = search(mapped.client, PERSONS, size=2)
    second = search(mapped.client, PERSONS, size=2, cursor=first["cursor"])
    assert [one["name"][0] for one in first["entries"] + second["entries"]] == ["0", "1", "2", "3"]
    assert search(mapped.client, PERSONS, size=2, cursor="5")["entries"] == []


@pytest.mark.parametrize(
    ("query", "more", "word"),
    [
        ("name:(a OR b)", {}, "does not understand"),
        ("colour:red", {}, "does not know the field"),
        ("*", {"cursor": "x"}, "cursor"),
        ("*", {"size": 10_001}, "page size"),
    ],
)
def test_what_is_not_understood_is_refused(query: str, more: dict[str, Any], word: str) -> None:
    assert word in ask(Client(), query, **more).body["errors"][0]["message"]


def test_people_are_records_too_and_a_token_is_needed() -> None:
    client = Client()
    assert "Ada" in names(client, "entityType:/Infrastructure/User")
    assert ask(client, "*", size="many").status == 400
    client.token = ""
    assert ask(client, "*").status == 401
