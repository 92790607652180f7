"""What CluedIn has: vocabularies with their keys, and the connectors that are installed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from reconciler.questions.base import Question
from reconciler.resources.cluedin import outbound, shared
from reconciler.resources.cluedin.key_values import prefix_of
from reconciler.resources.cluedin.key_writes import data_classifications
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.secrecy import is_secret


@dataclass(frozen=True, slots=True)
class LiveKey:
    """A vocabulary key that is there."""

    key: str
    """The full key."""
    display_name: str
    data_type: str
    obsolete: bool = False
    maps_to: str = ""
    """Full key that takes its values; empty for none."""


@dataclass(frozen=True, slots=True)
class LiveVocabulary:
    """A vocabulary that is there, with its keys."""

    prefix: str
    name: str
    entity_type: str
    """Code of the entity type it is grouped under; empty when the list does not tell."""
    keys: tuple[LiveKey, ...] = ()


@dataclass(frozen=True, slots=True)
class VocabularyAt(Question):
    """The vocabulary of a key prefix (case means nothing): one row, or none."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Management: Data Catalog": "Informed"}

    prefix: str

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[LiveVocabulary, ...]]]:
        """The lists of vocabularies and keys (toolkit, [B])."""
        rows = _by_prefix(cluedin)
        wanted = {one: rows[one.prefix.casefold()] for one in questions if one.prefix.casefold() in rows}
        keys = shared.keys_of(cluedin, {str(row["vocabularyId"]) for row in wanted.values()}) if wanted else []
        full = _names(keys)
        for one in questions:
            row = wanted.get(one)
            mine = [key for key in keys if row is not None and key["vocabularyId"] == row["vocabularyId"]]
            yield one, (_vocabulary(row, mine, full),) if row is not None else ()


@dataclass(frozen=True, slots=True)
class KeyAt(Question):
    """A vocabulary key by its full name: one row, or none. Prefixes have dots: the longest known one counts [B]."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Management: Data Catalog": "Informed"}

    key: str

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[LiveKey, ...]]]:
        """The lists of vocabularies and keys (toolkit, [B])."""
        rows = _by_prefix(cluedin)
        prefixes = {prefix for one in questions if (prefix := prefix_of(one.key, rows)) is not None}
        keys = shared.keys_of(cluedin, {str(rows[prefix]["vocabularyId"]) for prefix in prefixes}) if prefixes else []
        full = _names(keys)
        found = {str(row["key"]): _key(row, full) for row in keys if row.get("key")}
        for one in questions:
            yield one, (found[one.key],) if one.key in found else ()


@dataclass(frozen=True, slots=True)
class KeyTypeOf(Question):
    """The data type of a key that a manifest declares without one: one row, or none while the key is not there."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Management: Data Catalog": "Informed"}

    key: str

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[str, ...]]]:
        """As for `KeyAt`, whose lists are read once."""
        answers = dict(KeyAt.ask(cluedin, [KeyAt(one.key) for one in questions]))
        for one in questions:
            yield one, tuple(row.data_type for row in answers[KeyAt(one.key)])


@dataclass(frozen=True, slots=True)
class Dependency:
    """A field of a form that another one depends on, so that it is hidden where that is otherwise.

    Operators and what is done are words of the server's code [B]; how JSON spells them is [C], and a word that is not
    known hides nothing.
    """

    name: str
    operator: str
    value: str = ""

    def holds(self, given: Mapping[str, Any]) -> bool:
        """Whether the other field is as it must be."""
        value = given.get(self.name)
        same = str(value if value is not None else "").casefold() == self.value.casefold()
        is_there = value not in (None, "", False)
        known = {"exists": is_there, "notexists": not is_there, "equals": same, "notequals": not same}
        return known.get(self.operator, True)


