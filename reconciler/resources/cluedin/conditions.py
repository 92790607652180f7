"""Condition trees (CluedIn's FilterRule): the form to compare, and the form to send.

Members of a node and the GUIDs of object types and operators: SDK and recorded payloads, [B].
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from reconciler.resources.rules import Rule

NODE = ("condition", "field", "objectTypeId", "operator", "type", "value", "rules")
"""What an input takes besides the server's own `id` [B]; an unknown member fails the whole document."""

POWER_FX = "96102979-e952-43d8-afe6-987676c0698b"
"""The object type of conditions that are a Power Fx formula [B]."""
_ZERO = "00000000-0000-0000-0000-000000000000"


class Condition(Rule):
    """A condition tree, compared by what it selects."""

    def canonical(self, value: Any) -> Any:
        """The root as a group, without noise; None when it selects nothing in particular."""
        if isinstance(value, str):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                return value
        if not isinstance(value, Mapping):
            return value
        return _canonical(as_root(value))


def as_root(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The tree with a group as its root: a lone comparison becomes the one rule of an AND."""
    return {"condition": "AND", "rules": [dict(tree)]} if _compares(tree) else dict(tree)


def wire(tree: Mapping[str, Any], *, root: bool = True) -> dict[str, Any]:
    """A tree as inputs take it: the author's values, lists where lists belong, ids as they are.

    The root carries only its word and its rules, as the vendor's own create sends it [B].
    """
    tree = as_root(tree) if root else tree
    word = str(tree.get("condition") or "AND").upper()
    rules = [wire(rule, root=False) for rule in tree.get("rules") or ()]
    if root:
        return {"condition": word, "rules": rules}
    node = {name: tree[name] for name in ("id", *NODE) if tree.get(name) is not None}
    return node | {"condition": word, "value": _values(tree.get("value")), "rules": rules}


def faults(tree: Any, root: bool = True) -> Iterable[str]:
    """What a server would refuse in a condition: one sentence each."""
    if not isinstance(tree, Mapping):
        yield f"a condition is a mapping, not {tree!r}"
        return
    if unknown := sorted(set(map(str, tree)) - {"id", *NODE}):
        yield f"a condition has no member {', '.join(unknown)}; known are {', '.join(NODE)}"
    if str(tree.get("condition") or "AND").upper() not in ("AND", "OR"):
        yield f"the word of a condition is AND or OR, not {tree['condition']!r}"
    rules = tree.get("rules") or ()
    if root and not rules and not _compares(tree):
        yield "a glossary term needs a condition with at least one rule"
    for rule in rules:
        yield from faults(rule, root=False)


def _compares(node: Mapping[str, Any]) -> bool:
    """Whether the node compares something, and does not only group others.

    A Power Fx condition has neither field nor operator: only its object type tells it from an empty group (SDK, [B]).
    """
    operator = str(node.get("operator") or _ZERO)
    return bool(node.get("field")) or operator != _ZERO or _guid(node.get("objectTypeId")) == POWER_FX


def _canonical(node: Mapping[str, Any]) -> dict[str, Any] | None:
    below = (_canonical(rule) for rule in node.get("rules") or ())
    rules = [rule for rule in below if rule is not None]
    if len(rules) > 1:
        rules.sort(key=lambda rule: orjson.dumps(rule, option=orjson.OPT_SORT_KEYS))
    # Siblings may change places: AND and OR are commutative. Ids and zero GUIDs are the server's filling.
    if not _compares(node):
        return {"condition": str(node.get("condition") or "AND").upper(), "rules": rules} if rules else None
    found: dict[str, Any] = {
        "field": str(node.get("field") or ""),
        "objectTypeId": _guid(node.get("objectTypeId")),
        "operator": _guid(node.get("operator")),
        "type": str(node.get("type") or ""),
        "value": [_text(item) for item in _values(node.get("value"))],
    }
    if rules:
        found |= {"condition": str(node.get("condition") or "AND").upper(), "rules": rules}
    return {name: value for name, value in found.items() if value not in ("", [])}


def _guid(value: Any) -> str:
    text = str(value or "").strip("{} ").lower()
    return "" if text == _ZERO else text


def _values(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode()
