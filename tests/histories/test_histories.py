"""Estates that are renamed, moved, swapped and thinned out: each plan is the oracle's, each end is the manifests'.

A delete of something below a renamed term is named by the path that it has once the rename is done. What is exported
from the estates and what feeds them changes along with them, and so must its lineage.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.plan import Plan

from ..support import Project
from ..support_many import numbers
from . import lineage, oracle, story
from .alone import Beginnings
from .direct import HERE, doors
from .estate import Estate
from .people import People

LEVEL = ("purview.term", "purview.assignment", "purview.related_term", "purview.entity")
PROCESSES = ("cluedin_export/", "cluedin_stream_process/", "cluedin_ingest_process/", "cluedin_map_process/")


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beginnings]:
    with doors() as made:
        made.open(HERE)
        yield Beginnings(made, tmp_path_factory.mktemp("histories"))


def _said(plan: Plan) -> dict[str, set[str]]:
    said: dict[str, set[str]] = {"create": set(), "rename": set(), "delete": set(), "update": set()}
    for change in plan.changes:
        told = change.type.full_name in LEVEL and change.action != "update"
        if told or change.key.startswith(PROCESSES):
            said.setdefault(change.action, set()).add(change.address)
    return said


def _apply(made: Project, **options: Any) -> Plan:
    result = made.apply(**options)
    assert [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"] == []
    return result.plan


def _check_live(made: Project, estate: Estate, guids: dict[str, str], left: oracle.Left | None = None) -> None:
    """What the manifests say is what is live, with what was `left`; and nothing that lives on was made anew."""
    facts, state = oracle.expected(estate), made.http("GET", "/_sandbox/state")
    terms, assigned, related = oracle.live(state)
    if left is None:
        left = oracle.Left()
        assert sorted(terms) == sorted(facts.terms.values())
    wanted = set(facts.terms.values())
    assert wanted <= set(terms)
    assert {one for one in assigned if one[0] in wanted} == facts.assigned | left.on_living(facts)
    assert {one for one in related if wanted.issuperset(one)} == facts.related | left.between_living(facts)
    assert lineage.live_lineage(state) == facts.lineage | left.lineage
    assert set(lineage.live_entities(state).values()) == facts.entities | left.entities
    found = {key: guid for guid, key in lineage.live_entities(state).items()}
    _check_guids(guids, found | {str(uid): terms[path] for uid, path in facts.terms.items()})


def _check_guids(known: dict[str, str], found: dict[str, str]) -> None:
    """What was there before is the same; what was pruned may come back as another."""
    anew = [name for name, guid in found.items() if known.get(name, guid) != guid]
    assert anew == []
    known.clear()
    known |= found


def _pruned(histories: Beginnings, number: int, steps: int) -> None:
    """Every step applied with --prune."""
    made, estate, chance = histories.at(number)
    guids = dict[str, str]()
    _check_live(made, estate, guids)
    for _ in range(steps):
        before = copy.deepcopy(estate)
        story.step(estate, chance)
        story.scan(made, estate, before)
        story.write(made, estate)
        plan = _apply(made, prune=True)
        assert _said(plan) == oracle.planned(before, estate)
        _check_live(made, estate, guids)
    assert made.actions() == []


def _kept(histories: Beginnings, number: int, steps: int) -> None:
    """Nothing is pruned until the end: what left the manifests is an orphan, and lives on under its last name."""
    made, estate, chance = histories.at(number)
    guids, left = dict[str, str](), oracle.Left()
    _check_live(made, estate, guids)
    for _ in range(steps):
        before = copy.deepcopy(estate)
        story.step(estate, chance)
        story.scan(made, estate, before)
        story.write(made, estate)
        want = oracle.planned(before, estate, left) | {"delete": oracle.superseded(before, estate, left)}
        assert _said(_apply(made)) == want
        left.step(before, estate)
        _check_live(made, estate, guids, left)
    assert made.actions() == []
    assert _said(_apply(made, prune=True)) == oracle.planned(estate, estate, left)
    _check_live(made, estate, guids)


def _among_people(histories: Beginnings, number: int, steps: int) -> None:
    """People hang their own things on ours; nothing of theirs changes or goes, also under --prune --skip-refused."""
    made, estate, chance = histories.at(number)
    people = People(made, chance, histories.theirs)
    for _ in range(steps):
        people.act()
        former = copy.deepcopy(estate)
        story.step(estate, chance)
        with people.scanning():
            story.scan(made, estate, former)
        story.write(made, estate)
        before = people.snapshot()
        _apply(made, prune=True, skip_refused=True)
        assert people.snapshot() == before
        facts, state = oracle.expected(estate), made.http("GET", "/_sandbox/state")
        live = lineage.live_lineage(state)
        assert {key: live.get(key) for key in facts.lineage} == facts.lineage
        assert facts.entities <= set(lineage.live_entities(state).values())


WAYS = (_pruned, _among_people, _kept, _among_people)


def _live(histories: Beginnings, numbers: range, steps: int) -> None:
    for number in numbers:
        way = WAYS[number % len(WAYS)]
        try:
            way(histories, number, steps)
        except Exception as error:
            raise AssertionError(f"history {number}, {way.__name__}, {steps} steps: {error}") from error


@pytest.mark.parametrize("part", numbers(5, quick=1, long=5))
def test_sixty_short_histories(histories: Beginnings, part: int) -> None:
    _live(histories, range(part * 12, (part + 1) * 12), 1)


@pytest.mark.parametrize("part", numbers(20, long=5))
def test_six_hundred_histories(histories: Beginnings, part: int) -> None:
    _live(histories, range(1200 + part * 30, 1230 + part * 30), 3)
