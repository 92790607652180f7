"""What no manifest wants: stand-ins go by themselves, and nothing goes while a document waits."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from reconciler.apply import execute
from reconciler.desired import Wishes
from reconciler.diff import Options
from reconciler.errors import Exit
from reconciler.plan import Plan, build

from .conftest import World
from .fakes import ORIGIN, thing

ADDRESS = "purview.thing:{}"


def plan_of(world: World, *wants: Any, superseded: tuple[str, ...] = (), held: tuple[str, ...] = ()) -> Plan:
    return build(prepared(world, *wants, superseded=superseded, held=held), world.book.load(), world.systems, Options())


def prepared(world: World, *wants: Any, superseded: tuple[str, ...] = (), held: tuple[str, ...] = ()) -> Wishes:
    wishes = world.wishes(*wants)
    wishes.superseded.update(ADDRESS.format(key) for key in superseded)
    wishes.held.update(held)
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


def test_nothing_is_removed_while_a_document_waits(world: World) -> None:
    other = replace(ORIGIN, name="two")
    world.apply(thing("a", text="x"), thing("b", text="x", origin=other), thing("c", text="x"))
    plan = build(
        prepared(world, thing("c", text="x"), held=("Test/one",)), world.book.load(), world.systems, Options(prune=True)
    )
    assert [(c.action, c.address) for c in plan.changes] == [("blocked", "purview.thing:a")]
    assert [c.address for c in plan.orphans] == ["purview.thing:b"]


def test_what_needs_a_waiting_document_waits_too(world: World) -> None:
    wants = thing("b", text="x", needs=("purview.thing:a",)), thing("c", text="x")
    wishes = Wishes("test", SimpleNamespace(policy=None, scope=None), {w.address: w for w in wants})
    wishes.levels = dict.fromkeys(wishes.resources, 1)
    wishes.held.add("Test/gone")
    plan = build(wishes, world.book.load(), world.systems, Options())
    assert {c.address: c.action for c in plan.changes} == {"purview.thing:b": "blocked", "purview.thing:c": "create"}
    result = execute(plan, wishes, world.book, world.book.load(), world.systems)
    assert result.exit_code == Exit.PARTIAL
