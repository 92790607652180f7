"""What a system shows for what was never set is nothing, unless it is what is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from reconciler.resources.objects import Live
from tests.engine.conftest import World
from tests.engine.fakes import FakeSystem, Thing, thing


@pytest.fixture(autouse=True)
def zeros(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system shows false for a flag that was never set or was cleared, as Apache Atlas does."""

    def read(self: Thing, system: FakeSystem, wanted: Mapping[str, frozenset[str]]) -> Iterable[Live]:
        system.reads += 1
        for one in system.listing():
            flag = one["values"].get("flag") or False
            values = {**one["values"], "flag": flag}
            yield self.live(one["key"], one["id"], raw=one, unset=() if flag else ("flag",), **values)

    monkeypatch.setattr(Thing, "read", read)


def test_nothing_wanted_and_the_default_are_one(world: World) -> None:
    assert world.apply(thing("a", text="x", flag=None)).complete
    assert world.actions(thing("a", text="x", flag=None)) == []


def test_what_left_the_manifest_is_cleared_once(world: World) -> None:
    world.apply(thing("a", flag=True))
    [change] = world.plan(thing("a", flag=None)).changes
    assert [(item.path, item.before, item.after) for item in change.fields] == [("flag", True, None)]
    result = world.apply(thing("a", flag=None))
    assert [one.status for one in result.outcomes] == ["done"]
    assert world.actions(thing("a", flag=None)) == []


def test_what_was_never_set_is_shown_as_nothing(world: World) -> None:
    world.apply(thing("a", text="x"))
    [change] = world.plan(thing("a", text="x", flag=True)).changes
    assert [(item.before, item.after, item.reason) for item in change.fields] == [(None, True, "newly_managed")]
    assert world.apply(thing("a", text="x", flag=True)).complete
    assert world.actions(thing("a", text="x", flag=True)) == []


def test_a_wanted_default_is_compared_and_may_change_later(world: World) -> None:
    world.apply(thing("a", flag=False))
    assert world.actions(thing("a", flag=False)) == []
    [change] = world.plan(thing("a", flag=True)).changes
    assert (change.action, change.reason) == ("update", "manifest_changed")
    world.apply(thing("a", flag=True))
    world.system.at("a")["values"]["flag"] = False
    [change] = world.plan(thing("a", flag=True)).changes
    assert (change.action, change.reason) == ("update", "drift")
    world.apply(thing("a", flag=False))
    assert world.system.at("a")["values"]["flag"] is False
    world.system.at("a")["values"]["flag"] = True
    assert [one.reason for one in world.plan(thing("a", flag=False)).changes] == ["drift"]


@pytest.mark.parametrize("adopt", ["empty", "overwrite"])
def test_what_has_defaults_is_adopted(world: World, adopt: str) -> None:
    world.system.add("a", text="x")
    world.system.add("b", text="x")
    wanted = thing("a", text="x", flag=None), thing("b", text="x", flag=True)
    first, second = world.plan(*wanted, adopt=adopt).changes
    assert (first.action, first.fields) == ("adopt", [])
    assert [(item.before, item.after) for item in second.fields] == [(None, True)]
    assert world.apply(*wanted, adopt=adopt).complete
    assert world.actions(*wanted) == []


def test_what_was_left_at_its_default_can_be_removed(world: World) -> None:
    world.apply(thing("a", text="x", flag=None))
    [change] = world.plan(prune=True).changes
    assert (change.action, [item.path for item in change.fields]) == ("delete", ["text"])
    world.system.at("a")["values"]["flag"] = True
    assert [one.action for one in world.plan(prune=True).changes] == ["conflict"]


def test_a_default_of_a_field_is_nothing_where_nothing_is_wanted(world: World) -> None:
    world.system.add("a", status="Draft")
    assert world.apply(thing("a", status=None)).complete
    assert world.actions(thing("a", status=None)) == []


def test_a_default_that_no_manifest_gave_is_nothing_of_anybodys(world: World) -> None:
    world.apply(thing("a", text="x"))
    [change] = world.plan(prune=True).changes
    assert (change.action, [item.path for item in change.fields]) == ("delete", ["text"])
    world.system.at("a")["values"]["flag"] = True
    assert [one.action for one in world.plan(prune=True).changes] == ["conflict"]
