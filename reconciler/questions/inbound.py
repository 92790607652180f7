"""What CluedIn takes in: data sets with their columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from reconciler.questions.base import Question
from reconciler.resources.cluedin import inbound
from reconciler.resources.keys import quote
from reconciler.resources.wildcards import Piece, anything, literal, matches
from reconciler.systems.cluedin import CluedIn


@dataclass(frozen=True, slots=True)
class LiveDataSet:
    """A data set that is there."""

    key: str
    """`group/source/name` of quoted names."""
    id: str
    fields: tuple[str, ...] = ()
    """Names of the columns that it knows."""
    mapped: tuple[tuple[str, str], ...] = ()
    """Columns with the full keys that they fill now."""


@dataclass(frozen=True, slots=True)
class DataSetsNamed(Question):
    """Data sets by the names of their group, source and themselves; `{…}` in a name stands for any text.

    Names may repeat, so there may be several rows of one key.
    """

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Integration: Data Source Groups": "Informed"}

    group: str
    source: str
    name: str

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[LiveDataSet, ...]]]:
        """Groups by pages, sources in detail where a question may mean them, then the sets ([B], toolkit)."""
        meant = _Meant(questions)
        found: dict[str, list[LiveDataSet]] = {}
        for key, row in inbound.sets_below(cluedin, meant.holds, meant.holds):
            mapped = tuple((str(i["originalField"]), str(i["key"])) for i in row.get("fieldMappings") or ())
            live = LiveDataSet(key, inbound.guid(row["id"]), tuple(row.get("originalFields") or ()), mapped)
            found.setdefault(key, []).append(live)
        for one in questions:
            rows = [row for key in meant.keys_of(one, found) for row in found[key]]
            yield one, tuple(sorted(rows, key=lambda row: (row.key, row.id)))


class _Meant:
    """Which keys the questions mean: most name one set, rules mean a pattern."""

    def __init__(self, questions: Iterable[DataSetsNamed]) -> None:
        names = {one: (one.group, one.source, one.name) for one in questions}
        self._exact = {one: inbound.join(*parts) for one, parts in names.items() if "{" not in "".join(parts)}
        self._known = {key.rpartition("/")[0] for key in self._exact.values()} | set(self._exact.values())
        self._patterns = {one: tuple(map(_pattern, parts)) for one, parts in names.items() if one not in self._exact}

    def holds(self, key: str) -> bool:
        """Whether some question means the source, or the set, of a key."""
        return key in self._known or any(_fits(patterns, key) for patterns in self._patterns.values())

    def keys_of(self, question: DataSetsNamed, keys: Iterable[str]) -> list[str]:
        """The keys among those given that one question means."""
        if question in self._exact:
            return [key for key in (self._exact[question],) if key in keys]
        return [key for key in keys if _fits(self._patterns[question], key)]


def _pattern(name: str) -> Sequence[Piece]:
    """The names that a name with placeholders may mean, quoted as in keys."""
    parts = re.split(r"\{[^{}]*\}", name)
    pieces = [literal(quote(parts[0]))]
    for part in parts[1:]:
        pieces += [anything, literal(quote(part))]
    return pieces


def _fits(patterns: tuple[Sequence[Piece], ...], key: str) -> bool:
    """Whether the first names of a key, or all of them, are meant."""
    return all(matches(pattern, part) for pattern, part in zip(patterns, key.split("/"), strict=False))
