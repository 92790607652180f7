"""Rows of a file as assets: which column is which field, and what a row says that none can hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from reconciler.kinds.asset.rows import Row
from reconciler.kinds.asset.spec import Column, OneAsset

_LISTS = frozenset({"labels", "classifications", "terms", "owners", "experts", "columns"})
_MAPPINGS = frozenset({"attributes", "business_metadata", "relationships"})
_FIELDS = frozenset(OneAsset.model_fields)
_OF_COLUMNS = frozenset(Column.model_fields)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a row, or an asset that is written: a code, a sentence, and what to do."""

    code: str
    summary: str
    advice: str


def asset_of(row: Row, mapping: Mapping[str, str]) -> OneAsset | Wrong:
    """The asset that a row tells of."""
    given: dict[str, Any] = {}
    for field, column in mapping.items():
        if column in row:
            _put(given, field, row[column])
    if not mapping:
        for field, value in row.items():
            _put(given, field, value)
    if given.get("qualified_name") in (None, ""):
        return Wrong(
            "asset.no_name", "A row has no qualified name", "Every asset needs one: mend the scanner, or `map`."
        )
    if unknown := sorted(given.keys() - _FIELDS):
        return Wrong(
            "asset.column",
            f"The column `{unknown[0]}` is no field of an asset",
            f"Name in `map` what it is, such as `attributes.{unknown[0]}: {unknown[0]}`.",
        )
    try:
        for field, value in given.items():
            given[field] = _shaped(field, value)
        return OneAsset.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return Wrong("asset.row", f"A row says of `{where}` what it cannot be: {first['msg']}", "Correct the row.")
    except ValueError as error:
        return Wrong("asset.row", str(error), "Correct the row.")


def _put(given: dict[str, Any], field: str, value: Any) -> None:
    """`attributes.unit` is one of several entries."""
    outer, dot, inner = field.partition(".")
    if dot and outer in _MAPPINGS:
        held = given.setdefault(outer, {})
        if isinstance(held, dict):
            held[inner] = value
    else:
        given[field] = value


def _shaped(field: str, value: Any) -> Any:
    """Texts as lists and mappings, where a file has texts alone."""
    if field == "columns":
        return [_column(one) for one in _listed(value, field)]
    if field in _LISTS:
        return _listed(value, field)
    if field in _MAPPINGS and isinstance(value, str):
        return _parsed(value, field, dict)
    if field in _MAPPINGS and isinstance(value, list):  # as Parquet has maps
        return dict(value)
    if field in ("qualified_name", "name", "description", "type") and not isinstance(value, str) and value is not None:
        return str(value)
    return value


def _listed(value: Any, field: str) -> list[Any]:
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            return list(_parsed(value, field, list))
        return [part.strip() for part in value.split(";") if part.strip()]
    return list(value) if isinstance(value, list | tuple) else []


def _parsed(text: str, field: str, kind: type) -> Any:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, kind):
        raise ValueError(f"A row has in `{field}` no sound JSON {'list' if kind is list else 'object'}")
    return found


def _column(value: Any) -> Any:
    """A name alone, or what is said of a column; what is none of its fields is an attribute."""
    if isinstance(value, str):
        return {"name": value}
    if not isinstance(value, Mapping):
        return value
    said = {key: one for key, one in value.items() if key in _OF_COLUMNS and one is not None}
    more = {key: one for key, one in value.items() if key not in _OF_COLUMNS and one is not None}
    return said | {"attributes": {**(said.get("attributes") or {}), **more}} if more else said


def missing(mapping: Mapping[str, str], seen: set[str]) -> Iterator[Wrong]:
    """Columns that are named and in no row."""
    for field, column in (mapping or {"qualified_name": "qualified_name"}).items():
        if column not in seen:
            yield Wrong(
                "asset.no_column",
                f"The file has no column `{column}`, which is named for `{field}`",
                f"It has {', '.join(f'`{one}`' for one in sorted(seen)[:20]) or 'none'}: mend the scanner, or `map`.",
            )
