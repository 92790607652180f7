"""JSON of bodies and of the store, with whole numbers of any size, which `orjson` alone does not take."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

_BIG = re.compile(rb"\d{19}")
_SLOW = b" "
"""What stands before a text that only the slower reader gets right."""


def read(body: bytes) -> Any:
    """What a body says; raises `ValueError`."""
    return json.loads(body) if _BIG.search(body) else orjson.loads(body)


def written(value: Any) -> bytes:
    """The text of a value, as a body or to be kept."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:
        return _SLOW + json.dumps(value).encode()


def kept(text: bytes | str) -> Any:
    """The value that `written` kept."""
    return json.loads(text) if text[:1] in (_SLOW, " ") else orjson.loads(text)
