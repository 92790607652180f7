"""Guards: how much may be removed or changed at once, and what is never removed by the way."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.environment.policy import Guards, Policy
from reconciler.errors import RefusedError

from .conftest import World
from .fakes import finding, thing


def things(number: int, **values: Any) -> list[Any]:
    return [thing(f"t{n:03}", **{"text": "x", **values}) for n in range(number)]


def test_all_of_three_or_more(world: World) -> None:
    world.apply(*things(3))
    plan = world.plan(prune=True)
    assert "all of them" in finding(plan.diagnostics[:1], "guard.deletes").summary
    assert plan.refused
    assert not world.plan(prune=True, allow_deletes=3).refused
    assert world.plan(prune=True, allow_deletes=2).refused


def test_two_may_go(world: World) -> None:
    world.apply(*things(2))
    assert not world.plan(prune=True).refused


def test_more_than_a_third_of_ten(world: World) -> None:
    world.apply(*things(10))
    assert not world.plan(*things(7), prune=True).refused
    assert world.plan(*things(6), prune=True).refused


def test_more_than_twenty_five_however_many_there_are(world: World) -> None:
    world.apply(*things(200))
    assert not world.plan(*things(175), prune=True).refused
    assert world.plan(*things(174), prune=True).refused


def test_updates_of_more_than_half(world: World) -> None:
    world.apply(*things(20))
    assert not world.plan(*things(10, text="y"), *things(20)[10:]).refused
    plan = world.plan(*things(11, text="y"), *things(20)[11:])
    assert finding(plan.diagnostics[:1], "guard.updates")
    world.policy = Policy(guards=Guards(updates_percent=100))
    assert not world.plan(*things(20, text="y")).refused


def test_the_rest_of_a_create_that_was_cut_short_is_no_update_of_anything(world: World) -> None:
    wanted = things(20, note="n")
    world.system.die_after = 0
    with pytest.raises(KeyboardInterrupt):
        world.apply(*wanted)
    world.system.die_after = None
    for one in wanted:
        world.system.add(one.key, text="x")  # the first step had happened, the second had not
    plan = world.plan(*wanted)
    assert {(change.action, change.reason) for change in plan.changes} == {("update", "new")}
    assert not plan.refused
    assert world.apply(*wanted).complete
    assert world.actions(*wanted) == []


def test_the_rest_of_an_update_that_was_to_fill_what_is_empty_is_none_either(world: World) -> None:
    world.apply(*(thing(f"t{n:03}", note="n") for n in range(20)))
    wanted = things(20, note="n")
    world.system.die_after = 3
    with pytest.raises(KeyboardInterrupt):
        world.apply(*wanted)
    world.system.die_after = None
    plan = world.plan(*wanted)
    left = [change for change in plan.changes if change.action == "update"]
    assert len(left) > 10
    assert {item.reason for change in left for item in change.fields} == {"newly_managed"}
    assert not plan.refused
    assert world.apply(*wanted).complete


def test_a_create_and_then_its_rest_cut_short_leave_a_rest(world: World) -> None:
    wanted = things(20, note="n")
    world.system.die_after = 0
    with pytest.raises(KeyboardInterrupt):
        world.apply(*wanted)
    for one in wanted:
        world.system.add(one.key, text="x")
    world.system.die_after = 0
    with pytest.raises(KeyboardInterrupt):
        world.apply(*wanted)
    world.system.die_after = None
    assert {change.reason for change in world.plan(*wanted).changes} <= {"new", "newly_managed"}


def test_filling_what_people_emptied_is_no_mass_update(world: World) -> None:
    world.apply(*things(20, note="n"))
    for each in world.system.objects.values():
        each["values"]["note"] = None
    plan = world.plan(*things(20, note="n"))
    assert [change.action for change in plan.changes] == ["update"] * 20
    assert not plan.refused


def test_a_protected_address_stays(world: World) -> None:
    world.policy = Policy(protect=("purview.thing:t00*",))
    world.apply(*things(2))
    plan = world.plan(prune=True)
    assert plan.refused
    assert "t00*" in plan.diagnostics[0].detail


def test_a_protected_address_stays_when_its_pattern_goes_in_the_same_change(world: World) -> None:
    """The ledger keeps what was protected; a pattern that was taken away by itself before is past."""
    world.policy = Policy(protect=("purview.thing:t00*",))
    world.apply(*things(2))
    world.policy = Policy()
    plan = world.plan(prune=True)
    assert plan.refused
    assert "ledger" in plan.diagnostics[0].detail
    world.apply(*things(2))
    assert not world.plan(prune=True, allow_deletes=2).refused


def test_what_was_there_before_the_pattern_is_protected_by_the_next_apply(world: World) -> None:
    world.apply(*things(2))
    world.policy = Policy(protect=("purview.thing:*",))
    world.apply(*things(2))
    world.policy = Policy()
    assert world.plan(prune=True, allow_deletes=2).refused


def test_a_refused_plan_is_not_partly_applied_unless_asked(world: World) -> None:
    world.apply(*things(12))
    plan = world.plan(*things(1, text="new"), prune=True)
    assert {c.action for c in plan.changes} == {"update", "delete"}
    assert plan.refused


def test_a_ledger_is_bound_to_its_systems(world: World) -> None:
    world.apply(thing("a", text="x"))
    world.system.identities = lambda: ("purview:another",)  # type: ignore[method-assign]
    with pytest.raises(RefusedError, match="purview:fake"):
        world.plan(thing("a", text="x"))
