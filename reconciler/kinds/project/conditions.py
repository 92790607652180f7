"""Conditions over records (CluedIn's FilterRule), as glossary terms carry them.

Nodes have no `id`: the server gives them one, and it means nothing.
"""

from __future__ import annotations

from typing import Any

ENTITY_TYPE = "3be85371-cbe0-4180-8820-73e6e37a6c32"
VOCABULARY_KEY = "011ac3b4-0b46-4f9c-a82a-8c14f9dd642b"
EQUALS = "0bafc522-8011-43ba-978a-babe222ba466"
EXISTS = "306e5d29-832f-41e7-a6db-1c02eb5ebf74"
NOT_EXISTS = "16b2dc07-94e3-4c29-bc60-a7a1d25de53b"
NOTHING = "00000000-0000-0000-0000-000000000000"
_NODE_TYPES = {"Integer": "integer", "Boolean": "boolean", "DateTime": "datetime"}

Node = dict[str, Any]


def entity_type_is(code: str) -> Node:
    """Records of one entity type."""
    return _leaf("EntityType", ENTITY_TYPE, EQUALS, [code])


def key_exists(key: str, exists: bool = True, data_type: str = "") -> Node:
    """Records that have a value for a vocabulary key, or have none."""
    operator = EXISTS if exists else NOT_EXISTS
    return _leaf(f"Properties[{key}]", VOCABULARY_KEY, operator, [], node_type(data_type))


def node_type(data_type: str) -> str:
    """The type of a node that compares values of a data type (SDK and recorded payloads, [B]: these four words).

    Of the other data types no public source shows a node; they are compared as text ([C]).
    """
    return _NODE_TYPES.get(data_type, "string")


def all_of(*nodes: Node) -> Node:
    """The root of a condition: every one of the nodes holds."""
    return {
        "condition": "AND",
        "field": None,
        "objectTypeId": NOTHING,
        "operator": NOTHING,
        "rules": list(nodes),
        "type": "rule",
        "value": [],
    }


def _leaf(field: str, object_type: str, operator: str, value: list[Any], kind: str = "string") -> Node:
    return {
        "condition": "AND",
        "field": field,
        "objectTypeId": object_type,
        "operator": operator,
        "rules": [],
        "type": kind,
        "value": value,
    }
