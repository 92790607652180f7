"""What all documents of a project declare about terms and keys, looked up by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reconciler.kinds.base import World
from reconciler.kinds.declarations import DeclaredKey, DeclaredTerm, DeclaredVocabulary, Spot


@dataclass(slots=True)
class Declared:
    """Terms, keys and names of the project, each with all that declare it, in order."""

    terms: dict[str, list[DeclaredTerm]] = field(default_factory=dict)
    """By key of the term resource."""
    by_own_name: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Keys of terms by glossary and own name."""
    formal: dict[tuple[str, str], dict[str, Spot]] = field(default_factory=dict)
    """Keys of terms by glossary and Purview's own name for them."""
    vocabularies: dict[str, list[DeclaredVocabulary]] = field(default_factory=dict)
    """By key prefix, case folded."""
    keys: dict[str, list[DeclaredKey]] = field(default_factory=dict)
    """By full key."""
    mapped: dict[str, str] = field(default_factory=dict)
    """The key that a key maps to."""
    cluedin_terms: dict[str, list[Spot]] = field(default_factory=dict)
    """By name of the CluedIn glossary term."""
    columns: dict[str, str] = field(default_factory=dict)
    """Full keys by case-folded full key: the first spelling."""
    codes: dict[str, str] = field(default_factory=dict)
    """Codes of entity types by case-folded code: the first spelling."""

    catalogued: set[str] = field(default_factory=set)
    """Codes of entity types that some document makes an asset in Purview."""
    left_to_others: set[str] = field(default_factory=set)
    """Codes of entity types that a document makes, and that whoever needs them in Purview brings there."""

    def keeps_out(self, code: str) -> bool:
        """Whether documents make the entity type of a code, and all of them keep it out of Purview."""
        return self.makes_entity(code) and code not in self.catalogued | self.left_to_others

    def makes_entity(self, code: str) -> bool:
        """Whether a document makes the entity type of a code, spelled so."""
        return self.codes.get(code.casefold()) == code


def declared(world: World) -> Declared:
    """What the documents of a world declare, gathered once."""
    return world.know(_gather)


def _gather(world: World) -> Declared:
    found = Declared()
    for kind in world.kinds.values():
        said = kind.declarations
        _gather_terms(found, said.terms)
        for vocabulary in said.vocabularies:
            _gather_keys(found, vocabulary)
        for name, spot in said.cluedin_terms:
            found.cluedin_terms.setdefault(name, []).append(spot)
    return found


def _gather_terms(found: Declared, terms: Iterable[DeclaredTerm]) -> None:
    for term in terms:
        if term.key not in found.terms:
            found.by_own_name.setdefault((term.glossary, term.own), []).append(term.key)
        found.terms.setdefault(term.key, []).append(term)
        found.formal.setdefault((term.glossary, term.formal), {}).setdefault(term.key, term.spot)


def _gather_keys(found: Declared, vocabulary: DeclaredVocabulary) -> None:
    found.vocabularies.setdefault(vocabulary.prefix.casefold(), []).append(vocabulary)
    if vocabulary.code is not None:
        found.codes.setdefault(vocabulary.code.casefold(), vocabulary.code)
        if vocabulary.assets is not False:
            (found.catalogued if vocabulary.assets else found.left_to_others).add(vocabulary.code)
    for key in vocabulary.keys:
        found.keys.setdefault(key.key, []).append(key)
        found.columns.setdefault(key.key.casefold(), key.key)
        if key.maps_to is not None:
            found.mapped.setdefault(key.key, key.maps_to)
        if key.former is not None:
            found.mapped.setdefault(key.former, key.key)
