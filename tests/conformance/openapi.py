"""An OpenAPI 3.0 document of the data map, derived from the installed azure-purview-datamap package.

Microsoft's client is generated from the service's own description, so its source holds that description: every
request is a `build_*_request` function, every body and answer a model with annotated fields. Nothing of it is kept
here; the document is made anew each time from what is installed.
"""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path
from typing import Any

from . import reviewed
from .contract import BASE, operations
from .tables import need

Schema = dict[str, Any]

_PLAIN: dict[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "bool": {"type": "boolean"},
    "float": {"type": "number"},
    "Any": {},
    "FileType": {"type": "string", "format": "binary"},
}
_ERROR = "AtlasErrorResponse"
STRICT = "Body."
"""Prefix of the models as request bodies: a field that they do not have is refused."""


@functools.cache
def document(*, strict: bool = False) -> dict[str, Any]:
    """The whole document.

    With `strict`, an object in a request may hold only the fields of its model, which finds misspelt names. Answers
    are never strict: recordings show fields that no model has.
    """
    module = _tree("operations._operations")
    builders = {n.name: n for n in module.body if isinstance(n, ast.FunctionDef)}
    methods = _methods(module)
    paths: dict[str, dict[str, Any]] = {}
    for one in operations():
        builder = builders[f"build_{one.name}_request"]
        entry = _operation(one.name, one.path, builder, methods[one.name], STRICT if strict else "")
        paths.setdefault(one.path, {})[one.method.lower()] = entry
    schemas = _schemas("", closed=False)
    if strict:
        schemas |= _schemas(STRICT, closed=True)
    return {
        "openapi": "3.0.3",
        "info": {"title": "Purview Data Map, as azure-purview-datamap calls it", "version": "2023-09-01"},
        "servers": [{"url": BASE}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _tree(name: str) -> ast.Module:
    module = need(f"azure.purview.datamap.{name}")
    return ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))


# operations


def _methods(module: ast.Module) -> dict[str, list[ast.FunctionDef]]:
    """The methods of the client's operation groups, overloads included, by the name of their builder."""
    found: dict[str, list[ast.FunctionDef]] = {}
    for kind in module.body:
        if not isinstance(kind, ast.ClassDef):
            continue
        group = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.name.removesuffix("Operations")).lower()
        for method in kind.body:
            if isinstance(method, ast.FunctionDef):
                found.setdefault(f"{group}_{method.name}", []).append(method)
    return found


def _operation(
    name: str, path: str, builder: ast.FunctionDef, methods: list[ast.FunctionDef], prefix: str
) -> dict[str, Any]:
    entry: dict[str, Any] = {"operationId": name, "parameters": [*_path(path), *_query(builder)]}
    body = _body(methods, prefix)
    if body is not None:
        entry["requestBody"] = body
    entry["responses"] = {
        str(_status(methods[-1])): _answer(methods[-1], _accepted(builder)),
        "default": {"description": "refused", "content": {"application/json": {"schema": _ref(_ERROR)}}},
    }
    return entry


def _path(path: str) -> list[Schema]:
    names = re.findall(r"\{(\w+)\}", path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query(builder: ast.FunctionDef) -> list[Schema]:
    """Query parameters; what has no default in the builder is required."""
    arguments = builder.args
    notes = {one.arg: one.annotation for one in (*arguments.args, *arguments.kwonlyargs)}
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    required = {one.arg for one, default in pairs if default is None}
    found = []
    for node in ast.walk(builder):
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript)):
            continue
        held, key = node.targets[0].value, node.targets[0].slice
        if not (isinstance(held, ast.Name) and held.id == "_params"):
            continue
        wire = str(ast.literal_eval(key))
        variable = next(
            n.id for n in ast.walk(node.value) if isinstance(n, ast.Name) and n.id in {*notes, "api_version"}
        )
        if variable == "api_version":
            schema: Schema = {"type": "string", "enum": [_default_version(builder)]}
        else:
            schema = _schema(notes[variable], "", nullable=False)
        found.append({"name": wire, "in": "query", "required": variable in required, "schema": schema})
    return found


