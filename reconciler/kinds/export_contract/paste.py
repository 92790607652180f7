"""The integrator cookbook's words at the top of a contract (`type`, `options`, `schedule`), and `delivery`, as one.

A snippet of the cookbook needs no more than the envelope; where both forms say the same field, that is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.kinds.export_contract.spec import Delivery, ExportContract, OfDelivery
from reconciler.manifest.findings import Path
from reconciler.manifest.spec import Spec


@dataclass(frozen=True, slots=True)
class Merged:
    """The delivery from both forms, and where each field of it is written."""

    delivery: Delivery
    places: dict[str, Path]
    twice: tuple[tuple[str, Path, Path], ...]
    """Fields written in both forms: the name, the place that counts, the other."""

    def path(self, field: str) -> Path:
        """Where a field of the delivery is written, or would be."""
        return self.places.get(field, ("delivery", field))

    def mentions(self, field: str) -> bool:
        """Whether the contract writes the field in either form."""
        return field in self.places


PARTS = tuple(ExportContract.marked(OfDelivery))
"""The fields of a contract that are parts of its delivery, or whole fields of it."""


def merged(spec: ExportContract) -> Merged:
    """The delivery of a contract."""
    values: dict[str, Any] = {}
    places: dict[str, Path] = {}
    twice: list[tuple[str, Path, Path]] = []
    for field, path, value in _written(spec):
        if field in places:
            twice.append((field, places[field], path))
        else:
            values[field], places[field] = value, path
    return Merged(Delivery.model_construct(_fields_set=set(values), **values), places, tuple(twice))


def _written(spec: ExportContract) -> Iterator[tuple[str, Path, Any]]:
    """Every field that is written, `delivery` first."""
    for name, part in spec.given(*PARTS).items():
        if isinstance(part, Spec):
            yield from ((field, (name, field), value) for field, value in part.given(*type(part).model_fields).items())
        elif name in Delivery.model_fields:
            yield name, (name,), part
