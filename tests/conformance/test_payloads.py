"""Real answers of CluedIn parse into our types, and what we write after them reads the same.

Live (a real answer) becomes desired, desired is written to the sandbox, and what is then live has the same canonical
fields: nothing that we manage is lost or changed on the way. The answers are read where they are at hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from reconciler.resources.cluedin.conditions import Condition
from reconciler.resources.objects import Live, Write
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler_sandbox.server import running

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
SET = "925268EC-8908-44E2-8D0C-D83FE50937D0"
"""The data set that was mapped, with its annotation."""
EMPTY_SET = "55036A5C-7406-4F21-AEA5-4861EC5A58DC"
"""The one before it: neither columns nor annotation."""
RULE_ID = "4733c35d-b288-48a7-aed0-c4172d1956a2"
CLEANING = "d4b44929-9970-4c95-8e2d-b850eb7d382e"
STREAM = "51b1106a-5b27-433f-a788-838162fba5ac"
NOT_MANAGED = {
    "General": "settings are not a resource type",
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
    rule = payload(f"Rules/DataPart/{RULE_ID}")["management"]["rule"]
    rule = {**rule, "order": 1, "isReprocessing": False}  # which newer documents of the toolkit ask for too
    cleaning = payload(f"CleanProjects/{CLEANING}")["preparation"]["cleanProjectDetail"]
    node = cleaning["condition"]
    for name in ("field", "objectTypeId", "operator", "type", "value"):
        node.setdefault(name, None)  # which newer documents of the toolkit ask for too
    return {
        **inbound(),
        "preparation.allCleanProjects": {"total": 1, "projects": [cleaning]},
        "preparation.cleanProjectDetail": {CLEANING: cleaning},
        "management.rules": _page([rule]),
        "management.rule": {RULE_ID: rule},
        "management.vocabularies": _page(vocabularies()),
        "management.vocabulary": {row["vocabularyId"]: row for row in vocabularies()},
        "management.vocabularyKeysFromVocabularyId": _page(keys()),
        "management.vocabularyKeys": _page(keys()),
        "management.glossaryCategories": [category],
        "management.glossaryTerms": _page([term]),
        "management.glossaryTerm": {TERM: term},
        "consume.streams": _page([stream]),
        "consume.stream": {STREAM: stream},
        "administration.users": [],
    }


def inbound() -> dict[str, Any]:
    """Groups, sources, data sets and the annotation.

    The answers were taken at different times, between which the set was made again. They are one story when the
    lists name the set that was taken last; what each object says of itself is left as it was answered.
    """
    groups = payload("Data/SourceSets/DataSourceSet")["inbound"]["dataSourceSets"]
    source = payload("Data/Sources/1-DataSource")["inbound"]["dataSource"]
    data_set = payload(f"Data/Sets/{SET}-DataSet")["inbound"]["dataSet"]
    annotation = payload(f"Data/Sets/{SET}-Annotation")["preparation"]["annotation"]
    groups["data"][0]["dataSources"][0]["dataSets"][0]["id"] = SET
    source["dataSets"][0]["id"] = SET
    return {
        "inbound.dataSourceSets": groups,
        "inbound.dataSource": {source["id"]: source},
        "inbound.dataSet": {SET: data_set},
        "preparation.annotation": {annotation["id"]: annotation},
        "preparation.getAnnotationCodes": {annotation["id"]: []},
        "inbound.connectorConfigurations": {"total": 0, "configurations": []},
    }


def _page(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"total": len(rows), "data": rows}


@pytest.fixture(scope="module")
def real() -> CluedIn:
    """A CluedIn that gives the recorded answers."""
    return faked(answering(recorded()))


def answering(known: dict[str, Any]) -> Callable[[httpx.Request], httpx.Response]:
    """Answers from what is known, by call."""

    def answer(request: httpx.Request) -> httpx.Response:
        sent = json.loads(request.content)
        data: dict[str, Any] = {}
        for call in facts.calls(sent["query"]):
            root, _, field = call.partition(".")
            found = known[call]
            by_id = isinstance(found, dict) and "total" not in found
            if by_id:  # the same GUID comes in both cases, so that case tells nothing
                wanted = str(next(iter(sent["variables"].values()))).lower()
                found = {id.lower(): one for id, one in found.items()}[wanted]
            data.setdefault(root, {})[field] = found
        return httpx.Response(200, json={"data": data})

    return answer


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
    try:
        desk.type.create(desk.cluedin.fresh(), write)
    except GraphQLRefused as refused:
        if not refused.conflict:  # a step that changes nothing is one: whether all is there, the reading tells
            raise
    return desk.get(live.key)


def compare(live: Live, after: Live) -> None:
    """The same fields with the same canonical values."""
    assert live.fields
    for path, value in live.fields.items():
        if path.partition("[")[0] not in ELSEWHERE:
            assert after.fields.get(path) == value, path


def test_every_answer_is_read_or_left_out() -> None:
    folders = {path.name for path in reference("cluedin/payloads").iterdir()}
    assert folders == {"Data", "DataCatalog", "Glossaries", "Rules", "Streams", "CleanProjects", *NOT_MANAGED}


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


def test_a_rule(real: CluedIn) -> None:
    """Read as it was answered, written to a sandbox that knows the recorded actions, and read the same."""
    live = Desk(real, "rule").get("DataPart/CluedIn Automation Data Part Rule")
    assert live.id == RULE_ID
    [step] = live.fields["actions"]
    assert step["name"] == "CluedIn Automation Data Part Action"
    assert step["actions"] == [
        {"type": "CluedIn.Rules.Actions.AddTag, CluedIn.Rules", "properties": {"Value": "automate"}}
    ]
    assert "condition" not in live.fields, "an empty one takes every record"
    with running(seed="demo", recorded_actions=True) as found:
        compare(live, again(Desk(connect(found), "rule"), live))


def test_a_clean_project(real: CluedIn, sandbox: CluedIn) -> None:
    live = Desk(real, "clean_project").get("CluedIn Automation Clean Project")
    assert live.at_rest
    assert live.fields["fields"] == [{"property": "name", "type": "entity"}]
    compare(live, again(Desk(sandbox, "clean_project"), live))


GROUP = "CluedIn Automation Data Source Set"
SOURCE = f"{GROUP}/CluedIn Automation Data Source"
KEY = f"{SOURCE}/CluedIn Automation Data Set"
MAPPED = {"city", "email", "creditcard", "timestamp", "name", "mac"}


def hosted(name: str, real: CluedIn, sandbox: CluedIn, keys: list[str]) -> list[Live]:
    """Each of these is read from the real answers, written, and read the same."""
    found = []
    for key in keys:
        live = Desk(real, name).get(key)
        desk = Desk(sandbox, name)
        if not desk.read(key, "none"):
            after = again(desk, live)
        else:  # an annotation's keys come with their first write
            desk.type.update(desk.cluedin.fresh(), desk.write(key, desk.get(key), **live.fields))
            after = desk.get(key)
        assert {path: after.fields.get(path) for path in live.fields} == live.fields
        found.append(live)
    return found


@pytest.fixture
def lacking(sandbox: CluedIn) -> CluedIn:
    """The sandbox with the keys of the user vocabulary that it does not ship."""
    for name in ("creditcard",):
        Desk(sandbox, "vocabulary_key").create(f"user.{name}", vocabulary="user", display_name=name, data_type="Text")
    return sandbox


def test_sources_sets_and_their_mapping(real: CluedIn, lacking: CluedIn) -> None:
    """The whole way in: group, source, set, annotation, columns, and the keys of its records."""
    assert hosted("data_source_group", real, lacking, [GROUP])
    [source] = hosted("data_source", real, lacking, [SOURCE])
    assert source.fields["type"] == "endpoint"
    [data_set] = hosted("data_set", real, lacking, [KEY])
    assert data_set.fields["source_quality"] == 5
    annotation = Desk(real, "annotation").get(KEY)
    keys = {path: annotation.fields.pop(path) for path in ("name_key", "primary_identifier")}
    assert keys == {"name_key": "user.name", "primary_identifier": "user.email"}
    assert (annotation.fields["vocabulary"], annotation.fields["entity_type"]) == ("user", "/Infrastructure/User")
    after = again(Desk(lacking, "annotation"), annotation)
    assert {path: after.fields.get(path) for path in annotation.fields} == annotation.fields
    columns = hosted("column_mapping", real, lacking, [f"{KEY}#{column}" for column in sorted(MAPPED)])
    assert {live.fields["key"] for live in columns} == {f"user.{column}" for column in MAPPED}
    [switch] = hosted("auto_submit", real, lacking, [KEY])
    assert switch.fields == {"on": False}
    [held] = hosted("annotation_keys", real, lacking, [KEY])
    assert held.fields == keys


def test_a_set_without_columns_and_annotation(real: CluedIn) -> None:
    """What CluedIn answers of a set that nobody has mapped: null instead of columns and annotation."""
    empty = payload(f"Data/Sets/{EMPTY_SET}-DataSet")["inbound"]["dataSet"]
    known = inbound() | {"inbound.dataSet": {SET: {**empty, "id": SET}}}
    bare = faked(answering(known))
    live = Desk(bare, "data_set").get(KEY)
    assert not [path for path in live.fields if path.startswith("fields[")]
    assert Desk(bare, "annotation").read(KEY) is None
    assert Desk(bare, "column_mapping").read(f"{KEY}#email") is None
