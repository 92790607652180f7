"""Whether an answer of the sandbox has the form that the data map's contract gives it."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from reconciler_sandbox.server import Running
from reconciler_sandbox.web import Request, Response

from .contract import BASE, find, operations
from .openapi import document


@functools.cache
def _validator(name: str, status: int) -> Any:
    """The validator of one operation's answers with one status; None when the contract has no body there."""
    import jsonschema

    whole = document()
    entries = (entry for path in whole["paths"].values() for entry in path.values())
    entry = next(entry for entry in entries if entry["operationId"] == name)
    answer = entry["responses"].get(str(status)) or (entry["responses"]["default"] if status >= 400 else None)
    if answer is None:
        return None
    schema = (answer.get("content") or {}).get("application/json", {}).get("schema")
    if schema is None:
        return None
    return jsonschema.Draft202012Validator(plain(schema) | _defs())


@functools.cache
def _defs() -> dict[str, Any]:
    return {"$defs": {name: plain(schema) for name, schema in document()["components"]["schemas"].items()}}


def _moved(ref: str) -> str:
    return ref.replace("#/components/schemas/", "#/$defs/")


def plain(schema: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: `nullable` is another type, references stand elsewhere."""
    if isinstance(schema, list):
        return [plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: plain(value) for key, value in schema.items() if key != "nullable"}
    if isinstance(found.get("$ref"), str):
        found["$ref"] = _moved(found["$ref"])
    if schema.get("nullable") is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    return found


def faults(method: str, path: str, status: int, body: Any) -> list[str]:
    """What is wrong with an answer: its status, or places in its body."""
    operation = find(operations(), method, path)
    if operation is None:
        return []
    wanted = _statuses()[operation.name]
    if status < 400 and status != wanted:
        return [f"{operation.name}: {status} where the contract has {wanted}"]
    validator = _validator(operation.name, status)
    if validator is None:
        return []
    return [
        f"{operation.name} {status}: {error.json_path} {error.message[:200]}" for error in validator.iter_errors(body)
    ]


@functools.cache
def _statuses() -> dict[str, int]:
    return {
        entry["operationId"]: next(int(status) for status in entry["responses"] if status.isdigit())
        for path in document()["paths"].values()
        for entry in path.values()
    }


@contextmanager
def watched(server: Running) -> Iterator[list[str]]:
    """The faults of all answers of a sandbox while it is watched."""
    found: list[str] = []
    answer = server.sandbox.answer

    def checked(request: Request, system: str) -> Response:
        response = answer(request, system)
        if system == "purview":
            path = unquote(re.sub(r"^/catalog/api", BASE, request.path))
            body = response.body
            if not isinstance(body, (bytes, bytearray)):
                found.extend(faults(request.method, path, response.status, json.loads(json.dumps(body))))
        return response

    server.sandbox.answer = checked  # type: ignore[method-assign]
    try:
        yield found
    finally:
        server.sandbox.answer = answer  # type: ignore[method-assign]
