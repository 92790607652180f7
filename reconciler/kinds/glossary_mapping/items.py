"""The items of a glossary mapping, those within others included, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.kinds.glossary_mapping.spec import Item
from reconciler.manifest.findings import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with its place, and the item that it stands in."""

    path: Path
    item: Item
    parent: Entry | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Own names from the outermost item to this one."""
        return (*self.parent.names, self.item.name) if self.parent is not None else (self.item.name,)

    @property
    def has_terms_within(self) -> bool:
        """Whether an item in it is a term."""
        return any(one.term for one in self.item.terms)


def entries(items: tuple[Item, ...], parent: Entry | None = None) -> Iterator[Entry]:
    """Every item, each before those in it."""
    above = parent.path if parent is not None else ()
    for at, item in enumerate(items):
        entry = Entry((*above, "terms", at), item, parent)
        yield entry
        if item.terms:
            yield from entries(item.terms, entry)
