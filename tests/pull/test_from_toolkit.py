"""`pull --from` of what CluedIn's toolkit exports: vocabularies and streams come along, and all else is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.errors import ConfigurationError, ReconcilerError
from reconciler.kinds.pulling import Limits
from reconciler.pull.from_files import NOBODY
from reconciler.pull.pull import Result
from reconciler.session import Session
from reconciler.workflow import pull_from

from ..cli.conftest import Ran
from ..cli.conftest import run as run
from ..conformance.reference import reference
from ..sandbox._cluedin import KEY as KEY_MEMBERS
from ..sandbox._cluedin import VOCABULARY as VOCABULARY_MEMBERS
from ..support import Project
from .conftest import asked, errors_of, files

LAKE = "Azure DataLake Connector"
TYPE = {"icon": "User", "entityType": "/Customer", "displayName": "Customer"}
VOCABULARY = {"vocabularyId": "V1", "vocabularyName": "Customer", "keyPrefix": "crmCustomer", "isActive": True}
VOCABULARY |= {"entityTypeConfiguration": TYPE, "grouping": "/Customer", "isCluedInCore": False}


def key(name: str, **more: Any) -> dict[str, Any]:
    """A vocabulary key as CluedIn answers it, in short."""
    said = {"vocabularyKeyId": f"K-{name}", "vocabularyId": "V1", "name": name, "key": f"crmCustomer.{name}"}
    return said | {"displayName": name.title(), "dataType": "Text", "storage": "Keyword", "isVisible": True} | more


STREAM = {
    "id": "S1",
    "name": "customers",
    "status": "Started",
    "description": "Customers for the lake",
    "condition": {
        "condition": "AND",
        "rules": [
            {
                "condition": "AND",
                "field": "EntityType",
                "objectTypeId": "3be85371-cbe0-4180-8820-73e6e37a6c32",
                "operator": "0bafc522-8011-43ba-978a-babe222ba466",
                "type": "string",
                "value": ["/Customer"],
                "rules": [],
            }
        ],
    },
    "rules": [],
    "containerName": "customers",
    "mode": "Sync",
    "mappingConfiguration": [],
    "connectorProperties": {"dataTypes": [{"key": "crmCustomer.email", "type": "vocabkey"}]},
    "connector": {"id": "T1", "accountDisplay": "lake", "connector": {"id": "P1", "name": LAKE}},
}
TARGET = {"id": "T1", "accountDisplay": "lake", "name": LAKE, "active": True, "providerId": "P1"}
TARGET |= {"helperConfiguration": {"AccountKey": "not-for-manifests"}, "connector": {"id": "P1", "name": LAKE}}
SET = {"id": "D1", "name": "people", "dataSourceId": "1", "fieldMappings": [], "originalFields": ["id"]}
SET |= {"dataSource": {"id": "1", "name": "CRM", "type": "endpoint", "dataSourceSet": {"id": "7", "name": "Sales"}}}
CATEGORY = {"id": "C1", "name": "Words"}


def saved(root: Path, **answers: Any) -> Path:
    """A folder as the toolkit exports it: a file an answer, named by its call with `__` for the dot."""
    for number, (call, answer) in enumerate(answers.items()):
        section, _, field = call.partition("__")
        path = root / "backup" / section / f"{number}-{field}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"data": {section: {"id": section, field: answer}}}), encoding="utf-16")
    return root / "backup"


def everything(root: Path) -> Path:
    return saved(
        root,
        management__vocabulary=VOCABULARY,
        management__vocabularyKeysFromVocabularyId={"total": 2, "data": [key("email"), key("old", isObsolete=True)]},
        management__glossaryCategory=CATEGORY,
        management__rule={"id": "R1", "name": "Clean up"},
        consume__stream=STREAM,
        inbound__connectorConfiguration=TARGET,
        inbound__dataSet=SET,
        administration__configurationSettings={"a.b": "c"},
    )


def from_folder(root: Path, *paths: Path, **limits: str) -> Result:
    return pull_from(Session(root, NOBODY, {}), paths, Limits(**limits))


def said(found: Result) -> dict[str, str]:
    """What is said, by the name of the file without its number."""
    return {Path(one.source.file).stem.partition("-")[2]: one.summary for one in found.findings if one.source}


def spec(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text())["spec"]
    return found


def test_vocabularies_and_streams_come_along(tmp_path: Path) -> None:
    found = from_folder(tmp_path, everything(tmp_path))
    mapping = spec(tmp_path / "manifests/glossary/crmcustomer.yaml")
    assert mapping["vocabulary"] == {
        "name": "Customer",
        "key_prefix": "crmCustomer",
        "active": True,
        "entity_type": {"name": "Customer", "code": "/Customer", "icon": "User"},
    }
    assert [(one["name"], one["key"], one.get("obsolete")) for one in mapping["terms"]] == [
        ("Email", "email", None),
        ("Old", "old", True),
    ]
    stream = spec(tmp_path / "manifests/exports/customers.yaml")
    assert stream["target"] == {"name": "lake", "provider": LAKE}
    assert stream["state"] == "started"
    assert errors_of(tmp_path) == []
    assert found.left == {}
    assert said(found) == {
        "glossaryCategory": "a category is made for the terms of a concept",
        "rule": "no manifest holds rules: Clean up",
        "connectorConfiguration": (
            "an export target is made by an ExportContract: write one, or name the target in a Stream"
        ),
        "dataSet": "only lineage in Purview would tell which asset feeds it",
        "configurationSettings": "no manifest holds settings of an organisation",
    }
    everywhere = "".join(path.read_text() for path in (tmp_path / "manifests").rglob("*.yaml"))
    assert "not-for-manifests" not in everywhere + str(found)


def test_the_same_export_again_changes_nothing_and_another_only_what_differs(tmp_path: Path) -> None:
    from_folder(tmp_path, everything(tmp_path))
    path = tmp_path / "manifests/glossary/crmcustomer.yaml"
    path.write_text(path.read_text().replace("key: email", "key: email").replace("spec:", "spec: # ours"))
    before = path.read_bytes()
    assert from_folder(tmp_path, tmp_path / "backup").files == {}
    assert path.read_bytes() == before
    renamed = {"total": 2, "data": [key("email", displayName="E-mail"), key("phone")]}
    found = from_folder(tmp_path, saved(tmp_path / "2", management__vocabularyKeysFromVocabularyId=renamed))
    assert (len(found.updated), found.items, found.refused) == (1, 1, [])
    text = path.read_text()
    assert "spec: # ours" in text
    assert "name: E-mail, key: email" in text
    assert "key: phone" in text
    assert "key: old" in text
    assert errors_of(tmp_path) == []


def test_keys_alone_tell_their_vocabulary(tmp_path: Path) -> None:
    keys = {"total": 1, "data": [key("email", vocabulary={"vocabularyName": "Customer"})]}
    found = from_folder(tmp_path, saved(tmp_path, management__vocabularyKeysFromVocabularyId=keys))
    assert found.findings == []
    mapping = spec(tmp_path / "manifests/glossary/crmcustomer.yaml")
    assert mapping["vocabulary"] == {"name": "Customer", "key_prefix": "crmCustomer"}
    assert errors_of(tmp_path) == []


def test_what_comes_with_cluedin_is_said(tmp_path: Path) -> None:
    folder = saved(tmp_path, management__vocabulary=VOCABULARY | {"isCluedInCore": True})
    assert said(from_folder(tmp_path, folder)) == {"vocabulary": "comes with CluedIn or a connector"}


def test_a_part_is_asked_for(tmp_path: Path) -> None:
    from_folder(tmp_path, everything(tmp_path), type="Stream")
    assert [path.name for path in (tmp_path / "manifests").rglob("*.yaml")] == ["customers.yaml"]


def test_streams_of_one_name_are_told_once(tmp_path: Path) -> None:
    folder = saved(tmp_path, consume__streams=listed(STREAM, STREAM | {"id": "S2"}))
    assert from_folder(tmp_path, folder).left == {"several live objects have one name": ["cluedin.stream:customers"]}


def test_a_prefix_that_no_vocabulary_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReconcilerError, match="--prefix crmCustomr matches nothing") as refused:
        from_folder(tmp_path, everything(tmp_path), prefix="crmCustomr")
    assert refused.value.diagnostics[0].detail == "Did you mean `crmCustomer`?"


@pytest.mark.parametrize(
    "answers",
    [
        {"management__vocabulary": "x"},
        {"management__vocabulary": {"vocabularyName": "x"}},
        {"management__vocabularyKeysFromVocabularyId": {"total": 1, "data": [1]}},
        {"management__vocabulary": VOCABULARY | {"owners": "ada"}},
        {"management__vocabulary": VOCABULARY | {"entityTypeConfiguration": "x"}},
        {"consume__stream": STREAM | {"connector": "lake"}},
        {"inbound__dataSet": SET | {"dataSource": "x"}},
        {"inbound__dataSet": SET | {"fieldMappings": 7}},
        {"inbound__dataSourceSets": {"total": 1, "data": [{"id": "7", "dataSources": "x"}]}},
    ],
)
def test_another_form_is_one_message(tmp_path: Path, answers: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        from_folder(tmp_path, saved(tmp_path, **answers))
    assert len(refused.value.diagnostics) == 1
    assert "Error" not in refused.value.diagnostics[0].summary
    assert not (tmp_path / "manifests").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"data": {"management": ', "no sound JSON"),
        ('{"errors": [{"message": "no"}], "data": null}', "none of the formats"),
        ('{"a": 1}', "none of the formats"),
        ("[" * 100_000, "nested too deep"),
        ('{"a":' * 100_000, "nested too deep"),
    ],
    ids=["cut off", "an error", "something else", "a deep list", "deep objects"],
)
def test_what_is_no_answer_of_cluedin_is_one_message(
    tmp_path: Path, run: Callable[..., Ran], text: str, words: str
) -> None:
    (tmp_path / "a.json").write_text(text)
    ran = run("pull", "--from", str(tmp_path / "a.json"))
    assert ran.code == 1
    assert ran.err.count("Error:") == 1
    assert words in ran.err


def test_a_folder_without_json_is_one_message(tmp_path: Path, run: Callable[..., Ran]) -> None:
    (tmp_path / "empty").mkdir()
    assert "holds no JSON file" in run("pull", "--from", str(tmp_path / "empty")).err


def listed(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"total": len(rows), "data": list(rows)}


def left(found: Result) -> dict[str, str]:
    """What is said, by what it is about."""
    return {one.address: one.summary for one in found.findings}


def test_keys_that_are_none_are_told_and_no_other_is_lost(tmp_path: Path) -> None:
    rows = [
        key("good"),
        key("nameless") | {"name": None},
        key("keyless", key=None),
        key("seven") | {"name": 7},
        key("a", key="other.a"),
        key("texts", displayName=["x"]),
    ]
    vocabularies = {"management__vocabulary": VOCABULARY, "management__vocabularyKeysFromVocabularyId": listed(*rows)}
    found = from_folder(tmp_path, saved(tmp_path, **vocabularies))
    assert [one["key"] for one in spec(tmp_path / "manifests/glossary/crmcustomer.yaml")["terms"]] == ["good"]
    assert left(found) == {
        "cluedin.vocabulary_key:crmCustomer.nameless": "it has no `name`",
        "cluedin.vocabulary_key:K-keyless": "it has no `key`",
        "cluedin.vocabulary_key:crmCustomer.seven": "its `name` is no text",
        "cluedin.vocabulary_key:other.a": "the key is not the key prefix `crmCustomer` with its name `a`",
        "cluedin.vocabulary_key:crmCustomer.texts": "its `displayName` is no text",
    }


def test_keys_that_differ_in_case_alone_are_told(tmp_path: Path) -> None:
    rows = listed(key("ok"), key("OK", vocabularyKeyId="K2"), key("more"))
    found = from_folder(
        tmp_path,
        saved(tmp_path, management__vocabulary=VOCABULARY, management__vocabularyKeysFromVocabularyId=rows),
    )
    assert [one["key"] for one in spec(tmp_path / "manifests/glossary/crmcustomer.yaml")["terms"]] == ["more", "OK"]
    assert left(found) == {"cluedin.vocabulary_key:crmCustomer.ok": "differs from `crmCustomer.OK` only in case"}
    again = from_folder(tmp_path, tmp_path / "backup")
    assert (again.files, left(again), found.left) == ({}, left(found), {})


def test_a_vocabulary_whose_prefix_is_no_text_is_told(tmp_path: Path) -> None:
    for prefix, why in ((7, "its `keyPrefix` is no text"), (None, "it has no `keyPrefix`")):
        found = from_folder(tmp_path, saved(tmp_path, management__vocabulary=VOCABULARY | {"keyPrefix": prefix}))
        assert left(found) == {"cluedin.vocabulary:V1": why}
        assert found.files == {}


@pytest.mark.parametrize(
    ("more", "what", "why"),
    [
        ({"name": None}, "S1", "it has no `name`"),
        ({"mode": "Sideways"}, "customers", "manifests have no mode `Sideways` of streams"),
        ({"mode": 7}, "customers", "its `mode` is no text"),
        (
            {"mappingConfiguration": [{"sourceDataType": "a.b", "sourceObjectType": "Odd"}]},
            "customers",
            "manifests have no columns of the type `odd`",
        ),
    ],
    ids=["no name", "another mode", "a number", "another column"],
)
def test_a_stream_that_no_manifest_can_hold_is_told(tmp_path: Path, more: dict[str, Any], what: str, why: str) -> None:
    found = from_folder(tmp_path, saved(tmp_path, consume__stream=STREAM | more))
    assert left(found) == {f"cluedin.stream:{what}": why}
    assert found.files == {}


# -- what real servers and a sandbox answered -------------------------------------------------------------------------


def test_real_answers_are_manifests_that_validate_or_are_said(tmp_path: Path) -> None:
    folder = reference("cluedin/payloads")
    found = from_folder(tmp_path, folder)
    assert errors_of(tmp_path) == []
    made = {path.stem: spec(path) for path in (tmp_path / "manifests").rglob("*.yaml")}
    assert made.keys() == {"ca.vocabulary", "samplevocab", "samplevocab2"}
    assert [one["key"] for one in made["samplevocab"]["terms"]] == ["city", "name"]
    assert made["samplevocab"]["terms"][0]["maps_to"] == "sampleVocab2.mappedKey"
    told = {Path(one.source.file).relative_to(folder).parts[0] for one in found.findings if one.source}
    assert told == {"CleanProjects", "Data", "General", "Glossaries", "Rules", "Streams"}
    assert from_folder(tmp_path, folder).files == {}


ONLY_CLUEDIN = """
apiVersion: reconciler/v1
kind: Environment
metadata: {name: sandbox}
spec:
  cluedin:
    url: "${var.SANDBOX_URL}"
    organization: contoso
    sign_in: {user: admin@contoso.test, password: {env: CLUEDIN_PASSWORD}}
