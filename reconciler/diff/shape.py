"""A change as JSON, and the digest of what is approved of it.

The digest is computed from that JSON alone, so whoever reads a saved plan can compute it anew. It covers what is
written, on top of which canonical values, and, for what is removed or replaced, the whole object as it was. Of a
secret it covers whether one was there and the version of the new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import orjson

from reconciler.diff.change import EXECUTABLE, Change, FieldChange
from reconciler.diff.fields import token_of
from reconciler.resources import type_of
from reconciler.resources.base import Resource
from reconciler.resources.keys import field_of
from reconciler.resources.rules import Secret
from reconciler.systems.redact import MASK, SECRETS

if TYPE_CHECKING:
    from reconciler.saved import plan as saved

_SIDES: Final = ("before", "after")
_VERSION = f"{MASK}, version "


def shape_of(change: Change) -> saved.Change:
    """One change as JSON, without any secret value."""
    return shapes_of([change])[0]


def shapes_of(changes: Sequence[Change]) -> list[saved.Change]:
    """Changes as JSON, without any secret value."""
    shapes = [_shape_of(change) for change in changes]
    values = [[(field["before"], field["after"]) for field in shape["fields"]] for shape in shapes]
    for at in SECRETS.places(values):
        change = changes[at]
        for shape, item in zip(shapes[at]["fields"], change.fields, strict=True):
            _hide(shape, change.type, item)
    return shapes


def _shape_of(change: Change) -> saved.Change:
    remark = _remark_on(change)
    bound: saved.Bound = _bound_to(change) if change.action in EXECUTABLE else {}
    return {
        "address": change.address,
        "system": change.type.system,
        "type": change.type.name,
        "action": change.action,
        "reason": change.reason,
        "digest": change.digest,
        "origins": [{"kind": o.kind, "name": o.name, "file": o.file, "line": o.line} for o in change.origins],
        "fields": [_field_shape(change.type, item) for item in change.fields],
        "depends_on": sorted(change.depends_on),
        **effects_of(change),
        **remark,
        **bound,
    }


def _remark_on(change: Change) -> saved.Remark:
    """What a person is told besides; empty members left out."""
    remark: saved.Remark = {}
    if change.message:
        remark["message"] = change.message
    if change.edited is not None and change.edited.by:
        remark["edited_by"] = change.edited.by
    if change.edited is not None and change.edited.time:
        remark["edited_at"] = change.edited.time
    if change.used_by:
        remark["used_by"] = list(change.used_by)
    if change.held_by:
        remark["held_by"] = list(change.held_by)
    return remark


def effects_of(change: Change) -> saved.Effects:
    """What a change does beyond its fields, and who has to agree to it; a part of its JSON."""
    shape: saved.Effects = {
        "approvals": sorted(change.labels | change.approvals),
        "requires_approval": sorted(change.approvals),
        "disruptive": bool(change.disruptive),
    }
    if change.disruptive:
        shape["disruptive_because"] = list(change.disruptive)
    return shape


def digest_of(change: Change) -> str:
    """What is approved of one change."""
    bound: saved.Bound = _bound_to(change) if change.action in EXECUTABLE else {}
    fields = [
        [item.path, *(_covered(change.type, item) if not _is_secret(change.type, item.path) else _of_secret(item))]
        for item in change.fields
    ]
    return _digest(SECRETS.clean(change.address), change.action, bound, fields)


def digest_of_shape(shape: saved.Change) -> str:
    """The digest that a change has by its JSON; raises `LookupError` for a type that is not known."""
    type = type_of(shape["address"])
    fields = []
    for item in shape["fields"]:
        before, after = item["before"], item["after"]
        if _is_secret(type, item["path"]):
            fields.append([item["path"], sha(MASK if before else None), sha(_token_shown(after))])
            continue
        covers = item.get("covers", {})  # only of what is not shown at all
        hidden = {side: covers[side] for side in _SIDES if side in covers and item[side] == MASK}
        fields.append(
            [
                item["path"],
                hidden.get("before") or sha(before),
                hidden.get("after") or sha(token_of(type, item["path"], after)),
            ]
        )
    return _digest(shape["address"], shape["action"], shape, fields)


def sha(value: Any) -> str:
    """The digest of plain data."""
    data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _digest(address: str, action: str, bound: saved.Bound, fields: list[list[str]]) -> str:
    return sha([address, action, bound.get("id", ""), bound.get("live_key", ""), bound.get("object", ""), fields])


def _bound_to(change: Change) -> saved.Bound:
    """Which live object an approval is about, as far as the fields do not say it; empty members left out."""
    key = SECRETS.clean(change.live_key) if change.action in ("rename", "delete", "retire") else ""
    whole = sha(_without_secrets(change.type, change.snapshot)) if change.snapshot is not None else ""
    bound: saved.Bound = {}
    if change.id:
        bound["id"] = change.id
    if key:
        bound["live_key"] = key
    if whole:
        bound["object"] = whole
    return bound


def _without_secrets(type: Resource, snapshot: Any) -> Any:
    if not isinstance(snapshot, Mapping) or not isinstance(snapshot.get("fields"), Mapping):
        return snapshot
    fields = {
        path: (MASK if value else None) if _is_secret(type, path) else value
        for path, value in snapshot["fields"].items()
    }
    return {**snapshot, "fields": fields}


def _is_secret(type: Resource, path: str) -> bool:
    return field_of(path) in type.fields and type.field(path).has(Secret)


def _covered(type: Resource, item: FieldChange) -> tuple[str, str]:
    return sha(item.before), sha(token_of(type, item.path, item.after))


def _of_secret(item: FieldChange) -> tuple[str, str]:
    return sha(MASK if item.before else None), sha(_token_shown(_shown_secret(item.after)))


def _shown_secret(value: Any) -> str | None:
    if value is None:
        return None
    version = getattr(value, "version", None)
    return MASK if version is None else f"{_VERSION}{version}"


def _token_shown(shown: Any) -> Any:
    """The token of a secret by what is shown of it; anything else stands for itself, and fits no digest."""
    if shown == MASK:
        return {"version": "1"}
    if isinstance(shown, str) and shown.startswith(_VERSION):
        return {"version": shown.removeprefix(_VERSION)}
    return shown


def _field_shape(type: Resource, item: FieldChange) -> saved.Field:
    if _is_secret(type, item.path):
        return {
            "path": item.path,
            "before": MASK if item.before else None,
            "after": _shown_secret(item.after),
            "reason": item.reason,
        }
    shape: saved.Field = {"path": item.path, "before": item.before, "after": item.after, "reason": item.reason}
    if item.strength != "enforced":
        shape["level"] = item.strength
    return shape


def _hide(shape: saved.Field, type: Resource, item: FieldChange) -> None:
    """Of a value with a known secret in it nothing is shown; what the digest covers of it is kept."""
    before, after = _covered(type, item)
    covered: saved.Covers = {"before": before, "after": after}
    covers: saved.Covers = {}
    for side in _SIDES:
        if SECRETS.found_in(shape[side]):
            shape[side], covers[side] = MASK, covered[side]
    if covers:
        shape["covers"] = covers
