"""Labels of a contract: `LABEL` for the whole export, `LABEL:COLUMN` for a column, and those of the keys beneath."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reconciler.kinds.export_contract.physical import PhysicalColumn


@dataclass(frozen=True, slots=True)
class Grant:
    """One entry of `labels`: a word, and the columns that its second part may mean; None for the whole export."""

    at: int
    text: str
    word: str
    columns: tuple[str, ...] | None
    """Physical names; exactly one when the entry is right."""


@dataclass(frozen=True, slots=True)
class Effective:
    """The labels of an export: written on the contract, or on the keys beneath its columns."""

    asset: tuple[str, ...] = ()
    by_column: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By physical name."""

    @property
    def words(self) -> frozenset[str]:
        """Every word, on the whole or on a column."""
        return frozenset(self.asset).union(*self.by_column.values())

    def of(self, column: str) -> tuple[str, ...]:
        """The words of a column."""
        return self.by_column.get(column, ())

    @property
    def texts(self) -> list[str]:
        """Each label as people write it, in order: `PII:customer_email`."""
        on_columns = [f"{word}:{column}" for column, words in self.by_column.items() for word in words]
        return sorted([*self.asset, *on_columns])


def grants(labels: Iterable[str], columns: Iterable[PhysicalColumn]) -> Iterator[Grant]:
    """The entries of `labels`, each with the columns that it may mean."""
    known = [column for column in columns if not column.system or column.place is not None]
    for at, text in enumerate(labels):
        word, colon, wanted = (part.strip() for part in text.partition(":"))
        yield Grant(at, text, word, _meant(wanted, known) if colon else None)


def effective(labels: Iterable[str], columns: Iterable[PhysicalColumn]) -> Effective:
    """The labels of the whole and of each column; entries that mean no single column count for none."""
    known = list(columns)
    by_column: dict[str, dict[str, None]] = {}
    asset: dict[str, None] = {}
    for column in known:
        if column.key_labels:
            by_column[column.name] = dict.fromkeys(column.key_labels)
    for grant in grants(labels, known):
        if grant.columns is None:
            asset.setdefault(grant.word)
        elif len(grant.columns) == 1:
            by_column.setdefault(grant.columns[0], {}).setdefault(grant.word)
    return Effective(tuple(asset), {name: tuple(words) for name, words in by_column.items()})


def _meant(word: str, columns: list[PhysicalColumn]) -> tuple[str, ...]:
    """Columns of the name; else those whose key is so called, with or without its prefix."""
    named = [one.name for one in columns if word in (one.name, one.written_name)]
    keyed = [one.name for one in columns if one.key == word or one.key.endswith(f".{word}")]
    return tuple(dict.fromkeys(named or keyed))
