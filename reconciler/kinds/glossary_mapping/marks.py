"""What is true of single fields of a glossary mapping, as marks in their `Annotated[...]`."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.manifest.fields import Handled
from reconciler.systems.dialect import TermPart


@dataclass(frozen=True)
class Both(Handled):
    """Of an item: it says what the item makes, and belongs to its key as much as to its term."""


@dataclass(frozen=True)
class Contacts(Handled):
    """People in Purview, by their aliases."""


@dataclass(frozen=True)
class Edge(Handled):
    """Names of other terms, each an edge of a kind."""

    kind: str
    """Its word in the key of a `purview.related_term`."""


@dataclass(frozen=True)
class Copied:
    """Copied into the term of CluedIn's own glossary, where the document asks for descriptions."""

    name: str
    """The field of `cluedin.glossary_term`."""


@dataclass(frozen=True)
class OfTerms:
    """Kept of a term where the dialect has such a part: Apache Atlas has none (its model of 2.4.0, grade A)."""

    part: TermPart
