"""Bodies that have not the shape of their model are refused with 400 in Atlas's form, whatever is wrong in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler_sandbox.server import running

from .. import portal

ATLAS = "/datamap/api/atlas/v2"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running(seed="empty") as server:
        yield server.url


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"{ATLAS}/entity", [1]),
        ("POST", f"{ATLAS}/entity", {"entity": {"typeName": "DataSet", "attributes": "none"}}),
        ("POST", f"{ATLAS}/entity/bulk", {"entities": True}),
        ("POST", f"{ATLAS}/entity/bulk", {"entities": [None]}),
        ("POST", f"{ATLAS}/entity/bulk/classification", "words"),
        ("POST", f"{ATLAS}/entity/bulk/setClassifications", {"guidHeaderMap": {"one": []}}),
        ("POST", f"{ATLAS}/glossary/term", {"name": "A", "anchor": 7}),
        ("POST", f"{ATLAS}/glossary/terms", [{"name": "A", "synonyms": [5]}]),
        ("POST", f"{ATLAS}/glossary", None),
        ("PUT", f"{ATLAS}/types/typedefs", {"enumDefs": [{"elementDefs": {}}]}),
        ("POST", f"{ATLAS}/types/typedefs", {"entityDefs": [{}]}),
        ("POST", "/datamap/api/search/query?api-version=2023-09-01", {"limit": {}}),
        ("POST", "/datamap/api/search/query?api-version=2023-09-01", {"filter": {"and": {"entityType": "x"}}}),
        ("POST", "/datamap/api/search/query?api-version=2023-09-01", {"orderby": [5]}),
    ],
)
def test_a_wrong_shape_is_a_400(url: str, method: str, path: str, body: Any) -> None:
    content = {} if body is None else {"json": body}
    answer = portal.request(method, url + path, headers={"authorization": "Bearer token"}, **content)
    assert answer.status_code == 400, answer.text
    assert answer.json().keys() == {"requestId", "errorCode", "errorMessage"}
    assert answer.json()["errorCode"].startswith("ATLAS-400-00-")


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b'{"a": 1}}', b"[" * 2000])
def test_no_json_at_all(url: str, content: bytes) -> None:
    answer = portal.post(f"{url}{ATLAS}/glossary", content=content, headers={"authorization": "Bearer token"})
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "ATLAS-400-00-01A")


def test_scalars_become_what_the_field_is(url: str) -> None:
    """A number is taken for text, as clients send numbers as guids; what no model knows is passed on."""
    body = {"name": 2024, "longDescription": True, "colour": "red"}
    made = portal.post(f"{url}{ATLAS}/glossary", json=body, headers={"authorization": "Bearer token"}).json()
    assert (made["name"], made["longDescription"]) == ("2024", "true")
