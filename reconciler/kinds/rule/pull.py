"""Rules of what is live; their order stays with people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from reconciler.kinds.project.pulled_criteria import criteria_of
from reconciler.kinds.pulling import Estate, GivesWay, Pulled, Puller, without_nothing
from reconciler.kinds.rule.spec import SCOPES
from reconciler.questions.rules import LiveAction, RuleActions
from reconciler.resources.cluedin.rule_actions import HIDDEN
from reconciler.resources.keys import unquote
from reconciler.resources.objects import Live

_SCOPES = {theirs: ours for ours, theirs in SCOPES.items()}


class RulePuller(Puller):
    """A document a rule."""

    kind = "Rule"
    types = ("cluedin.rule", "cluedin.rule_state")
    gives_way: ClassVar[Mapping[str, GivesWay]] = {
        "cluedin.rule_state": GivesWay("active", "it does not say whether it runs"),
    }

    def pull(self, estate: Estate) -> Iterator[Pulled]:
        """What no manifest wants yet."""
        if not estate.has("cluedin") or estate.limits.words:
            return
        known = {one.type: one for one in estate.rows(RuleActions())}
        for key, live in estate.new("cluedin.rule").items():
            steps = live.fields.get("actions") or []
            if why := _unsaid(steps, known):
                estate.leave(why, f"cluedin.rule:{key}")
                continue
            scope, _, name = key.partition("/")
            estate.claim("cluedin.rule", key)
            spec = {
                "name": unquote(name),
                "scope": _SCOPES[scope],
                **without_nothing(where=criteria_of(live.fields.get("condition") or {})),
                "do": [_step(one, known) for one in steps],
                "active": _is_active(live),
            }
            yield Pulled(self.kind, unquote(name), spec, "rules", str(live.fields.get("description") or ""))


def _is_active(live: Live) -> bool:
    return bool((live.raw or {}).get("isActive"))


def _unsaid(steps: list[Mapping[str, Any]], known: Mapping[str, LiveAction]) -> str:
    """Why manifests cannot say what a rule does; empty where they can."""
    if not steps or not all(one.get("actions") for one in steps):
        return "a rule without actions, or with a part that has none"
    if not all(one.get("name") for one in steps):
        return "a rule with a part that has no name"
    actions = [action for one in steps for action in one["actions"]]
    if any(HIDDEN in (action.get("properties") or {}).values() for action in actions):
        return "a rule that carries a secret, which no manifest may hold"
    if any(action["type"] not in known for action in actions):
        return "a rule with an action that this CluedIn has no longer"
    return ""


def _step(one: Mapping[str, Any], known: Mapping[str, LiveAction]) -> dict[str, Any]:
    when = criteria_of(one.get("conditions") or {})
    actions = [_action(action, known[action["type"]]) for action in one["actions"]]
    return {"name": one["name"], **without_nothing(when=when), "actions": actions}


def _action(action: Mapping[str, Any], live: LiveAction) -> dict[str, Any]:
    """A short word where there is one that says all of it."""
    given = dict(action.get("properties") or {})
    kind = live.type.partition(",")[0].rpartition(".")[2]
    if kind == "AddTag" and given.keys() == {"Value"}:
        return {"add_tag": given["Value"]}
    if kind == "SetValue" and given.keys() == {"FieldName", "Value"}:
        return {"set_value": {"key": given["FieldName"], "value": given["Value"]}}
    if kind == "DeleteValue" and given.keys() == {"FieldName"}:
        return {"delete_value": given["FieldName"]}
    if kind == "ExpressionAction" and given.keys() == {"Expression"}:
        return {"power_fx": given["Expression"]}
    return {"use": live.name, **without_nothing(**{"with": given})}
