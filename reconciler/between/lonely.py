"""Terms without a key and keys without a term, where a rule pairs them: that of a document, or that of a concept.

A concept is a term and a vocabulary; what stands below the one has a counterpart in the other, as a manifest makes it.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.between.found import Found, Side, advise
from reconciler.between.git import Git
from reconciler.between.pairs import Pair, Pairing, below_concepts, is_retired_key, own
from reconciler.between.sides import Sides, vocabulary, vocabulary_key
from reconciler.between.texts import is_expired
from reconciler.errors import Source


def lonely(sides: Sides, git: Git, pairing: Pairing) -> Iterator[Found]:
    """Everything in use whose counterpart is missing, and that Git does not want to be alone."""
    yield from _Lonely(sides, git, pairing).found()


class _Lonely:
    def __init__(self, sides: Sides, git: Git, pairing: Pairing) -> None:
        self.sides, self.git, self.pairing = sides, git, pairing
        self.paired = {one.term for one in pairing.pairs.values()}
        self.in_doubt = {one for doubt in pairing.doubts for one in doubt.candidates}
        self.doubtful = pairing.doubtful
        self.parents = {term.rpartition("/")[0] for term in sides.terms}
        self.items = [
            (git.live_full_key(key, sides), git.live_term(term, sides), document) for key, term, document in git.items
        ]
        self.in_git = {name for key, term, _ in self.items for name in (vocabulary_key(key), f"purview.term:{term}")}
        """Addresses of what a manifest has in both systems; what else it has is meant to be alone."""

    def found(self) -> Iterator[Found]:
        """What manifests have in both systems, then what stands below concepts."""
        for key, term, document in self.items:
            yield from self._item(key, term, f"{document} has both in one item")
        concepts = self.pairing.concepts
        told: set[str] = set()
        for prefix, terms in below_concepts(self.sides.terms, concepts).items():
            for term in terms:
                groups = term in self.parents  # what only groups others needs no key
                if (
                    term not in told
                    and not groups
                    and self._is_open(f"purview.term:{term}")
                    and self._term_is_open(term)
                ):
                    told.add(term)
                    yield self._term(term, concepts[prefix])
        for prefix, concept in concepts.items():
            for key in self.sides.in_vocabulary.get(prefix, ()):
                if self._is_open(vocabulary_key(key)) and self._key_is_open(key):
                    yield self._key(key, concept)

    def _item(self, key: str, term: str, why: str) -> Iterator[Found]:
        """One item of a manifest: the address of what is missing is known."""
        here, there = f"purview.term:{term}", vocabulary_key(key)
        pair, source = Pair(term, there, "manifest", why), self.git.source(here, there)
        if term in self.sides.terms and there not in self.sides and self._term_is_open(term):
            advice = "Make the key by an apply, or write the item without `key`."
            sides = Side(here, own(term)), Side(there)
            sentence = f"The term “{own(term)}” has no key in CluedIn"
            yield Found("between.term_alone", *sides, pair, sentence, advice, source)
        if there in self.sides and term not in self.sides.terms and self._key_is_open(key):
            advice = "Make the term by an apply, or write the item with `term: false`."
            sides = Side(here), Side(there, self._shown(key))
            sentence = f"The key “{self._shown(key)}” has no term in Purview"
            yield Found("between.key_alone", *sides, pair, sentence, advice, source)

    def _is_open(self, address: str) -> bool:
        """Whether a concept asks for a counterpart: what is in a manifest has that manifest's word."""
        return address not in self.in_git and not self.git.wants(address)

    def _term_is_open(self, term: str) -> bool:
        """Whether a term is in use and in no pair; one of which nobody can tell is told as such."""
        if term in self.paired or f"purview.term:{term}" in self.in_doubt:
            return False
        return not is_expired(self.sides.terms[term].fields)

    def _key_is_open(self, key: str) -> bool:
        """The same of a key."""
        address = vocabulary_key(key)
        if address in self.pairing.pairs or address in self.doubtful:
            return False
        return not is_retired_key(self.sides, key)

    def _term(self, term: str, concept: Pair) -> Found:
        sentence = f"The term “{own(term)}” has no key in the vocabulary that goes with “{own(concept.term)}”"
        sides = Side(f"purview.term:{term}", own(term)), Side(concept.other)
        pair = Pair(term, "", concept.by, self._because(concept))
        advice, source = self._advice(sides[0].address, concept, "Add a key for it, or let the term expire", "no `key`")
        return Found("between.term_alone", *sides, pair, sentence, advice, source)

    def _key(self, key: str, concept: Pair) -> Found:
        shown = self._shown(key)
        sentence = f"The key “{shown}” has no term below “{own(concept.term)}”"
        sides = Side(f"purview.term:{concept.term}"), Side(vocabulary_key(key), shown)
        pair = Pair("", sides[1].address, concept.by, self._because(concept))
        advice, source = self._advice(
            sides[1].address, concept, "Add a term for it, or make the key obsolete", "`term: false`"
        )
        return Found("between.key_alone", *sides, pair, sentence, advice, source)

    def _advice(self, address: str, concept: Pair, advice: str, meant: str) -> tuple[str, Source | None]:
        """What to do: where the concept is in Git, an item there may also say that it is meant to be alone."""
        source = self.git.source(address, concept.other)
        if source is None:
            return advise(f"{advice}.", None), None
        return f"{advice}; an item with {meant} in the manifest says that it is meant so.", source

    def _shown(self, key: str) -> str:
        return str(self.sides.keys[key].fields.get("display_name") or key)

    def _because(self, concept: Pair) -> str:
        other = concept.other.removeprefix(vocabulary(""))
        return f"“{own(concept.term)}” and the vocabulary {other} belong together, as {concept.why}"
