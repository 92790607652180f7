"""What actions of rules make of one record: the first of those that are there, or one without anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from reconciler_sandbox.cluedin.world import Doc

_NOTHING: Doc = {"name": "", "entityType": ""}


def previewed(actions: Sequence[Doc], records: Sequence[Doc]) -> list[Doc]:
    """One row an action, each on what the one before left; of an action that cannot be shown a message ([C])."""
    now, found = _entity(records[0] if records else _NOTHING), []
    for action in actions:
        done = _DONE.get(str(action["type"]).partition(",")[0].rpartition(".")[2])
        given = {one.get("name"): one.get("value") for one in action.get("properties") or []}
        after = done(now, given) if done is not None else now
        messages = [] if done is not None else ["This action has no preview."]
        found.append({"actionName": action.get("name"), "before": now, "after": after, "messages": messages})
        now = after
    return found


def _entity(record: Doc) -> Doc:
    return {
        "name": record.get("name"),
        "entityType": {"code": record.get("entityType")},
        "properties": dict(record.get("properties") or {}),
        "tags": [],
    }


def _tag(now: Doc, given: Doc) -> Doc:
    return {**now, "tags": [*now["tags"], {"name": given.get("Value")}]}


def _set(now: Doc, given: Doc) -> Doc:
    return {**now, "properties": {**now["properties"], given.get("FieldName"): given.get("Value")}}


def _delete(now: Doc, given: Doc) -> Doc:
    left = {name: value for name, value in now["properties"].items() if name != given.get("FieldName")}
    return {**now, "properties": left}


_DONE: dict[str, Callable[[Doc, Doc], Any]] = {"AddTag": _tag, "SetValue": _set, "DeleteValue": _delete}
