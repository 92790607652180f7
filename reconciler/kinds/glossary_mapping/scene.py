"""One glossary mapping on the way to its resources: what every step looks up, found once."""

from __future__ import annotations

from functools import cached_property

from reconciler.environment.sign_in import PurviewSystem
from reconciler.kinds.base import Kind, World, origin_at
from reconciler.kinds.declarations import CONCEPT, Declarations
from reconciler.kinds.glossary_mapping.declares import declarations_of
from reconciler.kinds.glossary_mapping.halves import (
    AssetHalf,
    FilterHalf,
    KeyHalf,
    TermHalf,
    filters_of,
    keys_of,
    terms_of,
)
from reconciler.kinds.glossary_mapping.items import Entry, entries
from reconciler.kinds.glossary_mapping.spec import GlossaryMapping, Item
from reconciler.kinds.project.declared import Declared, declared
from reconciler.manifest.documents import Document
from reconciler.manifest.findings import Path
from reconciler.resources import types
from reconciler.resources.base import Resource
from reconciler.resources.objects import Origin
from reconciler.systems.dialect import PURVIEW, Dialect


class Scene(Kind[GlossaryMapping]):
    """A document with its world: the halves that it spells out, and those that are made in this environment."""

    def __init__(self, document: Document, world: World) -> None:
        super().__init__(document, world)
        self._origins: dict[Path, Origin] = {}

    @cached_property
    def declared(self) -> Declared:
        """What all documents declare."""
        return declared(self.world)

    @property
    def concept(self) -> str:
        """Its term, else its vocabulary."""
        named = self.spec.term or self.spec.vocabulary
        return named.name if named is not None and named.name else self.document.name

    @cached_property
    def declarations(self) -> Declarations:
        """Its terms, its vocabulary with the keys, and its terms of CluedIn's glossary."""
        return declarations_of(self.document, self.spec)

    @property
    def purview(self) -> PurviewSystem | None:
        """The Purview of the environment, if it has one."""
        return self.environment.purview

    @property
    def dialect(self) -> Dialect:
        """What the Purview of the environment has; without one nothing is left out for its sake."""
        return self.purview.dialect if self.purview is not None else PURVIEW

    # -- what the document spells out ----------------------------------------------------------------------

    @cached_property
    def items(self) -> tuple[Entry, ...]:
        """Its items, those within others included."""
        return tuple(entries(self.spec.terms))

    @cached_property
    def terms(self) -> TermHalf | None:
        """Its terms in Purview."""
        return terms_of(self.spec)

    @cached_property
    def keys(self) -> KeyHalf | None:
        """Its vocabulary in CluedIn."""
        return keys_of(self.spec)

    @cached_property
    def filters(self) -> FilterHalf | None:
        """Its terms of CluedIn's own glossary."""
        return filters_of(self.spec)

    @property
    def code(self) -> str | None:
        """The code of the entity type, if the document has one."""
        vocabulary = self.spec.vocabulary
        if vocabulary is None or vocabulary.entity_type is None:
            return None
        return vocabulary.entity_type.full_code

    # -- what is made of it in this environment ------------------------------------------------------------

    @property
    def terms_here(self) -> TermHalf | None:
        """The terms that the document makes in Purview."""
        return self.terms if self.purview is not None else None

    @property
    def keys_here(self) -> KeyHalf | None:
        """The vocabulary that the document makes in CluedIn."""
        return self.keys if self.environment.cluedin is not None else None

    @property
    def filters_here(self) -> FilterHalf | None:
        """The terms that the document makes in CluedIn's own glossary."""
        return self.filters if self.environment.cluedin is not None else None

    @cached_property
    def assets_here(self) -> AssetHalf | None:
        """The entity type and its keys as they appear in Purview."""
        entity = self.keys.vocabulary.entity_type if self.keys is not None else None
        if self.purview is None or self.keys is None or entity is None or not self.spec.assets:
            return None
        return AssetHalf(self.purview, self.keys, entity)

    # -- how its resources are made ------------------------------------------------------------------------

    def type(self, name: str) -> Resource:
        """A resource type by `system.name`."""
        return types()[name]

    def origin(self, at: Path = CONCEPT) -> Origin:
        """Where the document wants the concept, or an item."""
        found = self._origins.get(at)
        if found is None:
            found = self._origins[at] = origin_at(self.document, () if at == CONCEPT else at)
        return found

    def origin_of(self, part: str) -> Origin:
        """Where a part of the document stands: `vocabulary`, `term`."""
        return origin_at(self.document, (part,))

    def bearer(self, item: Item | None = None) -> str:
        """What a rename leaves alone: the vocabulary key of an item, the prefix of the concept; empty without one."""
        if self.keys is None:
            return ""
        if item is None:
            return self.keys.prefix
        return self.keys.full(item.key) if item.key is not None else ""
