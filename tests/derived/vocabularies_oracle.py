"""What a rule with `source: cluedin` comes to, told without the product: from what people did and the rule's words.

A term is the same one whatever its vocabulary or key is called; it follows every rename.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ..sandbox._cluedin import V1, slate
from .people import Portals

STEPS = ("rename", "away", "key", "key", "call", "call", "alike", "hide", "hide", "describe", "another", "delete")
ROOT = ("Catalogue", "Vocabularies")
Path = tuple[str, ...]


@dataclass
class Key:
    """A key as people see it."""

    id: str
    name: str
    display: str
    description: str
    visible: bool = True


@dataclass
class Book:
    """A vocabulary as people see it."""

    id: str
    name: str
    description: str
    keys: dict[str, Key] = field(default_factory=dict)


@dataclass
class Term:
    """A term that was made: where it is, what is said of it, and whether it was let expire."""

    path: Path
    definition: str
    book: str = ""
    """The id of the vocabulary."""
    expired: bool = False


@dataclass
class VocabularyStory:
    """A catalogue, and what a rule has made of it so far."""

    portals: Portals
    chance: random.Random
    books: dict[str, Book] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    """By the id of the vocabulary or key that each is of."""
    _number: int = 0

    # -- what people do --------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Two vocabularies with some keys."""
        for _ in range(2):
            self._another()

    def step(self) -> None:
        """One thing that people do."""
        getattr(self, f"_{self.chance.choice(STEPS)}")()

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _book(self) -> Book:
        return self.chance.choice(list(self.books.values()))

    def _one(self) -> tuple[Book, Key] | None:
        found = [(book, key) for book in self.books.values() for key in book.keys.values()]
        return self.chance.choice(found) if found else None

    def _another(self) -> None:
        number, said = self._next(), self.chance.choice(["", "What we buy."])
        id = self.portals.add_vocabulary(f"V {number}", f"v{number}", said)
        self.books[id] = Book(id, f"V {number}", said)
        for _ in range(self.chance.randint(1, 3)):
            self._add(self.books[id], "")

    def _add(self, book: Book, display: str) -> None:
        number, said = self._next(), self.chance.choice(["", "What it is."])
        display = display or self.chance.choice([f"Key {number}", f"key.{number} <b>"])
        id = self.portals.add_key(book.id, f"k{number}", display, said)
        book.keys[id] = Key(id, f"k{number}", display, said)

    def _rename(self) -> None:
        self._name(self._book(), f"V {self._next()}")

    def _away(self) -> None:
        """Another name, which the rule takes no more, or takes again."""
        book = self._book()
        self._name(book, f"{'X' if book.name[0] == 'V' else 'V'} {self._next()}")

    def _name(self, book: Book, name: str) -> None:
        book.name = name
        self.portals.edit_vocabulary(book.id, vocabularyName=name)

    def _describe(self) -> None:
        book = self._book()
        book.description = f"Now {self._next()}."
        self.portals.edit_vocabulary(book.id, description=slate(book.description))

    def _key(self) -> None:
        self._add(self._book(), "")

    def _call(self) -> None:
        if found := self._one():
            book, key = found
            key.display = f"Key {self._next()}"
            self.portals.edit_key(book.id, key.id, displayName=key.display)

    def _alike(self) -> None:
        """A second key of the same display name."""
        if found := self._one():
            self._add(found[0], found[1].display)

    def _hide(self) -> None:
        if found := self._one():
            book, key = found
            key.visible = not key.visible
            self.portals.edit_key(book.id, key.id, isVisible=key.visible)

    def _delete(self) -> None:
        if found := self._one():
            book, key = found
            self.portals.send("DELETE", f"{V1}/vocabs/vocabulary/{book.id}/key/{key.id}")
            del book.keys[key.id]

    # -- what the rule says ----------------------------------------------------------------------------------

    def wanted(self) -> dict[str, Term]:
        """What follows from the catalogue as it is, by the id of what each term is of."""
        found = {}
        for book in self.books.values():
            if not book.name.startswith("V"):
                continue
            found[book.id] = Term((*ROOT, book.name), book.description, book.id)
            shown = [key for key in book.keys.values() if key.visible]
            count = Counter(plain(key.display) for key in shown)
            for key in shown:
                own = plain(key.display)
                name = f"{own} ({key.name})" if count[own] > 1 else own
                found[key.id] = Term((*ROOT, book.name, name), key.description, book.id)
        return found

    def changes(self) -> tuple[set[tuple[str, str]], set[str]]:
        """What a plan has to change, as actions with paths; and the ids of what it lists as wanted no longer."""
        wanted, changes = self.wanted(), set[tuple[str, str]]()
        if wanted and not self.terms:
            changes |= {("create", ROOT[0]), ("create", "/".join(ROOT))}
        for id, term in wanted.items():
            before = self.terms.get(id)
            path = "/".join(term.path)
            if before is None:
                changes.add(("create", path))
            elif before.path[-1] != term.path[-1]:
                changes.add(("rename", path))
            elif before.expired or before.definition != term.definition:
                changes.add(("update", path))
        return changes, {id for id, term in self.terms.items() if id not in wanted and not term.expired}

    def hands_on(self) -> str:
        """Whether a name goes on to another key: `taken` from one that is there, hidden; `free` of one that is gone."""
        wanted = self.wanted()
        keys = {key.id: book for book in self.books.values() for key in book.keys.values()}
        for id, term in wanted.items():
            known = self.terms.get(id)
            for other, before in self.terms.items():
                same = before.path[-1] == term.path[-1] and before.book == term.book
                if other not in wanted and same and (known is None or known.path[-1] != term.path[-1]):
                    return "taken" if other in keys else "free"
        return ""

    def applied(self, *, prune: bool) -> None:
        """Everything is carried out."""
        left = self.changes()[1]
        self.terms |= self.wanted()
        for id in left if prune else ():
            self.terms[id].expired = True

    def live(self) -> dict[str, tuple[str, str]]:
        """Terms of the catalogue's glossary by guid: own name, and status."""
        state: dict[str, Any] = self.portals.state()["purview"]["term"]
        return {guid: (one["nickName"], one["status"]) for guid, one in state.items()}

    def expected_live(self, guids: dict[str, str]) -> dict[str, tuple[str, str]]:
        """Own name and status of each term, by guid."""
        return {
            guids[id]: (term.path[-1], "Expired" if term.expired else "Approved") for id, term in self.terms.items()
        }


def plain(name: str) -> str:
    """A name without what terms cannot have in theirs."""
    for one in "@.<>":
        name = name.replace(one, " ")
    return " ".join(name.split())
