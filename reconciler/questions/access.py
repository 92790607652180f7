"""Policies of access control: those that are there, how one is written, and the keys and settings around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from reconciler.questions.base import Question
from reconciler.resources.cluedin import access_control, organization, shared
from reconciler.resources.cluedin.conditions import Condition
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler.systems.refusals import Refused

_CLAIMS = {
    "Management: Access Control": "Informed",
    "Admin: Users": "Consulted",
    "Management: Data Catalog": "Informed",
}


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the policy that people made shows of how others are written."""

    some: frozenset[str]
    """The actions of which it is known how they are written about keys and vocabularies."""
    every: frozenset[str]
    """The same about all keys."""
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HowPolicies(Question):
    """How policies are written on this server: one row."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = _CLAIMS

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[Learnt, ...]]]:
        """The policy `reconciler-template` and the catalogue of actions [A]."""
        known = access_control.shapes(cluedin)
        row = Learnt(frozenset(known.some), frozenset(known.every), known.faults)
        for one in questions:
            yield one, (row,)


@dataclass(frozen=True, slots=True)
class LiveGrant:
    """One rule of a policy, as far as it is understood."""

    does: str
    members: frozenset[str]
    keys: frozenset[str]
    vocabularies: frozenset[str]
    is_all: bool

    def covers(self, key: str) -> bool:
        """Whether it is about a full key."""
        below = any(key.casefold().startswith(f"{prefix.casefold()}.") for prefix in self.vocabularies)
        return self.is_all or key in self.keys or below

    @property
    def scope(self) -> frozenset[str]:
        """Everything that it is about, each a word."""
        return self.keys | {f"{prefix}.*" for prefix in self.vocabularies} | ({"*"} if self.is_all else set())


@dataclass(frozen=True)
class LivePolicy:
    """A policy that is there."""

    name: str
    id: str
    active: bool
    condition: Any
    """Its canonical condition; None for all records."""
    grants: tuple[LiveGrant, ...]


@dataclass(frozen=True, slots=True)
class Policies(Question):
    """Every policy but the one that others are learnt of."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = _CLAIMS

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[LivePolicy, ...]]]:
        """The order, and each of them [A]."""
        ids = [str(row["id"]) for row in access_control.policies(cluedin)]
        found = access_control.policies_by_id(cluedin, ids)
        rows = tuple(_policy(cluedin, row) for row in found if row is not None and not _is_template(row))
        for one in questions:
            yield one, rows


@dataclass(frozen=True, slots=True)
class KeysNamed(Question):
    """Full keys of vocabularies of an entity type (a code or a display name) whose own name is so."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Management: Data Catalog": "Informed", "Admin: Entity Types": "Informed"}

    entity: str
    name: str

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[str, ...]]]:
        """The lists of entity types, vocabularies and keys (toolkit, [B])."""
        types, vocabularies = shared.entity_types(cluedin), shared.vocabularies(cluedin)
        for one in questions:
            codes = {str(row["type"]) for row in types if one.entity in (row["type"], row["displayName"])}
            rows = [row for row in vocabularies if str(row.get("grouping")) in codes]
            keys = shared.keys_of(cluedin, [str(row["vocabularyId"]) for row in rows]) if rows else []
            ids = {str(row["vocabularyId"]): str(row["keyPrefix"]) for row in rows}
            full = (f"{ids[str(key['vocabularyId'])]}.{one.name}" for key in keys if str(key["vocabularyId"]) in ids)
            there = {str(key["key"]) for key in keys}
            yield one, tuple(sorted({key for key in full if key in there}))


@dataclass(frozen=True, slots=True)
class Switch:
    """A setting that is on or off, known by its title."""

    key: str
    on: bool


@dataclass(frozen=True, slots=True)
class SwitchTitled(Question):
    """Settings whose display name and group have all of some words: their keys are public nowhere [U].

    None where there is no such one, or settings are not shown to the account: nobody needs that claim for a policy.
    """

    system = "cluedin"

    words: tuple[str, ...]

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[Switch, ...]]]:
        """The organisation's settings [B]."""
        try:
            rows = [one for one in organization.settings(cluedin).values() if one.value in ("true", "false")]
        except (GraphQLRefused, Refused):
            rows = []
        for question in questions:
            found = [
                one for one in rows if all(re.search(rf"\b{word}", one.title.casefold()) for word in question.words)
            ]
            yield question, tuple(Switch(one.key, one.value == "true") for one in found)


@dataclass(frozen=True, slots=True)
class NeededSwitch(SwitchTitled):
    """The same where something must not be done while it is on: then the claim is needed."""

    claims: ClassVar[Mapping[str, str]] = {"Admin: Tenant Management": "Informed"}


def _is_template(row: Mapping[str, Any]) -> bool:
    return str(row.get("name")).strip() == access_control.TEMPLATE


def _policy(cluedin: CluedIn, row: Mapping[str, Any]) -> LivePolicy:
    told = (access_control.in_words(cluedin, rule) for rule in row.get("rules") or ())
    grants = tuple(
        LiveGrant(
            words["does"],
            frozenset(words["members"]),
            frozenset(words.get("keys", ())),
            frozenset(words.get("vocabularies", ())),
            bool(words.get("all")),
        )
        for words in told
        if words is not None
    )
    condition = Condition().canonical(row.get("condition") or {})
    return LivePolicy(str(row["name"]), str(row["id"]), bool(row.get("isActive")), condition, grants)
