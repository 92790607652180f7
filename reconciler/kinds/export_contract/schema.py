"""The physical schema of a contract, computed across kinds; without answers of the live systems as far as it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import orjson

from reconciler.kinds.export_contract.columns import physical_columns
from reconciler.kinds.export_contract.condition import condition_of
from reconciler.kinds.export_contract.delivery import file_pattern, folder_of, mode_of, replaces_file
from reconciler.kinds.export_contract.files import sample_path
from reconciler.kinds.export_contract.labels import Effective, effective
from reconciler.kinds.export_contract.paste import PARTS
from reconciler.kinds.export_contract.physical import PhysicalColumn, PhysicalSchema, Place
from reconciler.kinds.export_contract.rules import Ignore
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.project.conditions import Node
from reconciler.manifest.findings import place
from reconciler.resources.cluedin.conditions import Condition


def physical_schema(contract: Contract) -> PhysicalSchema:
    """What readers of a contract's export get. Pure; without answers of the live systems as far as it goes."""
    return contract.once(_schema)


def _schema(contract: Contract) -> PhysicalSchema:
    spec, delivery, form = contract.spec, contract.delivery, contract.form
    columns = physical_columns(contract)
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
        **spec.sla.model_dump(),
        retention_days=spec.retention.days,
        labels=tuple(labels.texts),
        label_words=tuple(sorted(labels.words)),
        approval_labels=tuple(sorted(spec.approval_required_when_labels)),
        approvals=tuple(sorted(labels.words & set(spec.approval_required_when_labels))),
        lineage_required=spec.lineage_required,
        compatibility=spec.compatibility or "",
        rules={str(rule): severity for rule, severity in spec.rules.items()},
        ignores=tuple(Ignore(one.rule, one.column or "", one.until, one.reason) for one in spec.ignore),
        state=delivery.state,
        managed_target=delivery.target.manage,
        certain=form.strings,
        place=Place.of(contract.document.source(())),
        places=dict(_places(contract)),
    )


def _labelled(column: PhysicalColumn, labels: Effective) -> PhysicalColumn:
    return replace(column, labels=labels.of(column.name))


def _canonical(node: Node) -> str:
    return orjson.dumps(Condition().canonical(node), option=orjson.OPT_SORT_KEYS).decode()


def _places(contract: Contract) -> Iterator[tuple[str, Place]]:
    for name in contract.spec.model_fields_set:
        if name not in PARTS:
            yield name, Place.of(place(contract.document, (name,)))
    for at in range(len(contract.spec.ignore)):
        yield f"ignore.{at}", Place.of(place(contract.document, ("ignore", at)))
    for name, path in contract.merged.places.items():
        yield f"delivery.{name}", Place.of(place(contract.document, path))
