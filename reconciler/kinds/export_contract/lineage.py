"""The Purview half of an export contract: entity type, provider, export process, and what the export arrived in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.kinds.export_contract.asset import asset_of, uses_placeholder
from reconciler.kinds.export_contract.cluedin import approvals_of
from reconciler.kinds.export_contract.delivery import folder_of, mode_of, public_address
from reconciler.kinds.export_contract.physical import PhysicalColumn, PhysicalSchema, lake_address, physical_schema
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.project.asset_types import type_address, type_resources
from reconciler.kinds.project.collection import collection_needs, collection_value
from reconciler.kinds.project.entities import term_of_key
from reconciler.kinds.project.labels import classify
from reconciler.resources import types
from reconciler.resources.base import Desired, Origin, Strength
from reconciler.sources.assets import ScannedAsset

STRENGTH: dict[str, Strength] = {
    "attributes[primary_key]": "declared",
    "attributes[partition_by]": "declared",
    "attributes[compression]": "declared",
    "attributes[retention_days]": "declared",
    "attributes[rpo_minutes]": "declared",
    "attributes[rto_minutes]": "declared",
    "attributes[freshness_p95_minutes]": "verified",
    "attributes[compatibility]": "verified",
}
"""How far what the export process says is kept."""
_COLUMN_STRENGTH: dict[str, Strength] = {
    "attributes[data_type]": "verified",
    "attributes[is_required]": "declared",
    "attributes[is_primary_key]": "declared",
    "description": "declared",
}
_TARGET_TYPES = ("export", "organization_provider", "export_target")


def purview_resources(contract: Contract) -> Iterator[Desired]:
    """Every resource in Purview; what the process refers to comes first."""
    assert contract.purview is not None
    origin = contract.origin(("entity",))
    yield from contract.assets.resources(contract.code, contract.keys, origin)
    yield from type_resources(contract.purview.type_prefix, contract.origin(), *_TARGET_TYPES)
    yield _provider(contract)
    if uses_placeholder(contract):
        yield from placeholder_resources(contract)
    elif (asset := asset_of(contract).asset) is not None:
        yield from _scanned(contract, asset)
    yield _process(contract)


def placeholder_resources(contract: Contract) -> Iterator[Desired]:
    """The placeholder for the exported asset, its columns, and what is put on them."""
    schema, kind, host = _schema(contract), types()["purview.entity"], contract.placeholder_key
    origin = contract.origin(("delivery",))
    yield kind.desired(
        host,
        origin,
        needs=(type_address(_prefix(contract), "export_target"), *_collection(contract)),
        on_remove="delete",
        labels=schema.label_words,
        name=contract.name,
        attributes={"format": schema.format or None, "location": _location(contract) or None, **_owner(contract)},
        **_contacts(contract),
        **_collection_value(contract),
    )
    for column in schema.columns:
        yield _placeholder_column(contract, column)
    yield from _marks(contract, f"purview.entity:{host}", None)


def superseded(contract: Contract) -> Iterator[str]:
    """Addresses of the placeholder and of all on it, once something else stands for the export."""
    if contract.wanted and contract.purview is not None and not uses_placeholder(contract):
        yield from (one.address for one in placeholder_resources(contract))


def _placeholder_column(contract: Contract, column: PhysicalColumn) -> Desired:
    prefix, key = _prefix(contract), contract.placeholder_column(column.name)
    flags = {"is_required": bool(column.required) or None, "is_primary_key": column.primary_key or None}
    return types()["purview.entity"].desired(
        key,
        _origin(contract, column),
        needs=(
            f"purview.entity:{contract.placeholder_key}",
            type_address(prefix, "column"),
            type_address(prefix, "tabular_columns"),
            *_collection(contract),
        ),
        on_remove="delete",
        labels=column.labels,
        strength=_COLUMN_STRENGTH,
        name=column.name,
        table=contract.placeholder_key,
        attributes={
            "data_type": column.type or None,
            "vocabulary_key": column.key if column.source == "vocabkey" else None,
            **flags,
        },
        **_text("description", column.description),
        **_collection_value(contract),
    )


def _scanned(contract: Contract, asset: ScannedAsset) -> Iterator[Desired]:
    """References to the asset that a scan found, and what is put on it and its columns."""
    yield types()["purview.asset"].desired(asset.key, contract.origin(("delivery",)), mode="refer", on_remove="forget")
    yield from _marks(contract, f"purview.asset:{asset.key}", asset)


def _marks(contract: Contract, host: str, asset: ScannedAsset | None) -> Iterator[Desired]:
    """Classifications, free labels and terms on the whole and on its columns; `asset` None for the placeholder."""
    schema = _schema(contract)
    whole = [label for label in schema.labels if ":" not in label]
    yield from classify(
        contract.world, whole, "export", host, contract.origin(("labels",)), frozenset(schema.label_words)
    )
    for column in schema.columns:
        below = _host_of(contract, column, asset)
        if below is None or not (column.labels or column.key):
            continue
        marks = list(_marks_on(contract, column, below))
        if marks and asset is not None:
            key = below.partition(":")[2]
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


def _host_of(contract: Contract, column: PhysicalColumn, asset: ScannedAsset | None) -> str | None:
    """The address of a column of the target; None when the scan did not show it."""
    if asset is None:
        return f"purview.entity:{contract.placeholder_column(column.name)}"
    scanned = asset.column(column.name)
    return f"purview.asset:{scanned.key}" if scanned is not None and scanned.key else None


def _provider(contract: Contract) -> Desired:
    """The export target as an asset."""
    provider_id = contract.connector.id if contract.connector is not None else contract.form.provider_id
    return types()["purview.entity"].desired(
        contract.provider_asset_key,
        contract.origin(("delivery",)),
        needs=(type_address(_prefix(contract), "organization_provider"), *_collection(contract)),
        on_remove="delete",
        name=contract.target_name,
        attributes={
            "provider_id": provider_id.lower() or None,
            "provider_name": contract.provider,
            "account_display": public_address(contract.target_name),
        },
        **_collection_value(contract),
    )


def _process(contract: Contract) -> Desired:
    """The export: from the entity type to the provider and to what the export arrived in."""
    schema, entity = _schema(contract), contract.assets.entity(contract.code)
    targets = _targets(contract)
    return types()["purview.entity"].desired(
        contract.process_key,
        contract.origin(),
        needs=(
            f"purview.entity:{entity}",
            f"purview.entity:{contract.provider_asset_key}",
            *targets,
            type_address(_prefix(contract), "export"),
            *_collection(contract),
        ),
        on_remove="delete",
        labels=schema.label_words,
        approvals=approvals_of(contract),
        strength=STRENGTH,
        name=contract.name,
        attributes=_attributes(contract, schema) | _owner(contract),
        inputs=[entity],
        outputs=[contract.provider_asset_key, *(one.partition(":")[2] for one in targets)],
        column_mapping=_column_mapping(contract, schema, entity, targets),
        **_text("description", contract.document.description),
        **_contacts(contract),
        **_collection_value(contract),
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
        "freshness_p95_minutes": schema.freshness_p95_minutes,
        "rpo_minutes": schema.rpo_minutes,
        "rto_minutes": schema.rto_minutes,
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
    data = {"Source": _name(entity), "Sink": _name(targets[0].partition(":")[2])}
    return [{"DatasetMapping": data, "ColumnMapping": sorted(pairs, key=lambda one: (one["Sink"], one["Source"]))}]


def _targets(contract: Contract) -> tuple[str, ...]:
    """The address of what the export arrived in; none with `asset: none`."""
    if uses_placeholder(contract):
        return (f"purview.entity:{contract.placeholder_key}",)
    asset = asset_of(contract).asset
    return (f"purview.asset:{asset.key}",) if asset is not None else ()


def _location(contract: Contract) -> str:
    folder = folder_of(contract.delivery.path)
    if contract.form.family == "lake" and contract.location.account:
        return f"{lake_address(contract)}/{folder}".rstrip("/")
    return "/".join(part for part in (public_address(contract.delivery.connection), folder) if part)


def _owner(contract: Contract) -> dict[str, Any]:
    return {"owner": contract.spec.owner} if "owner" in contract.spec.model_fields_set else {}


def _contacts(contract: Contract) -> dict[str, Any]:
    """The owner as a contact, when the word is one of `people`."""
    assert contract.purview is not None
    person = contract.environment.person(contract.spec.owner) if contract.spec.owner else None
    return {"owners": [person.id]} if person is not None and contract.purview.mode != "atlas" else {}


def _schema(contract: Contract) -> PhysicalSchema:
    return physical_schema(contract)


def _origin(contract: Contract, column: PhysicalColumn) -> Origin:
    if column.place is None:
        return contract.origin(("delivery",))
    return Origin(contract.document.kind, contract.name, column.place.file, column.place.line)


def _prefix(contract: Contract) -> str:
    assert contract.purview is not None
    return contract.purview.type_prefix


def _collection(contract: Contract) -> tuple[str, ...]:
    assert contract.purview is not None
    return collection_needs(contract.purview)


def _collection_value(contract: Contract) -> dict[str, Any]:
    assert contract.purview is not None
    return collection_value(contract.purview)


def _text(name: str, value: str) -> dict[str, Any]:
    """A field that is only managed when there is something to say."""
    return {name: value} if value else {}


def _name(key: str) -> str:
    return key.partition("/")[2]
