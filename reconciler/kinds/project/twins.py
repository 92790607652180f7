"""Documents that make the same thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Protocol, TypeVar

from reconciler.manifest.documents import Document


class Keyed(Protocol):
    """A document with the key of what it makes."""

    @property
    def document(self) -> Document:
        """The document."""

    @property
    def key(self) -> str:
        """The key of what it makes."""


K = TypeVar("K", bound=Keyed)


def earlier_twins(one: K, of_its_kind: Iterable[K]) -> Iterator[K]:
    """Those before it that make a thing of the same key, in any case of letters: nobody could tell them apart."""
    for other in takewhile(lambda other: other.document is not one.document, of_its_kind):
        if other.key.casefold() == one.key.casefold():
            yield other
