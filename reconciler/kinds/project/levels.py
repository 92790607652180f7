"""How far each promise of an export contract is kept: the one table, and how schemas show it.

* `enforced`: written to CluedIn or Purview, or held by this tool before it writes.
* `verified`: read and compared; a promise that does not hold is a finding.
* `declared`: documentation for readers, and compared between versions of the contract. Nothing keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.resources.base import Strength

LEVELS: dict[str, Strength] = {
    "name": "enforced",
    "owner": "enforced",
    "entity": "enforced",
    "where[].key": "enforced",
    "where[].property": "enforced",
    "where[].operator": "enforced",
    "where[].value": "enforced",
    "primary_key": "declared",
    "delivery.type": "enforced",
    "delivery.connection": "enforced",
    "delivery.path": "enforced",
    "delivery.schedule": "enforced",
    "delivery.overwrite": "enforced",
    "delivery.partition_by": "declared",
    "delivery.compression": "declared",
    "delivery.mode": "enforced",
    "delivery.relations.outgoing": "enforced",
    "delivery.relations.incoming": "enforced",
    "delivery.state": "enforced",
    "delivery.purview_readable": "enforced",
    "delivery.target.name": "enforced",
    "delivery.target.manage": "enforced",
    "delivery.target.provider": "enforced",
    "delivery.target.secrets": "enforced",
    "delivery.target.config": "enforced",
    "delivery.asset": "verified",
    "columns[].name": "verified",
    "columns[].from": "enforced",
    "columns[].type": "verified",
    "columns[].logical_type": "declared",
    "columns[].required": "declared",
    "columns[].description": "declared",
    "columns[].accepted_values": "declared",
    "columns[].references.contract": "declared",
    "columns[].references.column": "declared",
    "labels": "enforced",
    "sla.freshness_p95_minutes": "verified",
    "sla.rpo_minutes": "declared",
    "sla.rto_minutes": "declared",
    "retention.days": "declared",
    "dbt.loaded_at_field": "declared",
    "dataverse.table": "declared",
    "dataverse.key": "declared",
    "dataverse.columns": "declared",
    "dataverse.write": "declared",
    "dataverse.batch": "declared",
    "compatibility": "verified",
    "rules": "verified",
    "ignore[].rule": "verified",
    "ignore[].column": "verified",
    "ignore[].until": "verified",
    "ignore[].reason": "declared",
    "lineage_required": "enforced",
    "approval_required_when_labels": "enforced",
    "status": "enforced",
    "type": "enforced",
    "schedule": "enforced",
    "options.connection": "enforced",
    "options.path": "enforced",
    "options.partition_by": "declared",
    "options.compression": "declared",
    "options.overwrite": "enforced",
}
"""Every field of the `spec` by its path; `[]` stands for an item of a list."""

MEANING: dict[Strength, str] = {
    "enforced": "written",
    "verified": "read and compared, not made so",
    "declared": "documented and compared between versions only; nothing keeps it",
}
"""What a level means, as findings and reports say it."""


_SAID = "Level: "


def level_said(field: Mapping[str, Any]) -> str:
    """The level that the JSON Schema of a field says; empty when it says none."""
    comment = str(field.get("$comment", ""))
    return comment.removeprefix(_SAID) if comment.startswith(_SAID) else ""


def level_of(path: str) -> Strength:
    """The level of a field by its path; `KeyError` for a field that the table lacks."""
    return LEVELS[path]


def with_levels(schema: dict[str, Any], model: type[Any]) -> None:
    """Adds the level to the fields of a part of the contract in a JSON Schema; `model.at` is where it stands.

    As a comment for programs and at the end of the description for people: validators refuse words of our own.
    """
    for name, field in schema.get("properties", {}).items():
        level = LEVELS.get(f"{model.at}{name}")
        if level is not None:
            field["$comment"] = f"{_SAID}{level}"
            field["description"] = f"{field.get('description', '').rstrip()} Level: {level}.".strip()
