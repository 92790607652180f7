"""The Purview half of an export contract: entity type, provider, export process, and what the export arrived in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.kinds.export_contract.asset import asset_of, uses_placeholder
from reconciler.kinds.export_contract.cluedin import approvals_of
from reconciler.kinds.export_contract.delivery import folder_of, mode_of, public_address
from reconciler.kinds.export_contract.files import lake_address
from reconciler.kinds.export_contract.physical import PhysicalColumn, PhysicalSchema
from reconciler.kinds.export_contract.purview import PurviewHalf
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.schema import physical_schema
from reconciler.kinds.export_contract.spec import Sla
from reconciler.kinds.project.asset_types import type_address, type_resources
from reconciler.kinds.project.collection import collection_needs, collection_value
from reconciler.kinds.project.entities import term_of_key
from reconciler.kinds.project.labels import classify
from reconciler.kinds.project.levels import level_of
from reconciler.questions.assets import ScannedAsset
from reconciler.resources import types
from reconciler.resources.base import Desired
from reconciler.resources.keys import Address
from reconciler.resources.objects import Origin

_PROMISES = {
    "primary_key": "primary_key",
    "partition_by": "delivery.partition_by",
    "compression": "delivery.compression",
    "retention_days": "retention.days",
    "compatibility": "compatibility",
    **{name: f"{Sla.at}{name}" for name in Sla.model_fields},
}
"""Attributes of the export process that repeat what the contract promises, and where it does."""
_COLUMN_PROMISES = {
    "attributes[data_type]": "columns[].type",
    "attributes[is_required]": "columns[].required",
    "attributes[is_primary_key]": "primary_key",
    "description": "columns[].description",
}
_STRENGTH = {f"attributes[{name}]": level_of(path) for name, path in _PROMISES.items()}
_COLUMN_STRENGTH = {name: level_of(path) for name, path in _COLUMN_PROMISES.items()}
"""How far what the catalogue repeats is kept."""
_TARGET_TYPES = ("export", "organization_provider", "export_target")


def purview_resources(contract: Contract, purview: PurviewHalf) -> Iterator[Desired]:
    """Every resource in Purview; what the process refers to comes first."""
    origin = contract.origin(("entity",))
    yield from purview.entities.resources(contract.code, contract.keys, origin)
    yield from type_resources(purview.system.type_prefix, contract.origin(), *_TARGET_TYPES)
    yield _provider(contract, purview)
    if uses_placeholder(contract):
        yield from _placeholder(contract, purview)
    elif (asset := asset_of(contract).asset) is not None:
        yield from _scanned(contract, purview, asset)
    yield _process(contract, purview)


def superseded(contract: Contract) -> Iterator[str]:
    """Addresses of the placeholder and of all on it, once something else stands for the export."""
    if contract.wanted and contract.purview is not None and not uses_placeholder(contract):
        yield from (one.address for one in _placeholder(contract, contract.purview))


def _placeholder(contract: Contract, purview: PurviewHalf) -> Iterator[Desired]:
    """The placeholder for the exported asset, its columns, and what is put on them."""
    schema, kind, host = physical_schema(contract), types()["purview.entity"], purview.placeholder
    origin = contract.origin(("delivery",))
    yield kind.desired(
        host,
        origin,
        needs=_needs(purview, "export_target"),
        on_remove="delete",
        labels=schema.label_words,
        name=contract.name,
        attributes={"format": schema.format or None, "location": _location(contract) or None, **_owner(contract)},
        **_contacts(contract, purview),
        **collection_value(purview.system),
    )
    for column in schema.columns:
        yield _placeholder_column(contract, purview, column)
    yield from _marks(contract, purview, None)


def _placeholder_column(contract: Contract, purview: PurviewHalf, column: PhysicalColumn) -> Desired:
    flags = {"is_required": bool(column.required) or None, "is_primary_key": column.primary_key or None}
    return types()["purview.entity"].desired(
        purview.placeholder_column(column.name),
        _origin(contract, column),
        needs=(f"purview.entity:{purview.placeholder}", *_needs(purview, "column", "tabular_columns")),
        on_remove="delete",
        labels=column.labels,
        strength=_COLUMN_STRENGTH,
        name=column.name,
        table=purview.placeholder,
        attributes={
            "data_type": column.type or None,
            "vocabulary_key": column.key if column.source == "vocabkey" else None,
            **flags,
        },
        **_text("description", column.description),
        **collection_value(purview.system),
    )


def _scanned(contract: Contract, purview: PurviewHalf, asset: ScannedAsset) -> Iterator[Desired]:
    """References to the asset that a scan found, and what is put on it and its columns."""
    yield types()["purview.asset"].desired(asset.key, contract.origin(("delivery",)), mode="refer", on_remove="forget")
    yield from _marks(contract, purview, asset)


def _marks(contract: Contract, purview: PurviewHalf, asset: ScannedAsset | None) -> Iterator[Desired]:
    """Classifications, free labels and terms on the whole and on its columns; `asset` None for the placeholder."""
    schema = physical_schema(contract)
    host = f"purview.asset:{asset.key}" if asset is not None else f"purview.entity:{purview.placeholder}"
    whole = [label for label in schema.labels if ":" not in label]
    yield from classify(
        contract.world, whole, "export", host, contract.origin(("labels",)), frozenset(schema.label_words)
    )
    for column in schema.columns:
        below = _host_of(purview, column, asset)
        if below is None or not (column.labels or column.key):
            continue
        marks = list(_marks_on(contract, column, below))
        if marks and asset is not None:
            key = Address.of(below).key
            yield types()["purview.asset"].desired(key, _origin(contract, column), mode="refer", on_remove="forget")
        yield from marks


def _marks_on(contract: Contract, column: PhysicalColumn, host: str) -> Iterator[Desired]:
    origin, words = _origin(contract, column), frozenset(column.labels)
    yield from classify(contract.world, column.labels, "export", host, origin, words)
    term = term_of_key(contract.world, column.key) if column.source == "vocabkey" else None
    if term is not None:
        key = f"{term}@{host.partition(':')[2]}"
        needs = (f"purview.term:{term}", host)
        yield types()["purview.assignment"].desired(key, origin, needs=needs, labels=words)


def _host_of(purview: PurviewHalf, column: PhysicalColumn, asset: ScannedAsset | None) -> str | None:
    """The address of a column of the target; None when the scan did not show it."""
    if asset is None:
        return f"purview.entity:{purview.placeholder_column(column.name)}"
    scanned = asset.column(column.name)
    return f"purview.asset:{scanned.key}" if scanned is not None and scanned.key else None


def _provider(contract: Contract, purview: PurviewHalf) -> Desired:
    """The export target as an asset."""
    provider_id = contract.connector.id if contract.connector is not None else contract.form.provider_id
    return types()["purview.entity"].desired(
        purview.provider,
        contract.origin(("delivery",)),
        needs=_needs(purview, "organization_provider"),
        on_remove="delete",
        name=contract.target_name,
        attributes={
            "provider_id": provider_id.lower() or None,
            "provider_name": contract.provider,
            "account_display": public_address(contract.target_name),
        },
        **collection_value(purview.system),
    )


def _process(contract: Contract, purview: PurviewHalf) -> Desired:
    """The export: from the entity type to the provider and to what the export arrived in."""
    schema, entity = physical_schema(contract), purview.entities.entity(contract.code)
    targets = _targets(contract, purview)
    return types()["purview.entity"].desired(
        purview.process,
        contract.origin(),
        needs=(
            f"purview.entity:{entity}",
            f"purview.entity:{purview.provider}",
            *targets,
            *_needs(purview, "export"),
        ),
        on_remove="delete",
        labels=schema.label_words,
        approvals=approvals_of(contract),
        strength=_STRENGTH,
        name=contract.name,
        attributes=_attributes(contract, schema) | _owner(contract),
        inputs=[entity],
        outputs=[purview.provider, *(Address.of(one).key for one in targets)],
        column_mapping=_column_mapping(contract, schema, entity, targets),
        **_text("description", contract.document.description),
        **_contacts(contract, purview),
        **collection_value(purview.system),
    )


def _attributes(contract: Contract, schema: PhysicalSchema) -> dict[str, Any]:
    """All attributes, also those that say nothing: what left the contract must leave the catalogue."""
    return {
        "contract": contract.name,
        "stream_name": contract.name,
        "mode": mode_of(contract.form, contract.delivery),
        "primary_key": list(schema.primary_key),
        "format": schema.format or None,
        "schedule": schema.schedule or None,
        **{name: getattr(schema, name) for name in Sla.model_fields},
        "retention_days": schema.retention_days,
        "partition_by": list(schema.partition_by) or None,
        "compression": schema.compression or None,
        "compatibility": schema.compatibility or None,
        "labels": list(schema.labels) or None,
    }


def _column_mapping(
    contract: Contract, schema: PhysicalSchema, entity: str, targets: tuple[str, ...]
) -> list[dict[str, Any]] | None:
    """Column lineage; names must equal those of the columns at both ends. The provider has no columns."""
    if not targets:
        return None
    asset = asset_of(contract).asset
    pairs = []
    for column in schema.columns:
        if column.source != "vocabkey":
            continue
        scanned = asset.column(column.name) if asset is not None else None
        if asset is None or scanned is not None:
            pairs.append({"Source": column.key, "Sink": scanned.name if scanned is not None else column.name})
    data = {"Source": _name(entity), "Sink": _name(Address.of(targets[0]).key)}
    return [{"DatasetMapping": data, "ColumnMapping": sorted(pairs, key=lambda one: (one["Sink"], one["Source"]))}]


def _targets(contract: Contract, purview: PurviewHalf) -> tuple[str, ...]:
    """The address of what the export arrived in; none with `asset: none`."""
    if uses_placeholder(contract):
        return (f"purview.entity:{purview.placeholder}",)
    asset = asset_of(contract).asset
    return (f"purview.asset:{asset.key}",) if asset is not None else ()


def _location(contract: Contract) -> str:
    folder = folder_of(contract.delivery.path)
    if contract.form.family == "lake" and contract.location.account:
        return f"{lake_address(contract)}/{folder}".rstrip("/")
    return "/".join(part for part in (public_address(contract.delivery.connection), folder) if part)


def _owner(contract: Contract) -> dict[str, Any]:
    return {"owner": contract.spec.owner} if "owner" in contract.spec.model_fields_set else {}


def _contacts(contract: Contract, purview: PurviewHalf) -> dict[str, Any]:
    """The owner as a contact, when the word is one of `people`."""
    person = contract.environment.person(contract.spec.owner) if contract.spec.owner else None
    return {"owners": [person.id]} if person is not None and purview.system.dialect.has_contacts else {}


def _origin(contract: Contract, column: PhysicalColumn) -> Origin:
    if column.place is None:
        return contract.origin(("delivery",))
    return Origin(contract.document.kind, contract.name, column.place.file, column.place.line)


def _needs(purview: PurviewHalf, *type_names: str) -> tuple[str, ...]:
    """What an asset of ours needs: our types, and the collection that it is created in."""
    own = (type_address(purview.system.type_prefix, name) for name in type_names)
    return (*own, *collection_needs(purview.system))


def _text(name: str, value: str) -> dict[str, Any]:
    """A field that is only managed when there is something to say."""
    return {name: value} if value else {}


def _name(key: str) -> str:
    return key.partition("/")[2]
