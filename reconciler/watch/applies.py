"""Which applies came to their end since, by the audit of the environment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson

from reconciler.watch.events import Event


def ended_applies(path: Path, environment: str, since: int) -> tuple[list[Event], int]:
    """What the lines of the audit tell beyond the first `since` bytes, and how many bytes were read.

    A line that is not whole yet waits; an audit that became shorter is another one, and is read from its beginning.
    `since` below zero reads nothing and only says where the end is.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return [], max(since, 0)
    whole = data.rfind(b"\n") + 1
    if since < 0:
        return [], whole
    begin = since if since <= whole else 0
    return list(_events(data[begin:whole], environment)), whole


def _events(data: bytes, environment: str) -> Iterator[Event]:
    for line in data.splitlines():
        try:
            told = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if not isinstance(told, dict) or told.get("event") != "end" or told.get("environment") != environment:
            continue
        about = {
            "object": "apply",
            "complete": bool(told.get("complete")),
            "interrupted": bool(told.get("interrupted")),
            "apply_correlation_id": str(told.get("correlation_id") or ""),
            "commit": str(told.get("commit") or ""),
        }
        at = str(told.get("at") or "")
        yield Event("apply.finished", environment, f"{about['apply_correlation_id']}/{at}", about, at)
