"""An apply that meets refusals, lost answers, kills and other people still ends well."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from reconciler.errors import Exit, ReconcilerError, StoppedError
from reconciler.report import text
from reconciler.resources.objects import Failed, Write
from reconciler.systems.refusals import LostAnswer, Refused

from .conftest import World
from .fakes import FakeSystem, Thing, thing

MANY = [thing(f"t{n:02}", text=f"text {n}", people=["ada"]) for n in range(20)]


def keys(world: World) -> list[str]:
    return sorted(o["key"] for o in world.system.objects.values())


def statuses(result: object) -> dict[str, str]:
    return {o.change.address.partition(":")[2]: o.status for o in result.outcomes}  # type: ignore[attr-defined]


def test_batches_are_used(world: World) -> None:
    world.apply(*MANY)
    assert max(len(members) for _, members in world.system.writes) == 3
    assert len(world.system.writes) == 7


def test_a_refused_member_stands_alone_in_the_end(world: World) -> None:
    world.system.refuse = {"t04"}
    result = world.apply(*MANY)
    assert result.exit_code == Exit.PARTIAL
    assert {k for k, s in statuses(result).items() if s != "done"} == {"t04"}
    assert keys(world) == [f"t{n:02}" for n in range(20) if n != 4]
    world.system.refuse.clear()
    assert world.apply(*MANY).complete
    assert world.actions(*MANY) == []


def test_what_is_too_large_is_halved_and_not_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Thing.batch, "create", 10)
    write, asked = world.system.write, list[int]()

    def limited(action: str, writes: Sequence[Write], one: Any) -> list[Any]:
        asked.append(len(writes))
        if len(writes) > 3:
            raise Refused("purview", action, 413, "", "too large")
        return write(action, writes, one)

    monkeypatch.setattr(world.system, "write", limited)
    assert world.apply(*MANY).complete
    assert asked == [10, 5, 2, 2, 1, 2, 2, 1, 2, 2, 2, 2, 2]
    assert keys(world) == [f"t{n:02}" for n in range(20)]


def test_of_many_updates_one_may_be_refused_by_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the API answers for each, no other is sent again, and one without an answer is looked at."""
    world.apply(*MANY[:3])
    update, sent = Thing.update_many, list[str]()

    def answered(type: Thing, system: FakeSystem, writes: Sequence[Write]) -> list[Failed | None]:
        sent.extend(write.key for write in writes)
        update(type, system, [write for write in writes if write.key != "t01"])
        ends = {
            "t01": Failed(Refused("purview", "update", 400, "", "not this one")),
            "t02": Failed(LostAnswer("purview", "update", "no word of it")),
        }
        return [ends.get(write.key) for write in writes]

    monkeypatch.setattr(Thing, "update_many", answered)
    result = world.apply(*(thing(f"t0{n}", text="new", people=["ada"]) for n in range(3)))
    assert statuses(result) == {"t00": "done", "t01": "failed", "t02": "done"}
    assert sent == ["t00", "t01", "t02"]


def test_those_that_need_a_failed_one_are_skipped(world: World) -> None:
    world.system.refuse = {"a"}
    result = world.apply(thing("a", text="x"), thing("b", text="x", needs=("purview.thing:a",)))
    assert statuses(result) == {"a": "failed", "b": "skipped"}
    assert result.exit_code == Exit.ERROR, "nothing was written"


def test_a_lost_answer_creates_nothing_twice(world: World) -> None:
    world.system.lose = 3
    assert world.apply(*MANY).complete
    assert keys(world) == [f"t{n:02}" for n in range(20)]


