"""One event of `watch`, as a line: a pure function of its message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

_NO_WORD = ("changed",)


def line(message: Mapping[str, Any], form: str) -> str:
    """`json` is the message itself, `text` a line for people."""
    if form == "json":
        return orjson.dumps(message).decode()
    data = message["data"]
    return f"{message['timestamp']}  {message['type']}  {data['subject']}{_more(data)}"


def _more(data: Mapping[str, Any]) -> str:
    """What happened, in a few words."""
    if run := data.get("run") or data.get("newest"):
        rows = f"{run['rows']} rows, " if run.get("rows") is not None else ""
        return f"  ({rows}{run.get('status') or 'no status'} {run.get('end_time') or ''})".replace(" )", ")")
    words = [str(data["action"])] if data.get("action") not in (None, *_NO_WORD) else []
    words += [", ".join(map(str, data.get("changed") or data.get("fields") or ()))] if not words else []
    if "complete" in data:
        words = ["complete" if data["complete"] else "not complete"]
    return f"  ({words[0]})" if words and words[0] else ""
