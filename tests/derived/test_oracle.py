"""Rules over glossaries that people rename, thin out, flag and move in: each plan is what the rule says.

A few dozen in every run; `RECONCILER_GLOSSARIES=500` lives as many.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.plan import Plan
from reconciler.systems.redact import SECRETS

from ..histories.alone import Alone
from ..histories.direct import HERE, Doors, doors
from ..support_many import numbers
from .people import Portals
from .terms_oracle import TermStory, Told
from .vocabularies_oracle import VocabularyStory

GLOSSARIES = int(os.environ.get("RECONCILER_GLOSSARIES", "24"))
ROUNDS = 4
OF_TERMS = """
    apiVersion: reconciler/v1
    kind: GlossaryMapping
    metadata: {name: rule}
    spec:
      source: purview
      glossary: Words
      select: {assigned: any}
    """
OF_VOCABULARIES = """
    apiVersion: reconciler/v1
    kind: GlossaryMapping
    metadata: {name: rule}
    spec:
      source: cluedin
      select: {vocabulary: "V.*"}
      into: {glossary: Catalogue, root: Vocabularies}
    """


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Doors, Path, Any]]:
    with doors() as made:
        made.open(HERE)
        yield made, tmp_path_factory.mktemp("derived"), made.keep()


def project(ground: tuple[Doors, Path, Any], name: str, rule: str) -> tuple[Alone, Portals]:
    """A project with a rule, on the sandbox as the demo has it."""
    made, root, kept = ground
    made.bring_back(kept)
    SECRETS.forget_since(SECRETS.known())
    alone = Alone(made, root / name)
    alone.write("rule.yaml", rule)
    return alone, Portals(made.sandboxes[HERE])


def told(plan: Plan) -> tuple[Told, Told]:
    """What a plan changes, and what it lists as wanted no longer."""
    changes = {(one.action, one.address) for one in plan.changes}
    return changes, {(one.action, one.address) for one in plan.orphans}


def held(plan: Plan) -> set[str]:
    """The codes of what holds a document back."""
    return {one.code for one in plan.diagnostics if one.severity == "error"}


def names_of_keys(portals: Portals) -> dict[str, tuple[str, bool]]:
    """Keys of vocabularies that rules made, by id: the full key, and whether it is in use."""
    keys = portals.state()["cluedin"]["key"]
    return {id: (one["key"], not one["isObsolete"]) for id, one in keys.items() if one["key"].startswith("purview.")}


@pytest.mark.parametrize("number", numbers(GLOSSARIES, quick=8, long=GLOSSARIES))
def test_terms(ground: tuple[Doors, Path, Any], number: int) -> None:
    made, portals = project(ground, f"terms-{number}", OF_TERMS)
    story = TermStory(portals, portals.glossary("Words"), random.Random(number))
    story.begin()
    for _ in range(ROUNDS):
        before, prune = names_of_keys(portals), story.chance.random() < 0.4
        for _ in range(story.chance.choice([1, 1, 2, 3])):
            story.step()
        _judge(made, story, prune=prune)
        after = names_of_keys(portals)
        assert before.keys() <= after.keys(), "a key was removed"
        assert all(after[id][0] == key for id, (key, _) in before.items()), "a key has another name"
        if not prune:
            assert all(after[id][1] >= in_use for id, (_, in_use) in before.items()), "a key went out of use unasked"


def _judge(made: Alone, story: TermStory, *, prune: bool) -> None:
    """The plan is the oracle's; once applied, there is nothing left to do."""
    if story.collides:
        plan = made.plan(prune=prune)
        assert held(plan) == {"derived.collision"}
        assert {one.action for one in plan.changes} <= {"blocked"}
        story.mend()
    story.twin = ""
    changes, left = story.changes()
    if not story.wanted() and left:
        plan = made.plan(prune=True)
        assert held(plan) == {"derived.nothing_selected"}
        assert {one.action for one in plan.changes} <= {"blocked"}
        return
    plan = made.plan()
    assert told(plan) == (changes, left)
    assert held(plan) == set()
    result = made.apply(prune=prune)
    assert {(one.change.action, one.change.address) for one in result.outcomes} == changes | (left if prune else set())
    assert [one.message for one in result.outcomes if one.status != "done"] == []
    story.applied(prune=prune)
    assert told(made.plan()) == (set(), set() if prune else left)


@pytest.mark.parametrize("number", numbers(GLOSSARIES, quick=8, long=GLOSSARIES))
def test_vocabularies(ground: tuple[Doors, Path, Any], number: int) -> None:
    made, portals = project(ground, f"vocabularies-{number}", OF_VOCABULARIES)
    story = VocabularyStory(portals, random.Random(number))
    story.begin()
    guids: dict[str, str] = {}
    for _ in range(ROUNDS):
        prune = story.chance.random() < 0.4
        for _ in range(story.chance.choice([1, 1, 2, 3])):
            story.step()
        changes, left = story.changes()
        if left and not story.wanted():
            plan = made.plan(prune=True)
            assert held(plan) == {"derived.nothing_selected"}
            assert {one.action for one in plan.changes} <= {"blocked"}
            continue
        if how := story.hands_on():
            plan = made.plan(prune=True)
            assert held(plan) == ({"derived.collision"} if how == "taken" else set())
            assert not {one.action for one in plan.changes} & {"delete", "conflict"}
            return
        plan = made.plan()
        assert {(one.action, one.key) for one in plan.changes} == changes
        assert {(one.action, one.id) for one in plan.orphans} == {("retire", guids[id]) for id in left}
        result = made.apply(prune=prune)
        assert [one.message for one in result.outcomes if one.status != "done"] == []
        before = story.live()
        story.applied(prune=prune)
        found = _guids(made, story)
        assert {id: guid for id, guid in found.items() if guids.get(id, guid) != guid} == {}, "a term was made anew"
        guids |= found
        assert made.plan(prune=prune).changes == []
        assert {guid: before[guid] for guid in guids.values()} == story.expected_live(guids)


def _guids(made: Alone, story: VocabularyStory) -> dict[str, str]:
    """Guids by what each term is of that is wanted: of what is where the oracle says."""
    state = made.http("GET", "/_sandbox/state")["purview"]["term"]

    def path(guid: str) -> tuple[str, ...]:
        one = state[guid]
        return (*(path(one["parent"]) if one.get("parent") else ()), one["nickName"])

    by_path = {path(guid): guid for guid in state}
    return {id: by_path[term.path[1:]] for id, term in story.wanted().items()}
