"""One glossary mapping on the way to its resources: what every step looks up, found once."""

from __future__ import annotations

from functools import cached_property

from reconciler.environment.sign_in import PurviewSystem
from reconciler.kinds.base import Kind, World, origin_at
from reconciler.kinds.declarations import CONCEPT, NOTHING, Declarations
from reconciler.kinds.glossary_mapping.declares import concept_names, declarations_of, full_key
from reconciler.kinds.glossary_mapping.spec import GlossaryMapping, Item
from reconciler.kinds.project.declared import Declared, declared
from reconciler.kinds.project.names import QualifiedNames, path_parts, term_path
from reconciler.manifest.documents import Document
from reconciler.resources import types
from reconciler.resources.base import Origin, Resource


class Scene(Kind[GlossaryMapping]):
    """A document with its world, and the names that follow from both."""

    def __init__(self, document: Document, world: World) -> None:
        super().__init__(document, world)
        self._origins: dict[int, Origin] = {}

    @property
    def declared(self) -> Declared:
        """What all documents declare."""
        return declared(self.world)

    @cached_property
    def declarations(self) -> Declarations:
        """Its terms, its vocabulary with the keys, and its terms of CluedIn's glossary."""
        return declarations_of(self.document, self.spec) if self.is_written_here else NOTHING

    @property
    def is_written_here(self) -> bool:
        """Whether the concept is spelled out in Git; ways to derive it from a system come later."""
        return self.spec.source == "git"

    @property
    def purview(self) -> PurviewSystem | None:
        """The Purview of the environment, if it has one."""
        return self.environment.purview

    @property
    def wants_terms(self) -> bool:
        """Whether the document makes terms in Purview here."""
        return self.purview is not None and self.spec.term is not None and self.spec.glossary is not None

    @property
    def wants_catalogue(self) -> bool:
        """Whether the document makes a vocabulary in CluedIn here."""
        return self.environment.cluedin is not None and self.spec.vocabulary is not None

    @property
    def wants_assets(self) -> bool:
        """Whether the entity type and its keys appear as assets in Purview here."""
        return self.purview is not None and self.code is not None

    @property
    def code(self) -> str | None:
        """The code of the entity type, if the document has one."""
        vocabulary = self.spec.vocabulary
        if vocabulary is None or vocabulary.entity_type is None:
            return None
        return vocabulary.entity_type.full_code

    def type(self, name: str) -> Resource:
        """A resource type by `system.name`."""
        return types()[name]

    def origin(self, at: int = CONCEPT) -> Origin:
        """Where the document wants the concept, or an item."""
        found = self._origins.get(at)
        if found is None:
            found = self._origins[at] = origin_at(self.document, () if at == CONCEPT else ("terms", at))
        return found

    def origin_of(self, part: str) -> Origin:
        """Where a part of the document stands: `vocabulary`, `term`."""
        return origin_at(self.document, (part,))

    # -- keys of resources ---------------------------------------------------------------------------------

    @cached_property
    def concept_key(self) -> str:
        """The key of the concept's term."""
        assert self.spec.glossary is not None
        return term_path(self.spec.glossary, *concept_names(self.spec))

    @cached_property
    def former_concept_key(self) -> str | None:
        """The key that the concept's term had before it was renamed or moved.

        A path, also `/Name`, starts at the top of the glossary; a name alone stood where the term stands now, and at
        the top where that is the term's own key.
        """
        term = self.spec.term
        assert term is not None
        assert self.spec.glossary is not None
        if term.moved_from is None:
            return None
        names = path_parts(term.moved_from.removeprefix("/"))
        at_top = term.moved_from.startswith("/") or len(names) > 1 or term.parent is None or names == [term.name]
        above = path_parts(term.parent) if term.parent is not None and not at_top else []
        return term_path(self.spec.glossary, *above, *names)

    def item_key(self, item: Item) -> str:
        """The key of an item's term."""
        return f"{self.concept_key}/{term_path(item.name)}"

    def former_item_keys(self, item: Item) -> tuple[str, ...]:
        """Keys that an item's term may have had before it, or the concept above it, was renamed or moved.

        Either may have been applied already, as people leave `moved_from` where it is.
        """
        above = dict.fromkeys(filter(None, (self.former_concept_key, self.concept_key)))
        names = dict.fromkeys(filter(None, (item.former.name, item.name)))
        keys = [f"{concept}/{term_path(name)}" for name in names for concept in above]
        if item.former.path:
            keys.append(term_path(self.spec.glossary or "", *item.former.path))
        return tuple(key for key in keys if key != self.item_key(item))

    def bearer(self, item: Item | None = None) -> str:
        """What a rename leaves alone: the vocabulary key of an item, the prefix of the concept; empty without one."""
        vocabulary = self.spec.vocabulary
        if vocabulary is None or (item is not None and item.key is None):
            return ""
        return vocabulary.key_prefix if item is None else self.full_key(item.key or "")

    def full_key(self, key: str) -> str:
        """A key with the prefix of the document's vocabulary."""
        return full_key(self.spec, key)

    @cached_property
    def names(self) -> QualifiedNames:
        """The qualified names of the environment."""
        assert self.purview is not None
        return QualifiedNames(self.purview.name_prefix)

    @cached_property
    def entity_name(self) -> str:
        """The qualified name of the entity type."""
        assert self.code is not None
        return self.names.entity(self.code)

    @cached_property
    def entity_key(self) -> str:
        """The key of the entity type as an asset."""
        assert self.purview is not None
        return f"{self.purview.type_prefix}entity/{self.entity_name}"

    def column_key(self, key: str) -> str:
        """The key of a vocabulary key as a column of the entity type."""
        assert self.purview is not None
        return f"{self.purview.type_prefix}column/{self.names.column(self.entity_name, self.full_key(key))}"
