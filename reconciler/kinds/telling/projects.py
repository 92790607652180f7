"""Words for clean projects and deduplication projects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reconciler.kinds.telling.fields import Clause, Flag, Item, Prose, Rule, Several, Word
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.names import Names
from reconciler.kinds.telling.providers import PROVIDERS
from reconciler.kinds.telling.things import Thing
from reconciler.kinds.telling.values import listed, name, quoted
from reconciler.resources.keys import steps_of, unquote


def mended(value: Any, names: Names) -> str:
    """A value that is mended: a vocabulary key, or a property of the record."""
    called = str(value.get("property") or "") if isinstance(value, dict) else ""
    if not called:
        return quoted(value)
    return names.key(called) if value.get("type") == "vocabulary" else name(called)


class Cleaning(Thing):
    """Where people mend values."""

    noun = "clean project"
    goes = "is deleted, with what people did in it"
    fields = {
        "description": Prose("description"),
        "fields": Several("value", mended),
        "condition": Rule("selection of records"),
        "include_data_parts": Flag("whether it loads parts of records", "loads parts of records",
                                   "no longer loads parts of records"),
        "archived": Flag("whether it is archived", "is archived", "is in use"),
    }  # fmt: skip

    def made(self, one: Happening) -> str:
        """With what is mended in it."""
        values = one.after("fields")
        about = f", for {Several('value', mended).say(values, one.names)}" if values else ""
        return f"{self.called(one.key, one.names)} is created{about}"


CLEANING: dict[str, Thing] = {
    "cluedin.clean_project": Cleaning(),
    "cluedin.owners": PROVIDERS["cluedin.owners"],
}


class Comparing(Thing):
    """Where records are compared."""

    noun = "deduplication project"
    goes = "is deleted, with what people did in it"
    fields = {
        "description": Prose("description"),
        "condition": Rule("selection of records"),
        "limit": Word("most records that are looked at"),
        "archived": Flag("whether it is archived", "is archived", "is in use"),
    }


def matched(value: Any, names: Names) -> str:
    """A value that is compared, and how."""
    if not isinstance(value, dict) or not (value.get("key") or value.get("property")):
        return quoted(value)
    called = names.key(str(value["key"])) if value.get("key") else name(str(value["property"]))
    return f"{called} by {name(str(value.get('by') or 'nothing'))}"


class Matching(Thing):
    """By what records are the same."""

    noun = "matching rule"
    fields = {
        "criteria": Several("criterion", matched, several="criteria"),
        "active": Flag("whether it is used", "is switched on", "is switched off"),
    }

    def called(self, key: str, names: Names) -> str:
        """`the matching rule Mail of Duplicate people`."""
        return f"the matching rule {self.name(key, names)} of {name(unquote(key.partition('/')[0]))}"


@dataclass(frozen=True)
class Turn(Word):
    """One pair of rules of which the first is tried before the second."""

    def clause(self, item: Item, names: Names) -> Clause:
        """Which is tried after which."""
        first, between, second = (steps_of(item["path"]) or ("",))[-1].partition("/")
        if not between:
            return super().clause(item, names)
        one, two = (name(unquote(part)) for part in (first, second))
        verb = f"has {two} after {one}" if item.get("after") else f"may have {two} before {one}"
        return Clause(f"place of {two} after {one}", verb=verb, said=lambda value: "kept" if value else "not kept")


class Turns(Thing):
    """The order of the rules of a project."""

    noun = "order"
    fields = {"after": Turn("place of a rule")}

    def called(self, key: str, names: Names) -> str:
        """`the order of the matching rules of Duplicate people`."""
        return f"the order of the matching rules of {self.name(key, names)}"

    def made(self, one: Happening) -> str:
        """Which is tried after which."""
        told = [verb for item in one.items if (verb := self.clause(item, one.names).verb)]
        return f"{self.called(one.key, one.names)} {listed(told) if told else 'is kept'}"


DUPLICATES: dict[str, Thing] = {
    "cluedin.dedup_project": Comparing(),
    "cluedin.dedup_rule": Matching(),
    "cluedin.dedup_order": Turns(),
    "cluedin.owners": PROVIDERS["cluedin.owners"],
}
