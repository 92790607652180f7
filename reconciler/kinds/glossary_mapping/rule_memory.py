"""What the ledger remembers of a rule: the names that things were given once, and which live objects are ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from reconciler.questions.given import Given, GivenNames
from reconciler.resources import folded
from reconciler.resources.keys import Address

VOCABULARY, KEY, ENTITY_TYPE = "cluedin.vocabulary", "cluedin.vocabulary_key", "cluedin.entity_type"
FILTER, TERM = "cluedin.glossary_term", "purview.term"
MEMORY = GivenNames((VOCABULARY, KEY, ENTITY_TYPE, FILTER, TERM))
"""The one question of every rule to the ledger."""


@dataclass(frozen=True)
class Memory:
    """The entries of the ledger as a document sees them: its own first, and those of documents that are gone."""

    rows: tuple[Given, ...]
    document: str
    """Its own name, `Kind/name`."""
    documents: frozenset[str]
    """Those of the project."""

    @cached_property
    def is_known(self) -> bool:
        """Whether the document has derived anything that is still in use."""
        return any(self.document in row.documents and row.derived_from and not row.retired for row in self.rows)

    @cached_property
    def _by_source(self) -> dict[tuple[str, str], Given]:
        found: dict[tuple[str, str], Given] = {}
        for row in sorted(self.rows, key=lambda one: self.document in one.documents):
            if row.derived_from and self._is_mine(row):
                found[Address.of(row.address).type, row.derived_from] = row
        return found

    @cached_property
    def _by_name(self) -> dict[str, Given]:
        return {folded(row.address): row for row in self.rows}

    def given(self, type: str, source: str) -> str | None:
        """The key that was given to what was made of a live object (`system.type:id`), if it was made before."""
        found = self._by_source.get((type, source))
        return Address.of(found.address).key if found is not None else None

    def source_of(self, type: str, key: str) -> str:
        """What the thing of a name was made of; empty where a rule did not make it, or nothing has the name."""
        found = self._by_name.get(folded(f"{type}:{key}"))
        return found.derived_from if found is not None else ""

    def ours(self, *types: str) -> frozenset[str]:
        """Live ids of what we look after ourselves; what is only referred to is not ours."""
        rows = (row for row in self.rows if row.id and row.how != "referred")
        return frozenset(row.id for row in rows if Address.of(row.address).type in types)

    def _is_mine(self, row: Given) -> bool:
        return self.document in row.documents or self.documents.isdisjoint(row.documents)


def memory_of(rows: Iterable[Given] | None, document: str, documents: Iterable[str]) -> Memory:
    """The memory of a document; nothing is remembered where no ledger was asked."""
    return Memory(tuple(rows or ()), document, frozenset(documents))
