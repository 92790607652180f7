"""Estates that are renamed, moved, swapped and thinned out: each plan is the oracle's, each end is the manifests'.

A delete of something below a renamed term is named by the path that it has once the rename is done.
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
from . import oracle
from .estate import STEPS, Estate, manifest
from .people import People

LEVEL = ("purview.term", "purview.assignment", "purview.related_term")


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


def _said(plan: Plan, *, orphans: bool = False) -> dict[str, set[str]]:
    said: dict[str, set[str]] = {"create": set(), "rename": set(), "delete": set()}
    for change in plan.orphans if orphans else plan.changes:
        if change.type.full_name in LEVEL and change.action != "update":
            said.setdefault(change.action, set()).add(change.address)
    return said


def _step(estate: Estate, chance: random.Random) -> None:
    estate.forget_former_names(chance)
    touched = chance.choice([1, 1, 2])
    for _ in range(touched):
        chance.choice(STEPS)(estate, chance)
    estate.drop_names_taken()


def _apply(made: Project, **options: Any) -> None:
    plan = made.plan(**options)
    removals = [change for change in plan.changes if change.action in ("delete", "retire")]
    if removals:
        options["allow_deletes"] = len(removals)
    result = made.apply(**options)
    assert [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"] == []


def _settled(made: Project) -> list[tuple[str, str]]:
    return made.actions()


def _check_live(made: Project, estate: Estate, guids: dict[int, str]) -> None:
    """What the manifests say is what is live, and nothing that lives on was made anew."""
    facts = oracle.expected(estate)
    terms, assigned, related = oracle.live(made.http("GET", "/_sandbox/state"))
    assert sorted(terms) == sorted(facts.terms.values())
    assert assigned == facts.assigned
    assert related == facts.related
    for uid, path in facts.terms.items():
        assert guids.setdefault(uid, terms[path]) == terms[path], f"{path} was made anew"


def _pruned(ground: Project, root: Path, seed: int) -> None:
    """Every step applied with --prune."""
    chance = random.Random(seed)
    made, estate, guids = _fresh(ground, root), Estate(), dict[int, str]()
    for _ in range(2):
        estate.add_concept(chance)
    _write(made, estate)
    _apply(made)
    _check_live(made, estate, guids)
    for _ in range(3):
        before = copy.deepcopy(estate)
        _step(estate, chance)
        _write(made, estate)
        assert _said(made.plan(prune=True)) == oracle.planned(before, estate)
        _apply(made, prune=True)
        _check_live(made, estate, guids)
        assert _settled(made) == []


def _kept(ground: Project, root: Path, seed: int) -> None:
    """Nothing is pruned until the end: what left the manifests is an orphan, and lives on under its last name."""
    chance = random.Random(seed)
    made, estate, guids = _fresh(ground, root), Estate(), dict[int, str]()
    for _ in range(2):
        estate.add_concept(chance)
    _write(made, estate)
    _apply(made)
    _check_live(made, estate, guids)
    for _ in range(3):
        before = copy.deepcopy(estate)
        _step(estate, chance)
        _write(made, estate)
        want = oracle.planned(before, estate)
        said = _said(made.plan())
        assert {"create": said["create"], "rename": said["rename"]} == {
            "create": want["create"],
            "rename": want["rename"],
        }
        assert said["delete"] == set()
        _apply(made)
        facts = oracle.expected(estate)
        terms, assigned, related = oracle.live(made.http("GET", "/_sandbox/state"))
        assert set(facts.terms.values()) <= set(terms)
        assert facts.assigned <= assigned
        assert facts.related <= related
        for uid, path in facts.terms.items():
            assert guids.setdefault(uid, terms[path]) == terms[path], f"{path} was made anew"
        assert _settled(made) == []
    _apply(made, prune=True)
    _check_live(made, estate, guids)


def _among_people(ground: Project, root: Path, seed: int) -> None:
    """People hang their own things on ours; nothing of theirs changes or goes, also under --prune --skip-refused."""
    from reconciler.diff import Options
    from reconciler.workflow import Approval, apply_plan

    chance = random.Random(seed)
    made, estate = _fresh(ground, root), Estate()
    people = People(made, chance)
    for _ in range(2):
        estate.add_concept(chance)
    _write(made, estate)
    _apply(made)
    for _ in range(3):
        people.act()
        _step(estate, chance)
        _write(made, estate)
        before = people.snapshot()
        removals = [c for c in made.plan(prune=True).changes if c.action in ("delete", "retire")]
        options = Options(prune=True, allow_deletes=len(removals) or None)
        result = apply_plan(made.session(), options, Approval(skip_refused=True))
        assert [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"] == []
        assert people.snapshot() == before


@pytest.mark.parametrize("seed", range(2))
def test_a_pruned_history_ends_as_its_manifests_say(ground: Project, tmp_path: Path, seed: int) -> None:
    _pruned(ground, tmp_path, seed)


@pytest.mark.parametrize("seed", range(2))
def test_without_prune_what_left_the_manifests_lives_on(ground: Project, tmp_path: Path, seed: int) -> None:
    _kept(ground, tmp_path, seed)


@pytest.mark.parametrize("seed", range(2))
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
