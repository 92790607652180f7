"""What must hold of two environments: every conflict is honest, and what the manifests say is what is live."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reconciler.plan import Plan

from . import lineage, oracle
from .neighbours import GUID
from .people import State
from .remote import Machine

if TYPE_CHECKING:
    from .side import Side
    from .two_environments import World


def judge(world: World, side: Side, plan: Plan) -> list[str]:
    """Every conflict of a plan is honest: people changed that thing, or hung something of theirs on it."""
    stands = [change for change in plan.changes if change.action in ("conflict", "blocked", "pending")]
    if not stands:
        return []
    refused = any(change.reason == "replaced" for change in stands)
    """Something that was asked for, and with it what was to take its name; the way to it is told."""
    with side.job(Machine()) as job:
        known = job.opened.load().entries
    near = {
        address
        for address, entry in known.items()
        if world.people.touched.intersection(found.lower() for found in (GUID.findall(entry.id) or [entry.id]))
    }
    honest = {
        change.address
        for change in stands
        if change.address in near
        or world.people.touched.intersection(found.lower() for found in GUID.findall(change.id) or [change.id])
        or any(address in change.message for address in near)
    }
    false = [
        (change.address, change.action, change.reason, change.message)
        for change in stands
        if change.address not in honest
        and change.action != "blocked"
        and change.reason != "replaced"
        and not (refused and change.reason == "taken")
    ]
    assert false == [], world.story(false)
    assert honest or refused, world.story([(change.address, change.action, change.message) for change in stands])
    return [change.address for change in stands]


def check_live(world: World, side: Side) -> None:
    """What the manifests say is what is live."""
    facts, state = oracle.expected(side.estate), _seen_by(world, side)
    terms, assigned, related = oracle.live(state, side.estate.glossary)
    found = lineage.live_lineage(state)
    missing = {
        "terms": set(facts.terms.values()) - set(terms),
        "assigned": facts.assigned - assigned,
        "related": facts.related - related,
        "entities": facts.entities - set(lineage.live_entities(state).values()),
        "lineage": {key for key, process in facts.lineage.items() if found.get(key) != process},
    }
    assert not any(missing.values()), world.story([missing])
    texts = state["purview"]["term"]
    other = {
        path: texts[terms[path]].get("longDescription")
        for _, item in side.estate.items()
        for path in [facts.terms[item.uid]]
        if item.definition not in str(texts[terms[path]].get("longDescription"))
    }
    assert other == {}, world.story([other])


def _seen_by(world: World, side: Side) -> State:
    """The state without the other's entities, with the names that the oracle knows."""
    state = world.state()
    mine = {
        guid: one
        for guid, one in state["purview"]["entity"].items()
        if not str(one["attributes"].get("qualifiedName")).startswith(f"{world.other(side).prefix}.")
    }
    entities = state["purview"]["entity"].keys()
    state["purview"]["entity"] = mine
    state["purview"]["relation"] = {
        guid: one
        for guid, one in state["purview"]["relation"].items()
        if all(one[end]["guid"] in mine or one[end]["guid"] not in entities for end in ("end1", "end2"))
    }
    seen: State = json.loads(json.dumps(state).replace(f"{side.prefix}.", "cluedin."))
    return seen
