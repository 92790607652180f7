"""Every schema file, by itself, in the tools that people have: an editor's language server, Ajv, check-jsonschema."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler.kinds import models
from reconciler.manifest.spec import example
from reconciler.manifest.yaml import parse_yaml
from reconciler.report import graphs
from reconciler.report.lineage import lineage
from reconciler.schema import MANIFEST, file_of, schemas

from ..report import flows, samples
from ..support_node import installed

ROOT = Path(__file__).parents[2]
NAMES = sorted(schemas())
TOOLS = Path(__file__).with_name("schema_tools.mjs")

Shape = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """A schema in a folder of its own, with documents that hold to it and some that do not."""

    schema: Path
    right: list[Shape]
    wrong: list[Shape]

    def as_dict(self) -> Shape:
        """The task as the Node programs take it, every document under a name of its own."""
        return {
            "schema": str(self.schema),
            "right": [[f"{self.schema.stem}.{at}.yaml", json.dumps(one)] for at, one in enumerate(self.right)],
            "wrong": [[f"{self.schema.stem}.{at}.no.yaml", json.dumps(one)] for at, one in enumerate(self.wrong)],
        }


def manifests() -> dict[str, Shape]:
    """A document of every kind by the file of its schema."""
    found = {
        file_of(kind): parse_yaml(example(kind).encode(), "example.yaml").documents[0].data
        for kind in models().values()
        for kind in models().values()
    }
    defaults = {"apiVersion": "reconciler/v1", "kind": "Defaults", "spec": {"Stream": {"active": True}}}
    return {**found, "Defaults.schema.json": defaults}


def machines() -> dict[str, Shape]:
    """What the tool prints as JSON, by the file of its schema."""
    counts = {"ok": 1, "info": 0, "warning": 0, "error": 0}
    check = {"status": "ok", "area": "cluedin", "code": "cluedin.health", "summary": "its services are green"}
    return {
        "plan.schema.json": samples.every_action(),
        "result.schema.json": samples.incomplete(),
        "graph.schema.json": graphs.as_dict(lineage(flows.wishes()), "test"),
        "between.schema.json": disagreement(),
        "checks.schema.json": {"format_version": "1.0", "environment": "e", "summary": counts, "checks": [check]},
    }


def disagreement() -> Shape:
    """What `drift --between` prints of one thing that the systems disagree about."""
    sides = {name: {"address": f"{name}.thing:a", "value": name} for name in ("purview", "cluedin")}
    words = {"paired_by": "name", "because": "both are called a", "sentence": "They differ", "advice": "Choose one."}
    return {
        "format_version": "1.0",
        "tool_version": "1",
        "agreeing": 0,
        "environment": "e",
        "environment_file": "manifests/environments/e.yaml",
        "pairs": {"manifest": 0, "ledger": 0, "stamp": 0, "name": 1},
        "left_out": [],
        "summary": {"between.name": 1},
        "disagreements": [{"code": "between.name", **sides, **words}],
        "ambiguous": [],
    }


def misspelt(document: Shape) -> Shape:
    """A manifest with a field that its kind does not know: only a schema that was read to its depth sees it."""
    wrong = copy.deepcopy(document)
    wrong["spec"]["descripton"] = "x"
    return wrong


def without_version(document: Shape) -> Shape:
    return {name: value for name, value in document.items() if name != "format_version"}


@pytest.fixture
def tasks(tmp_path: Path) -> list[Task]:
    """Every schema, alone in its folder, so that nothing beside it can be followed."""
    written, printed = manifests(), machines()
    right = {name: [document] for name, document in (written | printed).items()} | {MANIFEST: [*written.values()]}
    wrong = {name: [misspelt(document)] for name, document in written.items()}
    wrong |= {name: [without_version(document)] for name, document in printed.items()}
    wrong[MANIFEST] = [misspelt(document) for document in written.values()]
    found = []
    for name in NAMES:
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(ROOT / "schemas" / name, folder)
        found.append(Task(folder / name, right[name], wrong[name]))
    return found


def references(part: Any) -> Iterator[str]:
    """Every address that a schema follows."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_refers_to_nothing_outside_itself(name: str) -> None:
    schema = schemas()[name]
    for reference in references(schema):
        assert reference.startswith("#/$defs/")
        assert reference.removeprefix("#/$defs/") in schema["$defs"]


@pytest.mark.node
@pytest.mark.parametrize(
    ("tool", "packages"),
    [("ajv", ("ajv@8.20.0",)), ("editor", ("yaml-language-server@1.25.0",))],
    ids=["Ajv in strict mode", "yaml-language-server"],
)
def test_node_tools_load_each_schema(
    request: pytest.FixtureRequest, tasks: list[Task], tool: str, packages: tuple[str, ...]
) -> None:
    node, home = installed(request.config, f"schemas-{tool}", packages)
    ran = subprocess.run(
        [node, str(TOOLS), tool, str(home)],
        input=json.dumps([task.as_dict() for task in tasks]), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    for task, found in zip(tasks, json.loads(ran.stdout), strict=True):
        assert found["loading"] == [], task.schema.name
        assert found["right"] == [[] for _ in task.right], task.schema.name
        assert len(found["wrong"]) == len(task.wrong)
        assert all(found["wrong"]), task.schema.name


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_check_jsonschema_loads_each_schema(tasks: list[Task], name: str) -> None:
    [task] = [task for task in tasks if task.schema.name == name]
    assert _check("--check-metaschema", str(task.schema)) == 0
    for expected, documents in ((0, task.right), (1, task.wrong)):
        files = []
        for at, document in enumerate(documents):
            file = task.schema.parent / f"{expected}-{at}.json"
            file.write_text(json.dumps(document), encoding="utf-8")
            files.append(str(file))
        assert _check("--no-cache", "--schemafile", str(task.schema), *files) == expected


def _check(*words: str) -> int:
    ran = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert "No module named" not in ran.stderr, "needs check-jsonschema: pip install -e '.[conformance]'"
    return ran.returncode
