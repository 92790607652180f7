"""What a rule does: its inner rules, each a condition and actions; the form to compare, and the form to send.

Members of inner rules and actions: recorded rules, [B]. Manifests hold `[{name, conditions, actions: [{type,
properties: {name: value}}]}]`, with the types of the server that is written to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from reconciler.resources.cluedin.conditions import Condition, faults, wire
from reconciler.resources.cluedin.processing_rules import type_of_action
from reconciler.resources.cluedin.shared import Row, advice, refuse
from reconciler.resources.rules import Rule
from reconciler.systems.secrecy import is_secret

HIDDEN = "(secret)"
"""What stands for a value that carries a secret, which somebody wrote into a rule: no manifest may hold one."""


class Steps(Rule):
    """The inner rules of a rule, compared by what they do; their order is the order in which they run.

    Ids, times, who made them and `isActive`, which stays false within a rule that is active [B], mean nothing.
    """

    def canonical(self, value: Any) -> Any:
        """Each with its name, its condition, and its actions by type and properties that have a value."""
        if isinstance(value, str):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                return value
        if not isinstance(value, list | tuple):
            return value
        return [_step(one) for one in value if isinstance(one, Mapping)]


def _step(one: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "name": str(one.get("name") or "").strip(),
        "conditions": Condition().canonical(one.get("conditions") or {}),
        "actions": [action_of(action) for action in one.get("actions") or ()],
    }
    return {name: value for name, value in found.items() if value}


def action_of(action: Mapping[str, Any]) -> dict[str, Any]:
    """An action by its type and the properties that have a value; what carries a secret is not told."""
    given = {name: _text(value) for name, value in values_of(action).items()}
    told = {name: HIDDEN if is_secret(name, value) else value for name, value in sorted(given.items()) if value}
    return {"type": type_of_action(action.get("type")), **({"properties": told} if told else {})}


def values_of(action: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an action by the names of its properties, in either form."""
    properties = action.get("properties") or {}
    if isinstance(properties, Mapping):
        return {str(name): value for name, value in properties.items()}
    return {str(one.get("name")): one.get("value") for one in properties if isinstance(one, Mapping)}


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def step_faults(given: Any) -> Iterator[str]:
    """What a server would refuse of inner rules: one sentence each."""
    for one in given or ():
        if one.get("conditions"):
            yield from faults(one["conditions"], root=False)
        if not str(one.get("name") or "").strip():
            yield "an inner rule needs a name"


# -- sending -----------------------------------------------------------------------------------------------


def wired(
    wanted: Sequence[Mapping[str, Any]], live: Sequence[Row], catalogue: Callable[[], Sequence[Row]]
) -> list[Row]:
    """Inner rules as a save takes them: those that are there keep their ids, and actions what else they carry.

    One is the live one of its name, else the one at its place that no other has the name of [C].
    """
    names = {str(one.get("name") or "").strip() for one in wanted}
    by_name = {str(one.get("name") or "").strip(): one for one in live}
    found = []
    for at, one in enumerate(wanted):
        name = str(one.get("name") or "").strip()
        there = live[at] if at < len(live) and str(live[at].get("name") or "").strip() not in names else {}
        base = by_name.get(name, there)
        sent = {**base, "name": name, "order": at + 1, "conditions": wire(one.get("conditions") or {})}
        found.append({"type": "ProcessingRule", **sent, "actions": list(_sent(one, base, catalogue))})
    return found


def _sent(one: Mapping[str, Any], base: Row, catalogue: Callable[[], Sequence[Row]]) -> Iterator[Row]:
    left = list(base.get("actions") or ())
    for action in one.get("actions") or ():
        type = type_of_action(action.get("type"))
        there = next((row for row in left if type_of_action(row.get("type")) == type), None)
        if there is not None:
            left.remove(there)
        form = there if there is not None else _known(type, catalogue())
        given = values_of(action)
        properties = [{**row, "value": given.get(str(row.get("name")))} for row in form.get("properties") or ()]
        kept = {name: form[name] for name in ("name", "supportsPreview", "type") if name in form}
        yield {**kept, "properties": properties}


def _known(type: str, catalogue: Sequence[Row]) -> Row:
    """The action of a type in the live catalogue, whose properties carry what we do not say ([B] members)."""
    found = next((row for row in catalogue if type_of_action(row.get("type")) == type), None)
    if found is None:
        names = [str(row.get("name")) for row in catalogue]
        raise refuse("action", f"CluedIn has no action of the type {type}", advice(type, names))
    return found
