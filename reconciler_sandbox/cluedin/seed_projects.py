"""A deduplication project that people made: what no public source tells of such projects, it shows."""

from __future__ import annotations

from typing import Any

from reconciler_sandbox.cluedin import conditions
from reconciler_sandbox.cluedin.deduplication import READY
from reconciler_sandbox.cluedin.world import DEDUP, World, fixed_id

_SEEDED = "2024-03-04T13:29:50.5861777+00:00"
_TYPE = {
    "condition": "AND",
    "field": "EntityType",
    "objectTypeId": "3be85371-cbe0-4180-8820-73e6e37a6c32",
    "operator": "0bafc522-8011-43ba-978a-babe222ba466",
    "type": "string",
    "value": ["/Product"],
}
_KEY = {
    "condition": "AND",
    "field": "Properties[product.sku]",
    "objectTypeId": "011ac3b4-0b46-4f9c-a82a-8c14f9dd642b",
    "operator": "306e5d29-832f-41e7-a6db-1c02eb5ebf74",
    "type": "string",
    "value": [],
}


def seed(world: World, person: str) -> None:
    """Products that may be the same: by their number, and by their name."""
    mine = {"createdBy": person, "creationDate": _SEEDED, "enabled": True}
    rules: list[dict[str, Any]] = [
        {"id": fixed_id("matching rule number"), "name": "Number", "order": 1, **mine,
         "matchingCriteria": [_criterion("product.sku", is_key=True, before=["Trim whitespace"])]},
        {"id": fixed_id("matching rule name"), "name": "Name", "order": 2, **mine,
         "matchingCriteria": [_criterion("Name", is_key=False, before=["To lowercase"])]},
    ]  # fmt: skip
    world.put(
        DEDUP,
        {
            "id": fixed_id("deduplication of products"),
            "name": "Duplicate products",
            "description": None,
            "createdBy": person,
            "createdDate": _SEEDED,
            "status": READY,
            "matched": False,
            "simple": False,
            "deduplicationScopeFilter": conditions.stored(world, {"condition": "AND", "rules": [_TYPE, _KEY]}),
            "shouldLimitQuerySize": False,
            "querySizeLimit": None,
            "rules": rules,
        },
    )


def _criterion(field: str, *, is_key: bool, before: list[str]) -> dict[str, Any]:
    return {
        "name": field,
        "isKey": is_key,
        "fieldName": field,
        "function": "Equals",
        "comparison": None,
        "normalization": [{"name": one, "configuration": None} for one in before],
    }
