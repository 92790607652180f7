"""Real answers of CluedIn parse into our types, and what we write after them reads the same.

Live (a real answer) becomes desired, desired is written to the sandbox, and what is then live has the same canonical
fields: nothing that we manage is lost or changed on the way. The answers are read where they are at hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from reconciler.resources.base import Live, Write
from reconciler.resources.cluedin.conditions import Condition
from reconciler.sandbox.server import running
from reconciler.systems.cluedin import CluedIn

from ..resources.cluedin_support import Desk, connect, faked
from . import facts
from .reference import load, reference

pytestmark = pytest.mark.long

VOCABULARIES = (
    "0be1deb3-90c0-403a-970c-982a9e68a5cc",
    "48e197b6-5972-4305-b435-fa87ad4a5c8c",
    "9dc86236-ec0e-4962-a78d-30042551381f",
)
TERM = "231ec707-bec3-4ea7-8437-3de3921734de"
CATEGORY = "a00a3cdc-de00-4701-723b-08dc3c513129"
STREAM = "51b1106a-5b27-433f-a788-838162fba5ac"
NOT_MANAGED = {
    "CleanProjects": "clean projects are not a resource type",
    "General": "settings are not a resource type",
    "Rules": "rules are not a resource type",
}
"""Folders of answers that no resource type reads."""
ELSEWHERE = {
    "owners": "the people of that organisation are not in the sandbox",
    "provider": "its connectors' names are not the sandbox's",
}
"""Fields that are compared as parsed, but not written to the sandbox."""


RULE = {"objectTypeId": "0a1984a6-7b75-47a9-b076-8f6b45b358ac", "field": "CreatedDate", "type": "datetime"}
RULE |= {"condition": "AND", "operator": "306e5d29-832f-41e7-a6db-1c02eb5ebf74", "value": [], "rules": []}
EVERYTHING = Condition().canonical({"condition": "AND", "rules": [RULE]})


def payload(name: str) -> dict[str, Any]:
    """The `data` of one answer."""
    return dict(load(f"cluedin/payloads/{name}.json")["data"])


def vocabularies() -> list[dict[str, Any]]:
    """The three recorded vocabularies."""
    return [payload(f"DataCatalog/Vocab/{id}")["management"]["vocabulary"] for id in VOCABULARIES]


def keys() -> list[dict[str, Any]]:
    """Their keys."""
    pages = [payload(f"DataCatalog/Keys/{id}")["management"]["vocabularyKeysFromVocabularyId"] for id in VOCABULARIES]
    return [row for page in pages for row in page["data"]]


def recorded() -> dict[str, Any]:
    """Answers by call, as the toolkit's documents name them."""
    term = payload(f"Glossaries/{CATEGORY}/{TERM}-Term")["management"]["glossaryTerm"]
    category = payload(f"Glossaries/{CATEGORY}-Glossary")["management"]["glossaryCategory"]
    stream = payload(f"Streams/{STREAM}")["consume"]["stream"]
    sets = payload("Data/SourceSets/DataSourceSet")["inbound"]["dataSourceSets"]
    return {
        "management.vocabularies": _page(vocabularies()),
        "management.vocabulary": {row["vocabularyId"]: row for row in vocabularies()},
        "management.vocabularyKeysFromVocabularyId": _page(keys()),
        "management.vocabularyKeys": _page(keys()),
        "management.glossaryCategories": [category],
        "management.glossaryTerms": _page([term]),
        "management.glossaryTerm": {TERM: term},
        "consume.streams": _page([stream]),
        "consume.stream": {STREAM: stream},
        "inbound.dataSourceSets": sets,
        "administration.users": [],
    }


def _page(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"total": len(rows), "data": rows}


@pytest.fixture(scope="module")
def real() -> CluedIn:
    """A CluedIn that gives the recorded answers."""
    known = recorded()

    def answer(request: httpx.Request) -> httpx.Response:
        sent = json.loads(request.content)
        data: dict[str, Any] = {}
        for call in facts.calls(sent["query"]):
            root, _, field = call.partition(".")
            found = known[call]
            by_id = isinstance(found, dict) and "total" not in found
            data.setdefault(root, {})[field] = found[next(iter(sent["variables"].values()))] if by_id else found
        return httpx.Response(200, json={"data": data})

    return faked(answer)


