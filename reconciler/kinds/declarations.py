"""What a document declares for the others of its project, as plain data: terms, keys, words, export targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from reconciler.manifest.documents import Document
from reconciler.manifest.findings import Path

CONCEPT: Path = ("term",)
"""The place of the concept itself, where items have theirs among `terms`."""
Place = Literal["entity", "data_set", "export", "source"]
"""Columns that classifications of a labelled key go to: of the entity type, of data sets, of exports, of scans."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A document, and the place of one of its items; `CONCEPT` for the concept itself."""

    document: Document
    at: Path

    def path(self, field_name: str) -> Path:
        """The path of a field of the concept or the item."""
        return (*self.at, field_name)


@dataclass(frozen=True, slots=True)
class DeclaredTerm:
    """A term in Purview."""

    spot: Spot
    key: str
    """The key of the term resource."""
    glossary: str
    own: str
    """Its name without those above it."""
    formal: str
    """Purview's own name for it."""
    has_moved: bool
    """Whether it says itself that it had another name before."""


@dataclass(frozen=True, slots=True)
class DeclaredKey:
    """A vocabulary key."""

    spot: Spot
    key: str
    """The full key."""
    prefix: str
    """Its vocabulary's."""
    code: str | None
    """The code of its vocabulary's entity type."""
    term: str | None
    """The key of the term that is declared for it."""
    data_type: str
    """Empty where none is written."""
    obsolete: bool
    labels: tuple[str, ...]
    maps_to: str | None
    """The full key that takes its values."""
    former: str | None
    """The full key that it replaces."""


@dataclass(frozen=True, slots=True)
class DeclaredVocabulary:
    """A vocabulary, with what the document says around it."""

    document: Document
    prefix: str
    keys: tuple[DeclaredKey, ...]
    code: str | None
    """The code of its entity type, with the display name of that."""
    entity_name: str
    glossary: str | None
    """The glossary that the document makes terms in."""
    assets: bool | None = True
    """Whether its entity type and its keys are assets in Purview; None leaves them to whoever needs them there."""


@dataclass(frozen=True, slots=True)
class DeclaredLabel:
    """A word for sensitivity, with what columns get that carry it."""

    word: str
    classification: str
    purview_label: str | None
    cluedin_code: str | None
    propagate: frozenset[Place]
    detected_by: tuple[str, ...]
    """Classifications of Purview's scanner that suggest the word."""
    on_detected: Literal["warn", "error", "ignore"]
    taken_back: bool
    """Whether pruning takes it off what no manifest puts it on any more."""
    document: Document


@dataclass(frozen=True, slots=True)
class Declarations:
    """Everything that one document declares."""

    terms: Sequence[DeclaredTerm] = ()
    vocabularies: Sequence[DeclaredVocabulary] = ()
    cluedin_terms: Sequence[tuple[str, Spot]] = ()
    """Names of terms of CluedIn's own glossary."""
    labels: Sequence[DeclaredLabel] = ()
    defines_labels: bool = False
    """Whether the document is one that words for sensitivity are looked for in."""
    unknown_labels_pass: bool = False
    """Whether a word that no such document defines is only warned of."""
    types: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Types of the Data Map by name, each as Atlas writes it, with its `category`."""


NOTHING = Declarations()


@dataclass(frozen=True, slots=True)
class Exports:
    """What one document sends out of CluedIn: names that only the answers may tell in full."""

    stream: str | None = None
    """Name of the stream that it makes."""
    target: str | None = None
    """Key of the export target that it makes."""
    keys: tuple[str, ...] = ()
    """Full vocabulary keys of its columns."""


NO_EXPORTS = Exports()
