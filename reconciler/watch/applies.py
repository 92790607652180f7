"""Which applies came to their end since, by the audit of the environment."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from reconciler.audit.trail import Trail
from reconciler.watch.events import Event


def ended_applies(trail: Trail, environment: str, since: int) -> tuple[list[Event], int]:
    """What the lines of the audit tell beyond the first `since` bytes, and how many bytes were read.

    A line that is not whole yet waits; an audit that became shorter is another one, and is read from its beginning.
    `since` below zero tells nothing and only says where the end is. Raises `ReconcilerError` where it cannot be read.
    """
    begin, data = trail.read(since)
    whole = data.rfind(b"\n") + 1
    return list(_events(data[:whole], environment)) if since >= 0 else [], begin + whole


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
