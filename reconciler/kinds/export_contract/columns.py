"""The columns of an export as its connector makes them.

Rules of the data-lake family (public source of the connector, [B]): a column is named by the full key, or by the
key with `_` for all but letters and digits; a vocabulary key is text whatever its data type; dates of properties are
text as well; the system columns are always there. Other connectors' rules are not public [U].
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reconciler.kinds.export_contract.physical import Origin, PhysicalColumn, Place
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.spec import Column
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.exported import PropertyOf, Relations
from reconciler.kinds.project.references import final_key
from reconciler.manifest.findings import place

_SYSTEM_COLUMNS: dict[str, str] = {
    "Codes": "string",
    "ContainerName": "string",
    "EntityType": "string",
    "Epoch": "long",
    "Id": "guid",
    "OriginEntityCode": "string",
    "PersistHash": "string",
    "PersistVersion": "int",
    "ProviderDefinitionId": "guid",
    "Timestamp": "string",
}
"""Columns that every file of the data-lake family has, and their types; GUIDs are text when readable."""
_EDGES = {name: f"{name.capitalize()}Edges" for name in Relations.model_fields}
"""The columns that relations come in."""


def physical_columns(contract: Contract) -> list[PhysicalColumn]:
    """The columns of the contract, then the system columns that it does not list; without the contract's labels."""
    return contract.once(_all_columns)


def _all_columns(contract: Contract) -> list[PhysicalColumn]:
    return list(_each_column(contract))


def _each_column(contract: Contract) -> Iterator[PhysicalColumn]:
    system = _system_columns(contract)
    listed = set()
    for at, column in contract.columns():
        found = _column(contract, at, column, system)
        listed.add(found.name)
        yield found
    for name, kind in system.items():
        if name not in listed:
            primary = name in contract.spec.primary_keys
            yield PhysicalColumn(name, kind, "system", name, primary_key=primary)


def _column(contract: Contract, at: int, column: Column, system: Mapping[str, str]) -> PhysicalColumn:
    name, kind = _name_of(contract, column), "string" if contract.form.strings else ""
    source: Origin = "vocabkey"
    if isinstance(column.from_, PropertyOf):
        source = "system" if name in system else "metadata"
        key, kind = column.from_.property, system.get(name, kind)
    else:
        key = column.from_
    ours = declared(contract.world).keys.get(key, ()) if source == "vocabkey" else ()
    final = final_key(contract.world, key) if source == "vocabkey" else key
    return PhysicalColumn(
        name,
        kind,
        source,
        key,
        final_key=final if final != key else "",
        written_name=column.name or "",
        written_type=column.type or "",
        logical_type=column.logical_type or "",
        required=column.required,
        primary_key=bool({name, column.name} & set(contract.spec.primary_keys)),
        description=column.description or "",
        accepted_values=column.accepted_values,
        references=(column.references.contract, column.references.column) if column.references else None,
        key_labels=contract.labels_of(column),
        place=Place.of(place(contract.document, ("columns", at))),
        key_place=Place.of(place(ours[0].spot.document, ours[0].spot.path("key"))) if ours else None,
    )


def _name_of(contract: Contract, column: Column) -> str:
    """The name of a column in the export."""
    if isinstance(column.from_, PropertyOf):
        return column.from_.property
    readable = contract.form.is_file and contract.delivery.purview_readable
    return re.sub("[^a-zA-Z0-9_]", "_", column.from_) if readable else column.from_


def _system_columns(contract: Contract) -> dict[str, str]:
    """The columns that the connector adds; only those of the data-lake family are known."""
    if not contract.form.strings:
        return {}
    guid = "string" if contract.delivery.purview_readable else "guid"
    found = {name: guid if kind == "guid" else kind for name, kind in _SYSTEM_COLUMNS.items()}
    relations = contract.delivery.relations
    return found | {name: "string" for edge, name in _EDGES.items() if getattr(relations, edge)}
