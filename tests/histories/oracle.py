"""What must be live, and what a plan must say, told from estates alone: identities and sets, no engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import lineage
from .estate import GLOSSARY, Estate

Edge = tuple[str, str]
Told = tuple[set[str], set[str], set[str]]
"""Addresses of entities, assignments and relations."""


@dataclass
class Facts:
    """Terms by identity (path), and by path what they are assigned to and related to."""

    terms: dict[int, str] = field(default_factory=dict)
    assigned: set[Edge] = field(default_factory=set)
    """Terms by path, and the type and qualified name of what each is on."""
    related: set[Edge] = field(default_factory=set)
    entities: set[str] = field(default_factory=set)
    lineage: lineage.Lineage = field(default_factory=dict)


@dataclass
class Left:
    """What left the manifests and lives on, as nothing was pruned; by identity."""

    entities: set[str] = field(default_factory=set)
    lineage: lineage.Lineage = field(default_factory=dict)
    assigned: set[tuple[int, str]] = field(default_factory=set)
    related: set[tuple[int, int]] = field(default_factory=set)
    terms: dict[int, tuple[int | None, str]] = field(default_factory=dict)
    """What each term stands below, and its name."""

    def step(self, before: Estate, after: Estate) -> None:
        """What a step left out stays; what came back is wanted again, and a stand-in goes."""
        self.terms |= {uid: one for uid, one in _places(before).items() if uid not in after.paths()}
        known = self.entities | lineage.entities(before)
        gone = lineage.stood_in(after, known)
        self.entities = known - lineage.entities(after) - gone
        flowed, flows = self.lineage | lineage.lineage(before), lineage.lineage(after)
        self.lineage = {key: process for key, process in flowed.items() if key not in flows}
        still = (self.assigned | lineage.assigned(before)) - lineage.assigned(after)
        self.assigned = {(uid, asset) for uid, asset in still if asset not in gone}
        self.related = (self.related | _relations(before)) - _relations(after)

    def on_living(self, facts: Facts) -> set[Edge]:
        """Where terms are that the manifests still have."""
        return {(facts.terms[uid], asset) for uid, asset in self.assigned if uid in facts.terms}

    def between_living(self, facts: Facts) -> set[Edge]:
        """Relations between terms that the manifests still have."""
        pairs = (pair for pair in self.related if facts.terms.keys() >= set(pair))
        return {edge(*(facts.terms[uid] for uid in pair)) for pair in pairs}


def expected(estate: Estate) -> Facts:
    """What the last manifests say."""
    facts = Facts(estate.paths(), entities=lineage.entities(estate), lineage=lineage.lineage(estate))
    facts.assigned = {(facts.terms[uid], asset) for uid, asset in lineage.assigned(estate)}
    facts.related = {edge(*(facts.terms[uid] for uid in pair)) for pair in _relations(estate)}
    return facts


def edge(one: str, other: str) -> Edge:
    """Two ends of a relation without direction."""
    return (one, other) if one <= other else (other, one)


def live(state: dict[str, Any], of: str = GLOSSARY) -> tuple[dict[str, str], set[Edge], set[Edge]]:
    """Of a glossary: the guid of each path, the assignments of its terms, and the relations among them."""
    purview = state["purview"]
    glossary = next((g["guid"] for g in purview["glossary"].values() if g["name"] == of), None)
    terms = {guid: term for guid, term in purview["term"].items() if term["glossary"] == glossary}

    def path(guid: str) -> str:
        above = terms[guid].get("parent")
        return (f"{path(above)}/" if above else "") + terms[guid]["nickName"]

    paths = {guid: path(guid) for guid in terms}
    assets = lineage.keys(state)
    assigned, related = set(), set()
    for relation in purview["relation"].values():
        one, other = relation["end1"]["guid"], relation["end2"]["guid"]
        if relation["typeName"] == "AtlasGlossarySemanticAssignment" and one in paths:
            assigned.add((paths[one], assets[other]))
        elif relation["typeName"] == "AtlasGlossaryRelatedTerm" and one in paths and other in paths:
            related.add(edge(paths[one], paths[other]))
    return {path: guid for guid, path in paths.items()}, assigned, related


def planned(before: Estate, after: Estate, left: Left | None = None) -> dict[str, set[str]]:
    """What a plan with `--prune` must say: addresses by action.

    Of terms, assignments, relations and entities it is what is made, renamed and deleted; of processes also which
    change. `left` is what former steps left out and nothing has pruned.
    """
    left = left or Left()
    found = _planned_terms(before, after, left)
    last = _last_paths(before, after, left)
    was: Told = (
        {_entity(key) for key in left.entities | lineage.entities(before)},
        {_assignment(one, last) for one in left.assigned | lineage.assigned(before)},
        {_relation(one, last) for one in left.related | _relations(before)},
    )
    now: Told = (
        {_entity(key) for key in lineage.entities(after)},
        {_assignment(one, last) for one in lineage.assigned(after)},
        {_relation(one, last) for one in _relations(after)},
    )
    for former, latter in zip(was, now, strict=True):
        found["create"] |= latter - former
        found["delete"] |= former - latter
    flowed, flows = lineage.lineage(before), lineage.lineage(after)
    found["update"] = {_entity(key) for key in flowed.keys() & flows.keys() if flowed[key] != flows[key]}
    return found


def superseded(before: Estate, after: Estate, left: Left) -> set[str]:
    """What a plan deletes without `--prune`: stand-ins whose file a scanner found, with all that is on them."""
    gone = lineage.stood_in(after, left.entities | lineage.entities(before))
    last = _last_paths(before, after, left)
    found = {_assignment(one, last) for one in left.assigned | lineage.assigned(before) if one[1] in gone}
    return found | {_entity(key) for key in gone}


def _planned_terms(before: Estate, after: Estate, left: Left) -> dict[str, set[str]]:
    old, new = expected(before), expected(after)
    found: dict[str, set[str]] = {"create": set(), "rename": set(), "delete": set()}
    places, places_before = _places(after), _places(before)
    for uid, path in new.terms.items():
        if uid not in old.terms:
            found["create"].add(_term(path))
        elif places[uid] != places_before[uid]:
            found["rename"].add(_term(path))
    last = _last_paths(before, after, left)
    found["delete"] |= {_term(last[uid]) for uid in old.terms.keys() | left.terms.keys() if uid not in new.terms}
    return found


def _last_paths(before: Estate, after: Estate, left: Left) -> dict[int, str]:
    """The path of everything that was or is: what goes stands below its parent under the name that this one gets."""
    found, places = after.paths(), left.terms | _places(before)

    def path(uid: int) -> str:
        if uid not in found:
            above, name = places[uid]
            found[uid] = f"{path(above)}/{name}" if above is not None else name
        return found[uid]

    return {uid: path(uid) for uid in places} | found


def _places(estate: Estate) -> dict[int, tuple[int | None, str]]:
    """What each term stands below, and its name."""
    found = {concept.uid: (concept.above, concept.name) for concept in estate.concepts.values()}
    return found | {item.uid: (concept.uid, item.name) for concept, item in estate.items()}


def _relations(estate: Estate) -> set[tuple[int, int]]:
    return {
        (min(item.uid, item.related), max(item.uid, item.related))
        for _, item in estate.items()
        if item.related is not None
    }


def _entity(key: str) -> str:
    return f"purview.entity:{key}"


def _term(path: str) -> str:
    return f"purview.term:{GLOSSARY}/{path}"


def _assignment(one: tuple[int, str], paths: dict[int, str]) -> str:
    return f"purview.assignment:{GLOSSARY}/{paths[one[0]]}@{one[1]}"


def _relation(one: tuple[int, int], paths: dict[int, str]) -> str:
    ends = sorted(f"{GLOSSARY}/{paths[uid]}" for uid in one)
    return f"purview.related_term:seeAlso:{ends[0]}@{ends[1]}"
