"""Which fields of a model are sent as they are, told from the model: names of fields are typed once."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.manifest.spec import Spec


@dataclass(frozen=True)
class Handled:
    """A mark in the `Annotated[...]` of a field: what its kind makes of it, code says by the name of the field.

    A field without it is sent as it is, under its own name; so nothing that people may write is lost on the way.
    """


def plain_fields(model: type[Spec], beyond: type[Spec] | None = None) -> tuple[str, ...]:
    """The fields that are sent as they are, in order; only those that `model` has beyond another."""
    before = beyond.model_fields if beyond is not None else {}
    handled = model.marked(Handled)
    return tuple(name for name in model.model_fields if name not in before and name not in handled)
