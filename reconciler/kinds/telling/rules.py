"""Words for rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds.telling import values
from reconciler.kinds.telling.conditions import in_words
from reconciler.kinds.telling.fields import Clause, Flag, Item, Prose, Rule, Word
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.names import Names
from reconciler.kinds.telling.things import Thing, Tie
from reconciler.kinds.telling.values import listed, name, quoted
from reconciler.resources.cluedin.rule_actions import values_of
from reconciler.resources.keys import steps_of, unquote

_SCOPES = {"DataPart": "parts of records", "Survivorship": "which value wins", "Entity": "golden records"}
_STAY = "what it gave to records stays until they are processed again"
MOST = 3
"""So many actions are said; the rest is counted."""


@dataclass(frozen=True)
class Deeds(Word):
    """What a rule does: `adds the tag HasMail; sets Status to ok`."""

    def tail(self, item: Item, names: Names) -> str:
        """What it does from now on."""
        return f" to: {self.say(item.get('after'), names)}"

    def say(self, value: Any, names: Names) -> str:
        """The actions of each step, with what it asks for besides."""
        steps = [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []
        told = [_step(one, names) for one in steps]
        if len(told) > MOST:
            told = [*told[:MOST], f"{len(told) - MOST:,} more"]
        return "; ".join(told) or "nothing"


def _step(one: Mapping[str, Any], names: Names) -> str:
    done = [_action(action, names) for action in one.get("actions") or () if isinstance(action, Mapping)]
    if len(done) > MOST:
        done = [*done[:MOST], f"{len(done) - MOST:,} more"]
    which = in_words(one.get("conditions") or {}, names)
    return listed(done) + ("" if which == "all records" else f" where {which}")


def _action(action: Mapping[str, Any], names: Names) -> str:
    given = {key.casefold(): value for key, value in values_of(action).items()}
    kind = str(action.get("type") or "").partition(",")[0].rpartition(".")[2]
    key, value = given.get("fieldname"), given.get("value")
    if kind in ("AddTag", "Add Tag"):
        return f"add the tag {quoted(value)}"
    if kind in ("SetValue", "Set Value") and key:
        return f"set {names.key(str(key))} to {quoted(value)}"
    if kind in ("DeleteValue", "Delete Value") and key:
        return f"take the value of {names.key(str(key))} away"
    if kind in ("ExpressionAction", "Expression"):
        return "carry out a formula"
    return name(kind)


class ARule(Thing):
    """What CluedIn does to records."""

    noun = "rule"
    retires = f"is switched off; {_STAY}"
    goes = f"is deleted; {_STAY}"
    fields = {
        "description": Prose("description"),
        "condition": Rule("selection of records"),
        "condition_and_records": Rule("selection of records"),
        "actions": Deeds("actions"),
        "actions_and_records": Deeds("actions"),
    }

    def made(self, one: Happening) -> str:
        """With what it does."""
        steps = next((one.after(path) for path in ("actions", "actions_and_records") if one.after(path)), None)
        does = f", to {Deeds('actions').say(steps, one.names)}" if steps else ""
        return f"{self.called(one.key, one.names)} is created{does}"


class Running(Tie):
    """Whether a rule runs."""

    noun = "state of"
    fields = {"active": Flag("whether it runs", "is switched on", f"is switched off; {_STAY}")}

    def called(self, key: str, names: Names) -> str:
        """`the rule Tag people`, of which it is the state."""
        return f"the rule {self.name(key, names)}"

    def made(self, one: Happening) -> str:
        """What it does from now on."""
        return f"{self.called(one.key, one.names)} {'is switched on' if one.after('active') else 'stays switched off'}"


@dataclass(frozen=True)
class Turn(Word):
    """One pair of rules of which the first runs before the second."""

    def clause(self, item: Item, names: Names) -> Clause:
        """Which runs after which."""
        first, between, second = (steps_of(item["path"]) or ("",))[-1].partition("/")
        if not between:
            return super().clause(item, names)
        one, two = (values.name(unquote(part)) for part in (first, second))
        verb = f"has {two} after {one}" if item.get("after") else f"may have {two} before {one}"
        return Clause(f"place of {two} after {one}", verb=verb, said=lambda value: "kept" if value else "not kept")


class Order(Thing):
    """The order of the rules of a scope."""

    noun = "order"
    fields = {"after": Turn("place of a rule"), "after_others": Turn("place of a rule")}

    def called(self, key: str, names: Names) -> str:  # noqa: ARG002
        """`the order of rules about golden records`."""
        return f"the order of rules about {_SCOPES.get(key, key)}"

    def made(self, one: Happening) -> str:
        """Which runs after which."""
        told = [verb for item in one.items if (verb := self.clause(item, one.names).verb)]
        return f"{self.called(one.key, one.names)} {listed(told) if told else 'is kept'}"


RULES: dict[str, Thing] = {
    "cluedin.rule": ARule(),
    "cluedin.rule_state": Running(),
    "cluedin.rule_order": Order(),
}
