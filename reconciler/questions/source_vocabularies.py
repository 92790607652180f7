"""Vocabularies of CluedIn as the source of a rule: all of them, and which pass its filters, with their keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from reconciler.questions.base import Question
from reconciler.resources.cluedin import shared
from reconciler.resources.slate import rich_prose
from reconciler.systems.cluedin import CluedIn

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SourceKey:
    """A vocabulary key that is there."""

    id: str
    key: str
    """The full key."""
    name: str
    """The key without its prefix."""
    display_name: str
    description: str
    """As plain text."""
    passes: bool
    """Whether the rule takes it along."""


@dataclass(frozen=True, slots=True)
class SourceVocabulary:
    """A vocabulary that is there; its texts and keys only where it passes."""

    id: str
    name: str
    prefix: str
    entity_type: str
    """Code of the entity type that it is grouped under; empty when the list does not tell."""
    passes: bool
    description: str = ""
    """As plain text."""
    keys: tuple[SourceKey, ...] = ()


@dataclass(frozen=True, slots=True)
class VocabulariesSelected(Question):
    """Every vocabulary, with whether it passes the filters; of those that do, all keys with whether they do.

    `vocabulary` and `key_prefix` are regular expressions that match name and prefix as a whole, prefixes whatever
    their case. `core` and `provider` take along what came with CluedIn or a connector; `active` leaves out what is
    inactive, `visible_only` hidden keys, and `obsolete_keys` takes along those that are out of use.
    """

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Management: Data Catalog": "Informed"}

    vocabulary: str
    key_prefix: str | None
    entity_type: str | None
    core: bool
    provider: bool
    active: bool
    obsolete_keys: bool
    visible_only: bool

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[SourceVocabulary, ...]]]:
        """The list of vocabularies, and texts and keys of those that pass [B]."""
        listed = [row for row in shared.vocabularies(cluedin) if row.get("keyPrefix")]
        wanted = [str(row["vocabularyId"]) for row in listed if any(one.takes(row) for one in questions)]
        details = dict(zip(wanted, shared.vocabularies_of(cluedin, wanted), strict=True))
        keys: dict[str, list[Row]] = {}
        for key in shared.keys_of(cluedin, wanted) if wanted else ():
            keys.setdefault(str(key["vocabularyId"]), []).append(key)
        for one in questions:
            yield one, tuple(one.row(row, details, keys) for row in listed)

    def takes(self, row: Row) -> bool:
        """Whether a vocabulary of the list passes."""
        prefix = str(row["keyPrefix"])
        return (
            bool(re.fullmatch(self.vocabulary, str(row.get("vocabularyName") or "")))
            and (self.key_prefix is None or bool(re.fullmatch(self.key_prefix, prefix, re.IGNORECASE)))
            and (self.entity_type is None or str(row.get("grouping") or "").casefold() == self.entity_type.casefold())
            and (self.core or not row.get("isCluedInCore"))
            and (self.provider or not row.get("isProvider"))
            and (not self.active or bool(row.get("isActive")))
        )

    def takes_key(self, row: Row) -> bool:
        """Whether a key of a vocabulary that passes does so too."""
        return (self.obsolete_keys or not row.get("isObsolete")) and (
            not self.visible_only or row.get("isVisible") is not False
        )

    def row(self, row: Row, details: dict[str, Row | None], keys: dict[str, list[Row]]) -> SourceVocabulary:
        """A vocabulary as its list, its details and its keys tell."""
        id, passes = str(row["vocabularyId"]), self.takes(row)
        whole = details.get(id) or row
        return SourceVocabulary(
            id,
            str(row.get("vocabularyName") or "").strip(),
            str(row["keyPrefix"]),
            str(row.get("grouping") or ""),
            passes,
            _plain(whole.get("description")),
            tuple(self._key(key) for key in keys.get(id, ()) if key.get("key")) if passes else (),
        )

    def _key(self, row: Row) -> SourceKey:
        return SourceKey(
            str(row["vocabularyKeyId"]),
            str(row["key"]),
            str(row.get("name") or ""),
            str(row.get("displayName") or "").strip(),
            _plain(row.get("description")),
            self.takes_key(row),
        )


def _plain(text: Any) -> str:
    return rich_prose(str(text)).readable if text else ""
