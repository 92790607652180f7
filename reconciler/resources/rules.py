"""Field rules: what a resource type says about each of its fields, and the canonical forms that follow.

A rule stands on the field: `definition: Annotated[str, Definition(), Default("")]`. Canonical forms are what
the diff compares: two values that mean the same to the system have one canonical form. A change of canonical
output needs a new `canon` number on its type, so that ledgers know.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from reconciler.resources.keys import entries, path_of
from reconciler.resources.markup import html_prose
from reconciler.resources.objects import kept, shared
from reconciler.resources.prose import plain_text
from reconciler.resources.slate import rich_prose

Canonical = Callable[[Any], Any]
R = typing.TypeVar("R", bound="Rule")


class Rule:
    """The root of all field rules; a rule that changes the canonical form overrides `canonical`."""

    def canonical(self, value: Any) -> Any:
        """The canonical form of a value that is not empty."""
        return value


@dataclass(frozen=True)
class Immutable(Rule):
    """The system cannot change it; a change is refused with this way out, unless replaced.

    Where it `adds`, what is not there yet may come.
    """

    way_out: str = "use a new name, or replace the object with --replace ADDRESS"
    adds: bool = False

    def fixes(self, before: Any, after: Any) -> bool:
        """Whether a change from a live value to an author's is one that the system cannot make."""
        return not (self.adds and before is None)


@dataclass(frozen=True)
class CreateOnly(Rule):
    """Sent when the object is created and not managed afterwards."""


@dataclass(frozen=True)
class Secret(Rule):
    """Never shown, digested or kept; its `version` token stands for it."""


@dataclass(frozen=True)
class WriteOnly(Rule):
    """The system never gives it back, so it is compared with what was sent."""


@dataclass(frozen=True)
class Default(Rule):
    """What the system shows where nothing was set: it counts as empty when an object is adopted, and as nothing
    where nothing is wanted, as a system that is told to clear it shows it again."""

    value: Any


@dataclass(frozen=True)
class Filled(Rule):
    """The system may fill it by itself: a value that no manifest gave is no sign of people.

    `at_first` says that a new object has such a value until a second call of the create writes ours.
    """

    at_first: bool = False


@dataclass(frozen=True)
class Unordered(Rule):
    """A list whose order means nothing; `key` names the member that identifies an item."""

    key: str | None = None

    def canonical(self, value: Any) -> Any:
        """Items sorted, each once."""
        unique = {orjson.dumps(item, option=orjson.OPT_SORT_KEYS): item for item in value}
        return [unique[k] for k in sorted(unique)]


@dataclass(frozen=True)
class Members(Rule):
    """A set that others also write: each member is managed by itself, the others' are left alone.

    A set that only `grows` keeps what it has: no call of the system takes a member away, so one that the manifests let
    go of is nothing to act on.
    """

    grows: bool = False


@dataclass(frozen=True)
class Each(Rule):
    """A mapping whose entries are managed one by one, `depth` levels down."""

    depth: int = 1


@dataclass(frozen=True)
class Disruptive(Rule):
    """A change has effects beyond the field; the vendor's sentence is printed in the plan.

    `only` narrows it to changes from or to these canonical values; empty for all changes.
    """

    sentence: str
    only: frozenset[str] = frozenset()

    def disrupts(self, before: Any, after: Any) -> bool:
        """Whether a change between two canonical values has those effects."""
        return not self.only or before in self.only or after in self.only


_ANY = object()


@dataclass(frozen=True)
class Retires(Rule):
    """A value of it takes the object out of use: `value`, or any at all where none is named.

    So it is watched on everything that is wanted, mentioned or not: that people put something away is drift.
    `back` brings it back into use; where nobody can say what it was before, there is none, and it is told only.
    What is put away for good (`final`) can be removed and replaced as if nobody had changed it.
    """

    value: Any = _ANY
    back: Any = _ANY
    final: bool = False

    def retires(self, value: Any) -> bool:
        """Whether a canonical live value means that the object is out of use."""
        return value is not None if self.value is _ANY else value == self.value

    @property
    def repairs(self) -> bool:
        """Whether it is known what brings the object back into use."""
        return self.back is not _ANY


