"""The physical schema of a contract: what readers get, computed across kinds, as data that can be compared.

Column rules of the data-lake family (public source of the connector, [C]): a column is named by the full key, or by
the key with `_` for all but letters and digits; a vocabulary key is text whatever its data type; dates of
properties are text as well; the system columns are always there. Other connectors' rules are not public [U].
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import orjson

from reconciler.kinds.export_contract.delivery import (
    file_pattern,
    folder_of,
    mode_of,
    replaces_file,
    sample_file,
)
from reconciler.kinds.export_contract.labels import Effective, effective
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.spec import Column
from reconciler.kinds.project.conditions import Node, all_of, entity_type_is, key_exists
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.exported import PropertyOf
from reconciler.kinds.project.references import final_key, key_type
from reconciler.manifest.findings import place
from reconciler.resources.cluedin.conditions import Condition

if TYPE_CHECKING:
    from reconciler.errors import Source

SYSTEM_COLUMNS: dict[str, str] = {
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
EDGES = {"outgoing": "OutgoingEdges", "incoming": "IncomingEdges"}
Origin = Literal["vocabkey", "metadata", "system"]


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        """As people link it."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class PhysicalColumn:
    """A column as it is in the export."""

    name: str
    """Physical name."""
    type: str
    """Physical type; empty where the connector's rules are not known."""
    source: Origin
    key: str = ""
    """Full vocabulary key, or the name of the property."""
    final_key: str = ""
    """The key whose values it holds, when `key` is mapped to another."""
    written_name: str = ""
    """What the contract calls it; empty when it leaves that open."""
    written_type: str = ""
    logical_type: str = ""
    required: bool | Literal["filter"] = False
    primary_key: bool = False
    description: str = ""
    key_labels: tuple[str, ...] = ()
    """Labels of the vocabulary key beneath."""
    labels: tuple[str, ...] = ()
    """Effective labels: those of the key and those of the contract for this column."""
    place: Place | None = None
    """Where the contract lists it; None for a system column that it does not list."""
    key_place: Place | None = None
    """Where a glossary mapping declares the key; None when none does."""

    @property
    def system(self) -> bool:
        """Whether the connector adds it by itself."""
        return self.source == "system"


@dataclass(frozen=True, slots=True)
class PhysicalSchema:
    """What readers of an export get, and on which terms. Plain data: `as_dict` is JSON."""

    contract: str
    bound: bool
    status: str
    owner: str
    columns: tuple[PhysicalColumn, ...]
    """In the order of the contract, then the system columns in alphabetical order."""
    primary_key: tuple[str, ...]
    entity: str
    """Code of the entity type; empty when unbound."""
    filter: str
    """The stream's condition in canonical JSON: equal texts select the same records."""
    delivery_type: str
    format: str
    provider: str
    target: str
    """Name of the export target."""
    account: str
    container: str
    path: str
    file_pattern: str
    sample_path: str
    """The whole address of one file, as a lake names it; empty for what is no file."""
    overwrite: bool
    mode: str
    outgoing_edges: bool
    incoming_edges: bool
    purview_readable: bool
    partition_by: tuple[str, ...]
    compression: str
    schedule: str
    """`hourly`, `daily`, `weekly`, a cron, or empty."""
    interval_minutes: int | None
    """The longest time between two runs."""
    freshness_p95_minutes: int | None
    rpo_minutes: int | None
    rto_minutes: int | None
    retention_days: int | None
    labels: tuple[str, ...]
    """Effective labels as `WORD` or `WORD:column`."""
    label_words: tuple[str, ...]
    approval_labels: tuple[str, ...]
    """`approval_required_when_labels`."""
    approvals: tuple[str, ...]
    """Labels that are there and need approval."""
    lineage_required: bool
    compatibility: str
    state: str
    managed_target: bool
    certain: bool
    """Whether the connector's rules for names and types of columns are known."""
    place: Place
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where fields are written, by dotted name: `delivery.path`, `entity`, `where`, `sla`."""

    def column(self, name: str) -> PhysicalColumn | None:
        """The column of a physical name."""
        return next((one for one in self.columns if one.name == name), None)

    def where(self, field_name: str) -> Place:
        """Where a field is written, else the contract itself."""
        return self.places.get(field_name, self.place)

    def as_dict(self) -> dict[str, Any]:
        """The schema as JSON."""
        shape: dict[str, Any] = orjson.loads(orjson.dumps(asdict(self)))
        return shape


def physical_schema(contract: Contract) -> PhysicalSchema:
    """What readers of a contract's export get. Pure; without answers of the live systems as far as it goes."""
    return contract.once(_schema)


def physical_name(contract: Contract, column: Column) -> str:
    """The name of a column in the export."""
    if isinstance(column.from_, PropertyOf):
        return column.from_.property
    readable = contract.form.is_file and contract.delivery.purview_readable
    return re.sub("[^a-zA-Z0-9_]", "_", column.from_) if readable else column.from_


def condition_of(contract: Contract, *, typed: bool = True) -> Node:
    """The condition of the stream: the entity type, `where`, and the columns that filter.

    Nodes name the data type of their key where it is known; two revisions are compared without, because one of them
    may have been read where no system was asked.
    """
    exists = [one.from_ for one in contract.spec.columns if one.required == "filter" and isinstance(one.from_, str)]
    types = {key: key_type(contract.world, key) if typed else "" for key in compared_keys(contract)}
    nodes = [one.node(types.get(one.key or "", "")) for one in contract.spec.where]
    there = [key_exists(key, data_type=types[key]) for key in dict.fromkeys(exists)]
    return all_of(entity_type_is(contract.code), *nodes, *there)


