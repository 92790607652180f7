"""Where a term stands in its glossary: paths of own names, worked out from wire objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from reconciler.resources.keys import quote, unquote
from reconciler.resources.purview import places
from reconciler.resources.spelling import composed
from reconciler.systems.purview import Purview

Term = dict[str, Any]
Lookup = Callable[[str], Term | None]


def glossary_of(key: str) -> str:
    """The name of the glossary that a term key starts with."""
    return unquote(key.partition("/")[0])


def names_of(key: str) -> list[str]:
    """Own names of a term key, from the top of the glossary down."""
    return [unquote(part) for part in key.split("/")[1:]]


def parent_guid(term: Mapping[str, Any]) -> str | None:
    """The guid of the parent: `parentTerm`, else the last other entry of `hierarchyInfo` (both grade B)."""
    parent = term.get("parentTerm") or {}
    if parent.get("termGuid"):
        return str(parent["termGuid"])
    path = [entry.get("guid") or entry.get("termGuid") for entry in term.get("hierarchyInfo") or []]
    above = [guid for guid in path if guid and guid != term.get("guid")]
    return str(above[-1]) if above else None


def own_name(term: Mapping[str, Any], parent: Mapping[str, Any] | None) -> str:
    """The bare name: `nickName`, else the formal name without the parent's formal prefix.

    A nickname that is only the formal name again says nothing about a child.
    """
    formal, nick = composed(str(term.get("name") or "")), composed(str(term.get("nickName") or "").strip())
    prefix = composed(f"{parent['name']}_") if parent else ""
    if nick and not (prefix and nick == formal):
        return nick
    return formal[len(prefix) :].strip() if prefix and formal.startswith(prefix) else formal.strip()


_OF_ITS_PLACE = ("guid", "name", "nickName", "parentTerm", "hierarchyInfo")


def _stem(term: Mapping[str, Any]) -> Term:
    """What of a term tells where it stands: the rest of it is not needed to tell the keys of others."""
    return {name: term[name] for name in _OF_ITS_PLACE if name in term}


class Hierarchy:
    """Keys of terms, for terms that are known together."""

    def __init__(self, glossary: str, terms: Mapping[str, Term], more: Lookup | None = None) -> None:
        self.glossary = composed(glossary)
        self.by_guid = terms
        self._stems = {guid: _stem(term) for guid, term in terms.items()}
        self._by_formal = {term.get("name"): term for term in self._stems.values()}
        self._more = more
        self._keys: dict[str, str] = {}

    def parent(self, term: Term) -> Term | None:
        """What the parent's wire object says of its place, if there is one.

        A listing that shows neither `parentTerm` nor `hierarchyInfo` still shows the formal name: where
        nickname and another term's formal name make it up, that term is the parent.
        """
        guid = parent_guid(term)
        if guid is not None:
            return self._stems.get(guid) or (self._more(guid) if self._more else None)
        nick, formal = str(term.get("nickName") or ""), str(term.get("name") or "")
        above = formal.removesuffix(f"_{nick}") if nick else formal
        return self._by_formal.get(above) if above != formal else None

    def key(self, term: Term, seen: frozenset[str] = frozenset()) -> str:
        """The key of a term; a loop of parents ends where it starts."""
        guid = str(term["guid"])
        if guid not in self._keys:
            parent = self.parent(term)
            if parent is None or str(parent["guid"]) in seen | {guid}:
                above, parent = quote(self.glossary), None
            else:
                above = self.key(parent, seen | {guid})
            key = f"{above}/{quote(own_name(term, parent))}"
            if seen:
                return key  # in a loop of parents the key depends on where one starts
            self._keys[guid] = key
        return self._keys[guid]

    def place(self, term: Term) -> str | None:
        """The guid of the category that a term stands in, in Apache Atlas."""
        return None

    def children(self) -> dict[str, list[Term]]:
        """What child terms say of their place, by the guid of their parent."""
        found: dict[str, list[Term]] = {}
        for term in self._stems.values():
            parent = self.parent(term)
            if parent is not None:
                found.setdefault(str(parent["guid"]), []).append(term)
        return found


class Placed(Hierarchy):
    """Keys of terms where the category of a term stands for its parent, as in Apache Atlas."""

    def __init__(self, places_of: places.Categories, terms: Mapping[str, Term]) -> None:
        super().__init__(places_of.glossary, terms)
        self._places = places_of

    def key(self, term: Term, seen: frozenset[str] = frozenset()) -> str:
        """The key of a term: its glossary, the path of its category, its own name."""
        return self._places.term_key(term)

    def children(self) -> dict[str, list[Term]]:
        """None: no term goes with another."""
        return {}

    def place(self, term: Term) -> str | None:
        """The guid of the category that a term stands in."""
        return self._places.place(term)[2]


def hierarchy(purview: Purview, glossary: str, expected: int = 0) -> Hierarchy:
    """The terms of one glossary, read once in a reading; about how many are expected tells the pages to ask for."""

    def read() -> Hierarchy:
        found = purview.terms(glossary, expected)
        if purview.dialect.has_term_parents:
            return Hierarchy(glossary, found)
        return Placed(places.categories(purview, glossary), found)

    return purview.memo(("hierarchy", glossary), read)


def hierarchies(purview: Purview, term_keys: Iterable[str]) -> list[Hierarchy]:
    """The terms of the glossaries that the keys name."""
    numbers = Counter(map(glossary_of, term_keys))
    return [hierarchy(purview, name, numbers[name]) for name in purview.glossary_names(numbers)]


def keys_by_guid(purview: Purview, term_keys: Iterable[str]) -> dict[str, str]:
    """Term keys by guid, over the glossaries that the keys name."""
    return {guid: h.key(term) for h in hierarchies(purview, term_keys) for guid, term in h.by_guid.items()}


def name_problems(key: str) -> Iterator[str]:
    """What is wrong with the names of a term or category, by Atlas' rule (400-00-083, grade A)."""
    for own in (glossary_of(key), *names_of(key)):
        if not 1 <= len(own) <= 255:
            yield f"a name has 1 to 255 characters, {own[:40]!r} has {len(own)}"
        if set(own) & set("@.<>"):
            yield f"{own!r} holds one of `@ . < >`, which names of glossaries, terms and categories may not"
        if own != own.strip():
            yield f"{own!r} starts or ends with a blank"
    if "/" not in key:
        yield f"{key!r} names a glossary and nothing in it"
