"""Values of attributes: what a type accepts, and how it is stored (grade A: Apache Atlas's normalisation)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

_LIMITS = {"byte": 2**7, "short": 2**15, "int": 2**31, "long": 2**63}
_WHOLE = (*_LIMITS, "biginteger")
_REAL = ("float", "double", "bigdecimal")
PRIMITIVES = frozenset((*_WHOLE, *_REAL, "string", "boolean", "date"))
"""Names of the types that need no definition."""

Lookup = Callable[[str], "Mapping[str, Any] | None"]


class BadValueError(ValueError):
    """The value does not fit the type."""


def item_type(type_name: str) -> str | None:
    """What an array type holds, None for other types."""
    return type_name[6:-1].strip() if type_name.startswith("array<") else None


def base_names(type_name: str) -> list[str]:
    """The named types inside arrays and maps."""
    inner = item_type(type_name)
    if inner is not None:
        return base_names(inner)
    if type_name.startswith("map<"):
        key, _, value = type_name[4:-1].partition(",")
        return base_names(key.strip()) + base_names(value.strip())
    return [type_name]


def coerce(type_name: str, value: Any, lookup: Lookup) -> Any:
    """The value as stored; raises `BadValueError`. References are returned untouched."""
    if value is None:
        return None
    inner = item_type(type_name)
    if inner is not None:
        if not isinstance(value, list):
            raise BadValueError(f"expected an array of {inner}")
        return [coerce(inner, item, lookup) for item in value]
    if type_name.startswith("map<"):
        return _mapping(type_name, value, lookup)
    if type_name in PRIMITIVES:
        return _primitive(type_name, value)
    definition = lookup(type_name)
    if definition is not None and definition["category"] == "ENUM":
        return _element(definition, value)
    return value


def _mapping(type_name: str, value: Any, lookup: Lookup) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadValueError(f"expected {type_name}")
    inner = type_name[4:-1].partition(",")[2].strip()
    return {str(key): coerce(inner, item, lookup) for key, item in value.items()}


def _element(definition: Mapping[str, Any], value: Any) -> str:
    for element in definition.get("elementDefs") or []:
        if str(element["value"]).lower() == str(value).lower():
            return str(element["value"])
    raise BadValueError(f"{value!r} is not an element of {definition['name']}")


def _primitive(type_name: str, value: Any) -> Any:
    if type_name == "string":
        return value if isinstance(value, str) else json.dumps(value)
    if type_name == "boolean":
        if isinstance(value, bool):
            return value
        if str(value).lower() in ("true", "false"):
            return str(value).lower() == "true"
        raise BadValueError("expected a boolean")
    if type_name == "date":
        return _date(value)
    if isinstance(value, (bool, list, dict)):
        raise BadValueError(f"expected {type_name}")
    try:
        number = float(value) if type_name in _REAL else int(value)
    except (TypeError, ValueError):
        raise BadValueError(f"expected {type_name}") from None
    limit = _LIMITS.get(type_name)
    if limit is not None and not -limit <= number < limit:
        raise BadValueError(f"out of range for {type_name}")
    return number


def _date(value: Any) -> int:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value)
    text = str(value)
    if text.lstrip("-").isdigit():
        return int(text)
    try:
        return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)
    except ValueError:
        raise BadValueError("expected a date") from None
