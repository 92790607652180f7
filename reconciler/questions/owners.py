"""Who there is to own something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from reconciler.questions.base import Question
from reconciler.resources.cluedin import owners
from reconciler.systems.cluedin import CluedIn


@dataclass(frozen=True, slots=True)
class Account:
    """A user of CluedIn: the names by which people know it, folded, and the one among owners."""

    names: frozenset[str]
    name: str
    signs_in: bool
    """Whether the tool applies as this one."""


@dataclass(frozen=True, slots=True)
class Accounts(Question):
    """Every user."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Admin: Users": "Consulted"}

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[Account, ...]]]:
        """`administration.users` (toolkit, [B])."""
        me, known = owners.signed_in(cluedin), cluedin.users()
        rows = tuple(
            Account(frozenset(word for word, of in known.items() if of.lower() == id), name, id == me)
            for id, name in sorted(owners.accounts(cluedin).items())
        )
        for one in questions:
            yield one, rows
