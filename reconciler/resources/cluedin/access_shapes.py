"""How this server writes actions of access policies, learnt of one policy that a person made in its pages.

The official description has the types of actions and the names of their properties, and nothing of how members and
keys stand in the values [U]. So one policy is read that is known to have one user, one role, one key and one vocabulary
in each of its actions: where these four are found are the places for others. Nothing is guessed: what is not found
exactly so is not learnt, and what is not learnt is not written.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

Row = dict[str, Any]
Token = tuple[str, str]
"""A kind (`user`, `role`, `key`, `vocabulary`) and how it is spelled there (`id`, `name`, `prefix`)."""
MEMBERS, SCOPE = ("user", "role"), ("key", "vocabulary")
DOES = {"view": ("view",), "mask": ("mask",), "edit": ("addedit", "add", "edit")}
"""The actions by our words, and by the letters of the names that the server has for them ([B]: vendor's page)."""
_HOLE = re.compile("\0([a-z]+)\\.([a-z]+)\0")
_EDGE = r"[:/|=,;\s\[\](){}\"']"


@dataclass(frozen=True)
class Place:
    """Where things of one kind stand: a list in a property, and how one of them looks in it."""

    property: str
    path: tuple[str | int, ...]
    """The steps to the list in the value of the property."""
    element: Any
    """One of them, with holes for what it is called."""


@dataclass(frozen=True)
class Shape:
    """An action without anybody and without any key, and the places for them."""

    type: str
    base: Row
    places: Mapping[str, Place]
    in_text: frozenset[str]
    """Properties whose value is JSON in a text."""

    def write(self, things: Mapping[str, Sequence[Mapping[str, str]]]) -> Row:
        """The action with things by kind, each with its spellings."""
        made = copy.deepcopy(self.base)
        values = {one["name"]: one for one in made["properties"]}
        for kind, rows in things.items():
            place = self.places[kind]
            found = _at(values[place.property]["value"], place.path)
            found.extend(_filled(place.element, kind, row) for row in rows)
        for name in self.in_text:
            values[name]["value"] = orjson.dumps(values[name]["value"]).decode()
        return made

    def read(self, action: Mapping[str, Any]) -> list[tuple[tuple[str, str, str], ...]] | None:
        """What is in an action of this shape: for each thing what it may be, as (kind, spelling, text).

        None where the action has something that the shape has no place for.
        """
        if action.get("type") != self.type:
            return None
        values = _values(action, self.in_text)
        found: list[tuple[tuple[str, str, str], ...]] = []
        for property, path in dict.fromkeys((place.property, place.path) for place in self.places.values()):
            rows = _at(values.get(property), path)
            if not isinstance(rows, list):
                return None
            for row in rows:
                told = tuple(self._told(row, property, path))
                if not told:
                    return None
                found.append(told)
            rows.clear()
        return found if values == _values(self.base, frozenset()) else None

    def _told(self, row: Any, property: str, path: tuple[str | int, ...]) -> Iterator[tuple[str, str, str]]:
        for kind, place in self.places.items():
            if (place.property, place.path) == (property, path):
                spelled = _matched(place.element, row)
                if spelled:
                    how = "id" if "id" in spelled else min(spelled)
                    yield kind, how, spelled[how]

    def spellings(self, kind: str) -> frozenset[str]:
        """How a thing of a kind is spelled."""
        place = self.places.get(kind)
        return frozenset(how for _, how in _HOLE.findall(_text(place.element))) if place is not None else frozenset()


@dataclass(frozen=True)
class Shapes:
    """Every shape that was learnt, and why the others were not."""

    some: Mapping[str, Shape] = field(default_factory=dict)
    """By our word, the action about keys and vocabularies that are named."""
    every: Mapping[str, Shape] = field(default_factory=dict)
    """The same about all keys."""
    faults: tuple[str, ...] = ()
    """Sentences about what the policy lacks."""

    def spells(self, kind: str, how: str) -> bool:
        """Whether any action spells a kind in a way."""
        return any(how in shape.spellings(kind) for shape in (*self.some.values(), *self.every.values()))


def learn(template: Mapping[str, Any], catalogue: Iterable[Mapping[str, Any]], tokens: Mapping[Token, str]) -> Shapes:
    """The shapes that the rules of a policy show; `tokens` are the spellings of the four that stand in it."""
    some: dict[str, Shape] = {}
    every: dict[str, Shape] = {}
    faults: list[str] = []
    known = {str(one.get("type")): one for one in catalogue}
    for rule in template.get("rules") or ():
        for action in rule.get("actions") or ():
            entry = known.get(str(action.get("type")))
            does = _does(entry) if entry is not None else None
            if entry is None or does is None or _strange(action, entry):
                faults.append(
                    f"its rule {rule.get('name')!r} has an action that this CluedIn has not, or has otherwise"
                )
                continue
            shape = _shape(action, tokens)
            if all(kind in shape.places for kind in (*MEMBERS, *SCOPE)):
                some.setdefault(does, shape)
            elif all(kind in shape.places for kind in MEMBERS) and not any(kind in shape.places for kind in SCOPE):
                every.setdefault(does, shape)
            else:
                lacks = ", ".join(kind for kind in (*MEMBERS, *SCOPE) if kind not in shape.places)
                faults.append(f"its rule {rule.get('name')!r} does not show where one {lacks} stands")
    faults += [f"it has no rule that shows `{does}`" for does in DOES if does not in some]
    return Shapes(some, every, tuple(dict.fromkeys(faults)))


def _does(entry: Mapping[str, Any]) -> str | None:
    letters = "".join(letter for letter in str(entry.get("name")).casefold() if letter.isalpha())
    return next((does for does, names in DOES.items() if letters in names), None)


def _strange(action: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    """Whether an action has a property that the catalogue has not."""
    known = {one.get("name") for one in entry.get("properties") or ()}
    return any(one.get("name") not in known for one in action.get("properties") or ())


def _shape(action: Mapping[str, Any], tokens: Mapping[Token, str]) -> Shape:
    """The action with its four taken out, as far as each stands at exactly one place."""
    base = copy.deepcopy(dict(action))
    in_text: set[str] = set()
    found: dict[str, list[Place]] = {}
    for one in base.get("properties") or ():
        one["value"], was_text = _parsed(one.get("value"))
        if was_text:
            in_text.add(one["name"])
        for path, rows in _lists(one["value"]):
            for row in list(rows):
                element, kinds = _holed(row, tokens)
                if len(kinds) == 1:
                    found.setdefault(kinds.pop(), []).append(Place(one["name"], path, element))
                    rows.remove(row)
    places = {kind: rows[0] for kind, rows in found.items() if len(rows) == 1}
    return Shape(str(action.get("type")), base, places, frozenset(in_text))


def _parsed(value: Any) -> tuple[Any, bool]:
    """A value, taken out of its text where it is JSON in one."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return orjson.loads(value), True
        except orjson.JSONDecodeError:
            return value, False
    return value, False


def _lists(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], list[Any]]]:
    """Every list in a value with the steps to it, the inner ones first."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from _lists(item, (*path, step))
    if isinstance(value, list):
        yield path, value


def _at(value: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _holed(value: Any, tokens: Mapping[Token, str]) -> tuple[Any, set[str]]:
    """A value with holes where tokens stand, and their kinds."""
    if isinstance(value, str):
        for (kind, how), text in sorted(tokens.items(), key=lambda one: -len(one[1])):
            found = re.fullmatch(f"(?is)(|.*{_EDGE}){re.escape(text)}(|{_EDGE}.*)", value)
            if found:
                return f"{found[1]}\0{kind}.{how}\0{found[2]}", {kind}
        return value, set()
    kinds: set[str] = set()
    if isinstance(value, Mapping):
        made: Any = {}
        for name, item in value.items():
            made[name], more = _holed(item, tokens)
            kinds |= more
        return made, kinds
    if isinstance(value, list):
        rows = [_holed(item, tokens) for item in value]
        return [row for row, _ in rows], kinds.union(*(more for _, more in rows))
    return value, kinds


def _filled(element: Any, kind: str, spelled: Mapping[str, str]) -> Any:
    if isinstance(element, str):
        return _HOLE.sub(lambda hole: spelled[hole[2]], element)
    if isinstance(element, Mapping):
        return {name: _filled(item, kind, spelled) for name, item in element.items()}
    return [_filled(item, kind, spelled) for item in element] if isinstance(element, list) else element


def _matched(element: Any, value: Any) -> dict[str, str]:
    """What stands in the holes of an element, by spelling; nothing where the value is not of its form."""
    holes: dict[str, str] = {}
    return holes if _fits(element, value, holes) else {}


def _fits(element: Any, value: Any, holes: dict[str, str]) -> bool:
    if isinstance(element, str) and (hole := _HOLE.search(element)) is not None:
        before, after = element[: hole.start()], element[hole.end() :]
        if not isinstance(value, str) or len(value) <= len(before) + len(after):
            return False
        if not value.startswith(before) or not value.endswith(after):
            return False
        holes[hole[2]] = value[len(before) : len(value) - len(after)]
        return True
    if isinstance(element, Mapping):
        same = isinstance(value, Mapping) and element.keys() == value.keys()
        return same and all(_fits(item, value[name], holes) for name, item in element.items())
    if isinstance(element, list):
        same = isinstance(value, list) and len(element) == len(value)
        return same and all(_fits(one, other, holes) for one, other in zip(element, value, strict=True))
    return bool(element == value)


def _values(action: Mapping[str, Any], in_text: frozenset[str]) -> dict[str, Any]:
    """The values of an action by property, to be taken apart."""
    found = {}
    for one in action.get("properties") or ():
        value = one.get("value")
        found[str(one.get("name"))] = _parsed(value)[0] if one.get("name") in in_text else copy.deepcopy(value)
    return found


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(map(_text, value.values()))
    return " ".join(map(_text, value)) if isinstance(value, list) else str(value)
