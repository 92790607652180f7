"""Words for policies of access control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds.telling.fields import Flag, Item, Prose, Rule, Word
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.names import Names
from reconciler.kinds.telling.rules import Turn
from reconciler.kinds.telling.things import Thing, Tie
from reconciler.kinds.telling.values import listed, name
from reconciler.resources.cluedin.owners import role_of

_NOTHING = "who saw records by it alone sees nothing"
MOST = 3
"""So many members or keys are said; the rest is counted."""
_DOES = {"mask": "see {what} masked", "view": "see {what}", "edit": "see and edit {what}"}


@dataclass(frozen=True)
class Grant(Word):
    """What a policy gives, and to whom: `Sales see Email masked`."""

    def tail(self, item: Item, names: Names) -> str:
        """What it gives from now on."""
        return f": {self.say(item.get('after'), names)}"

    def say(self, value: Any, names: Names) -> str:
        """Each rule."""
        rules = [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []
        return "; ".join(_rule(one, names) for one in rules) or "nobody gets anything"


def _rule(one: Mapping[str, Any], names: Names) -> str:
    who = _some([_member(str(word), names) for word in one.get("members") or ()]) or "nobody"
    keys = [names.key(str(key)) for key in one.get("keys") or ()]
    keys += [f"everything of {name(str(prefix))}" for prefix in one.get("vocabularies") or ()]
    what = "everything" if one.get("all") else _some(keys) or "nothing"
    return f"{who} {_DOES.get(str(one.get('does')), 'get something else of {what}').format(what=what)}"


def _member(word: str, names: Names) -> str:
    if not word.startswith("role "):
        return names.person(word)
    called, _ = role_of(word)
    return f"the role {name(called)}" if called else "a role"


def _some(words: list[str]) -> str:
    more = [f"{len(words) - MOST:,} more"] if len(words) > MOST else []
    return listed([*words[:MOST], *more]) if words else ""


class APolicy(Thing):
    """Who may see what of records."""

    noun = "policy"
    retires = f"is switched off; {_NOTHING}"
    goes = f"is deleted; {_NOTHING}"
    fields = {
        "description": Prose("description"),
        "condition": Rule("selection of records"),
        "rules": Grant("rules"),
    }

    def made(self, one: Happening) -> str:
        """With what it gives."""
        given = one.after("rules")
        gives = f", by which {Grant('rules').say(given, one.names)}" if given else ""
        return f"{self.called(one.key, one.names)} is created{gives}"


class Counting(Tie):
    """Whether a policy counts."""

    noun = "state of"
    fields = {"active": Flag("whether it counts", "is switched on", f"is switched off; {_NOTHING}")}

    def called(self, key: str, names: Names) -> str:
        """`the policy mask_email`, of which it is the state."""
        return f"the policy {self.name(key, names)}"

    def made(self, one: Happening) -> str:
        """What it does from now on."""
        return f"{self.called(one.key, one.names)} {'is switched on' if one.after('active') else 'stays switched off'}"


class Order(Thing):
    """The order of policies."""

    noun = "order"
    fields = {"after": Turn("place of a policy"), "after_others": Turn("place of a policy")}

    def called(self, key: str, names: Names) -> str:  # noqa: ARG002
        """`the order of policies`."""
        return "the order of policies"

    def made(self, one: Happening) -> str:
        """Which comes after which."""
        told = [verb for item in one.items if (verb := self.clause(item, one.names).verb)]
        return f"{self.called(one.key, one.names)} {listed(told) if told else 'is kept'}"


POLICIES: dict[str, Thing] = {
    "cluedin.policy": APolicy(),
    "cluedin.policy_state": Counting(),
    "cluedin.policy_order": Order(),
}
