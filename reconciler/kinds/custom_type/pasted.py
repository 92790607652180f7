"""Definitions as Atlas writes them, of a file or in a document: what servers fill in is passed over.

Three forms are read: a document of lists (`entityDefs` …), a list of definitions, and one definition. The published
custom-type tools of Purview keep them so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.kinds.custom_type.wire import Wire, Written

LISTS = {
    "enumDefs": "ENUM",
    "structDefs": "STRUCT",
    "entityDefs": "ENTITY",
    "relationshipDefs": "RELATIONSHIP",
    "classificationDefs": "CLASSIFICATION",
    "businessMetadataDefs": "BUSINESS_METADATA",
}
_OF_SERVERS = frozenset(
    {
        "guid", "createdBy", "updatedBy", "createTime", "updateTime", "version", "lastModifiedTS", "subTypes",
        "relationshipAttributeDefs", "businessAttributeDefs", "dateFormatter", "category",
    }
)  # fmt: skip
_OPTIONS_OF_SERVERS = frozenset({"purviewEntityExtDef", "managedBy"})
_OF_ATTRIBUTES = (
    "name", "typeName", "isOptional", "cardinality", "isUnique", "isIndexable", "defaultValue", "description",
    "options",
)  # fmt: skip
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_ ]*")
_OF_CLASSIFICATIONS = re.compile(r"[a-zA-Z][a-zA-Z0-9_ .]*")
LARGEST = 64 * 1024 * 1024
"""Bytes of a file of definitions; none that is meant is as large."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """What cannot be read, in a sentence, and what to do."""

    code: str
    summary: str
    advice: str


def of_file(path: Path | None, name: str) -> Any | Unfit:
    """The JSON of a file."""
    if path is None:
        return Unfit("type.file", f"`{name}` is no path below the project", "Name a file of the project, with `/`.")
    try:
        if path.stat().st_size > LARGEST:
            return Unfit("type.file", f"`{name}` is larger than 64 MB", "Name a file of definitions.")
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        return Unfit("type.file", f"`{name}` cannot be read: {error.strerror or error}", "Name a file of the project.")
    except UnicodeDecodeError:
        return Unfit("type.file", f"`{name}` is no text in UTF-8", "Save it in UTF-8.")
    except RecursionError:
        return Unfit("type.file", f"`{name}` is nested too deep", "Export it again.")
    except ValueError as error:
        return Unfit("type.file", f"`{name}` is no sound JSON: {error}", "Export it again; the end may be missing.")


def pasted(data: Any, path: tuple[str | int, ...]) -> Iterator[Written | Unfit]:
    """The types that definitions say, and what of them is none; each stands at the path of its document."""
    for category, raw in _each(data):
        if not isinstance(raw, dict) or not isinstance(raw.get("name"), str) or not raw["name"]:
            yield Unfit("type.pasted", "A definition has no name", "Give it a `name`, or take it out.")
            continue
        known = category or _category_of(raw)
        if known is None:
            yield Unfit(
                "type.pasted",
                f"The definition `{raw['name']}` does not say of which category it is",
                f"Add `category`: one of {', '.join(LISTS.values())}.",
            )
            continue
        yield _read(raw, known, path)


def _each(data: Any) -> Iterator[tuple[str | None, Any]]:
    if isinstance(data, list | tuple):
        for one in data:
            yield from _each(one)
    elif isinstance(data, dict) and not LISTS.keys().isdisjoint(data):
        for name, category in LISTS.items():
            for one in data.get(name) or ():
                yield category, one
    else:
        yield None, data


def _category_of(raw: Mapping[str, Any]) -> str | None:
    said = str(raw.get("category") or "").upper()
    if said in LISTS.values():
        return said
    if said:
        return None
    by_member = {
        "elementDefs": "ENUM",
        "endDef1": "RELATIONSHIP",
        "entityTypes": "CLASSIFICATION",
        "superTypes": "ENTITY",
    }
    return next((category for member, category in by_member.items() if member in raw), None)


def _read(raw: Mapping[str, Any], category: str, path: tuple[str | int, ...]) -> Written | Unfit:
    name = str(raw["name"])
    fits = _OF_CLASSIFICATIONS if category == "CLASSIFICATION" else _NAME
    if not fits.fullmatch(name):
        better = re.sub(r"[^a-zA-Z0-9_ ]+", "_", name).strip("_ ")
        return Unfit(
            "type.name",
            f"`{name[:80]}` cannot be the name of a type",
            f"A letter, then letters, digits, blanks and `_`: call it `{better or 'a_type'}`.",
        )
    try:
        return Written(name, category, _wire(raw, category), path)
    except (AttributeError, KeyError, TypeError, ValueError):
        return Unfit("type.pasted", f"The definition `{name}` has another form than Atlas' types", "Export it again.")


def _wire(raw: Mapping[str, Any], category: str) -> Wire:
    wire = {key: value for key, value in raw.items() if key not in _OF_SERVERS and value is not None}
    if category == "ENUM":
        elements = [{"value": str(one["value"]), **_given(one, "description")} for one in wire.pop("elementDefs")]
        return wire | {"elementDefs": elements}
    options = {key: str(value) for key, value in (wire.get("options") or {}).items() if key not in _OPTIONS_OF_SERVERS}
    wire["options"] = {key: value for key, value in options.items() if value != "None"}
    wire["attributeDefs"] = [_attribute(one) for one in wire.get("attributeDefs") or ()]
    for end in ("endDef1", "endDef2"):
        if category == "RELATIONSHIP":
            held = wire[end]
            wire[end] = {
                "type": str(held["type"]),
                "name": str(held["name"]),
                "isContainer": bool(held.get("isContainer")),
                "cardinality": str(held.get("cardinality") or "SINGLE"),
            }
    return wire


def _attribute(raw: Mapping[str, Any]) -> Wire:
    one = {key: raw[key] for key in _OF_ATTRIBUTES if raw.get(key) is not None}
    one["name"], type_name = (
        str(one["name"]),
        str(one.get("typeName") or "string").replace(" ,", ",").replace(", ", ","),
    )
    if one.get("cardinality") in ("SET", "LIST") and not type_name.startswith("array<"):
        type_name = f"array<{type_name}>"
    return one | {"typeName": type_name}


def _given(raw: Mapping[str, Any], *names: str) -> Wire:
    return {name: raw[name] for name in names if raw.get(name)}
