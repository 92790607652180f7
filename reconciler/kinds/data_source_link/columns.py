"""Which vocabulary key a column fills: what the manifest says, then terms, then names; and keys made of columns."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from anyascii import anyascii

from reconciler.kinds.data_source_link.spec import ColumnEntry
from reconciler.resources.cluedin.arrival import arrived

How = Literal["explicit", "found", "created", "ignored"]

_NOTHING = ColumnEntry()


@dataclass(frozen=True, slots=True)
class Seen:
    """A column that the data set has: its name, the scanner's word for its type, the terms on it."""

    name: str
    type: str = ""
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What becomes of a column; without a key it is left out."""

    column: str
    key: str | None
    how: How
    entry: ColumnEntry = _NOTHING
    type: str = ""


@dataclass(slots=True)
class Matching:
    """What becomes of the columns of a data set, and those that nothing could be found for."""

    targets: dict[str, Target] = field(default_factory=dict)
    ambiguous: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Keys that a column may fill, where there is more than one."""
    unmapped: list[Seen] = field(default_factory=list)

    @property
    def mapped(self) -> dict[str, str]:
        """Columns that fill a key, with the key."""
        return {name: target.key for name, target in self.targets.items() if target.key is not None}


Way = Callable[[Seen], Iterable[str]]
"""Finds the keys that a column may fill."""


def match(seen: Iterable[Seen], entries: Mapping[str, ColumnEntry], ways: Sequence[Way]) -> Matching:
    """What is written comes first, then the first way that finds a key; several keys are no answer."""
    found = Matching()
    for name, entry in entries.items():
        found.targets[name] = Target(name, entry.key, "explicit" if entry.key is not None else "ignored", entry)
    for column in seen:
        if column.name in found.targets or column.name in found.ambiguous:
            continue
        candidates = next((keys for way in ways if (keys := tuple(dict.fromkeys(way(column))))), ())
        if len(candidates) > 1:
            found.ambiguous[column.name] = candidates
        elif candidates:
            found.targets[column.name] = Target(column.name, candidates[0], "found", type=column.type)
        else:
            found.unmapped.append(column)
    return found


def calls(columns: Iterable[str], written: Iterable[str]) -> dict[str, str]:
    """What a manifest calls columns that it names by the names under which they arrive, or arrived before.

    Columns that would all be called the same keep their names, so that they are told apart.
    """
    names, written = set(columns), list(written)
    by_arrival = {arrived(name): name for name in reversed(written) if name not in names}
    found = {name: by_arrival[arrived(name)] for name in names - set(written) if arrived(name) in by_arrival}
    meant = Counter(found.values())
    return {name: call for name, call in found.items() if meant[call] == 1}


def by_term(keys_of: Mapping[str, Sequence[str]]) -> Way:
    """By the glossary terms on the scanned column."""
    return lambda column: (key for term in column.terms for key in keys_of.get(term, ()))


def by_name(prefix: str, keys: Iterable[str]) -> Way:
    """By the own name of a key of the vocabulary; only letters and digits count, without case."""
    names: dict[str, list[str]] = {}
    for key in keys:
        names.setdefault(folded(key[len(prefix) + 1 :]), []).append(key)
    return lambda column: names.get(folded(column.name), ()) if folded(column.name) else ()


def folded(name: str) -> str:
    """The letters and digits of a name, without case."""
    return "".join(character for character in name.casefold() if character.isalnum())


def key_name(column: str) -> str:
    """The name of the key that is made of a column; empty when nothing is left of it. Names begin with a letter.

    Letters outside ASCII are written in ASCII, never dropped: `Größe` and `Grüße` are two names.
    """
    return _name_of(anyascii(unicodedata.normalize("NFC", column)))


def former_key_name(column: str) -> str:
    """The name that was made of a column when letters outside ASCII were dropped: keys of that time stay."""
    return _name_of(column)


def _name_of(text: str) -> str:
    name = re.sub(r"[^A-Za-z0-9]", "", text)
    return f"k{name}" if name[:1].isdigit() else name
