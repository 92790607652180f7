"""Words for fields: what a change of one is called, and how its values are said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds.telling import conditions, values
from reconciler.kinds.telling.names import Names
from reconciler.kinds.telling.values import is_text, listed, name, quoted
from reconciler.resources.keys import steps_of

Item = Mapping[str, Any]
"""One path of a change: `path`, `before`, `after`."""


_WHETHER = "whether it"
GONE = " is taken away"
"""How a noun ends that has no value any more; no sentence says of it that it changes."""


@dataclass(frozen=True, slots=True)
class Clause:
    """What changes of a thing: its `noun` changes, or it does what `verb` says."""

    noun: str = ""
    tail: str = ""
    """How the noun changes, as ` from “Draft” to “Approved”`."""
    verb: str = ""
    """`gets the column Email`, `is switched on`; empty where a noun changes."""
    said: Callable[[Any], str] = quoted
    """How a value of it is said where both sides are shown."""

    @property
    def named(self) -> str:
        """What differs, before what each side says: `status `, `whether it is active: `."""
        return f"{self.noun}{':' if self.noun.startswith('whether ') else ''} " if self.noun else ""

    @property
    def change(self) -> str:
        """`changes from “Draft” to “Approved”`, `is taken away`: what the noun does."""
        return self.tail.lstrip() if self.tail == GONE else f"changes{self.tail}"

    def subject(self, of: str) -> str:
        """What differs of a thing, where both sides are shown: `the status of Email`, `whether Email is active`."""
        if self.noun.startswith(_WHETHER):
            return f"whether {of}{self.noun.removeprefix(_WHETHER)}"
        return f"the {self.noun} of {of}"


@dataclass(frozen=True)
class Word:
    """A field whose values are said: `the status changes from “Draft” to “Approved”`."""

    noun: str

    def clause(self, item: Item, names: Names) -> Clause:
        """The change of one path."""
        noun = self.noun_of(item, names)
        return Clause(noun, self.tail(item, names), said=lambda value: self.say(value, names))

    def noun_of(self, item: Item, names: Names) -> str:  # noqa: ARG002
        """What the path is called."""
        return self.noun

    def tail(self, item: Item, names: Names) -> str:
        """How it changes, where that is short enough to be said."""
        before, after = item.get("before"), item.get("after")
        if after in (None, "", [], {}):
            return GONE
        new = self.say(after, names)
        if before in (None, "", [], {}):
            return f" to {new}"
        old = self.say(before, names)
        if old == new and is_text(before) and is_text(after):
            old, new = (f"“{values.ending(text)}”" for text in (before, after))
        return f" from {old} to {new}"

    def say(self, value: Any, names: Names) -> str:  # noqa: ARG002
        """A value in words."""
        return quoted(value)


@dataclass(frozen=True)
class Prose(Word):
    """A longer text: what it becomes is said where that is short; both values only where two sides are compared."""

    def tail(self, item: Item, names: Names) -> str:  # noqa: ARG002
        """What it says from now on, of a short one; whether it goes."""
        after = item.get("after")
        if after in (None, ""):
            return GONE
        return f" to {quoted(after)}" if is_text(after) and len(after) <= values.LONGEST and "\n" not in after else ""


@dataclass(frozen=True)
class Coded(Word):
    """A field whose values are words of a program, some of which people have other words for."""

    words: Mapping[str, str]

    def say(self, value: Any, names: Names) -> str:
        """The word that people have, else the value."""
        return self.words.get(value, "") if value in self.words else super().say(value, names)


@dataclass(frozen=True)
class Opaque(Word):
    """A nested value that means nothing in a sentence."""

    def tail(self, item: Item, names: Names) -> str:  # noqa: ARG002
        """Nothing."""
        return ""

    def say(self, value: Any, names: Names) -> str:  # noqa: ARG002
        """Whether there is one."""
        return "none" if value in (None, "", [], {}) else "as it is there"


@dataclass(frozen=True)
class Flag(Word):
    """A field that is true or false: `noun` is the question, the verbs are the answers."""

    on: str = ""
    off: str = ""

    def clause(self, item: Item, names: Names) -> Clause:
        """What the thing does."""
        if not self.on:
            return super().clause(item, names)
        return Clause(self.noun, verb=self.on if item.get("after") else self.off, said=lambda v: quoted(bool(v)))


@dataclass(frozen=True)
class Person(Word):
    """A member of a set of people: `gets ada as a steward`."""

    def clause(self, item: Item, names: Names) -> Clause:
        """Who comes or goes."""
        who = names.person(_member(item))
        role = f"{who} as {self.noun}"
        verb = f"gets {role}" if item.get("after") else f"no longer has {role}"
        return Clause(f"{self.noun.partition(' ')[2]} {who}", verb=verb, said=_presence)


@dataclass(frozen=True)
class Entry(Word):
    """A member of a set of things: `gets the field email`."""

    def clause(self, item: Item, names: Names) -> Clause:  # noqa: ARG002
        """What comes or goes."""
        what = f"{self.noun} {name(_member(item))}"
        return Clause(what, verb=f"{'gets' if item.get('after') else 'loses'} the {what}", said=_presence)


@dataclass(frozen=True)
class Option(Word):
    """An entry of a mapping, of which each may have a word of its own."""

    entries: tuple[tuple[str, Word], ...] = ()

    def clause(self, item: Item, names: Names) -> Clause:
        """The word of the entry, else the field's with the names of the steps."""
        steps = steps_of(item["path"])
        known = dict(self.entries).get(steps[-1]) if steps else None
        return known.clause(item, names) if known is not None else super().clause(item, names)

    def noun_of(self, item: Item, names: Names) -> str:  # noqa: ARG002
        """`option RootFolder`."""
        steps = steps_of(item["path"])
        return f"{self.noun} {name(' / '.join(steps))}" if steps else self.noun


