"""What belongs together: by a manifest, by the ledger, by what Purview records, and last by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.between.git import Git
from reconciler.between.sides import KEY, VOCABULARY, Sides, vocabulary, vocabulary_key
from reconciler.resources.keys import Address, unquote
from reconciler.resources.spelling import look_alike
from reconciler.saved.between import Because

_SIGNS = re.compile(r"[\W_]")


@dataclass(frozen=True, slots=True)
class Pair:
    """A term, and the vocabulary or the key that means the same."""

    term: str
    """The key of the term."""
    other: str
    """The address of the vocabulary or the key."""
    by: Because
    why: str
    """What pairs the two, in a sentence."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something with several counterparts."""

    address: str
    candidates: tuple[str, ...]
    why: str


@dataclass(slots=True)
class Pairing:
    """All pairs by the address in CluedIn: each vocabulary and each key is in one at most."""

    pairs: dict[str, Pair] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def concepts(self) -> dict[str, Pair]:
        """The pairs of vocabularies, by key prefix."""
        return self._of(VOCABULARY)

    @property
    def items(self) -> dict[str, Pair]:
        """The pairs of keys, by full key."""
        return self._of(KEY)

    @property
    def doubtful(self) -> set[str]:
        """The addresses in CluedIn that a doubt is about."""
        return {one.address for one in self.doubts}

    def _of(self, type: str) -> dict[str, Pair]:
        return {Address.of(other).key: one for other, one in self.pairs.items() if Address.of(other).type == type}


def own(term: str) -> str:
    """The own name of a term."""
    return unquote(term.rpartition("/")[2])


def simple(name: str) -> str:
    """The form in which names are compared to pair things: `Full Name`, `fullName` and `full_name` are one."""
    return _SIGNS.sub("", look_alike(name))


def pair(sides: Sides, git: Git) -> Pairing:
    """Pairs everything that is there, the surest reasons first."""
    return _Matching(sides, git).pairing()


