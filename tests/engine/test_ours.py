"""Ours is what we sent and what answered for it; what others made in the meantime is adopted, and never deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from reconciler import live
from reconciler.apply import Outcome
from reconciler.apply.carrying import Carrying
from reconciler.apply.record import Recorder
from reconciler.apply.result import Status
from reconciler.apply.run import Run
from reconciler.apply.waves import waves
from reconciler.diff import Change, Options
from reconciler.plan import build
from reconciler.resources.objects import Write
from reconciler.systems.refusals import LostAnswer, Refused

from .conftest import World
from .fakes import FakeSystem, thing

ADDRESS = "purview.thing:a"
WANT = thing("a", text="one")


def how(world: World) -> str:
    return world.book.load().entries[ADDRESS].how


def deleted(world: World) -> list[tuple[str, str]]:
    return [(action, key) for action, key, _ in world.actions(prune=True) if action == "delete"]


class Outrun(FakeSystem):
    """Somebody makes the same object just before our request arrives; the system refuses ours, or loses its answer."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error: Exception | None = error

    def write(self, action: str, writes: Sequence[Write], one: Any) -> list[Any]:
        if self.error is not None:
            error, self.error = self.error, None
            self.add("a", text="one")
            raise error
        return super().write(action, writes, one)


def test_what_others_made_before_our_request_is_adopted(world: World) -> None:
    world.system = Outrun(Refused("purview", "create", 409, "ATLAS-409", "exists"))
    world.systems = {"purview": world.system}
    assert world.apply(WANT).complete
    assert how(world) == "adopted"
    assert deleted(world) == []


def test_what_may_be_the_work_of_a_lost_request_is_ours(world: World) -> None:
    world.system = Outrun(LostAnswer("purview", "create", "dropped"))
    world.systems = {"purview": world.system}
    assert world.apply(WANT).complete
    assert how(world) == "created"
    assert deleted(world) == [("delete", "a")]


def test_what_is_found_without_a_request_is_adopted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made by others between the plan and the fresh reading before its write."""
    monkeypatch.setattr("reconciler.apply.readings.FRESH_FOR", -1.0)
    wishes, ledger = world.wishes(WANT), world.book.load()
    plan = build(wishes, ledger, world.systems, Options())
    world.system.add("a", text="one")
    from reconciler.apply import execute

    assert execute(plan, wishes, world.book, ledger, world.systems).complete
    assert how(world) == "adopted"
    assert deleted(world) == []


def test_a_reading_that_shows_another_id_than_the_create_gave_is_made_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    true, lies = FakeSystem.listing, [1]

    def listing(self: FakeSystem) -> list[dict[str, Any]]:
        lie = self.objects and lies and lies.pop()
        return [{**row, "id": "of-another"} if lie else row for row in true(self)]

    monkeypatch.setattr(FakeSystem, "listing", listing)
    assert world.apply(WANT).complete
    assert lies == []
    assert world.book.load().entries[ADDRESS].id == world.system.at("a")["id"]


@pytest.mark.parametrize(("begun", "verdict"), [(False, "adopted"), (True, "created")])
def test_a_run_that_ended_before_its_request_left_nothing_of_ours(world: World, begun: bool, verdict: str) -> None:
    wishes, ledger = world.wishes(WANT), world.book.load()
    plan = build(wishes, ledger, world.systems, Options())
    Recorder(wishes, world.book, ledger).announce(plan, plan.executable if begun else ())
    world.system.add("a", text="one")
    assert world.book.load().entries[ADDRESS].intent is not None
    assert world.apply(WANT).complete
    assert how(world) == verdict
    assert deleted(world) == ([("delete", "a")] if begun else [])


def test_what_a_listing_hides_once_is_not_gone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A type without a call for one object is read a second time before what the ledger knows counts as absent."""
    world.apply(WANT)
    true, hidden = FakeSystem.listing, [1]

    def listing(self: FakeSystem) -> list[dict[str, Any]]:
        return [] if hidden and hidden.pop() else true(self)

    monkeypatch.setattr(FakeSystem, "listing", listing)
    monkeypatch.setattr(type(WANT.type), "find", live.Resource.find)
    assert world.actions(WANT) == []
    hidden.append(1)
    assert deleted(world) == [("delete", "a")]


