"""What is proven of the systems' interfaces, and what a request goes beyond it.

* the data map: operations and body models of the installed azure-purview-datamap;
* the account plane: the collections calls of azure-purview-account;
* CluedIn's GraphQL: the documents of its public toolkit, reduced to facts;
* CluedIn's REST: its published description.

Each function returns faults as texts that hold nothing of the request's values, so that one reviewed list of them
serves every test.
"""

from __future__ import annotations

import ast
import functools
import inspect
import json
import re
from typing import Any

from . import cluedin_api
from .contract import BASE, Operation, find, normal, operations
from .reference import load
from .tables import need

ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_COLLECTION = {"friendlyName", "description", "name", "parentCollection"}
_PLANE = re.compile(r"(/account)?/collections(/[\w-]+(/getCollectionPath|/getChildCollectionNames)?)?")


# the data map


def data_map(method: str, path: str, query: tuple[str, ...], body: Any) -> set[str]:
    """Faults of a request below `/datamap/api`, `/catalog/api` or `/api/atlas`."""
    path = re.sub(r"^/(catalog/api|api(?=/atlas/v2))", BASE, path)
    operation = _operation(method, path)
    if operation is None:
        return {f"no operation: {method} {ID.sub('{id}', path)}"}
    found = {f"{operation.name} has no query parameter {name}" for name in query if normal(name) not in operation.query}
    return found | (unknown(body, body_of(operation)) if body is not None else set())


def read_contracts() -> None:
    """Reads everything that is parsed out of the installed client's source: operations, bodies, models."""
    models = need("azure.purview.datamap.models._models")
    for name, kind in vars(models).items():
        if inspect.isclass(kind) and kind.__module__ == models.__name__:
            _fields(name)
    for operation in _table():
        body_of(operation)


@functools.lru_cache(maxsize=100_000)
def _operation(method: str, path: str) -> Operation | None:
    return find(_table(), method, path)


@functools.cache
def _table() -> list[Operation]:
    return operations()


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


@functools.cache
def _parts(note: str) -> tuple[str, str]:
    """The model that an annotation names, and the annotation of a mapping's values."""
    model = re.search(r"_models\.(\w+)", note)
    mapping = "Dict[" in note.partition("_models.")[0]
    return model[1] if model else "", note.partition("Dict[")[2].partition(",")[2] if mapping else ""


def unknown(value: Any, note: str) -> set[str]:
    """Fields, at any depth, that the model of a body does not have."""
    model, inner = _parts(note)
    if not model:
        return set()
    if isinstance(value, list):
        return {fault for one in value for fault in unknown(one, note)}
    if not isinstance(value, dict):
        return set()
    if inner:
        return {fault for one in value.values() for fault in unknown(one, inner)}
    known = _fields(model)
    if not known:  # an enumeration
        return set()
    found = {f"{model}.{key}" for key in value if key not in known}
    for key in value.keys() & known.keys():
        if isinstance(value[key], (dict, list)):
            found |= unknown(value[key], known[key])
    return found


@functools.cache
def body_of(operation: Operation) -> str:
    """The annotation of an operation's body."""
    module = need("azure.purview.datamap.operations._operations")
    for kind in vars(module).values():
        prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", getattr(kind, "__name__", "").removesuffix("Operations")).lower()
        if inspect.isclass(kind) and prefix and operation.name.startswith(prefix + "_"):
            method = inspect.unwrap(getattr(kind, operation.name.removeprefix(prefix + "_"), body_of))
            if method is not body_of and "body" in inspect.signature(method).parameters:
                return str(inspect.signature(method).parameters["body"].annotation).replace("models._models", "_models")
    return ""


# the account plane


def account(method: str, path: str, query: tuple[str, ...], body: Any) -> set[str]:
    """Faults of a request to the account plane; azure-purview-account has collections."""
    if not _PLANE.fullmatch(path) or method not in ("GET", "PUT", "DELETE"):
        return {f"no operation: {method} {path}"}
    found = {
        f"collections have no query parameter {name}" for name in query if name not in ("api-version", "$skipToken")
    }
    return found | {f"collections have no field {key}" for key in (body or {}) if key not in _COLLECTION}


