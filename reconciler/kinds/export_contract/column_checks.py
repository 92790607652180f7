"""Columns of a contract against what the connector makes of them."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.export_contract.physical import PhysicalColumn
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.schema import physical_schema
from reconciler.kinds.export_contract.spec import Column
from reconciler.kinds.project.exported import PropertyOf
from reconciler.kinds.project.filters import keys_in
from reconciler.kinds.project.levels import MEANING
from reconciler.kinds.project.references import key_findings
from reconciler.manifest.findings import error, info, warning
from reconciler.manifest.suggest import did_you_mean


def column_findings(contract: Contract) -> Iterator[Diagnostic]:
    """Keys, names, types, collisions, and the primary key."""
    document, world = contract.document, contract.world
    columns = physical_schema(contract).columns
    for at, column in contract.columns():
        if isinstance(column.from_, str):
            yield from key_findings(document, world, ("columns", at, "from"), column.from_)
        yield from _promises(contract, at, column, columns[at])
        yield from _reference(contract, at, column)
    for at, key in keys_in(contract.spec.where):
        yield from key_findings(document, world, ("where", at, "key"), key)
    yield from _dotted(contract, columns)
    yield from _collisions(contract, columns)
    yield from _primary_key(contract, columns)


def _promises(contract: Contract, at: int, column: Column, physical: PhysicalColumn) -> Iterator[Diagnostic]:
    document, certain = contract.document, contract.form.strings
    if column.name is not None and column.name != physical.name:
        summary = f"The {_carrier(contract)} will say `{physical.name}`, not `{column.name}`"
        advice = "The connector names columns, and CluedIn cannot rename them."
        if not certain:
            summary = f"Whether the export says `{column.name}` for `{physical.name}` is not known"
            advice = f"The name is verified ({MEANING['verified']}), and the connector's rules are not public."
        say = error if certain else warning
        yield say(
            document,
            ("columns", at, "name"),
            "contract.column_name",
            summary,
            f"{advice} Write `{physical.name}`, or leave the name out.",
        )
    if column.type is not None and certain and column.type.casefold() != physical.type:
        yield warning(
            document,
            ("columns", at, "type"),
            "contract.column_type",
            f"The {_carrier(contract)} will hold `{physical.name}` as `{physical.type}`, not `{column.type}`",
            f"The type is verified ({MEANING['verified']}). Write `type: {physical.type}`, and what readers may take "
            "it for in `logical_type`.",
        )
    if column.required is True and not physical.system:
        yield warning(
            document,
            ("columns", at, "required"),
            "contract.declared_only",
            f"`{physical.name}` is required by declaration only: every column of the export may be empty",
            "`required: filter` leaves out records without a value; that is enforced.",
        )
    if column.required == "filter" and isinstance(column.from_, PropertyOf):
        yield error(
            document,
            ("columns", at, "required"),
            "contract.filter_property",
            f"`required: filter` works for vocabulary keys, and `{column.from_.property}` is a property",
            "Write a condition in `where`.",
        )


def _reference(contract: Contract, at: int, column: Column) -> Iterator[Diagnostic]:
    """A column that refers to one that no contract has."""
    if column.references is None or contract.world.half_known(contract.document.kind):
        return
    known = {one.name: one for one in contract.world.of(Contract)}
    other = known.get(column.references.contract)
    if other is None:
        path, wrong, there = "contract", column.references.contract, set(known)
        summary = f"No ExportContract is called `{wrong}`"
    else:
        path, wrong, there = "column", column.references.column, {one.name for one in physical_schema(other).columns}
        summary = f"The export {other.name} has no column `{wrong}`"
    if wrong not in there or other is None:
        yield error(
            contract.document,
            ("columns", at, "references", path),
            "contract.reference",
            summary,
            did_you_mean(wrong, there) or "Name a column as the export calls it.",
        )


def _dotted(contract: Contract, columns: tuple[PhysicalColumn, ...]) -> Iterator[Diagnostic]:
    """Full keys as names of columns: common readers take the dot for a step into a structure."""
    dotted = [one.name for one in columns if "." in one.name]
    if contract.form.is_file and not contract.delivery.purview_readable and dotted:
        yield info(
            contract.document,
            contract.at("purview_readable"),
            "contract.dotted_names",
            f"Columns have a dot in their names, such as `{dotted[0]}`, which Spark, Hive and the scanner of Purview "
            "fail on or take for a structure",
            "Write `purview_readable: true`, or tell readers to quote the names.",
        )


def _collisions(contract: Contract, columns: tuple[PhysicalColumn, ...]) -> Iterator[Diagnostic]:
    seen: dict[str, PhysicalColumn] = {}
    folded: dict[str, PhysicalColumn] = {one.name.casefold(): one for one in columns if one.place is None}
    for at, _ in contract.columns():
        one = columns[at]
        first = seen.setdefault(one.name, one)
        near = folded.setdefault(one.name.casefold(), one)
        if first is not one:
            yield error(
                contract.document,
                ("columns", at),
                "contract.column_twice",
                f"`{one.key}` becomes the column `{one.name}`, which `{first.key}` ({first.place}) is already",
                "Keep one of the two.",
            )
        elif near is not one:
            same = near.name == one.name
            yield error(
                contract.document,
                ("columns", at),
                "contract.column_twice",
                f"`{one.key}` becomes the column `{one.name}`, and "
                + ("the connector adds one of that name" if same else f"`{near.name}` differs only in case"),
                "Readers could not tell them apart; leave one out.",
            )


def _primary_key(contract: Contract, columns: tuple[PhysicalColumn, ...]) -> Iterator[Diagnostic]:
    spec = contract.spec
    known = {name for one in columns for name in (one.name, one.written_name) if name}
    for at, name in enumerate(spec.primary_keys):
        path = ("primary_key", at) if isinstance(spec.primary_key, tuple) else ("primary_key",)
        if name not in known and spec.primary_key is not None and contract.form.strings:
            yield error(
                contract.document,
                path,
                "contract.primary_key",
                f"The contract has no column `{name}`",
                did_you_mean(name, known, what="Columns are"),
            )
        if name == "Id":
            yield warning(
                contract.document,
                path,
                "contract.primary_key_changes",
                "`Id` is the golden record's, and changes when records are merged",
                "Take a key of the business, or `OriginEntityCode`, the primary identifier.",
            )


def _carrier(contract: Contract) -> str:
    return "file" if contract.form.is_file else "export"