@pytest.fixture
def sandbox() -> Iterator[CluedIn]:
    with running(seed="demo") as found:
        yield connect(found)


def again(desk: Desk, live: Live) -> Live:
    """Writes what a reading found, and reads it."""
    fields = {path: value for path, value in live.fields.items() if path.partition("[")[0] not in ELSEWHERE}
    if desk.type.name == "vocabulary" and not fields["active"]:
        del fields["active"]  # how a vocabulary begins; a manifest may only say that it is active
    write = Write(desk.type.address(live.key), live.key, fields, None, desk.id_of)
    desk.type.create(desk.cluedin.fresh(), write)
    return desk.get(live.key)


def compare(live: Live, after: Live) -> None:
    """The same fields with the same canonical values."""
    assert live.fields
    for path, value in live.fields.items():
        if path.partition("[")[0] not in ELSEWHERE:
            assert after.fields.get(path) == value, path


def test_every_answer_is_read_or_left_out() -> None:
    folders = {path.name for path in reference("cluedin/payloads").iterdir()}
    assert folders == {"Data", "DataCatalog", "Glossaries", "Streams", *NOT_MANAGED}


@pytest.mark.parametrize("prefix", ["sampleVocab", "ca.vocabulary", "sampleVocab2"])
def test_vocabularies(prefix: str, real: CluedIn, sandbox: CluedIn) -> None:
    live = Desk(real, "vocabulary").get(prefix)
    assert live.fields["entity_type"] == "/Infrastructure/User"
    assert live.fields["name"].startswith(("Sample Vocabulary", "CluedIn Automation"))
    assert any(path.startswith("owners[") for path in live.fields)
    compare(live, again(Desk(sandbox, "vocabulary"), live))


def test_keys(real: CluedIn, sandbox: CluedIn) -> None:
    """All four, with what they map to: the target of a mapping first."""
    for prefix in ("sampleVocab", "ca.vocabulary", "sampleVocab2"):
        again(Desk(sandbox, "vocabulary"), Desk(real, "vocabulary").get(prefix))
    names = sorted((row["key"] for row in keys()), key=lambda name: name.startswith("sampleVocab2"))
    assert len(names) == 4
    lives = {name: Desk(real, "vocabulary_key").get(name) for name in names}
    for live in sorted(lives.values(), key=lambda one: "maps_to" in one.fields):
        compare(live, again(Desk(sandbox, "vocabulary_key"), live))
    assert {live.fields["data_type"] for live in lives.values()} == {"Text"}


def test_a_glossary_term(real: CluedIn, sandbox: CluedIn) -> None:
    category = Desk(real, "glossary_category").get("CluedIn Automation Glossary")
    desk = Desk(sandbox, "glossary_category")
    desk.type.create(desk.cluedin.fresh(), Write(desk.type.address(category.key), category.key, {}, None, desk.id_of))
    live = Desk(real, "glossary_term").get("CluedIn Automation Glossary Sample")
    assert live.fields["category"] == "CluedIn Automation Glossary"
    assert "condition" not in live.fields
    live.fields["condition"] = EVERYTHING  # that term has none, and a create must send one
    compare(live, again(Desk(sandbox, "glossary_term"), live))


def test_a_stream(real: CluedIn, sandbox: CluedIn) -> None:
    live = Desk(real, "stream").get("CluedIn Automation Stream")
    assert live.id == STREAM
    if live.fields:
        compare(live, again(Desk(sandbox, "stream"), live))


def test_sources(real: CluedIn, sandbox: CluedIn) -> None:
    """The set of sources and the source in it."""
    for name in ("data_source_group", "data_source"):
        known = list(Desk(real, name).type.read(real.fresh(), {}))
        wanted = {live.key: frozenset(Desk(real, name).type.fields) for live in known}
        lives = list(
            Desk(real, name).type.read(real.fresh(), wanted or {"CluedIn Automation Data Source Set": frozenset()})
        )
        for live in lives:
            after = again(Desk(sandbox, name), live)
            assert {path: after.fields.get(path) for path in live.fields} == live.fields
        assert lives