# GraphQL


@functools.cache
def toolkit() -> list[dict[str, Any]]:
    """The facts of CluedIn's toolkit; skips where they are not at hand."""
    return list(load("cluedin/graphql-operations.json"))


def calls(document: str) -> dict[str, dict[str, Any]]:
    """The calls of a document, `root.field`: their arguments with variable types, and the fields that they read."""
    graphql = need("graphql")
    found: dict[str, dict[str, Any]] = {}
    for definition in graphql.parse(document).definitions:
        types = {one.variable.name.value: graphql.print_ast(one.type) for one in definition.variable_definitions or ()}
        for root in definition.selection_set.selections:
            if root.selection_set is None:  # no section of CluedIn's, but a call of its own
                found[root.name.value] = {"arguments": {}, "fields": set()}
                continue
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


@functools.cache
def _known_fields() -> frozenset[str]:
    return frozenset(field for fact in toolkit() for field in fact["result_fields"])


@functools.lru_cache(maxsize=1000)
def graphql(document: str) -> frozenset[str]:
    """What of a document no document of the toolkit shows."""
    return frozenset(fault for name, call in calls(document).items() for fault in _call_faults(name, call))


def _call_faults(name: str, call: dict[str, Any]) -> set[str]:
    known = [fact for fact in toolkit() if name in fact["calls"]]
    if not known and not any(field.startswith(f"{name}.") for field in _known_fields()):
        return {f"call {name}"}
    found = set()
    for argument, kind in call["arguments"].items():
        shown = {str(fact["calls"][name].get(argument)) for fact in known} - {"None"}
        types = {text.partition(": ")[2].rstrip("!") for text in shown}
        if not shown:
            found.add(f"argument {name}({argument})")
        elif kind is not None and kind.rstrip("!") not in types and types != {""}:
            found.add(f"type {name}({argument}: {kind}), shown as {sorted(types)}")
    return found | {f"field {field}" for field in call["fields"] - _known_fields() - {name}}


# CluedIn's REST


def rest(method: str, path: str, query: tuple[str, ...], body: Any) -> set[str]:
    """Faults of a request below `/api/api`; the gateway takes off the first `/api`."""
    template = _template(method, path.removeprefix("/api"))
    if template is None:
        return {f"no operation: {method} {ID.sub('{id}', path)}"}
    entry = cluedin_api.document()["paths"][template][method.lower()]
    names = {one["name"].lower() for one in entry.get("parameters", ()) if one["in"] == "query"}
    found = {f"{method} {template} has no query parameter {name}" for name in query if name.lower() not in names}
    if body is not None:
        found |= _body_faults(method, template, body)
    return found


@functools.lru_cache(maxsize=100_000)
def _template(method: str, path: str) -> str | None:
    found = [
        template
        for template, item in cluedin_api.document()["paths"].items()
        if method.lower() in item and re.fullmatch(_pattern(template), path, re.IGNORECASE)
    ]
    return min(found, key=lambda one: one.count("{"), default=None)


@functools.cache
def _pattern(template: str) -> str:
    return "[^/]+".join(re.escape(part) for part in re.split(r"\{[^}]+\}", template))


@functools.cache
def _body_validator(method: str, template: str) -> Any:
    import jsonschema

    from .answers import plain

    whole = cluedin_api.document()
    content = whole["paths"][template][method.lower()].get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return None
    definitions = {name: plain(one) for name, one in whole["components"]["schemas"].items()}
    return jsonschema.Draft202012Validator({**plain(schema), "$defs": definitions})


def _body_faults(method: str, template: str, body: Any) -> set[str]:
    validator = _body_validator(method, template)
    if validator is None:
        return {f"{method} {template} has no body"}
    found = set()
    for error in validator.iter_errors(json.loads(json.dumps(body))):
        where = re.sub(r"\[\d+\]", "[*]", error.json_path)
        what = error.message if error.validator in ("required", "additionalProperties") else f"not {error.validator}"
        found.add(f"{method} {template} {where}: {what}")
    return found
