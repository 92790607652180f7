"""The table of Dataverse that a contract names, against the columns of its export."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.schema import physical_schema
from reconciler.manifest.findings import error
from reconciler.manifest.suggest import did_you_mean

_CODES = ("OriginEntityCode", "Codes", "EntityType")
"""System columns with values such as `/Customer#CRM:7`, which stand in no address of Dataverse ([B] for both)."""


def dataverse_findings(contract: Contract) -> Iterator[Diagnostic]:
    """Columns that the export lacks, columns of the table that two would fill, and a key that tells no row apart."""
    said, document = contract.spec.dataverse, contract.document
    if said.table is None and not said.columns:
        return
    known = [one.name for one in physical_schema(contract).columns]
    filled: dict[str, str] = {}
    for name, column in said.columns.items():
        if name not in known:
            yield error(
                document,
                ("dataverse", "columns", name),
                "contract.dataverse_column",
                f"The export has no column `{name}`",
                did_you_mean(name, known, what="Columns are"),
            )
        elif filled.setdefault(column, name) != name:
            yield error(
                document,
                ("dataverse", "columns", name),
                "contract.dataverse_column",
                f"`{filled[column]}` and `{name}` would both fill `{column}`",
                "Give each a column of its own.",
            )
    yield from _key(contract, known)


def _key(contract: Contract, known: list[str]) -> Iterator[Diagnostic]:
    said = contract.spec.dataverse
    place = ("dataverse", "key") if said.key is not None else ("dataverse",)
    for name in contract.spec.dataverse_key:
        if name in _CODES:
            yield error(
                contract.document,
                place,
                "contract.dataverse_key",
                f"`{name}` holds codes with `/` and `:`, which no alternate key of Dataverse may have in an address",
                "Name in `dataverse.key` a column with plain values that tells records apart.",
            )
        elif name not in said.columns and (said.key is not None or name in known):  # else the primary key is told
            yield error(
                contract.document,
                place,
                "contract.dataverse_key",
                f"Rows are told apart by `{name}`, and `dataverse.columns` gives it no column of the table",
                "Add it there, or name others in `dataverse.key`.",
            )
