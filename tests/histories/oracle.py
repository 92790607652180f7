"""What must be live, and what a plan must say, told from estates alone: identities and sets, no engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .estate import GLOSSARY, Estate

Edge = tuple[str, str]


@dataclass
class Facts:
    """Terms by identity (path), and by path what they are assigned to and related to."""

    terms: dict[int, str] = field(default_factory=dict)
    assigned: set[Edge] = field(default_factory=set)
    related: set[Edge] = field(default_factory=set)


def expected(estate: Estate) -> Facts:
    """What the last manifests say."""
    facts = Facts(estate.paths())
    for concept in estate.concepts.values():
        facts.assigned.add((facts.terms[concept.uid], f"cluedin.entity.{concept.prefix}"))
    for concept, item in estate.items():
        path = facts.terms[item.uid]
        facts.assigned.add((path, f"cluedin.entity.{concept.prefix}#{concept.prefix}.{item.key}"))
        if item.related is not None:
            facts.related.add(edge(path, facts.terms[item.related]))
    return facts


def edge(one: str, other: str) -> Edge:
    """Two ends of a relation without direction."""
    return (one, other) if one <= other else (other, one)


def live(state: dict[str, Any]) -> tuple[dict[str, str], set[Edge], set[Edge]]:
    """Of our glossary: the guid of each path, the assignments of its terms, and the relations among them."""
    purview = state["purview"]
    glossary = next((g["guid"] for g in purview["glossary"].values() if g["name"] == GLOSSARY), None)
    terms = {guid: term for guid, term in purview["term"].items() if term["glossary"] == glossary}

    def path(guid: str) -> str:
        above = terms[guid].get("parent")
        return (f"{path(above)}/" if above else "") + terms[guid]["nickName"]

    paths = {guid: path(guid) for guid in terms}
    entities = {guid: one["attributes"]["qualifiedName"] for guid, one in purview["entity"].items()}
    assigned, related = set(), set()
    for relation in purview["relation"].values():
        one, other = relation["end1"]["guid"], relation["end2"]["guid"]
        if relation["typeName"] == "AtlasGlossarySemanticAssignment" and one in paths:
            assigned.add((paths[one], entities[other]))
        elif relation["typeName"] == "AtlasGlossaryRelatedTerm" and one in paths and other in paths:
            related.add(edge(paths[one], paths[other]))
    return {path: guid for guid, path in paths.items()}, assigned, related


def planned(before: Estate, after: Estate) -> dict[str, set[str]]:
    """What a plan must say of terms, assignments and relations: addresses by action, updates left out."""
    old, new = expected(before), expected(after)
    found: dict[str, set[str]] = {"create": set(), "rename": set(), "delete": set()}
    above = {item.uid: concept.uid for concept, item in after.items()}
    above |= {concept.uid: concept.above for concept in after.concepts.values() if concept.above is not None}
    above_before = {item.uid: concept.uid for concept, item in before.items()}
    above_before |= {concept.uid: concept.above for concept in before.concepts.values() if concept.above is not None}
    for uid, path in new.terms.items():
        if uid not in old.terms:
            found["create"].add(_term(path))
        elif path.rpartition("/")[2] != old.terms[uid].rpartition("/")[2] or above.get(uid) != above_before.get(uid):
            found["rename"].add(_term(path))
    last = _last_paths(before, after)
    found["delete"] |= {_term(last[uid]) for uid in old.terms if uid not in new.terms}
    for kind, of in (("assignment", _by_identity(before)), ("related", _relations(before))):
        now = _by_identity(after) if kind == "assignment" else _relations(after)
        say = _assignment if kind == "assignment" else _relation
        found["create"] |= {say(one, last) for one in now - of}
        found["delete"] |= {say(one, last) for one in of - now}
    return found


def _last_paths(before: Estate, after: Estate) -> dict[int, str]:
    """The path of everything that was or is: what goes stands below its parent under the name that this one gets."""
    found = after.paths()

    def path(uid: int) -> str:
        if uid not in found:
            concept = before.concepts.get(uid)
            above = concept.above if concept is not None else before.item(uid)[0].uid
            name = concept.name if concept is not None else before.item(uid)[1].name
            found[uid] = f"{path(above)}/{name}" if above is not None else name
        return found[uid]

    return {uid: path(uid) for uid in before.paths()} | found


def _by_identity(estate: Estate) -> set[tuple[int, str]]:
    """Which identity is assigned to which asset; assets never change their names."""
    found = {(concept.uid, f"cluedin_entity/cluedin.entity.{concept.prefix}") for concept in estate.concepts.values()}
    return found | {
        (item.uid, f"cluedin_column/cluedin.entity.{concept.prefix}#{concept.prefix}.{item.key}")
        for concept, item in estate.items()
    }


def _relations(estate: Estate) -> set[tuple[int, int]]:
    return {
        (min(item.uid, item.related), max(item.uid, item.related))
        for _, item in estate.items()
        if item.related is not None
    }


def _term(path: str) -> str:
    return f"purview.term:{GLOSSARY}/{path}"


def _assignment(one: tuple[int, str], paths: dict[int, str]) -> str:
    return f"purview.assignment:{GLOSSARY}/{paths[one[0]]}@{one[1]}"


def _relation(one: tuple[int, int], paths: dict[int, str]) -> str:
    ends = sorted(f"{GLOSSARY}/{paths[uid]}" for uid in one)
    return f"purview.related_term:seeAlso:{ends[0]}@{ends[1]}"
