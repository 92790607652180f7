"""Estates that are renamed, moved, swapped and thinned out: each plan is the oracle's, each end is the manifests'.

A delete of something below a renamed term is named by the path that it has once the rename is done. What is exported
from the estates and what feeds them changes along with them, and so must its lineage.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.plan import Plan

from ..support import Project, project
from . import lineage, oracle
from .estate import STEPS, Estate, manifest
from .flows import FIRST_FLOWS, FLOW_STEPS, flow_manifest, scan_of
from .people import People

LEVEL = ("purview.term", "purview.assignment", "purview.related_term", "purview.entity")
PROCESSES = ("cluedin_export/", "cluedin_stream_process/", "cluedin_ingest_process/", "cluedin_map_process/")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with project(tmp_path_factory.mktemp("histories")) as made:
        yield made


def _fresh(ground: Project, tmp_path: Path) -> Project:
    ground.http("POST", "/_sandbox/reset")
    return Project(tmp_path, ground.url)


def _write(made: Project, estate: Estate) -> None:
    folder = made.root / "manifests" / "estate"
    for path in folder.glob("*.yaml"):
        path.unlink()
    for concept in estate.concepts.values():
        made.write(f"estate/{concept.prefix}.yaml", manifest(estate, concept))
    for flow in estate.flows.values():
        made.write(f"estate/{flow.name}.yaml", flow_manifest(estate, flow))


def _scan(made: Project, estate: Estate, before: Estate) -> None:
    """Scanners see what changed on the lake."""
    for file, columns in estate.found.items():
        if before.found.get(file) != columns:
            made.http("POST", "/_sandbox/scan", json=scan_of(file, columns))


def _begin(made: Project, chance: random.Random) -> Estate:
    """Two concepts and what flows out of them and into them, applied."""
    estate = Estate()
    for _ in range(2):
        estate.add_concept(chance)
    for add in FIRST_FLOWS[: chance.randint(1, 4)]:
        add(estate, chance)
    _scan(made, estate, Estate())
    _write(made, estate)
    made.apply()
    return estate


def _said(plan: Plan) -> dict[str, set[str]]:
    said: dict[str, set[str]] = {"create": set(), "rename": set(), "delete": set(), "update": set()}
    for change in plan.changes:
        told = change.type.full_name in LEVEL and change.action != "update"
        if told or change.key.startswith(PROCESSES):
            said.setdefault(change.action, set()).add(change.address)
    return said


def _step(estate: Estate, chance: random.Random) -> None:
    estate.forget_former_names(chance)
    touched = chance.choice([1, 1, 2])
    for _ in range(touched):
        chance.choice(STEPS if chance.random() < 0.5 else FLOW_STEPS)(estate, chance)
    estate.drop_names_taken()


def _apply(made: Project, plan: Plan, **options: Any) -> None:
    if removals := _removals(plan):
        options["allow_deletes"] = removals
    result = made.apply(**options)
    assert [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"] == []


def _removals(plan: Plan) -> int:
    """How many removals somebody has to allow; what something else took the place of is none."""
    return sum(one.action in ("delete", "retire") and one.reason != "superseded" for one in plan.changes)


def _settled(made: Project) -> list[tuple[str, str]]:
    return made.actions()


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


def _pruned(ground: Project, root: Path, seed: int) -> None:
    """Every step applied with --prune."""
    chance = random.Random(seed)
    made, guids = _fresh(ground, root), dict[str, str]()
    estate = _begin(made, chance)
    _check_live(made, estate, guids)
    for _ in range(3):
        before = copy.deepcopy(estate)
        _step(estate, chance)
        _scan(made, estate, before)
        _write(made, estate)
        plan = made.plan(prune=True)
        assert _said(plan) == oracle.planned(before, estate)
        _apply(made, plan, prune=True)
        _check_live(made, estate, guids)
        assert _settled(made) == []


def _kept(ground: Project, root: Path, seed: int) -> None:
    """Nothing is pruned until the end: what left the manifests is an orphan, and lives on under its last name."""
    chance = random.Random(seed)
    made, guids, left = _fresh(ground, root), dict[str, str](), oracle.Left()
    estate = _begin(made, chance)
    _check_live(made, estate, guids)
    for _ in range(3):
        before = copy.deepcopy(estate)
        _step(estate, chance)
        _scan(made, estate, before)
        _write(made, estate)
        want = oracle.planned(before, estate, left) | {"delete": oracle.superseded(before, estate, left)}
        plan = made.plan()
        assert _said(plan) == want
        _apply(made, plan)
        left.step(before, estate)
        _check_live(made, estate, guids, left)
        assert _settled(made) == []
    plan = made.plan(prune=True)
    assert _said(plan) == oracle.planned(estate, estate, left)
    _apply(made, plan, prune=True)
    _check_live(made, estate, guids)


def _among_people(ground: Project, root: Path, seed: int) -> None:
    """People hang their own things on ours; nothing of theirs changes or goes, also under --prune --skip-refused."""
    from reconciler.diff import Options
    from reconciler.workflow import Approval, apply_plan

    chance = random.Random(seed)
    made = _fresh(ground, root)
    people = People(made, chance)
    estate = _begin(made, chance)
    for _ in range(3):
        people.act()
        former = copy.deepcopy(estate)
        _step(estate, chance)
        with people.scanning():
            _scan(made, estate, former)
        _write(made, estate)
        before = people.snapshot()
        options = Options(prune=True, allow_deletes=_removals(made.plan(prune=True)) or None)
        result = apply_plan(made.session(), options, Approval(skip_refused=True))
        assert [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"] == []
        assert people.snapshot() == before
        facts, state = oracle.expected(estate), made.http("GET", "/_sandbox/state")
        live = lineage.live_lineage(state)
        assert {key: live.get(key) for key in facts.lineage} == facts.lineage
        assert facts.entities <= set(lineage.live_entities(state).values())


@pytest.mark.parametrize("seed", [3, 35])
def test_a_pruned_history_ends_as_its_manifests_say(ground: Project, tmp_path: Path, seed: int) -> None:
    _pruned(ground, tmp_path, seed)


@pytest.mark.parametrize("seed", [35])
def test_without_prune_what_left_the_manifests_lives_on(ground: Project, tmp_path: Path, seed: int) -> None:
    _kept(ground, tmp_path, seed)


@pytest.mark.parametrize("seed", [3])
def test_nothing_of_anybody_is_lost(ground: Project, tmp_path: Path, seed: int) -> None:
    _among_people(ground, tmp_path, seed)


@pytest.mark.long
@pytest.mark.parametrize("part", range(20))
def test_five_hundred_histories_among_people(ground: Project, tmp_path: Path, part: int) -> None:
    for seed in range(100 + part * 25, 125 + part * 25):
        _among_people(ground, tmp_path / str(seed), seed)


@pytest.mark.long
@pytest.mark.parametrize("part", range(5))
def test_a_hundred_histories_against_the_oracle(ground: Project, tmp_path: Path, part: int) -> None:
    for seed in range(50 + part * 20, 70 + part * 20):
        (_pruned if seed % 2 else _kept)(ground, tmp_path / str(seed), seed)
