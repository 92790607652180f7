"""What people renamed, of every type and at every level: one rename, one repair, then empty."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from reconciler.plan import Plan
from reconciler.resources import type_of
from reconciler.resources.base import Resource

from ..support import Project

ATLAS = "/datamap/api/atlas/v2"
GOES = frozenset({"delete", "retire", "forget"})


def contradictions(plan: Plan) -> list[str]:
    """Live objects that a plan wants and removes at once."""
    wanted = {(address.partition(":")[0], id) for address, id in plan.ids.items() if id}
    gone = [change for change in plan.changes if change.action in GOES] + plan.orphans
    told = [change.address for change in plan.changes if change.reason == "wanted"]
    return told + [change.address for change in gone if (change.type.full_name, change.id) in wanted]


def rename_everything(subject: Project, ids: dict[str, str]) -> set[str]:
    """Gives all glossaries, terms and collections other names, as their portal does; says which these were."""
    renamed = set()
    for address, id in ids.items():
        name = address.partition(":")[0]
        if name == "purview.glossary":
            path = f"{ATLAS}/glossary/{id}"
            found = subject.http("GET", f"{path}?ignoreTermsAndCategories=true")
            found.pop("lastModifiedTS", None)
            subject.http("PUT", path, json={**found, "name": f"Other {found['name']}"})
        elif name == "purview.term":
            path = f"{ATLAS}/glossary/term/{id}?includeTermHierarchy=true"
            found = subject.http("GET", path)
            own = found.get("nickName") or found["name"]
            formal = found["name"].removesuffix(own)
            found.pop("lastModifiedTS", None)
            subject.http("PUT", path, json={**found, "name": f"{formal}Other {own}", "nickName": f"Other {own}"})
        elif name == "purview.collection" and "/" in address:
            path = f"/account/collections/{id}?api-version=2019-11-01-preview"
            found = subject.http("GET", path)
            body = {"friendlyName": f"Other {found['friendlyName']}", "parentCollection": found["parentCollection"]}
            subject.http("PUT", path, json=body)
        else:
            continue
        renamed.add(address)
    time.sleep(0.4)
    return renamed


@pytest.mark.long
def test_everything_that_people_renamed_is_one_rename_and_one_repair(subject: Project) -> None:
    assert subject.apply().complete
    renamed = rename_everything(subject, subject.plan().ids)
    for options in ({}, {"prune": True}):
        plan = subject.plan(**options)
        assert [(c.action, c.address) for c in plan.changes if c.action not in ("rename", "drift")] == []
        assert {c.address for c in plan.changes} == renamed
        assert {c.reason for c in plan.changes} <= {"renamed"}
        assert plan.orphans == []
        assert contradictions(plan) == []
    assert subject.apply().complete
    plan = subject.plan(prune=True)
    kept = {c.address for c in plan.changes}
    assert {c.action for c in plan.changes} <= {"drift"}, "only what we found in place keeps the name that it got"
    ledger = subject.session().book(subject.session().draft()).load()
    assert {ledger.entries[address].how for address in kept} <= {"ensured", "referred"}


def test_what_a_key_repeats_is_said_by_its_type(subject: Project) -> None:
    """A key that holds the key of something it needs follows when that is called otherwise."""
    wishes = subject.session().draft().wishes()
    pairs = [(want, need) for want in wishes.resources.values() for need in want.needs]
    silent = [
        (want.address, need)
        for want, need in pairs
        if _can_be_renamed(type_of(need)) and _repeats(want.key, need.partition(":")[2])
        if OTHER not in want.type.follow(want.key, _called_otherwise(need))
    ]
    assert silent == []


OTHER = "\0"


def _called_otherwise(need: str) -> Callable[[str], str]:
    """Keys where one thing is called otherwise, and with it what its name is a part of."""

    def key_of(address: str) -> str:
        return OTHER if address == need else type_of(address).follow(address.partition(":")[2], key_of)

    return key_of


def _can_be_renamed(type: Resource) -> bool:
    """Types whose live objects keep their id under another name."""
    return type.can_rename or type.full_name in ("cluedin.data_source_group", "cluedin.data_source", "cluedin.data_set")


def _repeats(key: str, other: str) -> bool:
    return key == other or key.startswith(tuple(f"{other}{mark}" for mark in "/@#")) or f":{other}@" in key
