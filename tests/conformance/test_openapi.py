"""The document that is derived from Microsoft's client: complete, and what Microsoft publishes elsewhere too."""

from __future__ import annotations

from typing import Any

import pytest

from . import reviewed
from .openapi import STRICT, document, enumerations
from .reference import load

pytestmark = pytest.mark.long


def _entries(whole: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(verb, path): entry for path, item in whole["paths"].items() for verb, entry in item.items()}


def test_every_operation_has_its_answer() -> None:
    entries = _entries(document())
    assert len(entries) == 96
    assert len(document()["components"]["schemas"]) == 70
    for (verb, path), entry in entries.items():
        assert {"200", "204"} & entry["responses"].keys(), f"{verb} {path}"
        if verb in ("post", "put") and path not in ("/lineage/{guid}/next",):
            assert "requestBody" in entry, f"{verb} {path}"


def test_strict_bodies_refuse_other_fields() -> None:
    schemas = document(strict=True)["components"]["schemas"]
    assert schemas[f"{STRICT}AtlasGlossaryTerm"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["AtlasGlossaryTerm"]
    body = document(strict=True)["paths"]["/atlas/v2/glossary/term"]["post"]["requestBody"]
    reference = body["content"]["application/json"]["schema"]["$ref"]
    assert reference.endswith(f"{STRICT}AtlasGlossaryTerm")


def test_words_beyond_the_published_are_still_needed() -> None:
    for name, words in reviewed.WORDS.items():
        assert not words.keys() & set(enumerations()[name]), f"{name} has them by now"
        assert all(words.values())


def test_it_says_what_another_derivation_says() -> None:
    """The same operations, parameters, statuses and fields as a document made by other means."""
    other = load("purview/openapi/purview-datamap-from-sdk.openapi.json")
    mine, theirs = _entries(document()), _entries(other)
    assert mine.keys() == theirs.keys()
    for key, entry in theirs.items():
        assert _parameters(mine[key]) == _parameters(entry), key
        assert mine[key]["responses"].keys() == entry["responses"].keys(), key
    schemas = document()["components"]["schemas"]
    fields = {name: set(schema.get("properties", ())) for name, schema in other["components"]["schemas"].items()}
    assert {name: set(schema["properties"]) for name, schema in schemas.items()} == fields


def test_the_service_s_own_description_has_the_same_operations() -> None:
    """Microsoft's specification: paths, verbs, query names and the fields of bodies."""
    other = load("purview/openapi/azure-analytics-purview-data-map-openapi-original.json")
    mine, theirs = _entries(document()), _entries(other)
    assert mine.keys() == theirs.keys()
    for key, entry in theirs.items():
        refs = [
            one if "name" in one else other["parameters"][one["$ref"].rpartition("/")[2]] for one in entry["parameters"]
        ]
        query = {one["name"] for one in refs if one["in"] == "query"}
        assert {name for name, place, _ in _parameters(mine[key]) if place == "query"} <= query, key


def _parameters(entry: dict[str, Any]) -> set[tuple[str, str, bool]]:
    return {(one["name"], one["in"], one["required"]) for one in entry["parameters"]}
