"""Condition trees, as terms and streams hold them."""

from __future__ import annotations

from typing import Any

from reconciler_sandbox.cluedin import normalise
from reconciler_sandbox.cluedin.errors import bad_request
from reconciler_sandbox.cluedin.world import KEY, ZERO, Doc, World, new_id


def stored(world: World, node: Doc) -> Doc:
    """A tree as it is stored: reformatted if the sandbox does so, each node with a new id."""
    found = _node(node)
    return normalise.tree(found, lambda field: _data_type(world, field)) if world.normalising else found


def _data_type(world: World, field: str) -> str:
    """The data type of what a node compares; empty for what is no vocabulary key, or none that is there."""
    key = field.removeprefix("Properties[").removesuffix("]")
    found = world.find(KEY, "key", key, latest=True) if key != field else []
    return str(found[0]["dataType"]) if found else ""


def _node(node: Any) -> Doc:
    """A node as stored: its id is the server's, made anew by each save ([C])."""
    if not isinstance(node, dict):
        raise bad_request("The condition is not a JSON object.")
    return {
        "objectTypeId": node.get("objectTypeId") or ZERO,
        "condition": node.get("condition") or "AND",
        "field": node.get("field"),
        "id": new_id(),
        "operator": node.get("operator") or ZERO,
        "rules": [_node(child) for child in node.get("rules") or []],
        "type": node.get("type"),
        "value": node.get("value"),
    }


def meaning(value: Any) -> Any:
    """A tree, or actions with trees, without what each save replaces."""
    if isinstance(value, dict):
        made = ("id", "organizationId", "createdAt", "createdBy", "modifiedAt", "modifiedBy", "ownedBy")
        return {name: meaning(item) for name, item in value.items() if name not in made}
    return [meaning(item) for item in value] if isinstance(value, list) else value


def entity_types(node: Doc) -> set[str]:
    """The entity types that a tree asks for, in lower case."""
    found: set[str] = set()
    if node.get("field") == "EntityType":
        values = node["value"] if isinstance(node["value"], list) else [node["value"]]
        found = {str(value).lower() for value in values}
    for child in node.get("rules") or []:
        found |= entity_types(child)
    return found
