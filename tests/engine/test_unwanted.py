"""What no manifest wants: stand-ins go by themselves, and nothing goes that a held document may want."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.apply import execute
from reconciler.desired import Held, Wishes
from reconciler.diff import Options
from reconciler.environment.spec import Environment
from reconciler.errors import Diagnostic, Exit
from reconciler.plan import Plan, build

from .conftest import World
from .fakes import ORIGIN, THING, thing

ADDRESS = "purview.thing:{}"


def plan_of(world: World, *wants: Any, superseded: tuple[str, ...] = (), held: tuple[str, ...] = ()) -> Plan:
    return build(prepared(world, *wants, superseded=superseded, held=held), world.book.load(), world.systems, Options())


def held_back(name: str, *wants: Any, may_want: tuple[str, ...] = ()) -> dict[str, Held]:
    """A document that is held back, and what is known of its wishes."""
    finding = Diagnostic("error", "test.held", f"{name} cannot be applied", document=name)
    return {name: Held([finding], {want.address: want for want in wants}, frozenset(may_want))}


def prepared(world: World, *wants: Any, superseded: tuple[str, ...] = (), held: tuple[str, ...] = ()) -> Wishes:
    wishes = world.wishes(*wants)
    wishes.superseded.update(ADDRESS.format(key) for key in superseded)
    for name in held:
        wishes.held |= held_back(name)
    return wishes


def test_a_stand_in_is_removed_without_prune_and_once(world: World) -> None:
    world.apply(thing("placeholder", text="x"), thing("other", text="x"))
    plan = plan_of(world, thing("scanned", text="x"), superseded=("placeholder",))
    assert [(c.action, c.address, c.reason) for c in plan.changes if c.action != "create"] == [
        ("delete", "purview.thing:placeholder", "superseded")
    ]
    assert [c.address for c in plan.orphans] == ["purview.thing:other"]
    wishes = prepared(world, thing("scanned", text="x"), superseded=("placeholder",))
    result = execute(plan, wishes, world.book, world.book.load(), world.systems)
    assert result.complete
    assert plan_of(world, thing("scanned", text="x"), superseded=("placeholder",)).changes == []


def test_the_guards_count_no_stand_ins(world: World) -> None:
    keys = tuple(f"p{n}" for n in range(12))
    world.apply(*(thing(key, text="x") for key in keys))
    plan = plan_of(world, thing("scanned", text="x"), superseded=keys)
    assert sum(c.action == "delete" for c in plan.changes) == 12
    assert not plan.refused


def test_a_stand_in_that_people_changed_stays(world: World) -> None:
    world.apply(thing("placeholder", text="x"))
    world.system.at("placeholder")["values"]["text"] = "mine now"
    plan = plan_of(world, superseded=("placeholder",))
    assert plan.changes == []
    assert [(c.action, c.message) for c in plan.orphans] == [("conflict", "not removed: people changed text")]


def pruned(world: World, *wants: Any, held: dict[str, Held]) -> Plan:
    wishes = world.wishes(*wants)
    wishes.held |= held
    return build(wishes, world.book.load(), world.systems, Options(prune=True))


OTHER = replace(ORIGIN, name="two")


def test_a_held_document_loses_nothing_and_others_are_pruned(world: World) -> None:
    world.apply(thing("a", text="x"), thing("b", text="x", origin=OTHER), thing("c", text="x"))
    plan = pruned(world, thing("c", text="x"), held=held_back("Test/one"))
    assert sorted((c.action, c.address) for c in plan.changes) == [
        ("blocked", "purview.thing:a"),
        ("delete", "purview.thing:b"),
    ]
    assert plan.held == ["Test/one"]
    assert plan.exit_code == Exit.REFUSED


def test_what_a_held_document_wants_or_may_want_stays(world: World) -> None:
    world.apply(*(thing(key, text="x", origin=OTHER) for key in "abcd"))
    wants = thing("a", text="x"), thing("z", text="x", needs=("purview.thing:b",), moved_from=("c",))
    plan = pruned(world, held=held_back("Test/one", *wants))
    found = {c.address.partition(":")[2]: c.action for c in plan.changes}
    assert found == {"a": "blocked", "b": "blocked", "c": "blocked", "d": "delete"}
    everything = held_back("Test/one", may_want=("purview.thing",))
    assert {c.action for c in pruned(world, held=everything).changes} == {"blocked"}


def test_what_the_resources_of_a_held_document_hang_on_stays(world: World) -> None:
    world.apply(thing("a", text="x", origin=OTHER), thing("b", text="x", needs=("purview.thing:a",)))
    plan = pruned(world, held=held_back("Test/one"))
    found = {c.address.partition(":")[2]: (c.action, c.reason) for c in plan.changes}
    assert found == {"a": ("blocked", "waits"), "b": ("blocked", "held")}


def test_what_a_held_document_wanted_too_is_not_written_without_it(world: World) -> None:
    world.apply(thing("a", text="x"), thing("a", text="x", origin=OTHER))
    plan = pruned(world, thing("a", text="y", origin=OTHER), held=held_back("Test/one"))
    assert [(c.action, c.reason) for c in plan.changes] == [("blocked", "held")]


def test_what_needs_a_waiting_document_waits_too(world: World) -> None:
    wants = thing("b", text="x", needs=("purview.thing:a",)), thing("c", text="x")
    wishes = Wishes("test", Environment(), {w.address: w for w in wants})
    wishes.levels = dict.fromkeys(wishes.resources, 1)
    wishes.held |= held_back("Test/gone")
    plan = build(wishes, world.book.load(), world.systems, Options())
    assert {c.address: c.action for c in plan.changes} == {"purview.thing:b": "blocked", "purview.thing:c": "create"}
    result = execute(plan, wishes, world.book, world.book.load(), world.systems)
    assert result.exit_code == Exit.PARTIAL


def test_a_create_that_lacks_what_the_system_needs_holds_its_document_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(THING, "needed_for_create", frozenset({"text"}), raising=False)
    wants = thing("a"), thing("b", text="x", needs=("purview.thing:a",)), thing("c", text="x", origin=OTHER)
    plan = world.plan(*wants)
    assert [(c.action, c.address) for c in plan.changes] == [("create", "purview.thing:c")]
    assert plan.held == ["Test/one"]
    [said] = [d for d in plan.diagnostics if d.document]
    assert (said.code, said.address) == ("resource.incomplete", "purview.thing:a")
    assert said.source is not None
    assert said.source.line == ORIGIN.line


def test_a_value_that_others_gave_is_a_value(world: World) -> None:
    want = THING.desired("a", ORIGIN, requires=("text",), note="n")
    assert world.plan(want).held == ["Test/one"]
    world.apply(thing("a", text="theirs"))
    assert world.plan(want).held == []


def test_the_size_of_wishes_is_told_in_words() -> None:
    assert Wishes("test", Environment(), files=4, documents=1).size == "4 files, 1 document, 0 resources"
