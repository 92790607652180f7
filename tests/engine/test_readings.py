"""Readings of an apply: what one of them serves, and what comes into being with its host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import pytest

from reconciler import resources
from reconciler.apply import execute, run
from reconciler.live import read
from reconciler.resources.base import Resource
from reconciler.resources.objects import Live, Write
from reconciler.resources.rules import Default

from .conftest import World
from .fakes import ORIGIN, THING, FakeSystem, Thing, thing


class Part(Thing):
    """Reads from the same answers as the things do."""

    name = "part"
    reads_with = "thing"


class Switch(Resource):
    """There as soon as its thing is."""

    system = "purview"
    name = "switch"
    deletes = "none"
    hosted = True
    with_host = True
    settle = 0.2

    class Fields:
        status: Annotated[str, Default("Draft")]

    def read(self, system: FakeSystem, wanted: Mapping[str, frozenset[str]]) -> Iterable[Live]:
        return [self.live(o["key"], o["id"], status=o["values"].get("status", "Draft")) for o in system.listing()]

    def update(self, system: FakeSystem, write: Write) -> None:
        assert write.live is not None
        system.objects[write.live.id]["values"]["status"] = write.get("status")


PART, SWITCH = Part.instance(), Switch.instance()


@pytest.fixture
def readings(world: World, monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Names of the types that an apply reads together, reading by reading."""
    known = {type.full_name: type for type in (THING, PART, SWITCH)}
    monkeypatch.setattr(resources, "types", lambda: known)
    seen: list[set[str]] = []

    def spy(types: Any, *given: Any, **more: Any) -> Any:
        seen.append({type.name for type in types})
        return read(types, *given, **more)

    monkeypatch.setattr(run, "read", spy)
    return seen


def part(key: str, *needs: str) -> Any:
    return PART.desired(key, ORIGIN, needs=needs, text="x")


def test_a_reading_back_serves_the_next_wave_of_the_same_answers(world: World, readings: list[set[str]]) -> None:
    assert world.apply(thing("a", text="x"), part("b", "purview.thing:a"), part("c", "purview.part:b")).complete
    assert readings == [{"thing", "part"}, {"part"}, {"part"}]


def test_it_does_not_while_others_write_to_the_same_answers(world: World, readings: list[set[str]]) -> None:
    assert world.apply(thing("a", text="x"), part("p"), thing("b", text="x", needs=("purview.part:p",))).complete
    assert {"thing", "part"} not in readings


def test_it_does_not_when_writes_do_not_show_at_the_first_look(world: World, readings: list[set[str]]) -> None:
    world.apply(thing("a", flag=False))
    readings.clear()
    wants = (thing("a", flag=True), part("b", "purview.thing:a"))
    wishes, ledger, plan = world.wishes(*wants), world.book.load(), world.plan(*wants)
    listing, old = world.system.listing, iter(range(3))

    def late() -> list[dict[str, Any]]:
        """What there was before, for the fresh reading of one type and the first look at two."""
        hidden = {"flag": False} if next(old, None) is not None else {}
        return [{**row, "values": {**row["values"], **hidden}} for row in listing()]

    world.system.listing = late  # type: ignore[method-assign]
    assert execute(plan, wishes, world.book, ledger, world.systems).complete
    assert readings == [{"thing"}, {"thing", "part"}, {"thing", "part"}, {"part"}]


def test_what_comes_with_its_host_is_written_to_when_it_was_to_be_created(
    world: World, readings: list[set[str]]
) -> None:
    wants = (thing("a", text="x"), SWITCH.desired("a", ORIGIN, needs=("purview.thing:a",), status="On"))
    assert [action for action, *_ in world.actions(*wants)] == ["create", "create"]
    assert world.apply(*wants).complete
    assert world.system.at("a")["values"]["status"] == "On"
    assert world.actions(*wants) == []


def test_what_others_set_on_it_meanwhile_is_theirs(world: World, readings: list[set[str]]) -> None:
    wants = (thing("a", text="x"), SWITCH.desired("a", ORIGIN, needs=("purview.thing:a",), status="On"))
    wishes, ledger = world.wishes(*wants), world.book.load()
    plan = world.plan(*wants)
    add = world.system.add
    world.system.add = lambda key, **values: add(key, status="Theirs", **values)  # type: ignore[method-assign]
    result = execute(plan, wishes, world.book, ledger, world.systems)
    assert {o.change.type.name: o.status for o in result.outcomes} == {"thing": "done", "switch": "stale"}
    assert world.system.at("a")["values"]["status"] == "Theirs"