class _Matching:
    """Pairs that grow; what is settled once stays so."""

    def __init__(self, sides: Sides, git: Git) -> None:
        self.sides, self.git = sides, git
        self.found = Pairing()
        self.settled: set[str] = set()
        """Addresses in CluedIn that are paired, or that a doubt is about."""
        self.taken: set[str] = set()
        """Terms that are paired."""
        self.parents = {above for term in sides.terms for above in _above(term)}

    def pairing(self) -> Pairing:
        """All that can be told."""
        self._by_manifest()
        self._by_ledger()
        self._by_stamp()
        self._concepts_by_name()
        self._items_by_name()
        return self.found

    # -- the reasons -------------------------------------------------------------------------------------------

    def _by_manifest(self) -> None:
        spelled = {prefix.casefold(): prefix for prefix in self.sides.vocabularies}
        for prefix, term, document in self.git.concepts:
            there = vocabulary(spelled.get(prefix.casefold(), prefix))
            self._add(self.git.live_term(term, self.sides), there, "manifest", f"{document} has both")
        for key, term, document in self.git.items:
            there = vocabulary_key(self.git.live_full_key(key, self.sides))
            self._add(self.git.live_term(term, self.sides), there, "manifest", f"{document} has both in one item")

    def _by_ledger(self) -> None:
        """An assignment that we made says it, also where somebody took it away."""
        by_asset = {asset: of for of, asset in self.sides.assets.items() if of not in self.sides.shared}
        for term, asset in self.git.assigned:
            if asset in by_asset:
                why = f"the ledger tells that we put the term on the asset {asset}"
                self._add(self.git.live_term(term, self.sides), by_asset[asset], "ledger", why)

    def _by_stamp(self) -> None:
        """The qualified name of an asset holds the entity type and the full key; the terms on it mean them."""
        for of, asset in self.sides.assets.items():
            terms = self.sides.terms_on.get(asset, ())
            if of in self.sides.shared or of in self.settled or not terms:
                continue
            if len(terms) > 1:
                candidates = [f"purview.term:{term}" for term in terms]
                self._doubt(of, candidates, f"several terms are on the asset {asset}")
            else:
                self._add(terms[0], of, "stamp", f"the term is on the asset {asset}")

    def _concepts_by_name(self) -> None:
        """Terms that stand below a concept are its items, and only then a concept when others stand below them."""
        names = {vocabulary(one): str(live.fields.get("name") or one) for one, live in self.sides.vocabularies.items()}
        called = {simple(name) for name in names.values()}
        concepts = {one.term for one in self.found.concepts.values()}
        free = {term: own(term) for term in self.sides.terms if term not in self.taken}
        inside = {term for term in free if any(up in concepts or simple(own(up)) in called for up in _terms_up(term))}
        self._match(names, {term: name for term, name in free.items() if term not in inside})
        self._match(names, {term: free[term] for term in inside & self.parents if term not in self.taken})

    def _items_by_name(self) -> None:
        """Keys of a vocabulary and terms below its term; those out of use last."""
        for prefix, terms in below_concepts(self.sides.terms, self.found.concepts).items():
            keys = self.sides.in_vocabulary.get(prefix, ())
            in_use = [key for key in keys if not is_retired_key(self.sides, key)]
            for some in (in_use, keys):
                shown = {key: str(self.sides.keys[key].fields.get("display_name") or "") for key in some}
                for names in (shown, {key: key[len(prefix) + 1 :] for key in some}):
                    free = {term: own(term) for term in terms if term not in self.taken}
                    self._match({vocabulary_key(key): name for key, name in names.items() if name}, free)

    # -- one pair ------------------------------------------------------------------------------------------------

    def _match(self, others: Mapping[str, str], terms: Mapping[str, str]) -> None:
        """Pairs what one name has once on both sides; tells of what it has more often."""
        here = _by_name({one: name for one, name in others.items() if one not in self.settled})
        there = _by_name(terms)
        for name, ours in here.items():
            theirs = there.get(name, [])
            if len(ours) == 1 and len(theirs) == 1:
                self._add(theirs[0], ours[0], "name", _alike(terms[theirs[0]], others[ours[0]]))
            elif theirs:
                many = "terms" if len(theirs) > 1 else "things in CluedIn"
                for one in ours:
                    candidates = [f"purview.term:{term}" for term in theirs]
                    self._doubt(one, candidates, f"several {many} are called {others[one]}")

    def _add(self, term: str, other: str, by: Because, why: str) -> None:
        """Adds a pair whose two things are there, unless a surer reason has paired the one in CluedIn."""
        if term in self.sides.terms and other in self.sides and other not in self.settled:
            self.found.pairs[other] = Pair(term, other, by, why)
            self.settled.add(other)
            self.taken.add(term)

    def _doubt(self, other: str, candidates: Iterable[str], why: str) -> None:
        self.settled.add(other)
        self.found.doubts.append(Doubt(other, tuple(candidates), why))


def is_retired_key(sides: Sides, key: str) -> bool:
    """Whether a key is out of use: obsolete, or its values go to another one."""
    fields = sides.keys[key].fields
    return bool(fields.get("obsolete") or fields.get("maps_to"))


def below_concepts(terms: Iterable[str], concepts: Mapping[str, Pair]) -> dict[str, list[str]]:
    """By key prefix, the terms below the concept's term that stand below no concept nearer to them."""
    prefixes: dict[str, list[str]] = {}
    for prefix, one in concepts.items():
        prefixes.setdefault(one.term, []).append(prefix)
    found: dict[str, list[str]] = {prefix: [] for prefix in concepts}
    for term in terms:
        nearest = next((up for up in _above(term) if up in prefixes), None)
        if term not in prefixes and nearest is not None:
            for prefix in prefixes[nearest]:
                found[prefix].append(term)
    return found


def _alike(term: str, other: str) -> str:
    if term == other:
        return f"both are called {term}"
    return f"but for case, blanks and signs {term} and {other} are one name"


def _above(term: str) -> Iterator[str]:
    """The keys of what stands above a term, the nearest first, the glossary last."""
    while "/" in term:
        term = term.rpartition("/")[0]
        yield term


def _terms_up(term: str) -> Iterator[str]:
    return (up for up in _above(term) if "/" in up)


def _by_name(names: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, name in names.items():
        if simple(name):
            found.setdefault(simple(name), []).append(key)
    return found
