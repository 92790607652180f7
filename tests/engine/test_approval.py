"""What an approval covers: the approved plan, what is left of it, and nothing else."""

from __future__ import annotations

import datetime

import pytest

from reconciler.errors import StaleError
from reconciler.plan import require_approved

from .conftest import World
from .fakes import thing

WANTS = (thing("a", text="one"), thing("b", text="one"))


def codes(world: World, approved: dict, *wants: object, **options: object) -> list[str]:
    with pytest.raises(StaleError) as stale:
        require_approved(approved, world.plan(*wants, **options))
    return sorted(d.code for d in stale.value.diagnostics)


def test_the_same_plan_is_approved(world: World) -> None:
    require_approved(world.plan(*WANTS).as_dict(), world.plan(*WANTS))


def test_what_is_left_of_it_is_approved(world: World) -> None:
    approved = world.plan(*WANTS).as_dict()
    world.system.refuse = {"b"}
    world.apply(*WANTS)
    require_approved(approved, world.plan(*WANTS))
    world.system.refuse.clear()
    world.apply(*WANTS)
    require_approved(approved, world.plan(*WANTS))


def test_an_added_an_altered_and_a_missing_change_are_named(world: World) -> None:
    approved = world.plan(*WANTS).as_dict()
    assert codes(world, approved, *WANTS, thing("c", text="x")) == ["approval.added"]
    assert codes(world, approved, thing("a", text="two"), thing("b", text="one")) == ["approval.altered"]
    world.system.add("a", text="of a person")
    assert codes(world, approved, *WANTS) == ["approval.missing"], "it is a conflict now"


def test_another_live_value_under_an_update_is_not_what_was_approved(world: World) -> None:
    world.apply(*WANTS)
    world.system.at("a")["values"]["text"] = "edited"
    approved = world.plan(*WANTS).as_dict()
    world.system.at("a")["values"]["text"] = "edited again"
    assert codes(world, approved, *WANTS) == ["approval.altered"]


def test_options_are_part_of_it(world: World) -> None:
    approved = world.plan(*WANTS).as_dict()
    assert codes(world, approved, *WANTS, prune=True) == ["approval.header"]


def test_it_expires(world: World) -> None:
    approved = world.plan(*WANTS).as_dict()
    old = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=8)
    assert codes(world, {**approved, "created_at": old.isoformat()}, *WANTS) == ["approval.expired"]


def test_what_is_unrelated_does_not_change_the_digest(world: World) -> None:
    digest = world.plan(*WANTS).digest
    world.system.add("other", text="of a scanner")
    assert world.plan(*WANTS).digest == digest
