"""A seed in a file is taken whole, or refused with a sentence that says where it is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler_sandbox import seed_file
from reconciler_sandbox.seed_demo import demo
from reconciler_sandbox.server import running
from reconciler_sandbox.settings import SandboxError

WORDS = {"name": "G", "terms": [{"name": "a"}, {"name": "b", "parent": "a", "seeAlso": ["a"]}]}
FILE: dict[str, Any] = {"typeName": "azure_datalake_gen2_path", "attributes": {"qualifiedName": "q", "name": "n"}}
TERM = {"glossary": "G", "term": "a/b", "typeName": FILE["typeName"], "qualifiedName": "q"}


def written(path: Path, seed: Any) -> str:
    (path / "seed.json").write_text(json.dumps(seed), encoding="utf-8")
    return str(path / "seed.json")


def test_the_demo_would_be_taken_from_a_file(tmp_path: Path) -> None:
    assert seed_file.read(written(tmp_path, demo())) == json.loads(json.dumps(demo()))


def test_an_entity_may_leave_out_its_guid(tmp_path: Path) -> None:
    with running(seed=written(tmp_path, {"entities": [FILE], "glossaries": [WORDS], "assignments": [TERM]})) as made:
        [entity] = [one for one in made.sandbox.store.all("entity") if one["attributes"]["qualifiedName"] == "q"]
    assert entity["typeName"] == FILE["typeName"]


@pytest.mark.parametrize(
    ("seed", "told"),
    [
        ([], "is no JSON object"),
        ({"glossary": []}, "it has an unknown member glossary; did you mean glossaries?"),
        ({"typedefs": {"entityDef": []}}, "typedefs has an unknown member entityDef; did you mean entityDefs?"),
        ({"typedefs": []}, "typedefs: an object is expected"),
        ({"typedefs": {"entityDefs": [{"name": 1, "superTypes": "DataSet"}]}}, r"entityDefs.superTypes: a list"),
        ({"collections": [{"title": "x"}]}, r"collections\[0\] has an unknown member title; known are description"),
        ({"collections": [{"friendlyName": "x"}]}, r"collections\[0\] has no name"),
        ({"collections": [{"name": "abc123", "parent": "nobody"}]}, "no collection is called nobody"),
        ({"collections": {}}, "collections: a list is expected"),
        ({"entities": ["x"]}, "entities: an object is expected"),
        ({"entities": [FILE | {"atributes": {}}]}, r"entities\[0\] has an unknown member atributes"),
        ({"entities": [FILE | {"collectionId": "abc123"}]}, r"entities\[0\] has a collectionId, and so needs a guid"),
        ({"entities": [FILE | {"collectionId": "abc123", "guid": "-1"}]}, "no collection is called abc123"),
        ({"entities": [FILE | {"typeName": "nothing"}]}, "is refused: .*nothing"),
        ({"glossaries": [{"name": "G", "terms": [{"name": "a"}, {"name": "b", "longDesription": "x"}]}]},
         r"glossaries\[0\].terms\[1\] has an unknown member longDesription; did you mean longDescription?"),
        ({"glossaries": [{"name": "G", "terms": [{"name": "b", "parent": "a"}]}]}, "no term a stands before"),
        ({"glossaries": [{"name": "G", "terms": [{"name": "b", "synonyms": ["a"]}]}]}, "no term a stands before"),
        ({"glossaries": [{"name": "G"}, {"name": "G"}]}, "is refused: Glossary with name G already exists"),
        ({"relationships": [{"typeName": "t", "end1": {}}]}, r"relationships\[0\] has no end2"),
        ({"relationships": [{"typeName": "t", "end1": {}, "end2": {}}]}, "no type is called t"),
        ({"glossaries": [WORDS], "entities": [FILE], "assignments": [TERM | {"term": "c"}]}, "G has no term c"),
        ({"assignments": [TERM | {"attributes": {}}]}, r"assignments\[0\] has an unknown member attributes"),
        ({"assignments": [TERM]}, "is refused: Instance azure_datalake_gen2_path with unique attribute"),
    ],
)  # fmt: skip
def test_what_is_no_seed_is_refused_with_its_place(tmp_path: Path, seed: Any, told: str) -> None:
    with pytest.raises(SandboxError, match=told), running(seed=written(tmp_path, seed)):
        pass
