"""The half of a link that exists where its document has `map`: the vocabulary, and what becomes of each column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from reconciler.kinds.base import World
from reconciler.kinds.data_source_link.columns import (
    Matching,
    Seen,
    Target,
    Way,
    by_name,
    by_term,
    former_key_name,
    key_name,
    match,
)
from reconciler.kinds.data_source_link.spec import ColumnMap
from reconciler.kinds.data_source_link.vocabulary import (
    VocabularyInUse,
    keys_of_terms,
    prefix_of,
    vocabulary_called,
)
from reconciler.kinds.project.declared import declared
from reconciler.resources.cluedin.arrival import arrived

Filled = frozenset[tuple[str, str]]
"""Columns of the live data set with the full keys that they fill."""


@dataclass(frozen=True, slots=True)
class KeyMaker:
    """Makes the keys of columns that nothing maps: there is one where `unmapped: create` has a vocabulary for them."""

    world: World
    vocabulary: VocabularyInUse
    filled: Filled

    def key_of(self, column: str) -> str | None:
        """The full key that is made of a column; None when no name is left of it.

        A key that was made of it under the rules of before, and that it fills now, stays.
        """
        prefix = self.vocabulary.prefix
        former = f"{prefix}.{former_key_name(column)}"
        if any(pair in self.filled for pair in ((column, former), (arrived(column), former))):
            return former
        name = key_name(column)
        return f"{prefix}.{name}" if name else None

    def makes(self, target: Target) -> bool:
        """Whether the key of a column is made here: it was created, by this run or by one before."""
        if target.key is None or target.how == "explicit" or target.key in declared(self.world).keys:
            return False
        return target.how == "created" or target.key == self.key_of(target.column)


class MappingHalf:
    """What becomes of the columns that come."""

    def __init__(self, world: World, spec: ColumnMap, seen: Sequence[Seen], filled: Filled) -> None:
        self.world = world
        self.spec = spec
        self.seen = seen
        self.filled = filled

    @cached_property
    def vocabulary(self) -> VocabularyInUse | None:
        """The vocabulary that the columns fill, as far as it is known."""
        if self.spec.vocabulary is not None:
            return vocabulary_called(self.world, self.spec.vocabulary)
        keys = [entry.key for entry in self.spec.entries().values() if entry.key is not None]
        if self.spec.by_term:
            way = by_term(keys_of_terms(self.world))
            keys += [key for column in self.seen for key in way(column)]
        prefixes = {prefix for key in keys if (prefix := prefix_of(self.world, key)) is not None}
        return vocabulary_called(self.world, prefixes.pop()) if len(prefixes) == 1 else None

    @property
    def prefix(self) -> str | None:
        """The prefix of the vocabulary: as it is known, else as it is written."""
        return self.vocabulary.prefix if self.vocabulary is not None else self.spec.vocabulary

    @cached_property
    def code(self) -> str | None:
        """The code of the records' entity type, as far as it is known."""
        if self.spec.entity_type is not None:
            return self.spec.entity_type
        return self.vocabulary.code if self.vocabulary is not None else None

    @cached_property
    def matching(self) -> Matching:
        """What becomes of the columns."""
        ways: list[Way] = []
        if self.spec.by_term:
            ways.append(by_term(keys_of_terms(self.world)))
        if self.spec.by_name and self.vocabulary is not None:
            ways.append(by_name(self.vocabulary.prefix, self.vocabulary.keys))
        found = match(self.seen, self.spec.entries(), ways)
        if self.spec.unmapped != "error":
            rest, found.unmapped = found.unmapped, []
            for column in rest:
                target = self._left(column)
                if target is None:
                    found.unmapped.append(column)
                else:
                    found.targets[column.name] = target
        return found

    def _left(self, column: Seen) -> Target | None:
        """What becomes of a column that nothing maps."""
        if self.spec.unmapped == "ignore":
            return Target(column.name, None, "ignored")
        key = self.maker.key_of(column.name) if self.maker is not None else None
        return Target(column.name, key, "created", type=column.type) if key is not None else None

    @cached_property
    def maker(self) -> KeyMaker | None:
        """What makes keys of columns, where the document wants that and the vocabulary is known."""
        if self.spec.unmapped != "create" or self.vocabulary is None:
            return None
        return KeyMaker(self.world, self.vocabulary, self.filled)

    @cached_property
    def made(self) -> dict[str, str]:
        """Columns with the full keys that are made of them here."""
        if self.maker is None:
            return {}
        targets = self.matching.targets
        return {name: key for name, key in self.matching.mapped.items() if self.maker.makes(targets[name])}