"""


def test_a_vocabulary_that_was_exported_is_adopted(demo: Project) -> None:
    demo.write("environments/sandbox.yaml", ONLY_CLUEDIN)
    page = "pageNumber: 1, pageSize: 500"
    listed = asked(demo, f"{{ management {{ vocabularies({page}) {{ data {{ vocabularyId keyPrefix }} }} }} }}")
    rows = listed["data"]["management"]["vocabularies"]["data"]
    id = next(row["vocabularyId"] for row in rows if row["keyPrefix"] == "product")
    whole = asked(
        demo, f'{{ management {{ vocabulary(id: "{id}") {{ {VOCABULARY_MEMBERS} owners {{ id username }} }} }} }}'
    )
    listing = f'vocabularyKeysFromVocabularyId(id: "{id}") {{ total data {{ {KEY_MEMBERS} }} }}'
    keys = asked(demo, f"{{ management {{ {listing} }} }}")
    folder = demo.root / "backup"
    folder.mkdir()
    for name, answer in (("vocabulary", whole), ("keys", keys)):
        (folder / f"{name}.json").write_text(json.dumps(answer))
    found = pull_from(demo.session(), [folder], Limits())
    assert (found.findings, found.left) == ([], {})
    assert list(files(demo)) == ["glossary/product.yaml"]
    assert len(only_adopting := demo.actions(adopt="matching")) > 2
    assert {action for action, _ in only_adopting} == {"adopt"}
