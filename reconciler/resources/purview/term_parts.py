"""What hangs on a term: the terms below it, what it is related to and put on, and what people say of it besides.

Everything is told by the listing of the glossary, so that no request is sent for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.resources.objects import Part
from reconciler.resources.purview.references import holds
from reconciler.resources.purview.terms import Hierarchy

PLACE = "reconciler:place"
"""Where the raw object of a term keeps the guid of its category in Apache Atlas, as no listing names it."""

RELATED = {
    "synonyms": "the synonym",
    "seeAlso": "the related term",
    "antonyms": "the antonym",
    "preferredTerms": "the preferred term",
    "preferredToTerms": "its being preferred to",
    "replacedBy": "its being replaced by",
    "replacementTerms": "its replacing",
    "translatedTerms": "the translation",
    "translationTerms": "its being a translation of",
    "classifies": "its classifying",
    "isA": "its being a",
    "validValuesFor": "its being a value of",
    "validValues": "the value",
}
"""Every relation between terms (`AtlasGlossaryTerm`, Apache Atlas and Data Map contract, grade A)."""
MANAGED = ("synonyms", "seeAlso")
"""Those that are resources of their own."""
_CONTACTS = frozenset({"Expert", "Steward"})
"""Kinds of contacts that are fields of a term."""
_WORDS = {"examples": "the examples", "language": "the language", "additionalAttributes": "the additional attributes"}
"""What a person can say of a term and no manifest can (`AtlasGlossaryTerm`, grade A)."""


class Family:
    """The terms of one glossary, known together."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy
        self._children = hierarchy.children()

    def parts(self, key: str, term: Mapping[str, Any]) -> Iterator[Part]:
        """Everything on a term that somebody else may have put there."""
        guid = str(term["guid"])
        for child in self._children.get(guid, ()):
            below = self._hierarchy.key(child)
            yield Part(f"purview.term:{below}", str(child["guid"]), f"the term {below}")
        for entity in filter(holds, term.get("assignedEntities") or []):
            what = f"its being on {entity.get('displayText') or entity['guid']} ({entity.get('typeName')})"
            yield Part(f"purview.assignment:{key}@", f"{entity['guid']}/{guid}", what)
        yield from self._related(guid, term)
        place = self._hierarchy.place(dict(term))
        for entry in term.get("categories") or []:
            category = str(entry.get("categoryGuid"))
            if category != place:
                what = f"its being in the category {entry.get('displayText') or category}"
                yield Part("purview.category:", category, what, goes=False)
        yield from _said(term)

    def _related(self, guid: str, term: Mapping[str, Any]) -> Iterator[Part]:
        for name, word in RELATED.items():
            for entry in term.get(name) or []:
                other = str(entry.get("termGuid"))
                what = f"{word} {entry.get('displayText') or other}"
                if name in MANAGED:
                    yield Part(f"purview.related_term:{name}:", f"{guid}/{other}", what)
                else:
                    yield Part("", f"{name}/{other}", what)


def _said(term: Mapping[str, Any]) -> Iterator[Part]:
    for one in term.get("classifications") or []:
        yield Part("", str(one.get("typeName")), f"the classification {one.get('typeName')}")
    for name, word in _WORDS.items():
        if term.get(name):
            yield Part("", name, word)
    for kind, contacts in (term.get("contacts") or {}).items():
        for contact in contacts or () if kind not in _CONTACTS else ():
            yield Part("", f"{kind}/{contact.get('id')}", f"the contact {contact.get('id')} ({kind})")


def unsaid(term: Mapping[str, Any]) -> Iterator[str]:
    """What a term carries and no manifest can say, each sort in words that go before "of terms"."""
    if term.get("classifications"):
        yield "classifications"
    if any(entry.get("categoryGuid") != term.get(PLACE) for entry in term.get("categories") or ()):
        yield "categories"
    yield from (word.removeprefix("the ") for name, word in _WORDS.items() if term.get(name))
    yield from (f"`{name}`" for name in RELATED if name not in MANAGED and term.get(name))
    contacts = term.get("contacts") or {}
    if any(contacts[kind] for kind in contacts.keys() - _CONTACTS):
        yield "contacts but experts and stewards"
    if any(contact.get("info") for kind in contacts.keys() & _CONTACTS for contact in contacts[kind] or ()):
        yield "remarks on contacts"
