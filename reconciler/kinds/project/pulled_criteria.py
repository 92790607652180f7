"""Filters of CluedIn on their way back to documents: in people's words, and as they are where those do not say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.project.conditions import ENTITY_TYPE, EQUALS
from reconciler.kinds.project.pulled_streams import where_of
from reconciler.resources.cluedin.conditions import POWER_FX


def criteria_of(tree: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A canonical filter as `where` says it; nothing of one that takes every record."""
    if not tree:
        return []
    if tree.get("field") or tree.get("objectTypeId"):
        return [_criterion(tree)]
    rules = [_criterion(rule) for rule in tree.get("rules") or ()]
    return [{"any": rules}] if tree.get("condition") == "OR" else rules


def _criterion(node: Mapping[str, Any]) -> dict[str, Any]:
    """One node of it."""
    values = list(node.get("value") or ())
    if node.get("objectTypeId") == POWER_FX and len(values) == 1 and not node.get("rules"):
        return {"power_fx": values[0]}
    if not node.get("field") and not node.get("objectTypeId") and node.get("condition") == "OR":
        return {"any": [_criterion(rule) for rule in node.get("rules") or ()]}
    is_type = node.get("objectTypeId") == ENTITY_TYPE and node.get("operator") == EQUALS
    if is_type and len(values) == 1 and str(values[0]).startswith("/") and not node.get("rules"):
        return {"entity_type": values[0]}
    return where_of(node) or {"raw": dict(node)}
