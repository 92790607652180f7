"""Every manifest of the pages is valid: beside the examples of the other kinds, by the tool's own validator.

A block of YAML without `kind:` is a part of something: of an environment where all its fields are fields of one, which
is then validated as such, or of what the sentence above it says.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from reconciler.desired import load
from reconciler.environment.spec import Environment
from reconciler.errors import Diagnostic
from reconciler.kinds import models
from reconciler.manifest.spec import example

from .pages import Block, every_block

YAML = [block for block in every_block() if block.language == "yaml"]
WHOLE = [block for block in YAML if "\nkind: " in f"\n{block.text}"]
ENVIRONMENTS = Path("manifests/environments")
BESIDE = {
    "scans/plant.jsonl": '{"qn": "pi://srv1/plant", "title": "Plant", "host": "srv1", "tags": [{"name": "temp"}]}\n',
}
"""Files that manifests of the pages name."""
OF_ANOTHER = {"Asset": "CustomType"}
"""Kinds whose example needs that of another kind."""
TEST_ENVIRONMENT = example(models()["Environment"])


def parts_of_an_environment() -> list[tuple[Block, str]]:
    """Blocks that are fields of an environment, one whole environment for each document; forms of one field apart."""
    found = []
    for block in YAML:
        one_each = block.text.strip().splitlines() if "\n " not in block.text else [block.text]
        for part in one_each:
            told = yaml.safe_load(part)
            if isinstance(told, dict) and told.keys() <= Environment.model_fields.keys():
                found.append((block, part))
    return found


def findings(folder: Path, text: str) -> list[Diagnostic]:
    """What the tool says of a text among the examples of the kinds that are not in it."""
    documents = [one for one in yaml.safe_load_all(text) if one]
    told = {one["kind"] for one in documents}
    name = "test"
    (folder / ENVIRONMENTS).mkdir(parents=True)
    if "Environment" in told:
        [name] = [one["metadata"]["name"] for one in documents if one["kind"] == "Environment"]
        (folder / ENVIRONMENTS / f"{name}.yaml").write_text(text, encoding="utf-8")
    else:
        (folder / ENVIRONMENTS / "test.yaml").write_text(TEST_ENVIRONMENT, encoding="utf-8")
        (folder / "manifests/told.yaml").write_text(text, encoding="utf-8")
    for kind, model in models().items():
        if kind not in told | {"Environment"} and not told & {"Environment", OF_ANOTHER.get(kind, "")}:
            (folder / f"manifests/{kind}.yaml").write_text(example(model), encoding="utf-8")
    for file, rows in BESIDE.items():
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(rows, encoding="utf-8")
    return [one for one in load(folder, name, {}).findings if one.severity == "error"]


@pytest.mark.parametrize("block", WHOLE, ids=str)
def test_a_manifest_of_a_page_is_valid(block: Block, tmp_path: Path) -> None:
    assert [str(one) for one in findings(tmp_path, block.text)] == []


@pytest.mark.parametrize(("block", "part"), parts_of_an_environment(), ids=str)
def test_a_part_of_an_environment_is_valid(block: Block, part: str, tmp_path: Path) -> None:
    whole = yaml.safe_load(TEST_ENVIRONMENT)
    whole["spec"] |= yaml.safe_load(part.replace("…", "unsaid"))
    assert [str(one) for one in findings(tmp_path, yaml.safe_dump(whole))] == []


@pytest.mark.parametrize("block", [one for one in YAML if one not in WHOLE], ids=str)
def test_a_part_of_something_is_yaml(block: Block) -> None:
    assert yaml.safe_load(block.text)


def test_the_manifests_are_found() -> None:
    assert {yaml.safe_load(block.text)["kind"] for block in WHOLE} >= {*models()}
    assert len(parts_of_an_environment()) > 3


def test_a_wrong_manifest_is_told(tmp_path: Path) -> None:
    wrong = example(models()["LabelMap"]).replace("on_unmapped", "on_unmaped")
    assert [one.code for one in findings(tmp_path, wrong)] == ["manifest.unknown_field"]
