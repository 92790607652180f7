"""JSON Schemas of everything that people write: one a kind, and one for any manifest.

They come from the models, so that an editor knows the same fields, words and sentences as the tool.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from reconciler.kinds import kinds, models
from reconciler.manifest.spec import Manifest, example
from reconciler.manifest.wording import Worded
from reconciler.report.schemas import checks_schema, graph_schema
from reconciler.saved.schema import between_schema, plan_schema, result_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MANIFEST = "manifest.schema.json"
_DEFAULTS = "Defaults.schema.json"
_DEFINED = "#/$defs/"

Schema = dict[str, Any]


def schemas() -> dict[str, Schema]:
    """Every schema by the name of its file."""
    found = {file_of(kind): _document(kind) for kind in models().values()}
    found[_DEFAULTS] = _folder_defaults()
    found[MANIFEST] = _any_manifest(found)
    found |= {"plan.schema.json": plan_schema(), "result.schema.json": result_schema()}
    found |= {"graph.schema.json": graph_schema(), "checks.schema.json": checks_schema()}
    found |= {"between.schema.json": between_schema()}
    return dict(sorted(found.items()))


def file_of(kind: type[Manifest]) -> str:
    """The file of a kind's schema."""
    return f"{kind.kind}.schema.json"


def text_of(schema: Schema) -> str:
    """The text of a schema as it is kept in a file."""
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def write_schemas(folder: Path) -> list[Path]:
    """Writes every schema into a folder; returns the files that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, schema in schemas().items():
        path, text = folder / name, text_of(schema)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def stale(folder: Path) -> list[str]:
    """Names of the schemas that a folder lacks or has in another form."""
    return [
        name
        for name, schema in schemas().items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text_of(schema)
    ]


def _document(kind: type[Manifest]) -> Schema:
    spec = kind.model_json_schema(mode="validation", schema_generator=Worded)
    definitions = spec.pop("$defs", {})
    spec.pop("description", None)
    spec.pop("title", None)
    return {
        "$schema": DIALECT,
        "$id": _id(file_of(kind)),
        "title": kind.kind,
        "description": description_of(kind),
        "examples": [_example(kind)],
        **_envelope(kind.kind, {**spec, "description": f"What the {kind.kind} says."}),
        "$defs": {**definitions, "Metadata": _metadata()},
    }


def _envelope(kind: str, spec: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {
            "apiVersion": {"const": "reconciler/v1", "description": "Version of the form of manifests."},
            "kind": {"const": kind, "description": "What the document is."},
            "metadata": {"$ref": "#/$defs/Metadata"},
            "spec": spec,
        },
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "additionalProperties": False,
    }


def _metadata(*, required: bool = True) -> Schema:
    schema: Schema = {
        "title": "Metadata",
        "description": "What every document says about itself.",
        "type": "object",
        "properties": {
            "name": {
                "type": "string",
                "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
                "description": "Name of the document, unique among those of its kind.",
            },
            "description": {"type": ["string", "null"], "description": "What the document is for."},
            "tags": {
                "type": ["array", "null"],
                "items": {"type": "string"},
                "description": "Words to find the document by.",
            },
            "distinct": {
                "anyOf": [{"type": ["boolean", "null"]}, {"type": "array", "items": {"type": "string"}}],
                "description": "Names here that are meant as others than those in the systems, or in other documents, "
                "which differ in case, blanks or form of letters only: `true` for all, or a list of names as "
                "addresses show them, such as `Enterprise` or `Enterprise/Customer`. Without it a plan creates no "
                "such name. It does not count for columns. An environment's is about its collection.",
            },
        },
        "additionalProperties": False,
    }
    return {**schema, "required": ["name"]} if required else schema


def _folder_defaults() -> Schema:
    """Defaults for the documents of a folder: any part of the spec of each kind."""
    parts = {kind: {"type": "object", "description": f"Fields for every {kind} below the folder."} for kind in kinds()}
    spec = {"type": "object", "properties": parts, "additionalProperties": False}
    envelope = _envelope("Defaults", spec)
    return {
        "$schema": DIALECT,
        "$id": _id(_DEFAULTS),
        "title": "Defaults",
        "description": "Fields that lie under the documents of its folder and of the folders below.",
        **envelope,
        "required": ["apiVersion", "kind", "spec"],
        "$defs": {"Metadata": _metadata(required=False)},
    }


def _any_manifest(documents: Mapping[str, Schema]) -> Schema:
    """A manifest of any kind, with the schema of every kind inside: editors load one file and follow no address."""
    inner = {name.partition(".")[0]: schema for name, schema in documents.items()}
    definitions: Schema = {}
    for kind, schema in inner.items():
        parts = {name: value for name, value in schema.items() if name not in ("$schema", "$id", "$defs")}
        definitions[kind] = _moved(parts, kind)
        definitions |= {f"{kind}.{name}": _moved(part, kind) for name, part in schema["$defs"].items()}
    return {
        "$schema": DIALECT,
        "$id": _id(MANIFEST),
        "title": "Manifest",
        "description": "A manifest of any kind.",
        "type": "object",
        "properties": {"kind": {"enum": list(inner)}},
        "required": ["kind"],
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"$ref": f"{_DEFINED}{kind}"},
            }
            for kind in inner
        ],
        "$defs": definitions,
    }


def _moved(part: Any, kind: str) -> Any:
    """A part of a kind's schema that refers to the kind's definitions where they stand among those of all kinds."""
    if isinstance(part, list):
        return [_moved(item, kind) for item in part]
    if not isinstance(part, dict):
        return part
    reference = part.get("$ref")
    moved = {name: _moved(value, kind) for name, value in part.items()}
    if isinstance(reference, str):
        moved["$ref"] = f"{_DEFINED}{kind}.{reference.removeprefix(_DEFINED)}"
    return moved


def description_of(kind: type[Manifest]) -> str:
    """What a kind is, without its example."""
    return (inspect.getdoc(kind) or "").partition("Example::")[0].strip()


def _example(kind: type[Manifest]) -> Any:
    from reconciler.manifest.yaml import parse_yaml

    return parse_yaml(example(kind).encode(), f"{kind.kind}.yaml").documents[0].data


def _id(file: str) -> str:
    return f"urn:reconciler:schema:{file.removesuffix('.schema.json')}"
