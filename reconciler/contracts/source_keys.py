"""Whether the vocabulary keys beneath a contract's columns are in use as the manifests say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from reconciler.errors import Diagnostic, Source, SystemFailureError
from reconciler.live import read
from reconciler.resources import types

if TYPE_CHECKING:
    from reconciler.kinds.export_contract.physical import PhysicalColumn, PhysicalSchema
    from reconciler.resources.base import Desired
    from reconciler.resources.objects import Live
    from reconciler.systems.base import System


def out_of_use(
    schemas: Iterable[PhysicalSchema], resources: Mapping[str, Desired], systems: Mapping[str, System]
) -> Iterator[Diagnostic]:
    """A finding for each column whose key is missing, obsolete or mapped to another key in CluedIn.

    What a manifest wants so is as promised. Raises `SystemFailureError` when the keys cannot be read.
    """
    type = types()["cluedin.vocabulary_key"]
    bound = [schema for schema in schemas if schema.bound]
    keys = {column.key for schema in bound for column in schema.columns if column.source == "vocabkey"}
    if not keys or "cluedin" not in systems:
        return
    found = read({type: dict.fromkeys(sorted(keys), frozenset())}, systems).of(type)
    if found.failure is not None:
        raise SystemFailureError(found.failure)
    for schema in bound:
        for column in schema.columns:
            if column.source == "vocabkey":
                live, want = found.by_key.get(type.fold(column.key)), resources.get(type.address(column.key))
                yield from _judged(schema, column, live, want)


def _judged(
    schema: PhysicalSchema, column: PhysicalColumn, live: Live | None, want: Desired | None
) -> Iterator[Diagnostic]:
    wanted = want.values if want is not None else {}
    if live is None:
        yield _finding(schema, column, "missing", "is not there", "Apply makes it, where a manifest declares it.")
        return
    if live.fields.get("obsolete") and not wanted.get("obsolete"):
        yield _finding(schema, column, "obsolete", "is obsolete", _UNDO)
    mapped = live.fields.get("maps_to")
    if mapped and mapped != wanted.get("maps_to"):
        yield _finding(schema, column, "mapped", f"is mapped to {mapped}, which takes its values", _UNDO)


_UNDO = "Undo it in CluedIn or with an apply, or publish a new version of the contract with the other key."


def _finding(schema: PhysicalSchema, column: PhysicalColumn, code: str, what: str, advice: str) -> Diagnostic:
    return Diagnostic(
        "error",
        f"contract.key_{code}",
        f"{schema.contract}: the key {column.key} of the column {column.name} {what} in CluedIn",
        advice,
        Source(column.place.file, column.place.line) if column.place is not None else None,
        address=f"cluedin.vocabulary_key:{column.key}",
    )
