"""Purview's CSV of glossary terms, as its portal exports it and takes it for an import.

The columns, their separators and `Name` as the names of the path joined by `_` are those of the file that the portal
gives and of the examples of Microsoft's clients [B]; the heads of a template's attributes PyApacheAtlas tells [B].
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from typing import Any

from reconciler.errors import Source
from reconciler.kinds.base import World
from reconciler.kinds.glossary_mapping.pull_terms import NATIVE_ROOT, STATUSES
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.names import formal_name, term_path
from reconciler.manifest.build import CONTROL
from reconciler.pull.sources.told import Told, unreadable
from reconciler.resources import types
from reconciler.resources.keys import quote
from reconciler.resources.objects import Live
from reconciler.resources.purview.templates import DEFAULT
from reconciler.resources.spelling import composed

NAME, NICK, PARENT = "Name", "Nick Name", "Parent Term Name"
EDGES = {"Related Terms": "seeAlso", "Synonyms": "synonyms"}
CONTACTS = {"Experts": "experts", "Stewards": "stewards"}
RICH = "IsDefinitionRichText"
COLUMNS = (
    *(NAME, NICK, "Status", "Definition", RICH, "Acronym", "Resources", *EDGES, *CONTACTS),
    *(PARENT, "Term Template Names"),
)
TELLING = frozenset({NICK, "Status", "Definition", "Acronym", PARENT, "Term Template Names"})
"""Columns of which one beside the name tells the file from any other table."""
_ATTRIBUTE = re.compile(r"\[Attribute\]\s*\[(?P<template>[^\]]+)\]\s*(?P<name>.+)", re.IGNORECASE)
_REMARK = re.compile(r"[;(].*")
"""What a head of the template says besides the column's name: `IsDefinitionRichText(True/False)`."""
_LINK = re.compile(r'"?(?P<name>[^"]*?)"?\s*:\s*(?P<url>(?:https?://|mailto:)\S+)')
DEEPEST = 30
"""Terms above each other that a manifest holds, which is nested twice as deep."""
_KNOWN = {column.casefold(): column for column in COLUMNS}


@dataclass(slots=True, eq=False)
class Row:
    """One term of the file."""

    line: int
    cells: dict[str, str]
    """What is not empty, by column."""
    parent: str = ""
    own: str = ""
    key: str | None = None
    """The key of its term; none where that cannot be told, or is not known yet."""
    is_known: bool = False

    @property
    def formal(self) -> str:
        """The names of its path joined by `_`, as other rows call it."""
        return formal_name([self.parent, self.own]) if self.parent else self.own

    def items(self, column: str) -> list[str]:
        """The parts of a cell, which `;` separates and often ends."""
        return [one.strip() for one in self.cells.get(column, "").split(";") if one.strip()]


def is_glossary(text: str) -> bool:
    """Whether a text begins as such a file does."""
    try:
        columns = set(_heads(next(csv.reader([_head(text)], delimiter=_delimiter(text)), [])))
    except csv.Error:
        return False
    return NAME in columns and bool(columns & TELLING)


def wants_columns(text: str) -> str:
    """What a table lacks to be such a file; empty for a text that is no table."""
    head = _head(text)
    cells = [cell.strip() for cell in re.split(r"[,;\t]", head)]
    if len(cells) < 2 or head.lstrip().startswith(("{", "[")):
        return ""
    telling = ", ".join(f"`{column}`" for column in COLUMNS if column in TELLING)
    return f"As a CSV of glossary terms it needs the column `{NAME}` and one of {telling} in its first line."


def read_glossary(text: str, name: str, glossary: str, world: World, told: Told) -> None:
    """Tells the terms of a file for a glossary; parents and related terms may be in the documents of the world.

    Raises `ConfigurationError` for a file that is broken off.
    """
    _Reader(name, glossary, world, list(_rows(text, name)), told).read()


def _rows(text: str, name: str) -> Iterator[Row]:
    table = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        heads = _heads(next(table))
        _refuse_twins(heads, name)
        line = table.line_num + 1
        for cells in table:
            more = {f"column {at + 1}": cell for at, cell in enumerate(cells[len(heads) :], len(heads))}
            said = {**dict(zip(heads, cells, strict=False)), **more}
            filled = {column: cell.strip() for column, cell in said.items() if cell.strip()}
            if filled:
                yield Row(line, filled)
            line = table.line_num + 1
    except csv.Error as error:
        why = f"is no sound CSV: {error}"
        raise unreadable(name, why, "Export it again, or look for a quotation mark too many.", table.line_num) from None