def _default_version(builder: ast.FunctionDef) -> str:
    texts = [n.value for n in ast.walk(builder) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return next(text for text in texts if re.fullmatch(r"20\d\d-\d\d-\d\d(-preview)?", text))


def _accepted(builder: ast.FunctionDef) -> str:
    """The content type that the builder asks for."""
    for node in ast.walk(builder):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "pop" and len(node.args) == 2:
            name, value = node.args
            if isinstance(name, ast.Constant) and name.value == "Accept":
                return str(ast.literal_eval(value))
    return "application/json"


def _body(methods: list[ast.FunctionDef], prefix: str) -> Schema | None:
    """The body of the first overload that takes a model, or of the method itself."""
    for method in methods:
        arguments = {one.arg: one for one in (*method.args.args, *method.args.kwonlyargs)}
        if "body" not in arguments:
            continue
        note = arguments["body"].annotation
        assert note is not None
        schema = _schema(note, prefix, nullable=False)
        files = "BusinessMetadataOptions" in ast.unparse(note)
        optional = ast.unparse(note).startswith("Optional")
        content = {"multipart/form-data" if files else "application/json": {"schema": schema}}
        return {"required": not optional, "content": content}
    return None


def _status(method: ast.FunctionDef) -> int:
    """The status that the client takes for success."""
    for node in ast.walk(method):
        if isinstance(node, ast.Compare) and "response.status_code" in ast.unparse(node.left):
            listed = node.comparators[0]
            if isinstance(listed, ast.List):
                return int(ast.literal_eval(listed.elts[0]))
    raise AssertionError(f"no status in {method.name}")


def _answer(method: ast.FunctionDef, content: str) -> Schema:
    assert method.returns is not None
    if ast.unparse(method.returns) == "None":
        return {"description": "done"}
    binary = ast.unparse(method.returns).startswith("Iterator")
    schema = {"type": "string", "format": "binary"} if binary else _schema(method.returns, "", nullable=False)
    return {"description": "done", "content": {content: {"schema": schema}}}


# models


def _schemas(prefix: str, *, closed: bool) -> dict[str, Schema]:
    """Every model with the fields of those that it extends."""
    classes = {n.name: n for n in _tree("models._models").body if isinstance(n, ast.ClassDef)}
    found: dict[str, Schema] = {}
    for name, node in classes.items():
        fields: dict[str, Schema] = {}
        required: list[str] = []
        for kind in reversed(_family(node, classes)):
            for part in kind.body:
                if isinstance(part, ast.AnnAssign) and isinstance(part.value, ast.Call):
                    wire = _wire(part)
                    fields[wire] = _schema(part.annotation, prefix)
                    if not ast.unparse(part.annotation).startswith("Optional"):
                        required.append(wire)
        schema: Schema = {"type": "object", "properties": fields}
        if required:
            schema["required"] = required
        if closed:
            schema["additionalProperties"] = False
        found[prefix + name] = schema
    return found


def _family(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> list[ast.ClassDef]:
    bases = [classes[base.id] for base in node.bases if isinstance(base, ast.Name) and base.id in classes]
    return [node, *(kind for base in bases for kind in _family(base, classes))]


def _wire(field: ast.AnnAssign) -> str:
    """The name of a field on the wire."""
    assert isinstance(field.value, ast.Call)
    named = [word.value for word in field.value.keywords if word.arg == "name"]
    return str(ast.literal_eval(named[0])) if named else ast.unparse(field.target)


@functools.cache
def enumerations() -> dict[str, list[str]]:
    """The known words of every enumeration, as the client lists them."""
    found = {}
    for node in _tree("models._enums").body:
        if isinstance(node, ast.ClassDef):
            values = [part.value for part in node.body if isinstance(part, ast.Assign)]
            found[node.name] = [str(ast.literal_eval(value)) for value in values]
    return found


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _schema(note: ast.expr | None, prefix: str, *, nullable: bool = True) -> Schema:
    """The schema of an annotation; `Optional` says that a field may be left out, or be null."""
    if isinstance(note, ast.Constant) and isinstance(note.value, str):
        note = ast.parse(note.value, mode="eval").body
    if isinstance(note, ast.Attribute):
        if note.attr in enumerations():
            words = [*enumerations()[note.attr], *reviewed.WORDS.get(note.attr, ())]
            return {"type": "string", "enum": words}
        return _ref(prefix + note.attr)
    if isinstance(note, ast.Name):
        return dict(_PLAIN[note.id])
    assert isinstance(note, ast.Subscript), ast.dump(note) if note else "no annotation"
    assert isinstance(note.value, ast.Name)
    parts = list(note.slice.elts) if isinstance(note.slice, ast.Tuple) else [note.slice]
    match note.value.id:
        case "Optional":
            inner = _schema(parts[0], prefix)
            return _or_null(inner) if nullable else inner
        case "Union":  # a string or one of the known values, or a model or what makes one: the narrower
            named = [part for part in parts if "_models." in ast.unparse(part) or isinstance(part, ast.Subscript)]
            return _schema((named or parts)[0], prefix)
        case "List":
            return {"type": "array", "items": _schema(parts[0], prefix)}
        case "Dict":
            return {"type": "object", "additionalProperties": _schema(parts[1], prefix)}
    raise AssertionError(ast.unparse(note))


def _or_null(schema: Schema) -> Schema:
    if "type" in schema and "enum" not in schema:
        return {**schema, "nullable": True}
    return {"anyOf": [schema, {"enum": [None]}]} if schema else schema
