"""What a glossary mapping declares for other documents, told from its spec alone."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.declarations import (
    CONCEPT,
    Declarations,
    DeclaredKey,
    DeclaredTerm,
    DeclaredVocabulary,
    Spot,
)
from reconciler.kinds.glossary_mapping.spec import GlossaryMapping, Item
from reconciler.kinds.project.names import formal_name, path_parts, term_path
from reconciler.manifest.documents import Document


def declarations_of(document: Document, spec: GlossaryMapping) -> Declarations:
    """The terms, the vocabulary with its keys, and the terms of CluedIn's glossary."""
    terms = tuple(_terms(document, spec))
    by_item = {term.spot.at: term.key for term in terms}
    return Declarations(terms, _vocabulary(document, spec, by_item), tuple(_cluedin_terms(document, spec)))


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


def _terms(document: Document, spec: GlossaryMapping) -> Iterator[DeclaredTerm]:
    term, glossary = spec.term, spec.glossary
    if term is None or glossary is None:
        return
    names = concept_names(spec)
    top, formal = term_path(glossary, *names), formal_name(names)
    moved = term.moved_from not in (None, term.name)
    yield DeclaredTerm(Spot(document, CONCEPT), top, glossary, term.name, formal, moved)
    for at, item in enumerate(spec.terms):
        if item.term:
            key, moved = f"{top}/{term_path(item.name)}", item.former.name not in (None, item.name)
            yield DeclaredTerm(Spot(document, at), key, glossary, item.name, f"{formal}_{item.name}", moved)


def _vocabulary(document: Document, spec: GlossaryMapping, terms: dict[int, str]) -> DeclaredVocabulary | None:
    vocabulary = spec.vocabulary
    if vocabulary is None:
        return None
    entity = vocabulary.entity_type
    code, name = (None, "") if entity is None else (entity.full_code, entity.name)
    prefix, glossary = vocabulary.key_prefix, spec.glossary if spec.term is not None else None
    keys = tuple(_keys(document, spec, prefix, code, terms))
    return DeclaredVocabulary(document, prefix, keys, code, name, glossary)


def _keys(
    document: Document, spec: GlossaryMapping, prefix: str, code: str | None, terms: dict[int, str]
) -> Iterator[DeclaredKey]:
    for at, item in enumerate(spec.terms):
        if item.key is not None:
            yield DeclaredKey(
                spot=Spot(document, at),
                key=f"{prefix}.{item.key}",
                prefix=prefix,
                code=code,
                term=terms.get(at),
                data_type=item.data_type or "",
                obsolete=bool(item.obsolete),
                labels=item.labels,
                maps_to=item.maps_to,
                former=f"{prefix}.{item.former.key}" if item.former.key is not None else None,
            )


def _cluedin_terms(document: Document, spec: GlossaryMapping) -> Iterator[tuple[str, Spot]]:
    base = base_name(spec)
    if spec.cluedin_glossary is None or base is None:
        return
    yield cluedin_term_name(base), Spot(document, CONCEPT)
    for at, item in enumerate(spec.terms):
        if has_cluedin_term(spec, item):
            yield cluedin_term_name(base, item), Spot(document, at)
