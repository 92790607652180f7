"""What only has to be there: as others made it before us it is no drift, what they change later is."""

from __future__ import annotations

from typing import Any

from .conftest import World
from .fakes import finding, thing


def there(**values: Any) -> Any:
    return thing("a", mode="ensure", **values)


def test_what_was_so_before_us_is_told_once(world: World) -> None:
    world.system.add("a", text="theirs", note="same")
    plan = world.plan(there(text="ours", note="same"))
    assert plan.changes == []
    said = finding(plan.diagnostics, "ensured.differs")
    assert said.severity == "info"
    assert "'theirs', not 'ours'" in said.summary
    assert said.source is not None
    assert world.apply(there(text="ours", note="same")).complete
    after = world.plan(there(text="ours", note="same"))
    assert (after.changes, after.diagnostics, after.unchanged) == ([], [], 1)
    assert world.system.writes == []


def test_a_later_change_by_people_is_drift(world: World) -> None:
    id = world.system.add("a", text="theirs")
    world.apply(there(text="ours"))
    world.system.objects[id]["values"]["text"] = "changed"
    for _ in range(2):
        [change] = world.plan(there(text="ours")).changes
        assert (change.action, change.reason) == ("drift", "drift")
        assert [(f.path, f.before, f.after) for f in change.fields] == [("text", "changed", "ours")]
        world.apply(there(text="ours"))
    assert world.system.writes == []
    world.system.objects[id]["values"]["text"] = "ours"
    assert world.actions(there(text="ours")) == []


def test_another_wish_is_told_once_too(world: World) -> None:
    world.system.add("a", text="theirs")
    world.apply(there(text="ours"))
    for wish in (there(text="other"), there(text="other", status="Approved"), there(text="other", status="Draft")):
        plan = world.plan(wish)
        finding(plan.diagnostics, "ensured.differs") if "status" not in wish.values else None
        world.apply(wish)
        assert world.plan(wish).diagnostics == []
    assert world.system.at("a")["values"]["text"] == "theirs"


def test_what_is_empty_is_filled_and_the_rest_stays(world: World) -> None:
    world.system.add("a", text="theirs")
    plan = world.plan(there(text="ours", note="filled"))
    assert [(c.action, [f.path for f in c.fields]) for c in plan.changes] == [("update", ["note"])]
    finding(plan.diagnostics, "ensured.differs")
    world.apply(there(text="ours", note="filled"))
    after = world.plan(there(text="ours", note="filled"))
    assert (after.changes, after.diagnostics) == ([], [])
    assert world.system.at("a")["values"] == {"text": "theirs", "note": "filled"}


def test_overwriting_has_to_be_asked_for(world: World) -> None:
    world.system.add("a", text="theirs")
    world.apply(there(text="ours"))
    assert world.plan(there(text="other")).changes == []
    assert world.actions(there(text="ours"), adopt="overwrite") == [("update", "a", "overwrite")]
    world.apply(there(text="ours"), adopt="overwrite")
    assert world.system.at("a")["values"]["text"] == "ours"
    assert world.actions(there(text="ours"), adopt="overwrite") == []
