"""What CluedIn has on its way out: entity types, export targets, streams, and properties that streams can take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from reconciler.questions.base import Question
from reconciler.resources.cluedin import outbound, shared
from reconciler.resources.cluedin.target_options import as_meant
from reconciler.resources.spelling import look_alike
from reconciler.systems.cluedin import CluedIn


@dataclass(frozen=True, slots=True)
class LiveEntityType:
    """An entity type that is there."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class EntityTypes(Question):
    """Every entity type."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Admin: Entity Types": "Informed"}

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[LiveEntityType, ...]]]:
        """`management.entityTypeConfigurations` by pages (toolkit, [B])."""
        found = (LiveEntityType(str(row["type"]), str(row.get("displayName") or "").strip())
                 for row in shared.entity_types(cluedin) if row.get("type"))  # fmt: skip
        rows = tuple(sorted(found, key=lambda one: one.code))
        for one in questions:
            yield one, rows


@dataclass(frozen=True, slots=True)
class StreamProperties(Question):
    """The names of the properties, other than vocabulary keys, that a stream can take along."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Consume: Streams": "Informed"}

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[str, ...]]]:
        """`GET /streammapping/options` (official description with the form of its answer, [B]).

        Its entries are of two types that are numbered in an order nobody tells [U]: vocabulary keys are known by
        the dot between prefix and name, which no property has [C].
        """
        rows = cluedin.rest("GET", "/streammapping/options", effect="read") or ()
        names = tuple(sorted(str(row["key"]) for row in rows if row.get("key") and "." not in row["key"]))
        for one in questions:
            yield one, names


@dataclass(frozen=True, slots=True)
class LiveTarget:
    """An export target that is there."""

    id: str
    connector: str
    name: str
    config: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Its options without secrets, in the form in which those that mean the same are equal."""
    users: tuple[str, ...] = ()
    """The user names of those who may see what it brings, folded."""


@dataclass(frozen=True, slots=True)
class TargetNamed(Question):
    """The export targets of a connector and a name; names are not unique."""

    system = "cluedin"

    key: str
    """The key of `cluedin.export_target`: `connector/name`, each quoted."""

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[LiveTarget, ...]]]:
        """The list, and the details of those that are asked for (toolkit, [B])."""
        keys = {one.key for one in questions}
        rows = [row for row in outbound.targets(cluedin) if outbound.target_key(row) in keys]
        found = outbound.targets_of(cluedin, [row["id"] for row in rows])
        details = [detail or row for detail, row in zip(found, rows, strict=True)]
        for one in questions:
            yield one, tuple(_target(row) for row in details if outbound.target_key(row) == one.key)


@dataclass(frozen=True, slots=True)
class TargetsCalled(Question):
    """The export targets of a name or of one that looks like it, whatever their connector; without their options."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Consume: Export Targets": "Informed"}

    name: str

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[LiveTarget, ...]]]:
        """The list (toolkit, [B])."""
        rows = [LiveTarget(one.id, one.connector, one.name) for one in map(_target, outbound.targets(cluedin))]
        for one in questions:
            alike = look_alike(one.name)
            yield one, tuple(row for row in rows if look_alike(row.name) == alike)


@dataclass(frozen=True, slots=True)
class StreamNamed(Question):
    """The streams of a name with their states; names are not unique."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Consume: Streams": "Informed"}

    key: str
    """The key of `cluedin.stream`: the quoted name."""

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[str, ...]]]:
        """`consume.streams` by pages: the list shows the status (toolkit, [B]); rows are states in lower case."""
        rows = outbound.streams(cluedin)
        for one in questions:
            mine = (row for row in rows if outbound.named(row["name"]) == one.key)
            yield one, tuple(_state(str(row.get("status") or "New")) for row in mine)


def _target(row: dict[str, Any]) -> LiveTarget:
    given = row.get("helperConfiguration") or {}
    hidden = outbound.secret_names(row.get("connector"), given)
    config = {name: value for name, value in given.items() if name not in hidden}
    connector = row.get("connector") or {}
    names = (str(connector.get("name") or row.get("name") or ""), outbound.target_name(row))
    users = tuple(str(user.get("username") or "").casefold() for user in row.get("users") or ())
    return LiveTarget(str(row["id"]), names[0].strip(), names[1].strip(), as_meant(config), users)


def _state(status: str) -> str:
    word = status.casefold()
    return "started" if word == "streaming" else word
