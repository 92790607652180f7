"""The halves of a glossary mapping: each is there only where there is something to make, with all that it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from reconciler.environment.sign_in import PurviewSystem
from reconciler.kinds.glossary_mapping.items import Entry, entries
from reconciler.kinds.glossary_mapping.spec import (
    CluedInGlossary,
    Concept,
    EntityType,
    GlossaryMapping,
    TermText,
    Vocabulary,
)
from reconciler.kinds.project.names import QualifiedNames, formal_name, path_parts, term_path


@dataclass(frozen=True)
class TermHalf:
    """The concept and its items as terms of a glossary in Purview; without a concept the items stand at the top."""

    glossary: str
    concept: Concept | None
    all_items: tuple[Entry, ...]

    @property
    def items(self) -> Iterator[Entry]:
        """The items that are terms."""
        return (entry for entry in self.all_items if entry.item.term)

    @cached_property
    def names(self) -> list[str]:
        """Own names from the top of the glossary to the concept."""
        if self.concept is None:
            return []
        parents = path_parts(self.concept.parent) if self.concept.parent is not None else []
        return [*parents, self.concept.name]

    @cached_property
    def key(self) -> str:
        """The key of the concept's term; the glossary where there is no concept."""
        return term_path(self.glossary, *self.names)

    @cached_property
    def parent_key(self) -> str | None:
        """The key of the term above the concept's."""
        return term_path(self.glossary, *self.names[:-1]) if len(self.names) > 1 else None

    @cached_property
    def former_key(self) -> str | None:
        """The key that the concept's term had before it was renamed or moved.

        A path, also `/Name`, starts at the top of the glossary; a name alone stood where the term stands now, and at
        the top where that is the term's own key.
        """
        if self.concept is None or self.concept.moved_from is None:
            return None
        moved_from, parent = self.concept.moved_from, self.concept.parent
        names = path_parts(moved_from.removeprefix("/"))
        at_top = moved_from.startswith("/") or len(names) > 1 or parent is None or names == [self.concept.name]
        above = path_parts(parent) if parent is not None and not at_top else []
        return term_path(self.glossary, *above, *names)

    @cached_property
    def formal(self) -> str:
        """Purview's own name of the concept's term."""
        return formal_name(self.names)

    def item_key(self, entry: Entry) -> str:
        """The key of an item's term."""
        return f"{self.key}/{term_path(*entry.names)}"

    def above_key(self, entry: Entry) -> str:
        """The key of the term that an item stands in; the glossary where it stands at the top."""
        return self.item_key(entry.parent) if entry.parent is not None else self.key

    def item_formal(self, entry: Entry) -> str:
        """Purview's own name of an item's term."""
        return formal_name([*self.names, *entry.names])

    def former_item_keys(self, entry: Entry) -> tuple[str, ...]:
        """Keys that an item's term may have had before it, or what it stands in, was renamed or moved.

        Either may have been applied already, as people leave `moved_from` where it is.
        """
        item, before = entry.item, self.former_item_keys(entry.parent) if entry.parent is not None else ()
        above = dict.fromkeys(filter(None, (*before, self.former_key if entry.parent is None else None)))
        names = dict.fromkeys(filter(None, (item.former.name, item.name)))
        keys = [f"{one}/{term_path(name)}" for name in names for one in (*above, self.above_key(entry))]
        if item.former.path:
            keys.append(term_path(self.glossary, *item.former.path))
        return tuple(key for key in keys if key != self.item_key(entry))


@dataclass(frozen=True)
class KeyHalf:
    """The concept as a vocabulary of CluedIn, and its items as keys."""

    vocabulary: Vocabulary
    all_items: tuple[Entry, ...]

    @property
    def prefix(self) -> str:
        """The first part of all keys."""
        return self.vocabulary.key_prefix

    @property
    def address(self) -> str:
        """The address of the vocabulary."""
        return f"cluedin.vocabulary:{self.prefix}"

    @property
    def items(self) -> Iterator[tuple[Entry, str]]:
        """The items that are keys, with the full key of each."""
        return ((entry, self.full(entry.item.key)) for entry in self.all_items if entry.item.key is not None)

    def full(self, key: str) -> str:
        """A key with the prefix."""
        return f"{self.prefix}.{key}"


@dataclass(frozen=True)
class FilterHalf:
    """The concept and its keys as terms of CluedIn's own glossary, which are filters over records."""

    glossary: CluedInGlossary
    base: str
    """The name from which the names of the terms are derived."""
    concept: Concept | None
    keys: KeyHalf | None

    @property
    def text(self) -> TermText:
        """What is said about the concept."""
        return self.concept or TermText()

    @property
    def items(self) -> Iterator[tuple[Entry, str]]:
        """The items that get a term: those of the keys that are terms too; a filter needs the key to look for."""
        return ((entry, key) for entry, key in self.keys.items if entry.item.term) if self.keys else iter(())

    def name(self, entry: Entry | None = None) -> str:
        """The name of a term: `Customer`, `Customer_Email`."""
        return self.base if entry is None else "_".join((self.base, *entry.names))

    @property
    def former_base(self) -> str | None:
        """The name of the concept's term before the concept was renamed or moved."""
        moved_from = self.concept.moved_from if self.concept is not None else None
        return path_parts(moved_from)[-1] if moved_from is not None else None

    def former_names(self, entry: Entry) -> list[str]:
        """Names that an item's term may have had: its own may be new, or that of what it stands in, or both."""
        item = entry.item
        before = self.former_names(entry.parent) if entry.parent is not None else [self.former_base]
        above = dict.fromkeys(filter(None, (*before, self.name(entry.parent))))
        names = dict.fromkeys(filter(None, (item.former.name, item.name)))
        elsewhere = ["_".join(item.former.path[-2:])] if item.former.path else []
        return [*(f"{concept}_{name}" for name in names for concept in above), *elsewhere]


@dataclass(frozen=True)
class AssetHalf:
    """The entity type and its keys as assets in Purview."""

    purview: PurviewSystem
    keys: KeyHalf
    entity: EntityType

    @cached_property
    def names(self) -> QualifiedNames:
        """The qualified names of the environment."""
        return QualifiedNames(self.purview.name_prefix)

    @cached_property
    def entity_name(self) -> str:
        """The qualified name of the entity type."""
        return self.names.entity(self.entity.full_code)

    @cached_property
    def entity_key(self) -> str:
        """The key of the entity type as an asset."""
        return f"{self.purview.type_prefix}entity/{self.entity_name}"

    def column_key(self, full_key: str) -> str:
        """The key of a vocabulary key as a column of the entity type."""
        return f"{self.purview.type_prefix}column/{self.names.column(self.entity_name, full_key)}"


def terms_of(spec: GlossaryMapping) -> TermHalf | None:
    """The terms in Purview that a document spells out."""
    if spec.glossary is None or (spec.term is None and (spec.vocabulary is not None or not spec.terms)):
        return None
    return TermHalf(spec.glossary, spec.term, tuple(entries(spec.terms)))


def keys_of(spec: GlossaryMapping) -> KeyHalf | None:
    """The vocabulary with its keys that a document spells out."""
    return KeyHalf(spec.vocabulary, tuple(entries(spec.terms))) if spec.vocabulary is not None else None


def filters_of(spec: GlossaryMapping) -> FilterHalf | None:
    """The terms of CluedIn's own glossary that a document asks for."""
    named = spec.term or spec.vocabulary
    if spec.cluedin_glossary is None or named is None:
        return None
    return FilterHalf(spec.cluedin_glossary, named.name, spec.term, keys_of(spec))
