"""Conditions over records in words: `EntityType is Customer and customer.email has a value`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from reconciler.kinds.project.conditions import ENTITY_TYPE
from reconciler.kinds.project.filters import OPERATORS
from reconciler.kinds.telling.names import Names
from reconciler.kinds.telling.values import listed, name, quoted
from reconciler.resources.cluedin.conditions import POWER_FX

MOST = 4
"""So many comparisons are said; the rest is counted."""
_WORDS_BY_GUID = {guid: word for word, guid in OPERATORS.items()}
_SAID = {
    "equals": "is", "not_equals": "is not", "in": "is one of", "not_in": "is none of",
    "exists": "has a value", "not_exists": "has no value",
    "contains": "contains", "not_contains": "does not contain",
    "begins_with": "begins with", "not_begins_with": "does not begin with",
    "ends_with": "ends with", "not_ends_with": "does not end with",
    "between": "is between", "not_between": "is not between",
    "greater": "is greater than", "greater_or_equal": "is at least",
    "less": "is less than", "less_or_equal": "is at most",
    "matches": "matches", "not_matches": "does not match",
    "is_null": "is empty", "is_not_null": "is not empty", "is_true": "is true", "is_false": "is false",
}  # fmt: skip
_KEY = re.compile(r"Properties\[(.*)\]", re.DOTALL)


def in_words(tree: Any, names: Names) -> str:
    """A condition tree as people say it; without one, that every record is meant."""
    if isinstance(tree, str):
        try:
            tree = json.loads(tree)
        except ValueError:
            return quoted(tree)
    if not isinstance(tree, Mapping):
        return "all records" if not tree else "another condition"
    return _told(tree, names) or "all records"


def _told(node: Mapping[str, Any], names: Names, *, inner: bool = False) -> str:
    rules = [rule for rule in node.get("rules") or () if isinstance(rule, Mapping)]
    said = [one for one in (_told(rule, names, inner=True) for rule in rules) if one]
    if own := _comparison(node, names):
        said = [own, *said]
    if len(said) > MOST:
        said = [*said[:MOST], f"{len(said) - MOST:,} more"]
    word = "or" if str(node.get("condition") or "").upper() == "OR" else "and"
    text = f" {word} ".join(said)
    return f"({text})" if inner and len(said) > 1 else text


def _comparison(node: Mapping[str, Any], names: Names) -> str:
    if str(node.get("objectTypeId") or "").strip("{} ").lower() == POWER_FX:
        return "a formula holds"
    if not node.get("field"):
        return ""
    word = _WORDS_BY_GUID.get(str(node.get("operator") or "").strip("{} ").lower(), "")
    values = node.get("value")
    given = values if isinstance(values, list | tuple) else [] if values is None else [values]
    field = str(node["field"])
    if field == "EntityType" or str(node.get("objectTypeId") or "").lower() == ENTITY_TYPE:
        subject, shown = "the entity type", [names.entity(str(one)) for one in given]
    else:
        key = _KEY.fullmatch(field)
        subject, shown = names.key(key[1]) if key else name(field), [quoted(one) for one in given]
    told = listed(shown) if shown else ""
    return f"{subject} {_SAID.get(word, 'fits')} {told}".rstrip()
