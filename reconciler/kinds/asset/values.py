"""Values of attributes as the Data Map holds them, of what manifests and files say."""

from __future__ import annotations

import json
from typing import Any

from reconciler.kinds.project.type_model import Model, Slot

_REAL = frozenset({"float", "double", "bigdecimal"})
_WHOLE = frozenset({"byte", "short", "int", "long", "biginteger"})
_FLAGS = {"1": True, "0": False, "true": True, "false": False}


class UnfitError(ValueError):
    """The value does not fit; says what the attribute takes."""


def sent(model: Model, slot: Slot, value: Any) -> Any:
    """A value as it is sent; raises `UnfitError`."""
    if value is None:
        return None
    if slot.many:
        return [_one(model, slot, one) for one in _items(value)]
    return _one(model, slot, value)


def _items(value: Any) -> list[Any]:
    """The members of a list: a JSON list or words between `;` where the file has texts alone."""
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, str) and value.lstrip().startswith("["):
        return list(_json(value, "a list"))
    if isinstance(value, str):
        return [part.strip() for part in value.split(";") if part.strip()]
    return [value]


def _one(model: Model, slot: Slot, value: Any) -> Any:
    if slot.holds is None:
        return _nested(model, slot, value)
    if slot.type == "boolean" and str(value).lower() in _FLAGS:
        return _FLAGS[str(value).lower()]
    if not isinstance(value, str | bool | int | float):
        value = value.isoformat() if hasattr(value, "isoformat") else str(value)
    single = slot.holds.__class__(slot.name, slot.type, many=False, choices=slot.holds.choices)
    if fault := single.fault(value):
        raise UnfitError(fault)
    if slot.holds.choices is not None:
        if value not in slot.holds.choices:
            raise UnfitError(f"one of {', '.join(f'`{one}`' for one in slot.holds.choices)}")
        return value
    if slot.type in _WHOLE:
        return int(value)
    if slot.type in _REAL:
        return float(value)
    if slot.type == "string":
        return value if isinstance(value, str) else json.dumps(value)
    return single.sent(value)


def _nested(model: Model, slot: Slot, value: Any) -> Any:
    held = _json(value, "a mapping") if isinstance(value, str) else value
    if not isinstance(held, dict):
        raise UnfitError("a mapping")
    if slot.type.startswith("map<"):
        return {str(key): one for key, one in held.items()}
    slots = model.slots(slot.type)
    inner = held.get("attributes") if "typeName" in held else held
    if not isinstance(inner, dict) or not slots:
        raise UnfitError(f"a structure of the type `{slot.type}`")
    if unknown := sorted(inner.keys() - slots.keys()):
        raise UnfitError(f"a structure without `{unknown[0]}`")
    return {"typeName": slot.type, "attributes": {key: sent(model, slots[key], one) for key, one in inner.items()}}


def _json(text: str, what: str) -> Any:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise UnfitError(f"{what} in JSON") from None
    if not isinstance(found, list if what == "a list" else dict):
        raise UnfitError(f"{what} in JSON")
    return found
