"""Every row of the two verdict tables, as a person would meet it."""

from __future__ import annotations

import pytest

from reconciler.environment.policy import Drift, Policy

from .conftest import World
from .fakes import thing


def test_absent_is_created_and_then_nothing_is_left(world: World) -> None:
    want = thing("a", text="hello", tags=["x", "y"])
    assert world.actions(want) == [("create", "a", "new")]
    assert world.apply(want).complete
    assert world.actions(want) == []
    assert world.plan(want).unchanged == 1


def test_a_second_apply_writes_nothing(world: World) -> None:
    want = thing("a", text="hello")
    world.apply(want)
    world.system.writes.clear()
    assert world.apply(want).complete
    assert world.system.writes == []


def test_only_mentioned_fields_are_touched(world: World) -> None:
    world.system.add("a", text="hello", note="of a person")
    world.apply(thing("a", text="hello"))
    world.apply(thing("a", text="changed"))
    assert world.system.at("a")["values"] == {"text": "changed", "note": "of a person"}


def test_a_changed_manifest_is_an_update(world: World) -> None:
    world.apply(thing("a", text="one"))
    plan = world.plan(thing("a", text="two"))
    [change] = plan.changes
    assert (change.action, change.reason) == ("update", "manifest_changed")
    assert [(f.path, f.before, f.after) for f in change.fields] == [("text", "one", "two")]


def test_drift_on_what_we_created_is_reverted(world: World) -> None:
    world.apply(thing("a", text="one"))
    world.system.at("a")["values"]["text"] = "edited"
    [change] = world.plan(thing("a", text="one")).changes
    assert (change.action, change.reason) == ("update", "drift")
    assert world.apply(thing("a", text="one")).complete
    assert world.system.at("a")["values"]["text"] == "one"


def test_drift_on_what_we_adopted_is_kept(world: World) -> None:
    world.system.add("a", text="one")
    world.apply(thing("a", text="one"))
    world.system.at("a")["values"]["text"] = "edited"
    [change] = world.plan(thing("a", text="one")).changes
    assert (change.action, change.fields[0].before, change.fields[0].after) == ("drift", "edited", "one")
    assert world.apply(thing("a", text="one")).complete
    assert world.system.at("a")["values"]["text"] == "edited"


def test_once_leaves_later_edits_to_people(world: World) -> None:
    world.policy = Policy(on_drift=Drift(fields={"purview.thing.text": "once"}))
    world.apply(thing("a", text="one"))
    world.system.at("a")["values"]["text"] = "edited"
    assert world.actions(thing("a", text="one")) == []
    assert world.actions(thing("a", text="two")) == []


def test_both_changed_is_a_conflict_with_ways_out(world: World) -> None:
    world.apply(thing("a", text="one"))
    world.system.at("a")["values"]["text"] = "edited"
    plan = world.plan(thing("a", text="two"))
    assert [(c.action, c.reason) for c in plan.changes] == [("conflict", "conflict")]
    assert plan.refused
    assert world.actions(thing("a", text="edited")) == []
    assert world.actions(thing("a", text="two"), force_conflicts=True) == [("update", "a", "forced")]
    assert world.actions(thing("a", text="two"), force_conflicts=("purview.thing:a",)) == [("update", "a", "forced")]


def test_both_changed_to_the_same_is_nothing(world: World) -> None:
    world.apply(thing("a", text="one"))
    world.system.at("a")["values"]["text"] = "two"
    assert world.actions(thing("a", text="two")) == []


def test_a_form_of_the_servers_own_is_not_drift(world: World) -> None:
    world.system.rewrite = lambda value: value.replace("  ", " ") if isinstance(value, str) else value
    assert world.apply(thing("a", text="two  blanks")).complete
    assert world.actions(thing("a", text="two  blanks")) == []


def test_a_field_mentioned_later_fills_what_is_empty(world: World) -> None:
    world.apply(thing("a", text="one"))
    assert world.actions(thing("a", text="one", note="new", status="Approved")) == [("update", "a", "newly_managed")]


def test_a_field_mentioned_later_does_not_overwrite_people(world: World) -> None:
    world.apply(thing("a", text="one"))
    world.system.at("a")["values"]["note"] = "of a person"
    assert world.actions(thing("a", text="one", note="ours")) == [("conflict", "a", "differs")]
    assert world.actions(thing("a", text="one", note="ours"), adopt="overwrite") == [("update", "a", "overwrite")]


def test_a_field_that_left_the_manifest_is_released(world: World) -> None:
    world.apply(thing("a", text="one", note="two"))
    world.apply(thing("a", text="one"))
    world.system.at("a")["values"]["note"] = "edited"
    assert world.actions(thing("a", text="one")) == []


def test_an_explicit_empty_value_clears(world: World) -> None:
    world.apply(thing("a", text="one"))
    world.apply(thing("a", text=""))
    assert world.system.at("a")["values"]["text"] == ""
    assert world.actions(thing("a", text="")) == []


def test_adopting_takes_what_matches_and_refuses_what_differs(world: World) -> None:
    world.system.add("a", text="same")
    world.system.add("b", text="other")
    plan = world.plan(thing("a", text="same"), thing("b", text="mine"))
    assert [(c.action, c.reason) for c in plan.changes] == [("adopt", "matches"), ("conflict", "differs")]
    assert plan.refused
    assert world.actions(thing("b", text="mine"), adopt="overwrite") == [("adopt", "b", "matches")]


def test_adopting_fills_empty_and_default_values_unless_told_otherwise(world: World) -> None:
    world.system.add("a", text="same", status="Draft")
    want = thing("a", text="same", status="Approved", note="more")
    [change] = world.plan(want).changes
    assert change.action == "adopt"
    assert {f.path for f in change.fields} == {"status", "note"}
    assert world.actions(want, adopt="matching") == [("conflict", "a", "differs")]


