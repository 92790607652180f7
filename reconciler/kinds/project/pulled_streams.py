"""Streams of CluedIn on their way back to documents: what contracts and streams tell alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.environment.sign_in import PurviewSystem
from reconciler.kinds.project.conditions import ENTITY_TYPE, EQUALS, VOCABULARY_KEY
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.exported import MODES
from reconciler.kinds.project.filters import OPERATORS, PROPERTY
from reconciler.kinds.project.names import QualifiedNames
from reconciler.kinds.pulling import Estate, without_nothing
from reconciler.resources.cluedin.outbound import may_be_composed
from reconciler.resources.keys import unquote

_WORDS = {guid: word for word, guid in OPERATORS.items()}
_MODES = {theirs: ours for ours, theirs in MODES.items()}
_COLUMNS = frozenset({"vocabkey", "metadata"})
_KEY = re.compile(r"Properties\[(.+)\]")


@dataclass(frozen=True, slots=True)
class PulledStream:
    """One stream with its export, as documents speak of it."""

    key: str
    name: str
    description: str
    condition: Mapping[str, Any]
    code: str | None
    """The code of the entity type that its condition asks for."""
    where: list[dict[str, Any]] | None
    """All else that its condition asks for; None where people's words do not say it."""
    provider: str
    target: str
    """Name of the export target."""
    target_key: str
    container: str
    mode: str
    relations: dict[str, bool]
    columns: list[str | dict[str, str]]
    state: str
    """`leave` for one that never ran."""


def pulled_streams(estate: Estate) -> list[PulledStream]:
    """The streams that no manifest wants and that have an export; what has none is left out."""
    found = []
    exports, states = (estate.live(f"cluedin.{part}", is_part=True) for part in ("stream_export", "stream_state"))
    for key, live in estate.new("cluedin.stream").items():
        export = exports.get(key)
        if export is None or not export.fields.get("target"):
            estate.leave("streams without an export target", f"cluedin.stream:{key}")
            continue
        provider, _, target = str(export.fields["target"]).partition("/")
        if may_be_composed(unquote(provider), unquote(target)):
            estate.leave("the name of its export target may hold a secret", f"cluedin.stream:{key}")
            continue
        if why := _unsaid(export.fields):
            estate.leave(why, f"cluedin.stream:{key}")
            continue
        condition = live.fields.get("condition") or {}
        code, where = conditions_of(condition)
        state = states[key].fields.get("state") if key in states else None
        if (live.raw or {}).get("rules"):
            estate.leave("manifests have no actions of streams", f"cluedin.stream:{key}")
        found.append(
            PulledStream(
                key,
                unquote(key),
                str(live.fields.get("description") or ""),
                condition,
                code,
                where,
                unquote(provider),
                unquote(target),
                str(export.fields["target"]),
                str(export.fields.get("container") or ""),
                _MODES.get(str(export.fields.get("export_mode")), "sync"),
                without_nothing(
                    outgoing=export.fields.get("outgoing_edges") or None,
                    incoming=export.fields.get("incoming_edges") or None,
                ),
                [_column(str(one)) for one in export.fields.get("columns") or ()],
                str(state or "leave"),
            )
        )
    return found


def shown_streams(estate: Estate, streams: list[PulledStream]) -> Mapping[str, bool]:
    """By key of a stream, whether `entity` says no more than what is in Purview: its lineage is there, or would not be
    made; empty where there is no Purview to look in.
    """
    purview = estate.world.environment.purview
    if purview is None or not estate.has("purview"):
        return {}
    names = QualifiedNames(purview.name_prefix)
    process = f"{purview.type_prefix}stream_process/"
    assets = [f"{process}{names.stream(one.name)}" for one in streams]
    live = estate.live("purview.entity", assets) if assets else {}
    hidden = _kept_out(estate, {one.code for one in streams if one.code is not None}, purview)
    return {stream.key: f"{process}{names.stream(stream.name)}" in live or stream.code in hidden for stream in streams}


def _kept_out(estate: Estate, codes: Iterable[str], purview: PurviewSystem) -> set[str]:
    """The entity types without an asset that documents make, as they keep them out of Purview then."""
    names, known = QualifiedNames(purview.name_prefix), declared(estate.world)
    made = {code for code in codes if estate.is_wanted("cluedin.entity_type", code) and code not in known.catalogued}
    assets = {f"{purview.type_prefix}entity/{names.entity(code)}": code for code in sorted(made)}
    live = estate.live("purview.entity", assets) if assets else {}
    return {code for asset, code in assets.items() if asset not in live}


def _unsaid(export: Mapping[str, Any]) -> str:
    """What an export has that manifests cannot say, and without which it would be another; empty where nothing."""
    mode = export.get("export_mode")
    if mode is not None and mode not in _MODES:
        return f"manifests have no mode `{mode}` of streams"
    types = (str(one).partition(":")[0] for one in export.get("columns") or ())
    strange = next((one for one in types if one not in _COLUMNS), None)
    return f"manifests have no columns of the type `{strange}`" if strange is not None else ""


def conditions_of(condition: Mapping[str, Any]) -> tuple[str | None, list[dict[str, Any]] | None]:
    """The entity type that a condition asks for, and the rest in people's words; None where those do not say it."""
    if condition.get("condition") != "AND" or condition.get("field"):
        return None, None
    rules = list(condition.get("rules") or ())
    code = next((_code(rule) for rule in rules if _code(rule) is not None), None)
    others = [rule for rule in rules if code is None or _code(rule) != code]
    said = [where_of(rule) for rule in others]
    return code, None if None in said else [one for one in said if one is not None]


def where_of(rule: Mapping[str, Any]) -> dict[str, Any] | None:
    """One comparison in people's words; None where those do not say it."""
    operator = _WORDS.get(str(rule.get("operator")))
    name, of = str(rule.get("field") or ""), rule.get("objectTypeId")
    key = _KEY.fullmatch(name)
    if operator is None or rule.get("rules") or not name:
        return None
    if key is not None and of == VOCABULARY_KEY:
        about = {"key": key[1]}
    elif of == (ENTITY_TYPE if name == "EntityType" else PROPERTY):
        about = {"property": name}
    else:
        return None
    values = list(rule.get("value") or ())
    value = None if not values else values[0] if len(values) == 1 and operator != "in" else values
    return {**about, "operator": operator, **without_nothing(value=value)}


def _code(rule: Mapping[str, Any]) -> str | None:
    is_type = rule.get("objectTypeId") == ENTITY_TYPE and rule.get("operator") == EQUALS and not rule.get("rules")
    values = list(rule.get("value") or ())
    return str(values[0]) if is_type and len(values) == 1 and str(values[0]).startswith("/") else None


def _column(column: str) -> str | dict[str, str]:
    kind, _, key = column.partition(":")
    return key if kind == "vocabkey" else {"property": key}