@dataclass(frozen=True)
class Secret(Word):
    """A secret: that it is sent, never what it is."""

    def clause(self, item: Item, names: Names) -> Clause:  # noqa: ARG002
        """That it gets a new value."""
        steps = steps_of(item["path"])
        what = f"{self.noun} {name(steps[-1])}" if steps else self.noun
        verb = f"gets a new value of the {what}" if item.get("after") else f"loses the {what}"
        return Clause(what, verb=verb, said=lambda value: "a value" if value else "none")


@dataclass(frozen=True)
class KeyWord(Word):
    """A vocabulary key, by its name."""

    def say(self, value: Any, names: Names) -> str:
        """The name of the key."""
        return names.key(value) if is_text(value) and value else quoted(value)


@dataclass(frozen=True)
class Rule(Word):
    """A condition over records."""

    def tail(self, item: Item, names: Names) -> str:
        """What it selects from now on."""
        return f" to: {self.say(item.get('after'), names)}"

    def say(self, value: Any, names: Names) -> str:
        """The condition in words."""
        return conditions.in_words(value, names)


@dataclass(frozen=True)
class Several(Word):
    """A list owned whole, of things with names: what comes and what goes of it."""

    one: Callable[[Any, Names], str] = lambda value, _: quoted(value)
    several: str = ""
    """The noun of more than one, where it is not the noun with an s."""

    def clause(self, item: Item, names: Names) -> Clause:
        """What comes and what goes."""
        old, new = _members(item.get("before")), _members(item.get("after"))
        come = [self.one(one, names) for one in new if one not in old]
        gone = [self.one(one, names) for one in old if one not in new]
        told = [f"gets the {self._counted(come)}"] if come else []
        told += [f"loses the {self._counted(gone)}"] if gone else []
        verb = " and ".join(told)
        return Clause(
            self.several or f"{self.noun}s", "" if verb else " in their order", verb, said=lambda v: self.say(v, names)
        )

    def say(self, value: Any, names: Names) -> str:
        """The members."""
        return listed(self.one(one, names) for one in _members(value))

    def _counted(self, told: list[str]) -> str:
        return f"{self.noun if len(told) == 1 else self.several or self.noun + 's'} {listed(told)}"


def _members(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _member(item: Item) -> str:
    steps = steps_of(item["path"])
    return steps[-1] if steps else str(item.get("after") or item.get("before") or "")


def _presence(value: Any) -> str:
    return "there" if value else "not there"


def plain(path: str) -> Word:
    """The word of a field that nobody has words for: its own name."""
    steps = " / ".join(steps_of(path))
    own = values.name(path.partition("[")[0].replace("_", " "))
    return Opaque(f"{own} {values.name(steps)}".rstrip())
