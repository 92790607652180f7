"""A concept in both systems: terms in Purview, a vocabulary in CluedIn, and what ties them together."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from reconciler.errors import Diagnostic
from reconciler.kinds.declarations import Declarations
from reconciler.kinds.glossary_mapping.assets import asset_resources
from reconciler.kinds.glossary_mapping.catalogue import catalogue_resources
from reconciler.kinds.glossary_mapping.checks import findings
from reconciler.kinds.glossary_mapping.declares import declarations_of
from reconciler.kinds.glossary_mapping.filters import glossary_resources
from reconciler.kinds.glossary_mapping.judge import judgements, questions
from reconciler.kinds.glossary_mapping.rule import (
    MADE_OF_TERMS,
    MADE_OF_VOCABULARIES,
    derived,
    rule_questions,
)
from reconciler.kinds.glossary_mapping.rule_checks import rule_findings, stray_rule_findings
from reconciler.kinds.glossary_mapping.rule_judge import rule_judgements
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.spec import GlossaryMapping
from reconciler.kinds.glossary_mapping.terms import term_resources
from reconciler.questions.base import Question
from reconciler.resources.base import Desired


class GlossaryMappingKind(Scene):
    """A `GlossaryMapping`: what it asks, what is wrong with it, and what it wants."""

    manifest = GlossaryMapping

    @cached_property
    def declarations(self) -> Declarations:
        """What it spells out; of a rule what follows from the answers, and nothing offline."""
        return derived(self).declarations if self.spec.is_rule else declarations_of(self.document, self.spec)

    @property
    def told_by_answers(self) -> frozenset[str]:
        """Of a rule, all that it makes."""
        return {"git": frozenset(), "purview": MADE_OF_TERMS, "cluedin": MADE_OF_VOCABULARIES}[self.spec.source]

    def check(self) -> Iterator[Diagnostic]:
        """Findings across documents: references that lead nowhere, names that collide, scope."""
        if self.spec.is_rule:
            yield from rule_findings(self)
            return
        yield from stray_rule_findings(self)
        yield from findings(self)

    def questions(self) -> Iterator[Question]:
        """Lists in which the document names something: templates, connectors, users, classifications."""
        yield from rule_questions(self) if self.spec.is_rule else questions(self)

    def judge(self) -> Iterator[Diagnostic]:
        """Findings about what is there: names that the systems do not know, values that a template cannot hold."""
        yield from rule_judgements(self) if self.spec.is_rule else judgements(self)

    def expand(self) -> Iterator[Desired]:
        """The resources of both halves, as far as the environment has the system."""
        if self.spec.is_rule:
            yield from derived(self).wants
            return
        if self.keys_here is not None:
            yield from catalogue_resources(self, self.keys_here)
        if self.filters_here is not None:
            yield from glossary_resources(self, self.filters_here)
        if self.terms_here is not None:
            yield from term_resources(self, self.terms_here)
        if self.assets_here is not None:
            yield from asset_resources(self, self.assets_here)
