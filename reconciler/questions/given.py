"""What the ledger knows: which live objects are ours, and what rules made of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from reconciler.ledger import Ledger
from reconciler.ledger.ledger import Entry, How
from reconciler.questions.base import LEDGER, Question
from reconciler.resources.keys import Address


@dataclass(frozen=True, slots=True)
class Given:
    """An entry of the ledger: the name that something was given, and what it was made of."""

    address: str
    id: str
    """Its live id; empty while that is not known."""
    how: How
    documents: tuple[str, ...]
    """The documents (`Kind/name`) that want it."""
    derived_from: str = ""
    """`system.type:id` of what a rule made it of; empty for what a manifest spells out."""
    retired: bool = False
    """Whether we took it out of use."""


@dataclass(frozen=True, slots=True)
class GivenNames(Question):
    """Every entry of some types (`system.type`): nothing is read of a live system for it."""

    system = LEDGER

    types: tuple[str, ...]

    @classmethod
    def ask(cls, ledger: Ledger, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[Given, ...]]]:
        """The entries by type, in the order of their addresses."""
        by_type: dict[str, list[Given]] = {}
        for address in sorted(ledger.entries):
            by_type.setdefault(Address.of(address).type, []).append(_given(ledger.entries[address]))
        for one in questions:
            yield one, tuple(given for type in one.types for given in by_type.get(type, ()))


def _given(entry: Entry) -> Given:
    return Given(entry.address, entry.id, entry.how, tuple(entry.origins), entry.derived_from, entry.tombstone)