def test_a_batch_that_is_lost_again_and_again_becomes_smaller(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands before a system may drop what is too large without a word."""
    create, sizes = Thing.create_many, list[int]()

    def dropped(type: Thing, system: FakeSystem, writes: Sequence[Write]) -> list[str | None]:
        sizes.append(len(writes))
        if len(writes) > 1:
            raise LostAnswer("purview", "create", "dropped")
        return create(type, system, writes)

    monkeypatch.setattr(Thing, "create_many", dropped)
    monkeypatch.setattr("reconciler.apply.run.Run.pause", lambda *_: None)
    assert world.apply(*MANY[:3]).complete
    assert sizes == [3, 3, 1, 1, 1]
    assert keys(world) == ["t00", "t01", "t02"]


def test_what_changed_between_plan_and_write_is_stale(world: World) -> None:
    world.apply(thing("a", text="one"), thing("b", text="one"))
    wants = (thing("a", text="two"), thing("b", text="two"))
    wishes, ledger = world.wishes(*wants), world.book.load()
    from reconciler.apply import execute
    from reconciler.diff import Options
    from reconciler.plan import build

    plan = build(wishes, ledger, world.systems, Options())
    world.system.at("a")["values"]["text"] = "edited"
    result = execute(plan, wishes, world.book, ledger, world.systems)
    assert statuses(result) == {"a": "stale", "b": "done"}
    assert result.exit_code == Exit.PARTIAL
    assert world.system.at("a")["values"]["text"] == "edited"
    assert world.actions(*wants) == [("conflict", "a", "conflict")]


def test_a_write_that_does_not_show_stays_open_and_closes_when_it_does(world: World) -> None:
    world.apply(thing("a", text="one"))
    world.system.ignore_writes = True
    result = world.apply(thing("a", text="two"))
    assert statuses(result) == {"a": "unverified"}
    assert result.exit_code == Exit.PARTIAL
    assert world.actions(thing("a", text="two")) == [("pending", "a", "pending")]
    assert world.actions(thing("a", text="two"), retry_pending=True) == [("update", "a", "manifest_changed")]
    world.system.at("a")["values"]["text"] = "two"  # the approval came
    assert world.actions(thing("a", text="two")) == []
    assert world.apply(thing("a", text="two")).complete
    assert world.book.load().entries["purview.thing:a"].intent is None


@pytest.mark.parametrize("seed", range(20))
def test_killed_at_any_moment_and_run_again_ends_the_same(world: World, seed: int) -> None:
    chance = random.Random(seed)
    old = [thing(f"t{n:02}", text="old") for n in range(5)] + [thing("gone", text="x")]
    world.apply(*old)
    for _ in range(3):
        world.system.die_after = chance.randrange(8)
        try:
            world.apply(*MANY, prune=True, allow_deletes=1)
            break
        except KeyboardInterrupt:
            continue
    world.system.die_after = None
    assert world.apply(*MANY, prune=True).complete
    assert keys(world) == [f"t{n:02}" for n in range(20)]
    assert world.actions(*MANY, prune=True) == []
    book = world.book.load()
    assert all(e.intent is None and e.how == "created" for e in book.entries.values())


def test_a_flush_cut_short_is_as_if_it_had_not_been(world: World) -> None:
    world.apply(thing("a", text="one"))
    whole = world.book.path.read_bytes()
    world.apply(thing("a", text="two"))
    world.book.path.write_bytes(whole + b'{"address":"purview.thing:a","how":"crea')
    assert world.book.load().entries["purview.thing:a"].how == "created"
    assert world.actions(thing("a", text="one")) == [("update", "a", "drift")]


def test_a_step_of_a_create_that_never_ran_is_taken_up_again(world: World) -> None:
    """A create of several calls, cut short twice: what we made ourselves is not somebody else's."""
    want = thing("a", text="x", flag=True)
    wishes, ledger = world.wishes(want), world.book.load()
    from reconciler.apply.record import Recorder
    from reconciler.diff import Options
    from reconciler.plan import build

    plan = build(wishes, ledger, world.systems, Options())
    Recorder(wishes, world.book, ledger).announce(plan, plan.executable)
    world.system.add("a", text="x", flag=False)
    for _ in range(4):
        assert [action for action, *_ in world.actions(want)] == ["update"]
        ledger = world.book.load()
        plan = build(wishes, ledger, world.systems, Options())
        Recorder(wishes, world.book, ledger).announce(plan, plan.executable)
    assert world.apply(want).complete
    assert world.system.at("a")["values"]["flag"] is True
    assert world.book.load().entries["purview.thing:a"].how == "created"


@pytest.mark.parametrize("replaced", [False, True])
def test_a_later_step_of_a_create_that_others_outran_leaves_the_object_ours(
    world: World, monkeypatch: pytest.MonkeyPatch, replaced: bool
) -> None:
    """The first step made the object; that a step after it met a change of others (412) does not make it theirs."""
    want, options = thing("a", text="one", note="last step"), {}
    if replaced:
        world.apply(want)
        options = {"replace": ("purview.thing:a",)}

    def first_step_only(_type: object, target: FakeSystem, write: Write) -> str:
        target.add(write.key, text=write.values["text"])
        raise Refused("purview", "POST /things", 412, "ATLAS-412", "the object was changed")

    with monkeypatch.context() as outrun:
        outrun.setattr(Thing, "_create", first_step_only)
        assert [o.status for o in world.apply(want, **options).outcomes] == ["stale"]
    assert [action for action, *_ in world.actions(want)] == ["update"]
    assert world.apply(want).complete
    assert world.system.at("a")["values"] == {"text": "one", "note": "last step"}
    assert world.book.load().entries["purview.thing:a"].how == "created"


def stopping(world: World, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Somebody presses Ctrl-C while the write after so many is under way: no request gets an answer from then on."""
    system, write, listing = world.system, world.system.write, world.system.listing

    def stopped(*given: object) -> list[object]:
        if system.connection.stop.is_set():
            raise StoppedError.of("interrupted", "stopped")
        if len(system.writes) == after:
            system.connection.stop.set()
            write(*given)
            raise StoppedError.of("interrupted", "stopped")
        return write(*given)

    def unread() -> list[dict[str, object]]:
        if system.connection.stop.is_set():
            raise StoppedError.of("interrupted", "stopped")
        return listing()

    monkeypatch.setattr(system, "write", stopped)
    monkeypatch.setattr(system, "listing", unread)


def test_what_was_sent_before_an_interruption_is_not_called_not_started(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stopping(world, patch, after=1)
        result = world.apply(*MANY)
    found = statuses(result)
    assert result.exit_code == Exit.INTERRUPTED
    assert {key for key, status in found.items() if status == "unverified"} == {"t00", "t01", "t02"}
    assert {key for key, status in found.items() if status == "unknown"} == {"t03", "t04", "t05"}
    assert set(keys(world)) == {key for key, status in found.items() if status != "not_started"}
    told = text.result(result.as_dict(), result.plan.as_dict())
    assert "Unverified: accepted" in told
    assert "Unknown: the answer was lost" in told
    world.system.connection.stop.clear()
    assert world.apply(*MANY).complete
    assert keys(world) == [f"t{n:02}" for n in range(20)]


def test_what_was_sent_before_the_system_went_away_counts_as_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = world.system.listing

    def gone() -> list[dict[str, object]]:
        if world.system.writes:
            raise ReconcilerError.of("purview.unreachable", "purview does not answer")
        return listing()

    with monkeypatch.context() as patch:
        patch.setattr(world.system, "listing", gone)
        result = world.apply(*MANY)
    assert set(statuses(result).values()) == {"unverified"}
    assert result.exit_code == Exit.PARTIAL
    assert world.apply(*MANY).complete