def test_gone_is_created_again_when_ours_and_listed_when_adopted(world: World) -> None:
    world.system.add("b", text="x")
    world.apply(thing("a", text="x"), thing("b", text="x"))
    world.system.objects.clear()
    assert world.actions(thing("a", text="x"), thing("b", text="x")) == [
        ("create", "a", "gone"),
        ("drift", "b", "gone"),
    ]


def test_a_rename_by_people_is_a_rename_and_not_a_create(world: World) -> None:
    world.apply(thing("a", text="x"))
    world.system.at("a")["key"] = "b"
    assert world.actions(thing("a", text="x")) == [("rename", "a", "renamed")]
    assert world.apply(thing("a", text="x")).complete
    assert [o["key"] for o in world.system.objects.values()] == ["a"]


def test_a_rename_in_the_manifest_keeps_the_object(world: World) -> None:
    world.apply(thing("a", text="x"))
    want = thing("b", text="x", moved_from="a")
    assert world.actions(want) == [("rename", "b", "renamed_in_manifest")]
    assert world.apply(want).complete
    assert [o["id"] for o in world.system.objects.values()] == ["id-1"]
    assert world.actions(want) == []


def test_recreated_by_others_is_adopted_by_its_values(world: World) -> None:
    world.apply(thing("a", text="x"))
    world.system.objects.clear()
    world.system.add("a", text="x")
    assert world.actions(thing("a", text="x")) == [("adopt", "a", "matches")]
    world.apply(thing("a", text="x"))
    assert world.plan(prune=True).changes[0].action == "forget"


def test_another_id_for_what_is_still_there_is_no_finding_but_a_wrong_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One listing gives a wrong id: it is not taken for one that others made anew."""
    world.apply(thing("a", text="x"))
    listings, right = iter([[{"id": "id-9", "key": "a", "values": {"text": "x"}}]]), world.system.listing
    monkeypatch.setattr(world.system, "listing", lambda: next(listings, None) or right())
    plan = world.plan(thing("a", text="x"))
    assert [(c.action, c.reason) for c in plan.changes] == [("blocked", "unknown")]
    assert "read as id-9 and as id-1" in plan.changes[0].message
    assert world.actions(thing("a", text="x")) == []


def test_two_of_one_name_are_ambiguous(world: World) -> None:
    world.system.add("a")
    world.system.add("a")
    assert world.actions(thing("a", text="x")) == [("blocked", "a", "ambiguous")]


def test_what_cannot_be_read_is_unknown_and_blocks_those_that_need_it(world: World) -> None:
    world.system.unreadable = True
    wants = (thing("a", text="x"), thing("b", text="x", needs=("purview.thing:a",)))
    assert {action for action, *_ in world.actions(*wants)} == {"blocked"}


def test_dependants_of_a_missing_reference_wait(world: World) -> None:
    plan = world.plan(thing("a", mode="refer"), thing("b", text="x", needs=("purview.thing:a",)))
    assert [(c.action, c.reason) for c in plan.changes] == [
        ("blocked", "missing_reference"),
        ("blocked", "waits"),
    ]


def test_removal_needs_prune_and_only_takes_what_is_ours(world: World) -> None:
    world.system.add("b", text="x")
    world.apply(thing("a", text="x"), thing("b", text="x"))
    assert world.actions() == []
    assert [c.address for c in world.plan().orphans] == ["purview.thing:a", "purview.thing:b"]
    assert [(a, k) for a, k, _ in world.actions(prune=True)] == [("delete", "a"), ("forget", "b")]
    assert world.apply(prune=True).complete
    assert [o["key"] for o in world.system.objects.values()] == ["b"]


def test_what_people_changed_is_not_removed(world: World) -> None:
    world.apply(thing("a", text="x"))
    world.system.at("a")["values"]["text"] = "edited"
    plan = world.plan(prune=True)
    assert [c.action for c in plan.changes] == ["conflict"]
    assert "people changed text" in plan.changes[0].message


def test_members_of_others_stay_and_ours_are_taken_back(world: World) -> None:
    world.system.add("a", text="x", people=["someone", "ada"])
    world.apply(thing("a", text="x", people=["ada", "bob"]))
    assert world.system.at("a")["values"]["people"] == ["someone", "ada", "bob"]
    assert world.apply(thing("a", text="x", people=[])).complete
    assert world.system.at("a")["values"]["people"] == ["someone", "ada"], "ada was there before us"


def test_an_immutable_field_names_the_way_out(world: World) -> None:
    world.apply(thing("a", text="x", code="1"))
    plan = world.plan(thing("a", text="x", code="2"))
    assert plan.changes[0].reason == "immutable"
    assert world.apply(thing("a", text="x", code="2"), replace=("purview.thing:a",)).complete
    assert world.system.at("a")["values"]["code"] == "2"
    assert world.actions(thing("a", text="x", code="2")) == []


def test_order_of_live_lists_changes_nothing(world: World) -> None:
    want = thing("a", text="x", tags=["x", "y"], people=["ada", "bob"])
    world.apply(want)
    digest = world.plan(want).digest
    world.system.reverse = True
    assert world.actions(want) == []
    assert world.plan(want).digest == digest


def test_an_object_wanted_under_a_new_address_is_not_removed_under_the_old_one(world: World) -> None:
    world.apply(thing("a", text="x"))
    world.system.at("a")["key"] = "b"
    assert world.actions(thing("b", text="x"), prune=True) == [("adopt", "b", "matches")]
    assert world.apply(thing("b", text="x"), prune=True).complete
    assert [o["key"] for o in world.system.objects.values()] == ["b"]
    assert list(world.book.load().entries) == ["purview.thing:b"]
