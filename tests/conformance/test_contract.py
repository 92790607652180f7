"""What the reconciler itself sends, held against Microsoft's client and CluedIn's own documents."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest

from . import facts, reviewed
from .conftest import Sent
from .contract import BASE, find, normal, operations
from .reference import ROOT
from .strict import Strict

pytestmark = pytest.mark.long


def _data_map(sent: list[Sent]) -> list[Sent]:
    return [one for one in sent if one.path.startswith((BASE, "/catalog/api", "/api/atlas"))]


def test_the_table_has_every_operation() -> None:
    table = operations()
    assert len(table) == 96
    assert all(one.method and one.path.startswith("/") for one in table)


def test_every_request_is_an_operation_of_the_data_map(sent: list[Sent]) -> None:
    table = operations()
    faults, used = set(), set()
    requests = _data_map(sent)
    assert {one.method for one in requests} >= {"GET", "POST", "PUT", "DELETE"}
    for one in requests:
        operation = find(table, one.method, one.path)
        if operation is None:
            faults.add(f"no operation: {one}")
            continue
        used.add(operation.name)
        for name in one.query:
            if normal(name) not in operation.query:
                faults.add(f"{operation.name} has no query parameter {name}")
    assert faults - reviewed.FIELDS.keys() == set()
    assert len(used) > 10


def test_other_requests_of_purview_are_of_the_account_plane(sent: list[Sent]) -> None:
    """Collections are not in the data map's description; azure-purview-account has them."""
    others = {(one.method, one.path) for one in sent if one.system == "purview"}
    others -= {(one.method, one.path) for one in _data_map(sent)}
    reviewed_ones = {(m, path) for m, path in others if f"no operation: {m} {path}" in reviewed.SUITE}
    assert reviewed_ones == {("GET", "/datagovernance/catalog/businessdomains")}, "what doctor asks"
    others -= reviewed_ones
    assert others
    plane = r"(/account)?/collections(/[\w-]+(/getCollectionPath|/getChildCollectionNames)?)?"
    assert [path for _, path in others if not re.fullmatch(plane, path)] == []
    assert {method for method, _ in others} <= {"GET", "PUT", "DELETE"}


# bodies


def test_every_field_of_every_body_is_in_the_model(sent: list[Sent]) -> None:
    table = operations()
    faults: set[str] = set()
    checked = 0
    for one in _data_map(sent):
        operation = find(table, one.method, one.path)
        if operation is not None and one.body is not None:
            note = facts.body_of(operation)
            checked += bool(note)
            faults |= facts.unknown(one.body, note)
    assert checked > 10
    assert faults == reviewed.FIELDS.keys(), "the reviewed list is exactly what is sent beyond the models"


# GraphQL


def test_every_graphql_document_is_shown_by_cluedin(sent: list[Sent]) -> None:
    facts.toolkit()
    documents = {one.body["query"] for one in sent if one.path.endswith("/graphql")}
    assert len(documents) > 5
    faults: set[str] = set()
    for document in documents:
        faults |= facts.graphql(document)
    assert faults == reviewed.GRAPHQL.keys(), sorted(faults ^ reviewed.GRAPHQL.keys())


def test_what_cluedin_does_not_show_is_found() -> None:
    facts.toolkit()
    invented = """query q($id: String!) { management { vocabulary(id: $id, deep: true) { vocabularyId colour }
        inventVocabulary(id: $id) { id } } }"""
    assert {fault.partition(",")[0] for fault in facts.graphql(invented)} == {
        "argument management.vocabulary(deep)",
        "type management.vocabulary(id: String!)",
        "field management.vocabulary.colour",
        "call management.inventVocabulary",
    }


# the whole suite


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (("purview", "GET", f"{BASE}/atlas/v2/glossaries", (), None), "no operation: GET"),
        (("purview", "GET", f"{BASE}/atlas/v2/glossary", ("colour",), None), "has no query parameter colour"),
        (("purview", "POST", f"{BASE}/atlas/v2/glossary/terms", (), [{"anchor": {"x": 1}}]), "AtlasGlossaryHeader.x"),
        (("purview", "PUT", "/account/collections/one", (), {"colour": 1}), "collections have no field colour"),
        (("cluedin", "GET", "/api/api/v1/vocabs/colours/1", (), None), "no operation: GET"),
        (("cluedin", "PUT", "/api/api/v1/vocabs/key", (), {"colour": "red"}), "'colour' was unexpected"),
        (("another", "GET", "/", (), None), "no contract for another"),
    ],
)
def test_a_strict_run_finds_what_is_not_proven(
    request_: tuple[str, str, str, tuple[str, ...], Any], fault: str, pytestconfig: pytest.Config
) -> None:
    if request_[0] == "cluedin":
        facts.toolkit()
    found = Strict(pytestconfig).check(*request_)
    assert any(fault in one for one in found), found


@pytest.mark.parametrize(("chosen", "code"), [((), 1), (("-k", "nothing_is_called_so"), 5)])
def test_an_exception_that_nobody_needs_fails_a_whole_run(chosen: tuple[str, ...], code: int) -> None:
    """A whole run of which only a file is left meets no exception; a chosen part says nothing about them."""
    facts.toolkit()
    kept = ROOT / "tests" / "systems" / "test_hosts.py"
    others = list((ROOT / "tests").glob("test_*.py"))
    others += [path for path in (ROOT / "tests").iterdir() if path.is_dir() and path != kept.parent]
    others += [path for path in kept.parent.glob("test_*.py") if path != kept]
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--strict-contract", *chosen]
    words += [f"--ignore={path}" for path in others]
    run = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    told = [line for line in run.stdout.splitlines() if line.startswith("no longer needed")]
    assert (run.returncode, len(told)) == (code, 0 if chosen else len(reviewed.SUITE)), run.stdout
