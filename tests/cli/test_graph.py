"""`reconciler graph`: offline, in every form."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from ..support import Project
from .conftest import Ran

Run = Callable[..., Ran]
SCHEMA = Path(__file__).parents[2] / "schemas" / "graph.schema.json"


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("text", r"\d\d+ resources in environment sandbox, \d\d+ references\.\n"),
        ("mermaid", r"flowchart LR\n"),
        ("dot", r"digraph all \{\n"),
        ("json", r"\{\n"),
    ],
)
def test_everything_in_every_form_and_no_system_is_asked(example: Project, run: Run, form: str, start: str) -> None:
    ran = run("graph", "--all", "--format", form)
    assert ran.code == 0, ran.err
    assert re.match(start, ran.out)
    assert ran.err == ""
    assert example.requests() == []


def test_json_has_every_resource_and_need(example: Project, run: Run) -> None:
    shape = json.loads(run("graph", "--all", "--format", "json").out)
    jsonschema.validate(shape, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert shape["environment"] == "sandbox"
    edges = {(edge["from"], edge["to"]) for edge in shape["edges"]}
    assert ("cluedin.vocabulary_key:customer.email", "cluedin.vocabulary:customer") in edges
    assert {id for edge in edges for id in edge} <= {node["id"] for node in shape["nodes"]}


def test_a_target_and_what_it_needs(example: Project, run: Run) -> None:
    ran = run("graph", "--all", "--target", "cluedin.vocabulary:customer")
    assert ran.out.startswith("2 resources in")
    ran = run("graph", "--all", "--target", "cluedin.vocabulary:nobody")
    assert ran.code == 1
    assert "matches nothing" in ran.err


def test_the_lineage_is_the_default(example: Project, run: Run) -> None:
    ran = run("graph")
    assert ran.code == 0
    assert "ineage" in ran.out.splitlines()[0]


def test_wrong_manifests_are_told_as_validate_tells_them(example: Project, run: Run) -> None:
    example.edit("glossary/customer.yaml", "labels: [PII]", "labels: [PIJ]")
    ran = run("graph")
    assert ran.code == 1
    assert "customer.yaml" in ran.err
    assert ran.out == ""


def test_more_than_mermaid_draws_is_said(example: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.report.mermaid.MOST_EDGES", 10)
    ran = run("graph", "--all", "--format", "mermaid")
    assert ran.code == 0
    assert "--format dot" in ran.err
    assert "--format dot" not in ran.out
