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
from reconciler.kinds.glossary_mapping.halves import FilterHalf, KeyHalf, TermHalf, filters_of, keys_of, terms_of
from reconciler.kinds.glossary_mapping.spec import GlossaryMapping
from reconciler.manifest.documents import Document


def declarations_of(document: Document, spec: GlossaryMapping) -> Declarations:
    """The terms, the vocabulary with its keys, and the terms of CluedIn's glossary."""
    half, keys, filters = terms_of(spec), keys_of(spec), filters_of(spec)
    terms = tuple(_terms(document, half)) if half is not None else ()
    return Declarations(
        terms,
        (_vocabulary(document, keys, half, assets=spec.assets),) if keys is not None else (),
        tuple(_cluedin_terms(document, filters)) if filters is not None else (),
    )


def _terms(document: Document, terms: TermHalf) -> Iterator[DeclaredTerm]:
    concept = terms.concept
    if concept is not None:
        moved = concept.moved_from not in (None, concept.name)
        yield DeclaredTerm(Spot(document, CONCEPT), terms.key, terms.glossary, concept.name, terms.formal, moved)
    for entry in terms.items:
        item, key = entry.item, terms.item_key(entry)
        moved, formal = item.former.name not in (None, item.name), terms.item_formal(entry)
        yield DeclaredTerm(Spot(document, entry.path), key, terms.glossary, item.name, formal, moved)


def _vocabulary(document: Document, half: KeyHalf, terms: TermHalf | None, *, assets: bool) -> DeclaredVocabulary:
    entity = half.vocabulary.entity_type
    code, name = (None, "") if entity is None else (entity.full_code, entity.name)
    keys = tuple(_keys(document, half, code, terms))
    glossary = terms.glossary if terms is not None else None
    return DeclaredVocabulary(document, half.prefix, keys, code, name, glossary, assets)


def _keys(document: Document, half: KeyHalf, code: str | None, terms: TermHalf | None) -> Iterator[DeclaredKey]:
    for entry, key in half.items:
        item = entry.item
        yield DeclaredKey(
            spot=Spot(document, entry.path),
            key=key,
            prefix=half.prefix,
            code=code,
            term=terms.item_key(entry) if terms is not None and item.term else None,
            data_type=item.data_type or "",
            obsolete=bool(item.obsolete),
            labels=item.labels,
            maps_to=item.maps_to,
            former=half.full(item.former.key) if item.former.key is not None else None,
        )


def _cluedin_terms(document: Document, filters: FilterHalf) -> Iterator[tuple[str, Spot]]:
    yield filters.name(), Spot(document, CONCEPT)
    for entry, _ in filters.items:
        yield filters.name(entry), Spot(document, entry.path)
