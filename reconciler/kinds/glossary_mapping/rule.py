"""A glossary mapping that is a rule: what it asks, and what follows from the answers."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.base import World
from reconciler.kinds.glossary_mapping.rule_derived import Derived
from reconciler.kinds.glossary_mapping.rule_filters import TermFilters, category_of
from reconciler.kinds.glossary_mapping.rule_keys import TermKeys
from reconciler.kinds.glossary_mapping.rule_memory import MEMORY, Memory, memory_of
from reconciler.kinds.glossary_mapping.rule_terms import VocabularyTerms, vocabularies_question
from reconciler.kinds.glossary_mapping.rule_terms_taken import TermsTaken, terms_question
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.questions.base import Question
from reconciler.questions.native_sync import NativeSync
from reconciler.questions.source_terms import SourceTerm
from reconciler.questions.source_vocabularies import SourceVocabulary
from reconciler.questions.templates import TermTemplates

MADE_OF_TERMS = frozenset(
    {
        "cluedin.entity_type",
        "cluedin.vocabulary",
        "cluedin.vocabulary_key",
        "cluedin.glossary_category",
        "cluedin.glossary_term",
    }
)
"""Types of what a rule with `source: purview` makes."""
MADE_OF_VOCABULARIES = frozenset({"purview.glossary", "purview.term"})
"""Types of what a rule with `source: cluedin` makes."""

KEPT_THERE = "a rule makes something of it, so it is kept where it is"
"""Why `pull` writes down no source of a rule."""


def rule_questions(rule: Scene) -> Iterator[Question]:
    """What a rule asks: its source, CluedIn's own sync, and what the ledger remembers of it."""
    yield source_question(rule)
    yield NativeSync()
    yield MEMORY
    if rule.spec.source == "cluedin" and rule.spec.into.template is not None:
        yield TermTemplates((rule.spec.into.template,))


def source_question(rule: Scene) -> Question:
    """What a rule asks the system that it reads."""
    spec = rule.spec
    if spec.source == "purview":
        return terms_question(spec.glossary or "", spec.select)
    return vocabularies_question(spec.select)


def memory(rule: Scene) -> Memory:
    """What the ledger remembers of a rule."""
    names = (f"{one.kind}/{one.name}" for one in rule.world.documents)
    return memory_of(rule.world.answers.of(MEMORY), f"{rule.document.kind}/{rule.document.name}", names)


def derived(rule: Scene) -> Derived:
    """What a rule comes to; nothing where its source was not read."""
    return rule.once(_derived)


def sources(world: World) -> frozenset[str]:
    """What the rules of a project make things of, each as `system.type:id`: it is looked after where it is."""
    return world.know(_sources)


def _sources(world: World) -> frozenset[str]:
    rules = (rule for rule in world.of(Scene) if rule.spec.is_rule)
    return frozenset(want.derived_from for rule in rules for want in derived(rule).wants if want.derived_from)


def _derived(rule: Scene) -> Derived:
    found = Derived()
    rows = rule.world.answers.of(source_question(rule))
    if rows is None:
        return found
    if rule.spec.source == "purview" and rule.environment.cluedin is not None:
        _from_terms(rule, rows, found)
    if rule.spec.source == "cluedin" and rule.environment.purview is not None:
        _from_vocabularies(rule, rows, found)
    return found


def _from_terms(rule: Scene, rows: tuple[SourceTerm, ...], found: Derived) -> None:
    taken = TermsTaken(rule, rows, memory(rule))
    found.selected, found.wait_for_assets = len(taken.tops), sum(1 for row in rows if row.lacks_column)
    found.findings += taken.findings()
    keys = TermKeys(rule, taken) if rule.spec.into.vocabularies else None
    if keys is not None:
        keys.into(found)
    category = category_of(rule)
    if category is not None:
        TermFilters(rule, taken, keys, category).into(found)


def _from_vocabularies(rule: Scene, rows: tuple[SourceVocabulary, ...], found: Derived) -> None:
    terms = VocabularyTerms(rule, rows, memory(rule))
    found.selected = len(terms.terms)
    terms.into(found)
