"""The GraphQL face as such: the schema, what it refuses and how."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from graphql import build_client_schema, get_introspection_query, parse, validate

from tests.sandbox._cluedin import VOCABULARIES, Client

_ROOT = Path(__file__).resolve().parents[2]


def _operations() -> list[dict[str, Any]]:
    """The public documents of the vendor's own client, kept outside this repository."""
    places = [os.environ.get("RECONCILER_REFERENCE"), _ROOT.parent / "shared" / "reference"]
    for place in places:
        path = Path(place) / "cluedin" / "graphql-operations.json" if place else None
        if path is not None and path.is_file():
            return list(json.loads(path.read_text()))
    return []


def _document(operation: dict[str, Any]) -> str:
    tree: dict[str, Any] = {}
    for field in operation["result_fields"]:
        node = tree
        for part in field.split("."):
            node = node.setdefault(part, {})
    variables = ", ".join(f"${name}: {kind}" for name, kind in operation["variables"].items())
    head = f"{operation['operation']} {operation['name']}" + (f"({variables})" if variables else "")
    return f"{head} {{ {_selection(operation['calls'], tree, '')} }}"


def _selection(calls: dict[str, Any], tree: dict[str, Any], path: str) -> str:
    parts = []
    for name, below in tree.items():
        here = f"{path}.{name}".strip(".")
        arguments = ", ".join(f"{arg}: {value.split(':')[0]}" for arg, value in calls.get(here, {}).items())
        inner = f" {{ {_selection(calls, below, here)} }}" if below else ""
        parts.append(name + (f"({arguments})" if arguments else "") + inner)
    return " ".join(parts)


OPERATIONS = _operations()


@pytest.mark.skipif(not OPERATIONS, reason="graphql-operations.json is not here; set RECONCILER_REFERENCE")
@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation["document"] for operation in OPERATIONS])
def test_the_schema_accepts_the_vendors_documents(operation: dict[str, Any]) -> None:
    errors = validate(CLIENT.plane.gateway.schema, parse(_document(operation)))
    assert [error.message for error in errors] == []


CLIENT = Client()


def test_introspection() -> None:
    answer = CLIENT.gql(get_introspection_query())
    schema = build_client_schema(answer.body["data"])
    assert {"management", "inbound", "consume", "preparation", "administration"} <= set(schema.query_type.fields)


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ management { nothing } }", {}),
        ("{ management { vocabularies(page: 1) { total } } }", {}),
        ("{ management {", {}),
        ("query ($id: Int!) { management { vocabulary(id: $id) { vocabularyId } } }", {"id": 1}),
        ("query ($id: ID!) { management { vocabulary(id: $id) { vocabularyId } } }", {}),
        (
            "mutation ($v: InputVocabulary) { management { createVocabulary(vocabulary: $v) { grouping } } }",
            {"v": {"vocabularyName": "X", "colour": "red"}},
        ),
    ],
)
def test_what_the_schema_refuses_is_a_400(query: str, variables: dict[str, Any]) -> None:
    answer = CLIENT.gql(query, **variables)
    assert answer.status == 400
    assert answer.body["errors"][0]["message"]
    assert "data" not in answer.body


def test_bodies_that_are_no_request() -> None:
    for body in (
        b"",
        b"{",
        b"[]",
        b'{"query": 1}',
        b'{"query": "{ management { id } }", "variables": []  , "x": 1}',
    ):
        answer = CLIENT.send("POST", "/graphql", body)
        assert answer.status in (200, 400)
    assert CLIENT.send("POST", "/graphql", b"{").status == 400


def test_what_a_resolver_refuses_is_a_200_with_errors() -> None:
    answer = CLIENT.gql('{ management { id vocabulary(id: "00000000-0000-0000-0000-000000000001") { vocabularyId } } }')
    assert answer.status == 200
    assert answer.body["data"] == {"management": {"id": "management", "vocabulary": None}}
    assert "404" in answer.body["errors"][0]["message"]


def test_sections_name_themselves() -> None:
    answer = CLIENT.gql("{ management { id __typename } inbound { id } consume { id } preparation { id } }")
    assert answer.body["data"]["management"] == {"id": "management", "__typename": "Management"}
    assert answer.body["data"]["consume"] == {"id": "consume"}


def test_areas_to_come_say_so() -> None:
    assert "not served yet" in CLIENT.error('{ management { manualDataEntryProject(id: "1") { id } } }')
    assert CLIENT.data("{ management { manualDataEntryProjects { total data { id } } } }") == {"total": 0, "data": []}


def test_fields_come_with_versions() -> None:
    old = Client(cluedin_version="4.1")
    query = '{ preparation { getAnnotationCodes(annotationId: "1") { id } } }'
    assert "Cannot query field" in old.gql(query).body["errors"][0]["message"]
    assert CLIENT.gql(query).status == 200


def test_catalogue_of_providers() -> None:
    found = CLIENT.data("{ inbound { connectors { id name type authMethods streamModes } } }")
    lake = next(item for item in found if item["id"] == "f6178e19-7168-449c-b4b6-f9810e86c1c2")
    secret = [field["name"] for field in lake["authMethods"]["token"] if field["type"] == "password"]
    assert secret == ["AccountKey", "StreamCacheConnectionString"]


def test_the_schema_is_documented() -> None:
    schema = CLIENT.plane.gateway.schema
    own = [kind for name, kind in schema.type_map.items() if not name.startswith("__")]
    assert [kind.name for kind in own if not kind.description] == []


def test_a_thousand_at_once() -> None:
    assert CLIENT.data(VOCABULARIES, pageSize=1000)["total"] >= 4