def test_an_answer_that_cannot_be_understood_ends_in_a_result(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.apply(WANT)

    def strange(self: FakeSystem) -> list[Mapping[str, Any]]:
        return [{"id": "x"}]

    monkeypatch.setattr(FakeSystem, "listing", strange)
    [change] = world.plan(WANT).changes
    assert (change.action, change.reason) == ("blocked", "unknown")
    assert "cannot be understood" in change.message


def test_an_error_that_nobody_thought_of_leaves_a_true_ledger(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("nobody thought of it")

    monkeypatch.setattr("reconciler.apply.sending.Sender._read_back", broken)
    result = world.apply(WANT)
    assert result.exit_code == 5
    assert "nobody thought of it" in result.diagnostics[0].summary
    monkeypatch.undo()
    assert world.book.load().entries[ADDRESS].intent is not None


def test_what_nobody_holds_back_is_planned_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that accepted a write, and came from elsewhere: where no approval can hold it, it was not done."""
    world.apply(WANT)
    world.system.ignore_writes = True
    assert not world.apply(thing("a", text="two")).complete
    monkeypatch.setattr(FakeSystem, "waits_for_nobody", lambda self, id: True)
    assert world.actions(thing("a", text="two")) == [("update", "a", "manifest_changed")]
    world.system.ignore_writes = False
    assert world.apply(thing("a", text="two")).complete


def test_a_create_that_does_not_show_is_remembered_by_the_id_of_its_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it can be asked whether anybody holds it back."""
    asked: list[str] = []
    monkeypatch.setattr(FakeSystem, "waits_for_nobody", lambda self, id: bool(asked.append(id)) or bool(id))
    with monkeypatch.context() as patch:
        patch.setattr(FakeSystem, "write", lambda self, action, writes, one: ["id-7" for _ in writes])
        assert not world.apply(WANT).complete
    assert world.book.load().entries[ADDRESS].id == "id-7"
    assert world.actions(WANT) == [("create", "a", "new")]
    assert asked == ["id-7"]
    assert world.apply(WANT).complete


def test_what_went_with_its_host_is_forgotten_after_it(world: World) -> None:
    def change(key: str, action: str, *needs: str) -> Change:
        return Change(
            f"purview.thing:{key}", WANT.type, action, "", depends_on=[f"purview.thing:{one}" for one in needs]
        )

    changes = [change("part", "forget", "host"), change("host", "delete"), change("new", "create")]
    assert [[c.key for c in wave] for wave in waves(changes)] == [["new"], ["host"], ["part"]]


@pytest.mark.parametrize(("status", "ready"), [("failed", False), ("unknown", False), ("done", True)])
def test_what_hangs_on_a_host_that_stays_is_not_forgotten(status: Status, ready: bool) -> None:
    host = Change("purview.thing:host", WANT.type, "delete", "")
    part = Change("purview.thing:part", WANT.type, "forget", "", depends_on=[host.address])
    carrying = object.__new__(Carrying)
    carrying.run = object.__new__(Run)
    carrying.run.outcomes = {host.address: Outcome(host, status)}
    carrying.run.note = lambda line: None
    assert carrying._is_ready(part, {}) is ready
    assert (part.address in carrying.run.outcomes) is not ready


def test_a_member_that_no_manifest_mentions_any_more_is_taken_back_unless_its_set_only_grows(world: World) -> None:
    both = {"people": ["ada", "bob"], "columns": ["id", "email"]}
    assert world.apply(thing("a", **both)).complete
    fewer = thing("a", people=["ada"], columns=["email"])
    [change] = world.plan(fewer).changes
    assert [(field.path, field.after) for field in change.fields] == [("people[bob]", False)]
    assert world.apply(fewer).complete
    assert world.system.at("a")["values"] == {"people": ["ada"], "columns": ["id", "email"]}
    assert world.actions(fewer) == []
