"""JSON Schemas, and the examples that must hold to them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from reconciler import schema as written
from reconciler.kinds import models
from reconciler.manifest.project import load_project
from reconciler.manifest.spec import example
from reconciler.manifest.yaml import parse_yaml, read_yaml
from reconciler.schema import MANIFEST, file_of, stale

schemas = cache(written.schemas)
"""They do not change while tests run, and take a second."""

ROOT = Path(__file__).parents[2]
MANIFESTS = sorted((ROOT / "manifests").rglob("*.yaml"))


def validator(name: str) -> Draft202012Validator:
    registry = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in schemas().values()
    )
    return Draft202012Validator(schemas()[name], registry=registry)


def parsed(text: str) -> dict:
    file = parse_yaml(text.encode(), "example.yaml")
    assert file.findings == []
    return file.documents[0].data


def complaints(name: str, data: dict) -> list[str]:
    return [error.message for error in validator(name).iter_errors(data)]


def test_the_files_are_current():
    assert stale(ROOT / "schemas") == []


@pytest.mark.parametrize("name", sorted(schemas()))
def test_schemas_are_schemas(name):
    Draft202012Validator.check_schema(schemas()[name])


@pytest.mark.parametrize("kind", models().values(), ids=list(models()))
def test_examples_hold_to_model_and_schema(kind):
    data = parsed(example(kind))
    assert data["kind"] == kind.kind
    kind.model_validate(data["spec"])
    assert complaints(file_of(kind), data) == []
    assert complaints(MANIFEST, data) == []


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_the_worked_example_holds_to_its_schema(path):
    data = read_yaml(path, path.name).documents[0].data
    assert complaints(f"{data['kind']}.schema.json", data) == []
    assert complaints(MANIFEST, data) == []


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_first_lines_lead_to_the_schema(path):
    head, _, link = path.read_text(encoding="utf-8").splitlines()[0].partition("$schema=")
    assert head == "# yaml-language-server: "
    assert (path.parent / link).resolve().is_relative_to(ROOT / "schemas")
    assert (path.parent / link).exists()


def test_the_worked_example_loads():
    project = load_project(ROOT, models(), environment="sandbox", process_env={})
    assert project.findings == []


def test_the_sandbox_can_be_moved():
    moved = {"RECONCILER_VAR_SANDBOX_URL": "http://127.0.0.1:9999"}
    project = load_project(ROOT, models(), environment="sandbox", process_env=moved)
    assert project.environment is not None
    assert project.environment.spec.purview.endpoint == "http://127.0.0.1:9999"


@pytest.mark.parametrize("kind", models().values(), ids=list(models()))
def test_every_field_has_a_description(kind):
    schema = schemas()[file_of(kind)]
    shapes = [schema["properties"]["spec"], *schema["$defs"].values()]
    bare = [
        f"{model.get('title', kind.kind)}.{name}"
        for model in shapes
        for name, field in model.get("properties", {}).items()
        if "description" not in field and "$ref" not in field
    ]
    assert bare == []


def test_wrong_manifests_are_refused():
    data = parsed(example(models()["LabelMap"]))
    assert complaints("LabelMap.schema.json", {**data, "kind": "Other"})
    assert complaints("LabelMap.schema.json", {**data, "metadata": {}})
    assert complaints("LabelMap.schema.json", {**data, "spec": {**data["spec"], "extra": 1}})
    assert complaints(MANIFEST, {"kind": "Nothing"})
