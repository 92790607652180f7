"""Reference pages of what people write: one a kind in Markdown, from the same models as the schemas.

A page has the kind's own words, an example, and a table for each part of the `spec`: field, type, default, level
where the kind has levels, meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.kinds import models
from reconciler.kinds.project.levels import level_said
from reconciler.manifest.spec import Manifest, example
from reconciler.schema import description_of, file_of, schemas

INDEX = "README.md"
_NOTHING: tuple[Any, ...] = (None, [], {})
_WORDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}

Shape = Mapping[str, Any]


def pages() -> dict[str, str]:
    """Every page by the name of its file."""
    found = {f"{kind.kind}.md": _page(kind) for kind in models().values()}
    return {INDEX: _index(), **dict(sorted(found.items()))}


def write_pages(folder: Path) -> list[Path]:
    """Writes every page into a folder; returns all of its files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages()]


def _index() -> str:
    rows = [
        f"| [{kind.kind}]({kind.kind}.md) | {_cell(description_of(kind).partition(chr(10) * 2)[0])} |"
        for kind in sorted(models().values(), key=lambda kind: kind.kind)
    ]
    head = "# Kinds\n\nWhat can be written in a manifest. Generated from the models by `reconciler schema`."
    table = "\n".join(["| Kind | What it is |", "|:--|:--|", *rows])
    metadata = next(iter(schemas().values()))["$defs"]["Metadata"]
    about = _Part("metadata", metadata["properties"], frozenset(metadata["required"]), metadata["description"])
    return "\n\n".join([head, table, f"## {about.title}", about.meaning, _table(about, False, {})]) + "\n"


def _page(kind: type[Manifest]) -> str:
    schema = schemas()[file_of(kind)]
    parts = [*_parts(schema)]
    text = [
        f"# {kind.kind}",
        description_of(kind),
        "## Example",
        f"```yaml\n{example(kind).rstrip()}\n```",
        "## Fields",
    ]
    levels = any(level_said(field) for part in parts for field in part.fields.values())
    for part in parts:
        text.append(f"### {part.title}")
        if part.meaning:
            text.append(part.meaning)
        text.append(_table(part, levels, schema.get("$defs", {})))
    return "\n\n".join(text) + "\n"


@dataclass(frozen=True, slots=True)
class _Part:
    """A mapping in the `spec`, with its fields."""

    path: str
    fields: Mapping[str, Shape]
    required: frozenset[str]
    meaning: str = ""

    @property
    def title(self) -> str:
        """The path as people write it."""
        return f"`{self.path or 'spec'}`"


def _parts(schema: Shape) -> Iterator[_Part]:
    """The `spec` and every mapping below it, each before its own; what contains itself is told once."""
    definitions = schema.get("$defs", {})
    waiting: list[tuple[str, Shape, tuple[str, ...]]] = [("", schema["properties"]["spec"], ())]
    while waiting:
        path, shape, above = waiting.pop(0)
        meaning = _prose(str(shape.get("description", ""))) if path else ""
        yield _Part(path, shape.get("properties", {}), frozenset(shape.get("required", ())), meaning)
        waiting[:0] = [
            (f"{path}.{name}{step}".lstrip("."), definitions[reference], (*above, reference))
            for name, field in shape.get("properties", {}).items()
            for step, reference in _references(field)
            if reference not in above and definitions[reference].get("properties")
        ]


def _references(field: Shape, step: str = "") -> Iterator[tuple[str, str]]:
    """The definitions that a field refers to, with what stands between: nothing, `[]` or `.NAME`."""
    if "$ref" in field:
        yield step, str(field["$ref"]).rpartition("/")[2]
    for member in (*field.get("anyOf", ()), *field.get("oneOf", ()), *field.get("allOf", ())):
        yield from _references(member, step)
    if isinstance(field.get("items"), Mapping):
        yield from _references(field["items"], f"{step}[]")
    if isinstance(field.get("additionalProperties"), Mapping):
        yield from _references(field["additionalProperties"], f"{step}.NAME")


def _table(part: _Part, levels: bool, definitions: Shape) -> str:
    heads = ["Field", "Type", "Default", *(["Level"] if levels else []), "Meaning"]
    lines = [f"| {' | '.join(heads)} |", "|" + ":--|" * len(heads)]
    for name, field in part.fields.items():
        level = [level_said(field)] if levels else []
        cells = [f"`{name}`", _type(field), _default(name, field, part), *level, _meaning(field, definitions)]
        lines.append(f"| {' | '.join(map(_cell, cells))} |")
    return "\n".join(lines)


def _type(field: Shape) -> str:
    """The type in words."""
    if "enum" in field or "const" in field:
        values = [field["const"]] if "const" in field else field["enum"]
        return ", ".join(f"`{str(value).lower() if isinstance(value, bool) else value}`" for value in values)
    if "$ref" in field:
        return "mapping"
    members = [member for key in ("anyOf", "oneOf", "allOf") for member in field.get(key, ())]
    if members:
        return " or ".join(dict.fromkeys(_type(one) for one in members if one.get("type") != "null"))
    kind = field.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), None)
    if kind == "array":
        return f"list of {_grouped(_type(field['items']))}" if field.get("items") else "list"
    if kind == "object":
        inner = field.get("additionalProperties")
        return f"mapping of names to {_grouped(_type(inner))}" if isinstance(inner, Mapping) and inner else "mapping"
    return _WORDS.get(str(kind), "anything")


def _grouped(words: str) -> str:
    return f"({words})" if " or " in words else words


def _default(name: str, field: Shape, part: _Part) -> str:
    if name in part.required:
        return "**required**"
    value = field.get("default")
    if value in _NOTHING or isinstance(value, Mapping):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _meaning(field: Shape, definitions: Shape) -> str:
    """The field's own sentence, or that of the mapping that it is."""
    text = str(field.get("description", ""))
    if not text and "$ref" in field:
        text = _prose(str(definitions[field["$ref"].rpartition("/")[2]].get("description", "")))
    level = level_said(field)
    return text.removesuffix(f"Level: {level}.").rstrip() if level else text


def _prose(text: str) -> str:
    return text.partition("Example::")[0].strip()


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
