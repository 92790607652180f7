"""An export contract as a file of the Open Data Contract Standard 3.1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.contracts.odcs.reading import told
from reconciler.contracts.odcs.servers import server_of
from reconciler.contracts.odcs.standard import KIND, VERSION
from reconciler.contracts.odcs.terms import (
    DISTINCT,
    FROM,
    NAME,
    OF_COLUMN,
    OF_CONTRACT,
    SYSTEM,
    difference,
    flat,
    in_order,
    properties,
)
from reconciler.contracts.odcs.times import levels_of
from reconciler.kinds.export_contract.physical import PhysicalColumn, PhysicalSchema
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.schema import physical_schema

_REFERABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MAJOR = re.compile(r".*_v(\d+)")


def as_odcs(contract: Contract, environment: str) -> dict[str, Any]:
    """The contract as the standard writes it: its words first, then what it has no word for as `customProperties`.

    It says what readers get: every column as it is in the export, those of the connector too. `environment` names
    the server. The same contract gives the same data in the same order.
    """
    document, schema = contract.document, physical_schema(contract)
    spec: dict[str, Any] = document.data
    odcs: dict[str, Any] = {
        "apiVersion": VERSION,
        "kind": KIND,
        "id": document.name,
        "name": document.name,
        "version": version_of(document.name),
        "status": schema.status,
    }
    if document.tags:
        odcs["tags"] = list(document.tags)
    if document.description:
        odcs["description"] = {"purpose": document.description}
    table = _table(contract, schema)
    odcs["schema"] = [table]
    if server := server_of(contract, environment):
        odcs["servers"] = [server]
    if schema.owner:
        odcs["team"] = {"name": schema.owner}
    if levels := list(levels_of(flat(spec), schema.interval_minutes)):
        odcs["slaProperties"] = levels
    _add_ours(contract, spec, odcs, table)
    return odcs


def version_of(name: str) -> str:
    """The version in the name of a contract, as the standard writes versions: `customers_v2` is 2.0.0."""
    found = _MAJOR.fullmatch(name)
    return f"{found[1] if found else 1}.0.0"


def _table(contract: Contract, schema: PhysicalSchema) -> dict[str, Any]:
    name = contract.name
    table: dict[str, Any] = {"name": name, "physicalName": schema.sample_path or name, "logicalType": "object"}
    if not _REFERABLE.fullmatch(name):
        table["id"] = _reference(name)
    table["physicalType"] = "file" if contract.form.is_file else "table" if contract.form.family == "sql" else "message"
    if contract.document.description:
        table["description"] = contract.document.description
    ids: set[str] = set()
    table["properties"] = [_column(one, schema, ids) for one in schema.columns]
    return table


def _column(column: PhysicalColumn, schema: PhysicalSchema, ids: set[str]) -> dict[str, Any]:
    name = column.name
    found: dict[str, Any] = {"name": name, "physicalName": name}
    if not _REFERABLE.fullmatch(name):
        # Names with dots are valid, and no reference of 3.1 can name them: an id can be referred to.
        found["id"] = _reference(name, ids)
    if column.logical_type:
        found["logicalType"] = column.logical_type
    if column.type:
        found["physicalType"] = column.type
    if column.description:
        found["description"] = column.description
    if column.required:
        found["required"] = True
    found |= _position("primaryKey", name, column, schema.primary_key)
    found |= _position("partition", name, column, schema.partition_by)
    if column.labels:
        found["classification"] = ", ".join(column.labels)
    if column.system and column.place is None:
        found["customProperties"] = properties({SYSTEM: True})
    return found


def _position(what: str, name: str, column: PhysicalColumn, names: tuple[str, ...]) -> dict[str, Any]:
    at = next((number for number, one in enumerate(names, 1) if one in (name, column.written_name)), None)
    if at is None:
        return {}
    whether, where = ("primaryKey",) * 2 if what == "primaryKey" else ("partitioned", "partitionKey")
    return {whether: True, f"{where}Position": at}


def _reference(name: str, taken: set[str] | None = None) -> str:
    """What can be referred to, of any name; others of the file stay others."""
    plain = re.sub("[^A-Za-z0-9_-]", "_", name)
    if taken is None:
        return plain
    found = next(one for one in _numbered(plain) if one not in taken)
    taken.add(found)
    return found


def _numbered(plain: str) -> Iterator[str]:
    yield plain
    yield from (f"{plain}-{number}" for number in range(2, 1_000_000))


def _add_ours(contract: Contract, spec: Mapping[str, Any], odcs: dict[str, Any], table: dict[str, Any]) -> None:
    """What the standard's words do not bring back, as custom properties of the file and of each column."""
    brought = told(odcs, 0)
    document = contract.document
    columns = spec.get("columns")
    written = flat({name: value for name, value in spec.items() if name != "columns"})
    ours = difference(written, brought.spec)
    if document.distinct:
        ours[DISTINCT] = True if document.distinct is True else sorted(document.distinct)
    if not _MAJOR.fullmatch(document.name):
        ours[NAME] = document.name
    for column, shown, said in zip(columns or (), table["properties"], brought.columns, strict=False):
        rest = {name: value for name, value in column.items() if name != FROM}
        shown["customProperties"] = properties({FROM: column[FROM]} | in_order(difference(rest, said), OF_COLUMN))
    if columns == []:
        ours["columns"] = []
    odcs["customProperties"] = properties(in_order(ours, OF_CONTRACT))
