"""What all glossary mappings of a project declare, looked up by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.kinds._glossary.concept import Item
from reconciler.kinds._names import formal_name, path_parts, term_path
from reconciler.kinds.base import World
from reconciler.manifest.findings import Path

if TYPE_CHECKING:
    from reconciler.kinds.glossary_mapping import GlossaryMapping
    from reconciler.manifest.project import Document

CONCEPT = -1
"""The place of the concept itself, where items have their number."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A document, and which of its items; `CONCEPT` for the concept itself."""

    document: Document
    at: int

    def path(self, field_name: str) -> Path:
        """The path of a field of the concept or the item."""
        return ("term", field_name) if self.at == CONCEPT else ("terms", self.at, field_name)


@dataclass(slots=True)
class Declared:
    """Terms, keys and names of the project, each with the places that declare it, in order."""

    terms: dict[str, list[Spot]] = field(default_factory=dict)
    """By key of the term resource."""
    by_own_name: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Keys of terms by glossary and own name."""
    formal: dict[tuple[str, str], dict[str, Spot]] = field(default_factory=dict)
    """Keys of terms by glossary and Purview's own name for them."""
    prefixes: dict[str, list[Document]] = field(default_factory=dict)
    """Documents by key prefix, case folded."""
    keys: dict[str, list[Spot]] = field(default_factory=dict)
    """By full key."""
    mapped: dict[str, str] = field(default_factory=dict)
    """The key that a key maps to."""
    cluedin_terms: dict[str, list[Spot]] = field(default_factory=dict)
    """By name of the CluedIn glossary term."""
    columns: dict[str, str] = field(default_factory=dict)
    """Full keys by case-folded full key: the first spelling."""
    codes: dict[str, str] = field(default_factory=dict)
    """Codes of entity types by case-folded code: the first spelling."""


def declared(world: World) -> Declared:
    """What the glossary mappings of a world declare, gathered once."""
    found: Declared = world.index("glossary.declared", lambda: _gather(world))
    return found


def concept_names(spec: GlossaryMapping) -> list[str]:
    """Own names from the top of the glossary to the concept."""
    assert spec.term is not None
    parents = path_parts(spec.term.parent) if spec.term.parent is not None else []
    return [*parents, spec.term.name]


def full_key(spec: GlossaryMapping, key: str) -> str:
    """A key of the document with its prefix."""
    assert spec.vocabulary is not None
    return f"{spec.vocabulary.key_prefix}.{key}"


def base_name(spec: GlossaryMapping) -> str | None:
    """The name from which names of CluedIn's glossary terms are derived."""
    if spec.term is not None:
        return spec.term.name
    return spec.vocabulary.name if spec.vocabulary is not None else None


def cluedin_term_name(base: str, item: Item | None = None) -> str:
    """The name of a CluedIn glossary term: `Customer`, `Customer_Email`."""
    return base if item is None else f"{base}_{item.name}"


def has_cluedin_term(spec: GlossaryMapping, item: Item) -> bool:
    """Whether an item gets a term in CluedIn's glossary: a filter needs the key to look for."""
    return item.term and item.key is not None and spec.vocabulary is not None


def _gather(world: World) -> Declared:
    found = Declared()
    for document in world.of("GlossaryMapping"):
        if document.spec is None or document.spec.source != "git":
            continue
        _gather_terms(found, document, document.spec)
        _gather_keys(found, document, document.spec)
        _gather_cluedin_terms(found, document, document.spec)
    return found


def _gather_terms(found: Declared, document: Document, spec: GlossaryMapping) -> None:
    if spec.term is None or spec.glossary is None:
        return
    names = concept_names(spec)
    top, formal = term_path(spec.glossary, *names), formal_name(names)
    for at, own in _own_names(spec):
        key = top if at == CONCEPT else f"{top}/{term_path(own)}"
        whole = formal if at == CONCEPT else f"{formal}_{own}"
        spot = Spot(document, at)
        if key not in found.terms:
            found.by_own_name.setdefault((spec.glossary, own), []).append(key)
        found.terms.setdefault(key, []).append(spot)
        found.formal.setdefault((spec.glossary, whole), {}).setdefault(key, spot)


def _own_names(spec: GlossaryMapping) -> Iterator[tuple[int, str]]:
    assert spec.term is not None
    yield CONCEPT, spec.term.name
    for at, item in enumerate(spec.terms):
        if item.term:
            yield at, item.name


def _gather_keys(found: Declared, document: Document, spec: GlossaryMapping) -> None:
    if spec.vocabulary is None:
        return
    found.prefixes.setdefault(spec.vocabulary.key_prefix.casefold(), []).append(document)
    if spec.vocabulary.entity_type is not None:
        code = spec.vocabulary.entity_type.full_code
        found.codes.setdefault(code.casefold(), code)
    for at, item in enumerate(spec.terms):
        if item.key is None:
            continue
        key = full_key(spec, item.key)
        found.keys.setdefault(key, []).append(Spot(document, at))
        found.columns.setdefault(key.casefold(), key)
        if item.maps_to is not None:
            found.mapped.setdefault(key, item.maps_to)
        if item.former.key is not None:
            former = full_key(spec, item.former.key)
            found.mapped.setdefault(former, key)


def _gather_cluedin_terms(found: Declared, document: Document, spec: GlossaryMapping) -> None:
    base = base_name(spec)
    if spec.cluedin_glossary is None or base is None:
        return
    found.cluedin_terms.setdefault(cluedin_term_name(base), []).append(Spot(document, CONCEPT))
    for at, item in enumerate(spec.terms):
        if has_cluedin_term(spec, item):
            found.cluedin_terms.setdefault(cluedin_term_name(base, item), []).append(Spot(document, at))
