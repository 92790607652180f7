"""A relation between two terms: synonyms, or terms to see also."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from reconciler.resources.base import Desired, Resource
from reconciler.resources.objects import Live, Write
from reconciler.resources.purview import common, terms
from reconciler.resources.purview.notes import notes
from reconciler.resources.rights import CURATOR_AT_THE_ROOT
from reconciler.systems.purview import Purview
from reconciler.systems.refusals import Refused

KINDS = {"synonyms": "AtlasGlossarySynonym", "seeAlso": "AtlasGlossaryRelatedTerm"}
"""Relations and the relationship types behind them (Atlas' model 0011, grade A)."""
TRIES = 4

Entry = dict[str, Any]


class Edge(NamedTuple):
    """One relation of a term: its kind, the other term, and its own guid where one was read."""

    kind: str
    other: str
    guid: str = ""


Group = tuple[str, list[Edge]]

_TURN = threading.Lock()
"""Batches change terms one after the other, see `_waves`."""


class RelatedTerm(Resource):
    """`synonyms` and `seeAlso` of `/glossary/term`: key `<kind>:<term A>@<term B>`, A before B.

    Both are symmetric (both ends of AtlasGlossarySynonym and of AtlasGlossaryRelatedTerm carry one attribute:
    Atlas' model 0011, grade A), so a pair is one object with one id, whatever term it is seen from.

    It is written as the relationship that it is, which touches neither term: `POST /relationship` and, in Purview,
    `DELETE /relationship/guid/{guid}` (the calls are documented; that they take these types is grade A for Atlas,
    B for Purview). A deleted relationship stays listed in Atlas, so there, and where a service refuses, the whole
    of the first term is read and sent with the relation in it or left out.
    """

    system = "purview"
    name = "related_term"
    right = CURATOR_AT_THE_ROOT
    canon = 2  # of the id: the guids in order, as the order of the keys changes with the names
    hosted = True
    batch = {"create": 500, "delete": 500}
    page = 1000

    def identity_of(self, key: str, id: str) -> str:
        """Two terms can be related in several ways, and an older ledger may have them in another order."""
        return "/".join([key.partition(":")[0], *sorted(id.split("/"))])

    def read(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """Every relation in the glossaries named, from the same listing as the terms."""
        keys = terms.keys_by_guid(purview, [key for pair in wanted for key in _ends(pair)])
        seen = set()
        for hierarchy in terms.hierarchies(purview, [key for pair in wanted for key in _ends(pair)]):
            for guid, term in hierarchy.by_guid.items():
                for kind in KINDS:
                    for entry in term.get(kind) or []:
                        other = str(entry.get("termGuid"))
                        if other not in keys or other == guid:
                            continue
                        first, second = sorted((guid, other), key=lambda g: keys[g])
                        key = f"{kind}:{keys[first]}@{keys[second]}"
                        if key not in seen:
                            seen.add(key)
                            yield self.live(key, _id(first, second), raw=entry, parts=list(notes(entry)))

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It repeats the keys of both terms, whose order may change with their names."""
        first, second = sorted(to(f"purview.term:{end}") for end in _ends(key))
        return f"{key.partition(':')[0]}:{first}@{second}"

    def cost(self, rows: int, managed: int) -> int:
        """None of its own when the terms are read too: the glossaries and their pages."""
        return 1 + (-(-rows // self.page) or 1)

    def create_many(self, purview: Purview, writes: Sequence[Write]) -> list[str | None]:
        """Makes the relationships; one that is there already is as good."""
        ids = []
        for write in writes:
            first, second = (write.id_of(f"purview.term:{key}") for key in _ends(write.key))
            ids.append(_id(first, second))
        self._change(purview, zip(writes, ids, strict=True), add=True)
        return [*ids]

    def delete(self, purview: Purview, write: Write) -> None:
        """One relation."""
        self.delete_many(purview, [write])

    def delete_many(self, purview: Purview, writes: Sequence[Write]) -> None:
        """Removes the relationships; one that is gone already is as good."""
        pairs = [(write, write.live.id) for write in writes if write.live is not None]
        self._change(purview, pairs, add=False)

    def problems(self, desired: Desired) -> Iterable[str]:
        """A pair stands once, in the order of its keys."""
        kind = desired.key.partition(":")[0]
        first, second = _ends(desired.key)
        if kind not in KINDS:
            yield f"{kind!r} is none of {', '.join(KINDS)}"
        if first == second:
            yield f"{first} cannot be related to itself"
        elif first > second:
            yield f"the pair {first}, {second} must be written in the order of its keys"

    def _change(self, purview: Purview, pairs: Iterable[tuple[Write, str]], *, add: bool) -> None:
        changes = []
        for write, id in pairs:
            host, _, other = id.partition("/")
            relation = "" if write.live is None else str((write.live.raw or {}).get("relationGuid") or "")
            changes.append((host, Edge(write.key.partition(":")[0], other, relation)))
        with _TURN:
            for wave in _waves(common.grouped(changes, size=len(changes) or 1)):
                purview.each(lambda group: _relate(purview, *group, add=add), wave)


def _id(one: str, other: str) -> str:
    """The live id of a pair, which stays when its terms are renamed."""
    first, second = sorted((one, other))
    return f"{first}/{second}"


def _ends(key: str) -> tuple[str, str]:
    first, _, second = key.partition(":")[2].partition("@")
    return first, second


def _waves(groups: list[Group]) -> Iterator[list[Group]]:
    """Groups that have no term in common may go at the same time; the others wait for the next wave.

    A PUT that was read before a neighbour's relation was made would take it away again, and relationships of one
    term that are made at the same time lock each other out in Atlas.
    """
    while groups:
        wave: list[Group] = []
        later: list[Group] = []
        busy: set[str] = set()
        for host, entries in groups:
            terms_of_it = {host, *(edge.other for edge in entries)}
            (later if busy & terms_of_it else wave).append((host, entries))
            busy |= terms_of_it
        yield wave
        groups = later


def _relate(purview: Purview, host: str, edges: list[Edge], *, add: bool) -> None:
    """Makes or removes the relations of one term, one by one; those that cannot be, by way of the term."""
    left = [edge for edge in edges if not _one(purview, host, edge, add=add)]
    if left:
        _put(purview, host, left, add=add)


def _one(purview: Purview, host: str, edge: Edge, *, add: bool) -> bool:
    """Whether the service took the relation by itself."""
    if not add and (purview.dialect.lists_deleted_relations or not edge.guid):
        return False
    try:
        if add:
            ends = [{"guid": guid, "typeName": "AtlasGlossaryTerm"} for guid in (host, edge.other)]
            body = {"typeName": KINDS[edge.kind], "end1": ends[0], "end2": ends[1]}
            purview.call("POST", "/relationship", body, effect="set", accept=(409,))
        else:
            purview.call("DELETE", f"/relationship/guid/{edge.guid}", effect="set", accept=(404,))
    except Refused as refused:
        if refused.status in (401, 403, 429) or refused.status >= 500:
            raise
        return False
    return True


def _put(purview: Purview, host: str, edges: list[Edge], *, add: bool) -> None:
    """Reads the term, changes its relations, sends the whole of it back.

    The relations are symmetric, so a write to the other term changes this one: no reading made earlier would
    do. The change says "add" or "remove" and nothing else, so after a 412 it is applied to what is there then.
    """
    path = f"/glossary/term/{host}"
    for attempt in range(TRIES):
        term = purview.get(path, accept=() if add else (404,))
        if term is None:
            return  # a term that is gone has no relations
        body = term | common.next_stamp(term)
        above = terms.parent_guid(term) if purview.dialect.has_term_parents else None
        if above:
            body["parentTerm"] = {"termGuid": above}
        if not _apply(body, edges, add=add):
            return
        try:
            purview.call("PUT", path, body, purview.dialect.term_query, effect="set")
            return
        except Refused as refused:
            if refused.status != 412 or attempt == TRIES - 1:
                raise


def _apply(body: dict[str, Any], edges: Iterable[Edge], *, add: bool) -> bool:
    changed = False
    for kind, other, _ in edges:
        held: list[Entry] = body.get(kind) or []
        there = any(entry.get("termGuid") == other for entry in held)
        if add and not there:
            body[kind], changed = [*held, {"termGuid": other}], True
        elif there and not add:
            body[kind], changed = [entry for entry in held if entry.get("termGuid") != other], True
    return changed
