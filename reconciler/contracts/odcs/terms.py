"""What leaves as a custom property, since the standard has no word for it, and how it comes back.

The words of the standard are written first and read back. Whatever of a contract they do not bring back goes along
as a custom property, `reconciler.FIELD`, and what they bring back that the contract does not write is listed in
`reconciler.unwritten`. So nothing of ours is lost, and nothing stands in a file twice in two versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.kinds.export_contract.spec import Column, ExportContract

OURS = "reconciler."
"""What our custom properties begin with."""
UNWRITTEN = "unwritten"
FROM = "from"
SYSTEM = "system"
"""A column that the connector adds by itself: it is no column of the contract."""
NAME = "metadata.name"
DISTINCT = "metadata.distinct"
PARTS = ("delivery", "sla", "retention")
"""Fields of a contract whose parts are properties of their own."""

OF_CONTRACT = {name: at for at, name in enumerate(ExportContract.model_fields)}
OF_COLUMN = {field.alias or name: at for at, (name, field) in enumerate(Column.model_fields.items())}
"""The order of the fields in their reference."""

Flat = dict[str, Any]
"""Values by dotted names: `delivery.path`."""


def flat(data: Mapping[str, Any]) -> Flat:
    """A `spec` with the fields of its parts beside the others; a part without any stays what it is."""
    found: Flat = {}
    for name, value in data.items():
        if name in PARTS and isinstance(value, dict) and value:
            found |= {f"{name}.{field}": one for field, one in value.items()}
        else:
            found[name] = value
    return found


def nested(found: Mapping[str, Any]) -> dict[str, Any]:
    """The `spec` of values by dotted names."""
    data: dict[str, Any] = {}
    for name, value in found.items():
        part, dot, field = name.partition(".")
        if dot and part in PARTS:
            data.setdefault(part, {})[field] = value
        else:
            data[name] = value
    return data


def difference(written: Mapping[str, Any], brought: Mapping[str, Any]) -> Flat:
    """The custom properties that turn what the standard's words bring back into what is written."""
    ours = {name: value for name, value in written.items() if name not in brought or not _same(brought[name], value)}
    unwritten = sorted(brought.keys() - written.keys())
    return ours | ({UNWRITTEN: unwritten} if unwritten else {})


def restored(brought: Mapping[str, Any], ours: Mapping[str, Any]) -> Flat:
    """What is written, from what the standard's words bring back and our custom properties."""
    unwritten = ours.get(UNWRITTEN)
    dropped = set(unwritten) if isinstance(unwritten, list) else set()
    kept = {name: value for name, value in brought.items() if name not in dropped}
    return kept | {name: value for name, value in ours.items() if name != UNWRITTEN}


def _same(one: Any, other: Any) -> bool:
    """Whether two values are written alike: `1` and `true` are not."""
    return type(one) is type(other) and bool(one == other)


def in_order(found: Mapping[str, Any], order: Mapping[str, int]) -> dict[str, Any]:
    """Fields as their reference lists them, however they are written; what is none of them at the end."""
    last = len(order)
    return {name: found[name] for name in sorted(found, key=lambda one: (order.get(one.partition(".")[0], last), one))}


def properties(ours: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Custom properties as the standard writes them."""
    return [{"property": f"{OURS}{name}", "value": value} for name, value in ours.items()]


def own_properties(given: Iterable[Any]) -> Iterator[tuple[int, str, Any]]:
    """Those of custom properties that are ours: where each stands, its name, its value."""
    for at, one in enumerate(given):
        if isinstance(one, dict) and str(one.get("property", "")).startswith(OURS):
            yield at, str(one["property"]).removeprefix(OURS), one.get("value")