@dataclass(frozen=True, slots=True)
class Option:
    """A field of a connector's form."""

    name: str
    type: str
    """`input`, `password`, `checkbox`, `option` and the like: the server's word ([B] the member, [C] the words)."""
    required: bool = False
    choices: tuple[str, ...] = ()
    depends: tuple[Dependency, ...] = ()
    """What other fields must be for the form to show it."""

    def is_shown(self, given: Mapping[str, Any]) -> bool:
        """Whether the form shows it beside what is given."""
        return all(one.holds(given) for one in self.depends)

    @property
    def is_secret(self) -> bool:
        """Whether its control or its name says that it holds a secret."""
        return is_secret(self.name, control=self.type)


@dataclass(frozen=True, slots=True)
class Connector:
    """A connector that is installed."""

    id: str
    """The provider id."""
    name: str
    modes: tuple[str, ...] = ()
    """Stream modes; a connector without any takes no streams."""
    options: tuple[Option, ...] = ()

    def option(self, name: str) -> Option | None:
        """The field of a name, as the server spells it."""
        return next((one for one in self.options if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Connectors(Question):
    """Every connector that is installed."""

    system = "cluedin"

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[Connector, ...]]]:
        """`inbound.connectors` (toolkit, [B])."""
        rows = tuple(_connector(row) for row in outbound.catalogue(cluedin))
        for one in questions:
            yield one, rows


@dataclass(frozen=True, slots=True)
class Users(Question):
    """The names by which users are known: e-mail addresses and user names, folded."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Admin: Users": "Consulted"}

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[str, ...]]]:
        """`administration.users` (toolkit, [B])."""
        rows = tuple(sorted(cluedin.users()))
        for one in questions:
            yield one, rows


@dataclass(frozen=True, slots=True)
class DataClassifications(Question):
    """The codes of data classifications that a key may have."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Management: Data Catalog": "Informed"}

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[str, ...]]]:
        """The server's own list (OpenAPI document, [B]; content [U])."""
        rows = tuple(sorted(data_classifications(cluedin)))
        for one in questions:
            yield one, rows


def _by_prefix(cluedin: CluedIn) -> dict[str, dict[str, Any]]:
    """Vocabularies by key prefix, case folded."""
    return {str(row["keyPrefix"]).casefold(): row for row in shared.vocabularies(cluedin) if row.get("keyPrefix")}


def _names(keys: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Full keys by id."""
    return {row["vocabularyKeyId"]: str(row.get("key") or "") for row in keys}


def _vocabulary(row: dict[str, Any], keys: list[dict[str, Any]], full: dict[str, str]) -> LiveVocabulary:
    return LiveVocabulary(
        str(row["keyPrefix"]),
        str(row["vocabularyName"]),
        str(row.get("grouping") or ""),
        tuple(sorted((_key(key, full) for key in keys if key.get("key")), key=lambda key: key.key)),
    )


def _key(row: dict[str, Any], full: dict[str, str]) -> LiveKey:
    target = row.get("mapsToOtherKeyId")
    return LiveKey(
        str(row["key"]),
        str(row.get("displayName") or ""),
        str(row.get("dataType") or ""),
        bool(row.get("isObsolete")),
        full.get(str(target), "") if target else "",
    )


def _connector(row: dict[str, Any]) -> Connector:
    return Connector(
        str(row["id"]),
        str(row.get("name") or "").strip(),
        tuple(map(str, row.get("streamModes") or ())),
        tuple(_option(field) for field in outbound.inputs(row) if field.get("name")),
    )


def _option(field: dict[str, Any]) -> Option:
    choices = field.get("options") or ()
    values = (one.get("value", one.get("name")) if isinstance(one, dict) else one for one in choices)
    return Option(
        str(field["name"]),
        str(field.get("type") or ""),
        bool(field.get("isRequired") or field.get("required")),
        tuple(str(value) for value in values if value is not None),
        tuple(_dependencies(field)),
    )


def _dependencies(field: dict[str, Any]) -> Iterator[Dependency]:
    for one in field.get("displayDependencies") or ():
        if isinstance(one, dict) and str(one.get("unfulfilledAction") or "").casefold() == "hidden":
            word = str(one.get("operator") or "").casefold()
            yield Dependency(str(one.get("name") or ""), word, str(one.get("value") or ""))
