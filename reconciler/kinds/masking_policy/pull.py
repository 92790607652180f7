"""Policies of access control of what is live; their order stays with people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from reconciler.kinds.project.pulled_criteria import criteria_of
from reconciler.kinds.pulling import Estate, GivesWay, Pulled, Puller, without_nothing
from reconciler.resources.cluedin.access_control import TEMPLATE
from reconciler.resources.keys import unquote
from reconciler.resources.objects import Live

_SCOPE = ("keys", "vocabularies", "all")


class MaskingPolicyPuller(Puller):
    """A document a policy."""

    kind = "MaskingPolicy"
    types = ("cluedin.policy", "cluedin.policy_state")
    gives_way: ClassVar[Mapping[str, GivesWay]] = {
        "cluedin.policy_state": GivesWay("active", "it does not say whether it counts"),
    }

    def pull(self, estate: Estate) -> Iterator[Pulled]:
        """What no manifest wants yet."""
        if not estate.has("cluedin") or estate.limits.words:
            return
        for key, live in estate.new("cluedin.policy").items():
            if unquote(key) == TEMPLATE:
                continue
            spec = _spec(estate, live)
            if isinstance(spec, str):
                estate.leave(spec, f"cluedin.policy:{key}")
                continue
            estate.claim("cluedin.policy", key)
            active = bool((live.raw or {}).get("isActive"))
            rows = without_nothing(rows=criteria_of(live.fields.get("condition") or {}))
            description = str(live.fields.get("description") or "")
            spec |= {**rows, "active": active}
            yield Pulled(self.kind, unquote(key), spec, "policies", description, exact=True)


def _spec(estate: Estate, live: Live) -> dict[str, Any] | str:
    """What a policy grants, as a document says it; or why none does."""
    rules = live.fields.get("rules") or []
    if not rules or any("other" in rule or rule.get("conditions") for rule in rules):
        return "a policy with a rule that nobody knows how to read, or none"
    of = {does: [rule for rule in rules if rule["does"] == does] for does in ("mask", "view", "edit")}
    if len(of["mask"]) == 1 and not of["edit"]:
        return _masking(estate, of["mask"][0], of["view"])
    if not of["mask"] and len(of["view"]) <= 1 and len(of["edit"]) <= 1:
        return _allowing(estate, [*of["view"], *of["edit"]])
    return "a policy with more rules than a manifest says"


def _masking(estate: Estate, mask: dict[str, Any], views: list[dict[str, Any]]) -> dict[str, Any] | str:
    spec: dict[str, Any] = {"effect": "allow_with_mask"}
    for view in views:
        if _scope(view) == _scope(mask) and "unless" not in spec:
            roles = [_role(estate, word) for word in view["members"]]
            if any(role is None for role in roles):
                return "a policy that excepts somebody else than roles of the environment"
            spec["unless"] = [{"role_in": roles}]
        elif view["members"] == mask["members"] and "also_view" not in spec and len(view.get("vocabularies", ())) < 2:
            scope = without_nothing(keys=view.get("keys"), vocabulary=next(iter(view.get("vocabularies", ())), None))
            if not scope:
                return "a policy with more rules than a manifest says"
            spec["also_view"] = scope
        else:
            return "a policy with more rules than a manifest says"
    return _about(estate, spec, mask)


def _allowing(estate: Estate, rules: list[dict[str, Any]]) -> dict[str, Any] | str:
    first = rules[0]
    if any(_scope(rule) != _scope(first) or rule["members"] != first["members"] for rule in rules):
        return "a policy with more rules than a manifest says"
    words = {"view": "read", "edit": "edit"}
    return _about(estate, {"effect": "allow", "actions": [words[rule["does"]] for rule in rules]}, first)


def _about(estate: Estate, spec: dict[str, Any], rule: dict[str, Any]) -> dict[str, Any] | str:
    members = [_member(estate, word) for word in rule["members"]]
    if any(member is None for member in members):
        return "a policy for somebody whom the environment does not name"
    keys, vocabularies = list(rule.get("keys") or ()), list(rule.get("vocabularies") or ())
    if rule.get("all"):
        about: dict[str, Any] = {"target": "all"}
    elif keys and not vocabularies:
        about = {"keys": list(keys)}
    elif len(vocabularies) == 1 and not keys:
        about = {"vocabulary": vocabularies[0]}
    else:
        return "a policy about keys and vocabularies at once"
    return {**about, **spec, "members": members}


def _scope(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {name: rule[name] for name in _SCOPE if rule.get(name)}


def _member(estate: Estate, word: str) -> Any:
    if word.startswith("role "):
        role = _role(estate, word)
        return {"role": role} if role is not None else None
    people = estate.world.environment.people
    alias = next((one for one, person in people.items() if (person.user or "").casefold() == word.casefold()), None)
    return alias or (word if "@" in word else None)


def _role(estate: Estate, word: str) -> str | None:
    cluedin = estate.world.environment.cluedin
    roles = cluedin.roles.items() if cluedin is not None else ()
    return next((alias for alias, role in roles if f"({role.id.lower()})" in word), None)