@dataclass(frozen=True)
class OneWay(Rule):
    """Once set, no call of the system brings it back to nothing; `why` says so in a sentence's end."""

    why: str


@dataclass(frozen=True)
class Verified(Rule):
    """Read and compared, never written."""


@dataclass(frozen=True)
class Alike(Rule):
    """The value of another field under a name of its own, as a change of it does more besides: one of the two is
    given, and what is known of the other one is known of it."""

    of: str


@dataclass(frozen=True)
class Declared(Rule):
    """Documented and compared for compatibility only."""


@dataclass(frozen=True)
class Fold(Rule):
    """Compared without regard to case."""

    def canonical(self, value: Any) -> Any:
        """Case folded."""
        return value.casefold() if isinstance(value, str) else value


@dataclass(frozen=True)
class EmptyIs(Rule):
    """Spellings that the system uses for nothing (`/None` of a data classification)."""

    spellings: frozenset[str] = field(default_factory=frozenset)

    def canonical(self, value: Any) -> Any:
        """None for each of the spellings."""
        return None if value in self.spellings else value


@dataclass(frozen=True)
class JsonText(Rule):
    """JSON kept in a string: compared parsed, arrays sorted; what does not parse stays text."""

    def canonical(self, value: Any) -> Any:
        """The text of the parsed value with keys and arrays in one order."""
        if isinstance(value, str):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                return value
        return orjson.dumps(sort_deep(value), option=orjson.OPT_SORT_KEYS).decode()


class Formatted(Rule):
    """Text that people may format: three forms of it answer three questions, see `prose`."""

    def forms(self, value: Any) -> Any:
        """The forms of a value in the system's form, or in the author's; what is no text stays as it is."""
        raise NotImplementedError

    def canonical(self, value: Any) -> Any:
        """Its forms, compared and digested as the canonical one; None when nothing is to be seen."""
        return self.forms(value) or None


