"""The JSON Schemas of what is saved, made from its definition."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema
from typing_extensions import TypedDict

from reconciler.saved.between import Between
from reconciler.saved.plan import Plan
from reconciler.saved.result import Result

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
OPEN = "Minor versions add properties, so readers ignore unknown ones; a reader refuses another major version."

_DEFINED = "#/$defs/"
_CONTENTS = frozenset({"items", "additionalProperties", "oneOf"})
_SENTENCE_FIRST = frozenset({"held"})
_SENTENCE_LAST = frozenset({"replace", "rotate", "targets"})
"""Members whose sentence stands elsewhere in the published files than between type and contents."""


def plan_schema() -> Schema:
    """The JSON Schema of a saved plan and of `plan --format json`."""
    return _published(Plan)


def result_schema() -> Schema:
    """The JSON Schema of `apply --format json`."""
    return _published(Result)


def between_schema() -> Schema:
    """The JSON Schema of `drift --between --format json`."""
    return _published(Between)


def _published(definition: Any) -> Schema:
    made = TypeAdapter(definition).json_schema(schema_generator=_Plain)
    defined, named = made.pop("$defs"), Schema()
    return {
        "$schema": DRAFT,
        "$id": f"urn:reconciler:schema:{made['title'].lower()}:1",
        "title": made["title"],
        "description": f"{made['description']} {OPEN}",
        **_object(made, defined, named),
        "$defs": named,
    }


def _object(made: Schema, defined: Schema, named: Schema) -> Schema:
    """An object; what its lists are made of goes among the named parts, in the order in which it is met."""
    members = {name: _member(name, member, defined, named) for name, member in made["properties"].items()}
    required = {"required": made["required"]} if made["required"] else {}
    return {"type": "object", **required, "properties": members, "additionalProperties": True}


def _member(name: str, made: Schema, defined: Schema, named: Schema) -> Schema:
    if "$ref" in made:
        return {**_object(_part(made, defined), defined, named), "description": made["description"]}
    if "$ref" in made.get("items", ()):
        part = _part(made["items"], defined)
        word = part["title"].lower()
        if word not in named:
            named[word] = {}  # its place is before that of its own parts
            named[word] = _object(part, defined, named)
        made = {**made, "items": {"$ref": f"{_DEFINED}{word}"}}
    return _in_order(name, made)


def _part(reference: Schema, defined: Schema) -> Schema:
    part: Schema = defined[reference["$ref"].removeprefix(_DEFINED)]
    return part


def _in_order(name: str, made: Schema) -> Schema:
    """A member with its sentence before its contents, unless it is one of those that differ."""
    if name in _SENTENCE_LAST:
        return made
    if name in _SENTENCE_FIRST:
        return {"description": made["description"], **made}
    contents = {key: value for key, value in made.items() if key in _CONTENTS}
    return {key: value for key, value in made.items() if key not in contents} | contents


class _Plain(GenerateJsonSchema):
    """Schemas without titles, and with one form for a choice, for what may be null and for a union."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def sort(self, value: Any, parent_key: str | None = None) -> Any:  # noqa: ARG002
        return value

    def literal_schema(self, schema: core_schema.LiteralSchema) -> Schema:
        return {"enum": schema["expected"]}

    def nullable_schema(self, schema: core_schema.NullableSchema) -> Schema:
        inner = self.generate_inner(schema["schema"])
        return {**inner, "type": [inner["type"], "null"]}

    def union_schema(self, schema: core_schema.UnionSchema) -> Schema:
        return {"oneOf": super().union_schema(schema)["anyOf"]}

    def typed_dict_schema(self, schema: core_schema.TypedDictSchema) -> Schema:
        found = super().typed_dict_schema(schema)
        for base in schema["cls"].__orig_bases__:
            for name, member in _described(base).items():
                found["properties"][name].setdefault("description", member["description"])
        return {"required": [], **found}


def _described(base: Any) -> Schema:
    """The members of a definition that others build upon."""
    if base is TypedDict:
        return {}
    members: Schema = TypeAdapter(base).json_schema(schema_generator=_Plain)["properties"]
    return members
