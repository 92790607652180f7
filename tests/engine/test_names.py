"""Names that are exchanged, handed on or taken, and that nothing is wanted and removed at once."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.diff import Change
from reconciler.diff.change import Differences
from reconciler.diff.identity import Identity
from reconciler.diff.names import refuse_contradictions
from reconciler.ledger import Header, Ledger
from reconciler.live import LiveState

from .conftest import World
from .fakes import THING, finding, thing


def ids(world: World) -> dict[str, str]:
    return {o["key"]: o["id"] for o in world.system.objects.values()}


def lose_ledger(world: World) -> None:
    world.book.path.unlink()


def rotated(*names: str) -> list[Any]:
    """Each thing has the name of the next."""
    return [
        thing(name, text=former, moved_from=former) for former, name in zip(names, names[1:] + names[:1], strict=True)
    ]


def test_names_are_exchanged_through_a_third_one(world: World) -> None:
    world.apply(thing("a", text="a"), thing("b", text="b"))
    before = ids(world)
    wants = rotated("a", "b")
    assert world.actions(*wants) == [("rename", "a", "renamed_in_manifest"), ("rename", "b", "renamed_in_manifest")]
    assert world.apply(*wants, prune=True).complete
    assert ids(world) == {"a": before["b"], "b": before["a"]}
    assert [keys for action, keys in world.system.writes if action == "rename"] == [("b (moving)",), ("b",), ("a",)]


def test_an_exchange_that_was_carried_out_is_past(world: World) -> None:
    world.apply(*(thing(name, text=name) for name in "abc"))
    before = ids(world)
    wants = rotated("a", "b", "c")
    assert world.apply(*wants, prune=True).complete
    assert ids(world) == {"b": before["a"], "c": before["b"], "a": before["c"]}
    assert world.actions(*wants, prune=True) == []
    assert world.actions(*(thing(name, text=text) for name, text in zip("bca", "abc", strict=True)), prune=True) == []


@pytest.mark.parametrize("names", ["abc", "abcd"])
def test_a_row_of_names_that_moved_on_is_told_without_a_ledger(world: World, names: str) -> None:
    olds = names[:-1]
    world.apply(*(thing(name, text=name) for name in olds))
    before = ids(world)
    lose_ledger(world)
    wants = [thing(new, text=old, moved_from=old) for old, new in zip(olds, names[1:], strict=True)]
    assert {action for action, _, _ in world.actions(*wants)} == {"rename"}
    assert world.apply(*wants).complete
    assert ids(world) == {new: before[old] for old, new in zip(olds, names[1:], strict=True)}
    assert world.actions(*wants, prune=True) == []


def test_a_former_name_that_another_keeps_is_not_taken_without_a_ledger(world: World) -> None:
    """`b` was called `a` long ago and is gone; `a` was called `z`, of which nothing is left."""
    world.apply(thing("a", text="a"))
    before = ids(world)
    lose_ledger(world)
    wants = [thing("b", text="b", moved_from="a"), thing("a", text="a", moved_from="z")]
    assert sorted((action, key) for action, key, _ in world.actions(*wants)) == [("adopt", "a"), ("create", "b")]
    assert world.apply(*wants).complete
    assert ids(world)["a"] == before["a"]


def test_names_that_were_exchanged_are_left_alone_without_a_ledger(world: World) -> None:
    wants = rotated("a", "b", "c")
    world.apply(*(thing(want.key, **want.values) for want in wants))
    lose_ledger(world)
    assert {action for action, _, _ in world.actions(*wants)} == {"adopt"}


def test_a_thing_that_is_aside_is_given_its_new_name_by_the_next_run(world: World) -> None:
    world.apply(thing("a", text="a"), thing("b", text="b"))
    before, wants = ids(world), rotated("a", "b")
    world.system.refuse = {"b"}
    result = world.apply(*wants)
    assert [(o.change.key, o.status) for o in result.outcomes] == [("a", "skipped"), ("b", "failed")]
    world.system.refuse = set()
    assert world.apply(*wants).complete
    assert ids(world) == {"a": before["b"], "b": before["a"]}


def test_a_target_brings_along_what_has_its_name(world: World) -> None:
    world.apply(thing("a", text="a"), thing("b", text="b"))
    assert len(world.plan(*rotated("a", "b"), targets=("purview.thing:a",)).executable) == 2


def test_a_new_thing_takes_a_name_that_people_gave_another(world: World) -> None:
    world.apply(thing("a", text="a"))
    world.system.at("a")["key"] = "b"
    wants = (thing("a", text="a"), thing("b", text="b"))
    assert world.actions(*wants) == [("rename", "a", "renamed"), ("create", "b", "new")]
    assert world.apply(*wants).complete
    assert world.actions(*wants) == []


def test_a_name_that_others_have_is_not_taken(world: World) -> None:
    world.apply(thing("a", text="a"))
    world.system.at("a")["key"] = "b"
    world.system.add("a")
    [change] = world.plan(thing("a", text="a")).changes
    assert (change.action, change.reason) == ("conflict", "taken")
    assert "another object has this name (id id-2)" in change.message


def test_a_move_from_nowhere_is_told_once(world: World) -> None:
    world.apply(thing("a", text="a"))
    wants = (thing("a", text="a"), thing("c", text="c", moved_from="b"))
    assert finding(world.plan(*wants).diagnostics, "moved_from.nowhere").severity == "warning"
    assert world.apply(*wants).complete
    assert world.plan(*wants).diagnostics == []


def test_a_new_environment_with_an_old_manifest_is_told_nothing(world: World) -> None:
    assert world.plan(thing("c", text="c", moved_from="b")).diagnostics == []


def test_what_is_referred_to_is_known_by_its_id_and_is_not_ours(world: World) -> None:
    world.system.add("a")
    wants = (thing("a", mode="refer"), thing("b", text="b", needs=("purview.thing:a",)))
    assert world.apply(*wants).complete
    world.system.at("a")["key"] = "z"
    assert world.actions(*wants) == [("drift", "a", "renamed")]
    assert world.actions(thing("z", mode="refer"), thing("b", text="b", needs=("purview.thing:z",))) == []
    plan = world.plan(prune=True)
    assert [(c.action, c.key) for c in plan.changes] == [("delete", "b")]
    [change] = world.plan(thing("a", text="new"), thing("b", text="b")).changes
    assert (change.action, change.key, change.how) == ("rename", "a", "adopted"), "still the one that was meant by it"


def test_no_object_is_wanted_and_removed_at_once() -> None:
    want = thing("new")
    ledger, live = Ledger(Header.new("test")), LiveState({})
    for action in ("delete", "retire", "forget"):
        gone = Change("purview.thing:old", THING, action, "removed", "id-1", live_key="old")
        out = Differences([gone], ids={want.address: "id-1"}, orphans=[])
        refuse_contradictions(out, {want.address: want}, Identity({want.address: want}, ledger, live))
        assert (gone.action, gone.reason) == ("conflict", "wanted")
    orphan = Change("purview.thing:old", THING, "delete", "removed", "id-1", live_key="old")
    out = Differences([], ids={want.address: "id-1"}, orphans=[orphan])
    refuse_contradictions(out, {want.address: want}, Identity({want.address: want}, ledger, live))
    assert (out.orphans, out.changes) == ([], [orphan])