@dataclass(frozen=True)
class RichText(Formatted):
    """CluedIn rich text: a Slate document in a JSON string."""

    def forms(self, value: Any) -> Any:
        """Those of the document, else of the text."""
        if isinstance(value, list):
            value = orjson.dumps(value).decode()
        return rich_prose(value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Definition(Formatted):
    """Purview text that the portal may keep as HTML."""

    def forms(self, value: Any) -> Any:
        """Those of the HTML, else of the text."""
        return html_prose(value) if isinstance(value, str) else value


def sort_deep(value: Any) -> Any:
    """A JSON value with every array sorted by its canonical text."""
    if isinstance(value, Mapping):
        return {key: sort_deep(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted(map(sort_deep, value), key=lambda item: orjson.dumps(item, option=orjson.OPT_SORT_KEYS))
    return value


def _boolean(value: Any) -> Any:
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    return value


def _integer(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value.strip()):
        return int(value)
    return value


def _entry(value: Any) -> Any:
    """Entries of a free mapping: systems give back booleans and numbers as text now and then."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return [_entry(item) for item in value]
    text = plain_text(value)
    return text.lower() if isinstance(text, str) and text.lower() in ("true", "false") else text


@lru_cache(maxsize=1024)
def _by_type(kind: Any) -> Canonical:
    options = [arg for arg in typing.get_args(kind) if arg is not type(None)]
    base = options[0] if len(options) == 1 and type(None) in typing.get_args(kind) else kind
    origin = typing.get_origin(base) or base
    if origin is bool:
        return _boolean
    if origin is int:
        return _integer
    if origin is list and typing.get_args(base) == (str,):
        return lambda value: [plain_text(item) for item in value]
    return plain_text


def canonical_of(kind: Any, rules: tuple[Rule, ...]) -> Canonical:
    """The function that brings values of a field to their canonical form; empty values become None."""
    if any(isinstance(rule, Members) for rule in rules):
        return lambda value: True if value else None
    shapers: list[Canonical] = [rule.canonical for rule in rules if type(rule).canonical is not Rule.canonical]
    each = any(isinstance(rule, Each) for rule in rules)
    steps: list[Canonical] = [_entry if each else _by_type(kind), *shapers]
    if any(isinstance(rule, JsonText | Formatted) for rule in rules):
        steps = shapers
    first, rest = steps[0], steps[1:]

    def canonical(value: Any) -> Any:
        if not value and _says_nothing(value):
            return None
        value = first(value)
        for step in rest:
            if value is None:
                return None
            value = step(value)
        return None if not value and _says_nothing(value) else value

    return canonical


def _says_nothing(value: Any) -> bool:
    """Whether it is one of the ways to say nothing; a zero, and a plain no, say something."""
    return value is None or value == "" or value == [] or value == {}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a resource type: its name, type, rules and canonical form."""

    name: str
    kind: Any
    rules: tuple[Rule, ...]
    canonical: Canonical
    hidden: bool = field(init=False, repr=False, compare=False, default=False)
    """Whether the system does not show what it holds."""
    compared: bool = field(init=False, repr=False, compare=False, default=True)
    """Whether the value in the system is compared with the one that is wanted."""
    spreads: bool = field(init=False, repr=False, compare=False, default=False)
    """Whether a value is several paths: one for each member or entry."""
    _by_class: dict[type, Any] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Files the rules under each of their classes: they are asked for field by field of every object."""
        for rule in reversed(self.rules):
            self._by_class.update(dict.fromkeys(type(rule).__mro__, rule))
        object.__setattr__(self, "hidden", self.has(Secret) or self.has(WriteOnly))
        object.__setattr__(self, "compared", not self.has(CreateOnly) and not self.has(Verified))
        object.__setattr__(self, "spreads", self.has(Members) or self.has(Each))

    def has(self, rule: type[Rule]) -> bool:
        """Whether the field carries a rule."""
        return rule in self._by_class

    def get(self, rule: type[R]) -> R | None:
        """The rule of this class on the field, if any."""
        return self._by_class.get(rule)


def fields_of(owner: type) -> dict[str, Field]:
    """The fields that a class declares by annotation, in order."""
    found: dict[str, Field] = {}
    for name, hint in typing.get_type_hints(owner, include_extras=True).items():
        if typing.get_origin(hint) is typing.ClassVar or name.startswith("_"):
            continue
        kind: Any = hint
        rules: tuple[Rule, ...] = ()
        if typing.get_origin(hint) is typing.Annotated:
            kind, *extras = typing.get_args(hint)
            made = (item() if isinstance(item, type) else item for item in extras)
            rules = tuple(item for item in made if isinstance(item, Rule))
        found[name] = Field(name, kind, rules, canonical_of(kind, rules))
    return found


def flattened(fields: Mapping[str, Field], values: Mapping[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
    """Values by path, and the names of the sets among them that are mentioned, also where nothing is in them."""
    flat: dict[str, Any] = {}
    members: set[str] = set()
    for name, value in values.items():
        rule = fields[name]
        if not rule.spreads:
            flat[name] = kept(value)
            continue
        flat.update(spread(rule, value))
        if rule.has(Members):
            members.add(name)
    return flat, shared(members)


def spread(rule: Field, value: Any) -> Iterable[tuple[str, Any]]:
    """The paths and values of a field that is managed member by member or entry by entry."""
    each = rule.get(Each)
    if each is None:
        return ((kept(path_of(rule.name, member)), True) for member in value or ())
    return ((kept(path), entry) for path, entry in entries(rule.name, value or {}, each.depth))


def alike_of(fields: Mapping[str, Field]) -> dict[str, str]:
    """Fields that hold the value of another one, both ways round (`Alike`)."""
    named = ((name, rule.of) for name, field in fields.items() if (rule := field.get(Alike)) is not None)
    return {one: two for pair in named for one, two in (pair, pair[::-1])}
