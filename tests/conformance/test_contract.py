"""What the reconciler itself sends, held against Microsoft's client and CluedIn's own documents."""

from __future__ import annotations

import ast
import functools
import inspect
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT, Sent
from .contract import BASE, Operation, find, normal, operations
from .tables import need

pytestmark = pytest.mark.long

REVIEWED: dict[str, str] = {
    "AtlasGlossaryTerm.parentTerm": "the published model leaves it out; the portal and pyapacheatlas send it",
}
"""What the published description of the data map does not have, and why it is sent all the same."""

UNPROVEN: dict[str, str] = {}
"""Parts of GraphQL documents that no public document of CluedIn shows, and why they are sent all the same."""


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
    assert faults - REVIEWED.keys() == set()
    assert len(used) > 10


def test_other_requests_of_purview_are_of_the_account_plane(sent: list[Sent]) -> None:
    """Collections are not in the data map's description; azure-purview-account has them."""
    others = {(one.method, one.path) for one in sent if one.system == "purview"}
    others -= {(one.method, one.path) for one in _data_map(sent)}
    assert others
    plane = r"(/account)?/collections(/[\w-]+(/getCollectionPath|/getChildCollectionNames)?)?"
    assert [path for _, path in others if not re.fullmatch(plane, path)] == []
    assert {method for method, _ in others} <= {"GET", "PUT", "DELETE"}


# bodies


@functools.cache
def _fields(name: str) -> dict[str, str]:
    """What a model may hold: the wire name of each field and its annotation."""
    models = need("azure.purview.datamap.models._models")
    found: dict[str, str] = {}
    for kind in getattr(models, name).__mro__:
        if kind.__module__ != models.__name__:
            continue
        for node in ast.parse(inspect.getsource(kind)).body[0].body:  # type: ignore[attr-defined]
            if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call):
                words = {word.arg: word.value for word in node.value.keywords}
                wire = ast.literal_eval(words["name"]) if "name" in words else ast.unparse(node.target)
                found[wire] = ast.unparse(node.annotation)
    return found


def _unknown(value: Any, note: str) -> set[str]:
    """Fields, at any depth, that the model of a body does not have."""
    model = re.search(r"_models\.(\w+)", note)
    if model is None:
        return set()
    if isinstance(value, list):
        return {fault for one in value for fault in _unknown(one, note)}
    if not isinstance(value, dict):
        return set()
    if "Dict[" in note.partition("_models.")[0]:
        inner = note.partition("Dict[")[2].partition(",")[2]
        return {fault for one in value.values() for fault in _unknown(one, inner)}
    known = _fields(model[1])
    if not known:  # an enumeration
        return set()
    found = {f"{model[1]}.{key}" for key in value if key not in known}
    for key in value.keys() & known.keys():
        found |= _unknown(value[key], known[key])
    return found


def _body_of(operation: Operation) -> str:
    """The annotation of an operation's body."""
    module = need("azure.purview.datamap.operations._operations")
    for kind in vars(module).values():
        prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", getattr(kind, "__name__", "").removesuffix("Operations")).lower()
        if inspect.isclass(kind) and prefix and operation.name.startswith(prefix + "_"):
            method = inspect.unwrap(getattr(kind, operation.name.removeprefix(prefix + "_"), _body_of))
            if method is not _body_of and "body" in inspect.signature(method).parameters:
                return str(inspect.signature(method).parameters["body"].annotation).replace("models._models", "_models")
    return ""


def test_every_field_of_every_body_is_in_the_model(sent: list[Sent]) -> None:
    table = operations()
    faults: set[str] = set()
    checked = 0
    for one in _data_map(sent):
        operation = find(table, one.method, one.path)
        if operation is not None and one.body is not None:
            note = _body_of(operation)
            checked += bool(note)
            faults |= _unknown(one.body, note)
    assert checked > 10
    assert faults == REVIEWED.keys(), "the reviewed list is exactly what is sent beyond the models"


# GraphQL


def _facts() -> list[dict[str, Any]]:
    named = os.environ.get("RECONCILER_REFERENCE")
    for place in [Path(named)] if named else [ROOT / "shared" / "reference", ROOT.parent / "shared" / "reference"]:
        path = place / "cluedin" / "graphql-operations.json"
        if path.exists():
            return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
    pytest.skip("facts of CluedIn's public documents are not here: set RECONCILER_REFERENCE to their folder")


def _calls(document: str) -> dict[str, dict[str, Any]]:
    """The calls of a document, `root.field`: their arguments with variable types, and the fields that they read."""
    graphql = need("graphql")
    found: dict[str, dict[str, Any]] = {}
    for definition in graphql.parse(document).definitions:
        types = {one.variable.name.value: graphql.print_ast(one.type) for one in definition.variable_definitions or ()}
        for root in definition.selection_set.selections:
            for call in root.selection_set.selections:
                if not call.selection_set and not call.arguments:
                    continue
                name = f"{root.name.value}.{call.name.value}"
                arguments = {
                    one.name.value: types.get(getattr(getattr(one.value, "name", None), "value", ""))
                    for one in call.arguments or ()
                }
                found[name] = {"arguments": arguments, "fields": set(_paths(call, name))}
    return found


def _paths(node: Any, above: str) -> list[str]:
    if node.selection_set is None:
        return [above]
    return [path for one in node.selection_set.selections for path in _paths(one, f"{above}.{one.name.value}")]


def _faults(name: str, call: dict[str, Any], facts: list[dict[str, Any]]) -> set[str]:
    known = [fact for fact in facts if name in fact["calls"]]
    if not known and not any(field.startswith(f"{name}.") for fact in facts for field in fact["result_fields"]):
        return {f"call {name}"}
    found = set()
    for argument, kind in call["arguments"].items():
        shown = {str(fact["calls"][name].get(argument)) for fact in known} - {"None"}
        types = {text.partition(": ")[2].rstrip("!") for text in shown}
        if not shown:
            found.add(f"argument {name}({argument})")
        elif kind is not None and kind.rstrip("!") not in types and types != {""}:
            found.add(f"type {name}({argument}: {kind}), shown as {sorted(types)}")
    fields = {field for fact in facts for field in fact["result_fields"]}
    return found | {f"field {field}" for field in call["fields"] - fields - {name}}


def test_every_graphql_document_is_shown_by_cluedin(sent: list[Sent]) -> None:
    facts = _facts()
    documents = {one.body["query"] for one in sent if one.path.endswith("/graphql")}
    assert len(documents) > 5
    faults: set[str] = set()
    for document in documents:
        for name, call in _calls(document).items():
            faults |= _faults(name, call, facts)
    assert faults == UNPROVEN.keys(), sorted(faults ^ UNPROVEN.keys())


def test_what_cluedin_does_not_show_is_found() -> None:
    facts = _facts()
    invented = """query q($id: String!) { management { vocabulary(id: $id, deep: true) { vocabularyId colour }
        inventVocabulary(id: $id) { id } } }"""
    faults = {fault for name, call in _calls(invented).items() for fault in _faults(name, call, facts)}
    assert {fault.partition(",")[0] for fault in faults} == {
        "argument management.vocabulary(deep)",
        "type management.vocabulary(id: String!)",
        "field management.vocabulary.colour",
        "call management.inventVocabulary",
    }