def _refuse_twins(heads: Sequence[str], name: str) -> None:
    """Raises `ConfigurationError` for a column that stands twice: which of the two is meant would be a guess."""
    twice = next((head for head in heads if head and heads.count(head) > 1), None)
    if twice is not None:
        raise unreadable(name, f"has the column `{twice}` twice", "Keep the one that is meant.", 1)


def _delimiter(text: str) -> str:
    """`,`, or what a spreadsheet wrote instead: whichever splits the head into more columns that are known."""
    head = _head(text)
    found = {mark: len(_KNOWN.keys() & {one.strip(' "').casefold() for one in head.split(mark)}) for mark in ",;\t"}
    return max(found, key=lambda mark: found[mark])


def _head(text: str) -> str:
    """The first line, whichever of the three line ends the file has."""
    return StringIO(text, newline=None).readline().rstrip("\n")


def _heads(cells: Iterable[str]) -> list[str]:
    heads = []
    for cell in cells:
        plain = cell.strip() if _ATTRIBUTE.match(cell.strip()) else _REMARK.sub("", cell).strip()
        heads.append(_KNOWN.get(plain.casefold(), cell.strip()))
    return heads


@dataclass
class _Reader:
    """The rows of one file on their way to terms."""

    name: str
    glossary: str
    world: World
    rows: list[Row]
    told: Told

    def read(self) -> None:
        for type in ("purview.term", "purview.related_term"):
            self.told.objects.setdefault(type, {})
        home = types()["purview.glossary"].live(self.glossary, self.glossary)
        self.told.tell("purview.glossary", home, Source(self.name))
        for row in self.rows:
            self._leave_hidden(row)
            self._name(row)
        for row in self.rows:
            self._place(row)
        self._leave_twins()
        self.told.templates |= frozenset(one for row in self._kept for one in self._templates(row))
        for row in self._kept:
            self.told.tell("purview.term", self._term(row), self._at(row))
        for row in self._kept:
            self._relate(row)

    @property
    def _kept(self) -> Iterator[Row]:
        return (row for row in self.rows if row.key is not None)

    def _at(self, row: Row) -> Source:
        return Source(self.name, row.line)

    def _leave(self, row: Row, why: str) -> None:
        self.told.leave(self._at(row), why)

    def _leave_hidden(self, row: Row) -> None:
        """Takes out cells with characters that no manifest may hold."""
        for column in [column for column, cell in row.cells.items() if CONTROL.search(cell)]:
            self._leave(row, f"`{column}` holds a control character, which no manifest may")
            del row.cells[column]

    # -- names -----------------------------------------------------------------------------------------------

    def _name(self, row: Row) -> None:
        """Its own name and what stands above it: `Name` begins with the parent's, which may be told by that alone."""
        formal, nick = (composed(row.cells.get(column, "")) for column in (NAME, NICK))
        row.parent = composed(row.cells.get(PARENT, ""))
        if not row.parent and nick and formal.endswith(f"_{nick}"):
            row.parent = formal[: -len(nick) - 1]
        row.own = formal.removeprefix(f"{row.parent}_") if row.parent else formal
        if not row.own:
            row.own = nick
        elif nick and nick != row.own:
            self._leave(row, f"`{NICK}`: the term is called `{row.own}`, and `{nick}` has no place")

    @cached_property
    def _by_formal(self) -> dict[str, Row]:
        """The rows by what others call them; of two of a name the first."""
        found: dict[str, Row] = {}
        for row in self.rows:
            found.setdefault(row.formal, row)
        return found

    def _place(self, row: Row) -> None:
        """Gives the row its key, and before it those that stand above it."""
        line: list[Row] = []
        here: Row | None = row
        while here is not None and not here.is_known:
            here.is_known = True
            line.append(here)
            here = self._by_formal.get(here.parent) if here.parent else None
        for depth, one in enumerate(reversed(line)):
            why = self._key(one) if depth < DEEPEST else f"it stands more than {DEEPEST} terms deep"
            if why:
                self._leave(one, why)

    def _key(self, row: Row) -> str:
        """Why the key of its term cannot be told; empty where it is."""
        above: str | None = term_path(self.glossary)
        if not row.own:
            return "the row has no name"
        if not row.parent and row.own.startswith(NATIVE_ROOT):
            return "made by CluedIn's own sync with Purview"
        if row.parent:
            parent = self._by_formal.get(row.parent)
            above = parent.key if parent is not None else self._declared(row.parent)
            if above is None and parent is not None:
                return f"what stands above it, `{row.parent}`, is left out"
            if above is None:
                return f"its parent `{row.parent}` is in no row and in no manifest"
        row.key = f"{above}/{quote(row.own)}"
        return ""

    def _declared(self, formal: str) -> str | None:
        keys = list(declared(self.world).formal.get((self.glossary, formal), ()))
        return keys[0] if len(keys) == 1 else None

    def _leave_twins(self) -> None:
        seen: dict[str, Row] = {}
        fold = types()["purview.term"].fold
        for row in self._kept:
            first = seen.setdefault(fold(row.key or ""), row)
            elsewhere = self.told.places.get(f"purview.term:{row.key}")
            if first is not row or elsewhere is not None:
                self._leave(row, f"the same term as {elsewhere or f'in line {first.line}'}")
                row.key = None

    # -- what a row says -------------------------------------------------------------------------------------

    def _term(self, row: Row) -> Live:
        attributes: dict[str, dict[str, str]] = {}
        for column, cell in row.cells.items():
            found = _ATTRIBUTE.fullmatch(column)
            if found is not None:
                attributes.setdefault(found["template"].strip(), {})[found["name"].strip()] = cell
            elif column not in _KNOWN.values():
                self._leave(row, f"`{column}` has no place in a manifest")
        contacts: dict[str, Any] = {ours: list(self._people(row, column)) for column, ours in CONTACTS.items()}
        return types()["purview.term"].live(
            str(row.key),
            str(self._at(row)),
            raw={},
            definition=row.cells.get("Definition"),
            abbreviation=row.cells.get("Acronym"),
            status=self._status(row),
            templates=self._templates(row),
            attributes=attributes,
            resources=list(self._links(row)),
            **contacts,
        )

    def _status(self, row: Row) -> str | None:
        said = row.cells.get("Status")
        if said is not None and said.casefold() not in STATUSES:
            self._leave(row, f"`Status`: manifests have no status `{said}`")
            return None
        return said

    def _templates(self, row: Row) -> list[str]:
        named = [one for one in row.items("Term Template Names") if one.casefold() != DEFAULT.casefold()]
        if len(named) > 1:
            self._leave(row, f"manifests name one term template, and the row {len(named)}: {', '.join(named)}")
        return named

    def _links(self, row: Row) -> Iterator[dict[str, str]]:
        for one in row.items("Resources"):
            found = _LINK.fullmatch(one)
            if found is None or not found["name"].strip():
                self._leave(row, f"`Resources`: `{one}` is no name with an address behind a colon")
            else:
                yield {"name": found["name"].strip(), "url": found["url"]}

    def _people(self, row: Row, column: str) -> Iterator[str]:
        """The object ids of contacts, each told as `e-mail:remark`."""
        for one in row.items(column):
            word, _, remark = one.partition(":")
            person = self.world.environment.person(word.strip())
            if person is None:
                self._leave(row, f"`{column}`: nobody is known as `{word.strip()}`")
                continue
            if remark.strip():
                self._leave(row, f"`{column}`: the remark `{remark.strip()}` has no place")
            yield person.id

    def _relate(self, row: Row) -> None:
        for column, kind in EDGES.items():
            for formal in map(composed, row.items(column)):
                other = self._by_formal.get(formal)
                there = other.key if other is not None else self._declared(formal)
                if there is None:
                    self._leave(row, f"`{column}`: `{formal}` is in no row and in no manifest")
                elif there == row.key:
                    self._leave(row, f"`{column}`: a term is not related to itself")
                else:
                    first, second = sorted((str(row.key), there))
                    live = types()["purview.related_term"].live(f"{kind}:{first}@{second}", f"{first}/{second}")
                    self.told.tell("purview.related_term", live, self._at(row))
