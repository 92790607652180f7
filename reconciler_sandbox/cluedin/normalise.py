"""What real servers do to values on the way in, when the sandbox is told to do the same (`--normalise`).

Every change keeps the meaning, and doing it twice is doing it once, so that a client which compares meanings
settles after one write and a client which compares text never does. All of it is [C]: public answers show
reformatted values, not the rules behind them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

_TYPES = {"Integer": "integer", "Boolean": "boolean", "DateTime": "datetime"}
_EMPTY_PARAGRAPH = {"children": [{"text": ""}], "type": "paragraph"}


def slate(text: str | None) -> str | None:
    """Rich text, serialised again: other key order, other spacing, an empty paragraph at the end."""
    if not text:
        return text
    try:
        nodes = json.loads(text)
    except ValueError:
        return text
    if not isinstance(nodes, list):
        return text
    nodes = [_sorted(node) for node in nodes]
    if not nodes or nodes[-1] != _EMPTY_PARAGRAPH:
        nodes.append(_EMPTY_PARAGRAPH)
    return json.dumps(nodes, ensure_ascii=False)


def tree(node: dict[str, Any], data_type: Callable[[str], str] = lambda field: "") -> dict[str, Any]:
    """A condition tree: siblings in another order, values as lists of text, types by the data type of the key.

    That types follow the data type is what the vendor's SDK and recorded payloads show ([B]: integer, boolean,
    datetime, else string); that the server sets them where a client did not is [C].
    """
    changed = dict(node)
    changed["rules"] = sorted((tree(child, data_type) for child in node.get("rules") or []), key=_rank)
    if known := data_type(str(node.get("field") or "")):
        changed["type"] = _TYPES.get(known, "string")
    if node.get("value") is not None:
        values = node["value"] if isinstance(node["value"], list) else [node["value"]]
        changed["value"] = [value if isinstance(value, str) else json.dumps(value) for value in values]
    return changed


def _rank(node: dict[str, Any]) -> str:
    """An order that no author would choose, and that does not depend on the server's random ids."""
    bare = {key: value for key, value in node.items() if key not in ("id", "rules")}
    return json.dumps(bare, sort_keys=True)[::-1]


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value
