"""A 409, or any refusal of what was sent before, is what the live state says it is: our own work that was not
answered, or a refusal with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from reconciler.apply import Result
from reconciler.resources.objects import Write
from reconciler.systems.noted import note_write
from reconciler.systems.refusals import LostAnswer, Refused

from .conftest import World
from .fakes import FakeSystem, thing

REASON = "the name is taken by the team next door"


class Conflicting(FakeSystem):
    """Answers 409 to writes of some keys; may do the work first, and may show it late."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, ...]] = []
        self.taken: set[str] = set()
        self.hidden_for = 0
        self.lose_first = False

    def write(self, action: str, writes: Sequence[Write], one: Any) -> list[Any]:
        self.sent.append(tuple(write.key for write in writes))
        if self.lose_first:
            self.lose_first = False
            super().write(action, writes, one)
            raise LostAnswer("purview", action, "dropped")
        if any(write.key in self.taken for write in writes):
            raise Refused("purview", action, 409, "ATLAS-409", REASON, "request-7")
        return super().write(action, writes, one)

    def listing(self) -> list[dict[str, Any]]:
        if self.hidden_for and self.sent:
            self.hidden_for -= 1
            return [row for row in super().listing() if row["key"] not in self.taken]
        return super().listing()


@pytest.fixture
def system(world: World) -> Conflicting:
    """The system of the world, which is full of conflicts."""
    world.system = Conflicting()
    world.systems = {"purview": world.system}
    return world.system


def said(result: Result) -> dict[str, tuple[str, str]]:
    return {o.change.address.partition(":")[2]: (o.status, o.message) for o in result.outcomes}


def test_what_is_not_there_was_refused_at_once_with_the_reason(world: World, system: Conflicting) -> None:
    system.taken = {"b"}
    found = said(world.apply(*(thing(key, text="new") for key in "abc")))
    assert found["a"][0] == found["c"][0] == "done"
    assert found["b"][0] == "failed"
    assert REASON in found["b"][1]
    assert [keys for keys in system.sent if "b" in keys].count(("b",)) == 1
    assert list(world.book.load().entries) == ["purview.thing:a", "purview.thing:c"]


@pytest.mark.parametrize("action", ["update", "rename", "delete", "replace"])
def test_every_write_may_be_refused(world: World, system: Conflicting, action: str) -> None:
    kept = [thing("z", text="kept")]
    world.apply(thing("a", text="old", code="1"), *kept)
    system.taken, system.sent = {"a", "b"}, []
    wants, options = {
        "update": ([thing("a", text="new", code="1")], {}),
        "rename": ([thing("b", text="old", code="1", moved_from="a")], {}),
        "delete": ([], {"prune": True}),
        "replace": ([thing("a", text="old", code="2")], {"replace": ("purview.thing:a",)}),
    }[action]
    [outcome] = world.apply(*wants, *kept, **options).outcomes
    assert (outcome.change.action, outcome.status) == (action, "failed")
    assert REASON in outcome.message
    assert outcome.request_id == "request-7"
    assert len(system.sent) == 1
    assert system.at("a")["values"]["text"] == "old"


def test_what_others_made_meanwhile_is_not_overwritten(world: World, system: Conflicting) -> None:
    plan_read = system.listing

    def meanwhile(action: str, writes: Sequence[Write], one: Any) -> list[Any]:
        if "a" not in [o["key"] for o in system.objects.values()]:
            system.add("a", text="theirs")
        return Conflicting.write(system, action, writes, one)

    system.write, system.taken = meanwhile, {"a"}  # type: ignore[method-assign]
    found = said(world.apply(thing("a", text="ours")))
    assert found["a"][0] == "failed"
    assert REASON in found["a"][1]
    assert [row["values"]["text"] for row in plan_read()] == ["theirs"]
    assert not world.book.load().entries


def test_what_was_begun_before_the_refusal_stays_ours(world: World, system: Conflicting) -> None:
    """A create of several requests: the object is made, and what it is to hold is refused."""

    def only_begun(action: str, writes: Sequence[Write], one: Any) -> list[Any]:
        system.add(writes[0].key)
        note_write()
        raise Refused("purview", action, 409, "ATLAS-409", REASON, "request-7")

    system.write = only_begun  # type: ignore[method-assign]
    assert said(world.apply(thing("a", text="ours")))["a"][0] == "failed"
    system.write = super(Conflicting, system).write  # type: ignore[method-assign]
    assert said(world.apply(thing("a", text="ours")))["a"][0] == "done"
    [entry] = world.book.load().entries.values()
    assert entry.how == "created"
    assert world.plan(prune=True).changes[0].action == "delete"


def test_what_others_made_in_place_of_what_was_taken_away_is_not_ours(world: World, system: Conflicting) -> None:
    """The first half of a replace is done, and the second one meets an object of somebody else."""
    world.apply(thing("a", text="old", code="1"))

    def outrun(action: str, writes: Sequence[Write], one: Any) -> list[Any]:
        if action == "delete":
            done = FakeSystem.write(system, action, writes, one)
            note_write()
            return done
        system.add("a", text="theirs", code="9")
        raise Refused("purview", action, 409, "ATLAS-409", REASON, "request-7")

    system.write = outrun  # type: ignore[method-assign]
    assert said(world.apply(thing("a", text="old", code="2"), replace=("purview.thing:a",)))["a"][0] == "failed"
    system.write = super(Conflicting, system).write  # type: ignore[method-assign]
    [change] = world.plan(thing("a", text="old", code="2")).changes
    assert (change.action, change.reason) == ("conflict", "differs")
    assert system.at("a")["values"]["text"] == "theirs"


def test_what_is_there_as_wanted_is_done(world: World, system: Conflicting) -> None:
    system.taken, system.lose_first = {"a"}, True
    system.hidden_for = 2  # the first look after the lost answer sees nothing, so that it is sent again
    assert said(world.apply(thing("a", text="new"))) == {"a": ("done", "")}
    assert world.actions(thing("a", text="new")) == []


def test_what_never_shows_is_refused_after_all(world: World, system: Conflicting) -> None:
    system.taken, system.lose_first, system.hidden_for = {"a"}, True, 10_000
    found = said(world.apply(thing("a", text="new")))
    assert found["a"][0] == "failed"
    assert REASON in found["a"][1]
    assert system.sent == [("a",), ("a",)]


class Repeating(FakeSystem):
    """Refuses one request as what was sent before without an answer; the first sending did the work, or not."""

    def __init__(self, *, did_it: bool) -> None:
        super().__init__()
        self.did_it = did_it
        self.open = True

    def write(self, action: str, writes: Sequence[Write], one: Any) -> list[Any]:
        if self.open or not self.did_it:
            doubtful, self.open = self.open, False
            if self.did_it:
                super().write(action, writes, one)
            raise Refused("purview", action, 400, "ATLAS-400", REASON, doubtful=doubtful)
        raise AssertionError("what is done was sent again")


@pytest.mark.parametrize("did_it", [True, False])
def test_a_refusal_of_what_was_sent_before_does_not_say_that_nothing_was_done(world: World, did_it: bool) -> None:
    kept = [thing("z", text="kept")]
    world.apply(thing("a"), *kept)
    objects, world.system = world.system.objects, Repeating(did_it=did_it)
    world.system.objects, world.systems = objects, {"purview": world.system}
    found = said(world.apply(*kept, prune=True))
    assert found["a"][0] == ("done" if did_it else "failed")
    assert did_it or REASON in found["a"][1]
    assert ("purview.thing:a" in world.book.load().entries) is not did_it