def compared_keys(contract: Contract) -> list[str]:
    """The keys that the condition looks at: those of `where`, and those of columns that filter."""
    columns = (one.from_ for one in contract.spec.columns if one.required == "filter")
    wanted = (*(one.key for one in contract.spec.where), *columns)
    return list(dict.fromkeys(key for key in wanted if isinstance(key, str)))


def labels_of(contract: Contract) -> Effective:
    """The effective labels of a contract."""
    return effective(contract.spec.labels, _columns(contract))


def sample_path(contract: Contract) -> str:
    """The whole address of one file of the export; empty when it writes no scheduled files into an Azure lake."""
    pattern, lake = file_pattern(contract.form, contract.delivery), contract.location
    if contract.form.family != "lake" or not pattern or not lake.account:
        return ""
    name = sample_file(pattern, contract.name, contract.form.format)
    folder = folder_of(contract.delivery.path)
    return f"{lake_address(contract)}/{folder}/{name}" if folder else f"{lake_address(contract)}/{name}"


def lake_address(contract: Contract) -> str:
    """The address of the lake's container."""
    return f"https://{contract.location.account}.dfs.core.windows.net/{contract.location.container}"


def _schema(contract: Contract) -> PhysicalSchema:
    spec, delivery, form = contract.spec, contract.delivery, contract.form
    columns = _columns(contract)
    labels = effective(spec.labels, columns)
    pattern = file_pattern(form, delivery)
    return PhysicalSchema(
        contract=contract.name,
        bound=contract.bound,
        status=spec.status,
        owner=spec.owner or "",
        columns=tuple(_labelled(one, labels) for one in columns),
        primary_key=spec.primary_keys,
        entity=contract.code if spec.entity else "",
        filter=_canonical(condition_of(contract, typed=False)) if spec.entity else "",
        delivery_type=delivery.type or "",
        format=form.format if delivery.type else "",
        provider=contract.provider if delivery.type or delivery.target.provider else "",
        target=contract.target_name,
        account=contract.location.account,
        container=contract.location.container,
        path=folder_of(delivery.path),
        file_pattern=pattern,
        sample_path=sample_path(contract),
        overwrite=replaces_file(pattern) if pattern else delivery.overwrite,
        mode=mode_of(form, delivery),
        outgoing_edges=delivery.relations.outgoing,
        incoming_edges=delivery.relations.incoming,
        purview_readable=delivery.purview_readable,
        partition_by=tuple(delivery.partition_by),
        compression=delivery.compression or "",
        schedule=contract.schedule.canonical if contract.schedule else "",
        interval_minutes=contract.schedule.longest_gap if contract.schedule else None,
        freshness_p95_minutes=spec.sla.freshness_p95_minutes,
        rpo_minutes=spec.sla.rpo_minutes,
        rto_minutes=spec.sla.rto_minutes,
        retention_days=spec.retention.days,
        labels=tuple(labels.texts),
        label_words=tuple(sorted(labels.words)),
        approval_labels=tuple(sorted(spec.approval_required_when_labels)),
        approvals=tuple(sorted(labels.words & set(spec.approval_required_when_labels))),
        lineage_required=spec.lineage_required,
        compatibility=spec.compatibility or "",
        state=delivery.state,
        managed_target=delivery.target.manage,
        certain=form.strings,
        place=_spot(contract.document.source(())),
        places=dict(_places(contract)),
    )


def _columns(contract: Contract) -> list[PhysicalColumn]:
    """The columns of the contract, then the system columns that it does not list."""
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
    name, kind, source = physical_name(contract, column), "string" if contract.form.strings else "", "vocabkey"
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
        source,  # type: ignore[arg-type]
        key,
        final_key=final if final != key else "",
        written_name=column.name or "",
        written_type=column.type or "",
        logical_type=column.logical_type or "",
        required=column.required,
        primary_key=bool({name, column.name} & set(contract.spec.primary_keys)),
        description=column.description or "",
        key_labels=contract.labels_of(column),
        place=_spot(place(contract.document, ("columns", at))),
        key_place=_spot(place(ours[0].spot.document, ours[0].spot.path("key"))) if ours else None,
    )


def _system_columns(contract: Contract) -> dict[str, str]:
    """The columns that the connector adds; only those of the data-lake family are known."""
    if not contract.form.strings:
        return {}
    guid = "string" if contract.delivery.purview_readable else "guid"
    found = {name: guid if kind == "guid" else kind for name, kind in SYSTEM_COLUMNS.items()}
    relations = contract.delivery.relations
    return found | {name: "string" for edge, name in EDGES.items() if getattr(relations, edge)}


def _labelled(column: PhysicalColumn, labels: Effective) -> PhysicalColumn:
    return replace(column, labels=labels.of(column.name))


def _canonical(node: Node) -> str:
    return orjson.dumps(Condition().canonical(node), option=orjson.OPT_SORT_KEYS).decode()


def _places(contract: Contract) -> Iterator[tuple[str, Place]]:
    for name in contract.spec.model_fields_set:
        if name not in ("delivery", "options", "type", "schedule"):
            yield name, _spot(place(contract.document, (name,)))
    for name, path in contract.merged.places.items():
        yield f"delivery.{name}", _spot(place(contract.document, path))


def _spot(source: Source) -> Place:
    return Place(source.file, source.line or 1)
