"""A concept in both systems: terms in Purview, a vocabulary in CluedIn, and what ties them together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reconciler.errors import Diagnostic
from reconciler.kinds._glossary.assets import asset_resources
from reconciler.kinds._glossary.catalogue import catalogue_resources, glossary_resources
from reconciler.kinds._glossary.checks import findings
from reconciler.kinds._glossary.concept import (
    CluedInGlossary,
    Concept,
    Into,
    Item,
    Removed,
    Selection,
    Text,
    Vocabulary,
)
from reconciler.kinds._glossary.judge import judgements, questions
from reconciler.kinds._glossary.scene import Scene
from reconciler.kinds._glossary.terms import term_resources
from reconciler.kinds.base import Kind, World
from reconciler.resources.base import Desired
from reconciler.sources.base import Question

if TYPE_CHECKING:
    from reconciler.manifest.project import Document


class GlossaryMapping(Kind):
    """A concept in both systems: terms in Purview, a vocabulary in CluedIn, and what ties them together.

    In Purview it makes the glossary, a term for the concept and one for each item, the entity type as an
    asset with a column for each key, and puts the terms and the classifications of labels on them. In
    CluedIn it makes the entity type, the vocabulary with its keys, and terms of CluedIn's own glossary. Each
    part is optional, and of each part only what is written is managed.

    Example::

        apiVersion: reconciler/v1
        kind: GlossaryMapping
        metadata: {name: customer, description: The customer concept in both systems}
        spec:
          glossary: Enterprise
          term:
            name: Customer
            definition: A person or organisation that buys from us.
            status: Approved
          vocabulary:
            name: Customer
            key_prefix: customer
            active: true
            entity_type: {name: Customer, code: /Customer, icon: User}
          terms:
            - {name: Email, key: email, data_type: Email, definition: Primary contact address., labels: [PII]}
            - {name: Full Name, key: fullName, data_type: PersonName, labels: [PII]}
            - {name: Customer Id, key: id, data_type: Identifier}
            - {name: Account Id, key: accountId, data_type: Identifier}
            - {name: Mail (old), key: mail, term: false, obsolete: true, maps_to: customer.email}
          cluedin_glossary: {category: Enterprise}
    """

    kind: ClassVar[str] = "GlossaryMapping"

    source: Literal["git", "purview", "cluedin"] = "git"
    """Where the concept is spelled out. `git`: here. `purview` and `cluedin` are reserved: rules that derive
    one side from what is in the other come later."""
    glossary: Text | None = None
    """Glossary in Purview; created when missing, never removed."""
    term: Concept | None = None
    """The concept as a term; leave it out to leave Purview's glossary alone."""
    vocabulary: Vocabulary | None = None
    """The concept as a vocabulary; leave it out to leave CluedIn's catalogue alone."""
    terms: tuple[Item, ...] = ()
    """What the concept consists of: each item is a key in CluedIn and a term below the concept in Purview."""
    cluedin_glossary: CluedInGlossary | None = None
    """Terms in CluedIn's own glossary for the concept and its keys."""
    assign_terms: bool = True
    """Put the terms on the entity type and on the columns of the keys."""
    removed: Removed = "obsolete"
    """What pruning does to keys that left the manifest: make them `obsolete`, `delete` them, or `keep` them.
    The vocabulary itself is only ever deleted with `delete`."""
    select: Selection | None = None
    """Reserved for `source: purview` and `source: cluedin`."""
    into: Into | None = None
    """Reserved for `source: purview` and `source: cluedin`."""
    naming: dict[str, str] | None = None
    """Reserved for `source: purview` and `source: cluedin`."""
    defaults: dict[str, Any] | None = None
    """Reserved for `source: purview`."""
    allow_native: bool = False
    """Reserved for `source: purview` and `source: cluedin`."""

    def check(self, document: Document, world: World) -> Iterator[Diagnostic]:
        """Findings across documents: references that lead nowhere, names that collide, scope."""
        yield from findings(Scene(self, document, world))

    def sources(self, document: Document, world: World) -> Iterator[Question]:
        """Lists in which the document names something: templates, connectors, users, classifications."""
        if self.source == "git":
            yield from questions(Scene(self, document, world))

    def judge(self, document: Document, world: World) -> Iterator[Diagnostic]:
        """Findings about what is there: names that the systems do not know, values that a template cannot hold."""
        if self.source == "git":
            yield from judgements(Scene(self, document, world))

    def expand(self, document: Document, world: World) -> Iterator[Desired]:
        """The resources of both halves, as far as the environment has the system."""
        if self.source != "git":
            return
        scene = Scene(self, document, world)
        if scene.wants_catalogue:
            yield from catalogue_resources(scene)
        if scene.environment.cluedin is not None and self.cluedin_glossary is not None:
            yield from glossary_resources(scene)
        if scene.wants_terms:
            yield from term_resources(scene)
        if scene.wants_assets:
            yield from asset_resources(scene)
