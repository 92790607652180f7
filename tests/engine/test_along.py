"""What hangs on something that is made goes along in the same request, and is ours as if it had been sent by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import pytest

from reconciler import resources
from reconciler.resources.base import Resource
from reconciler.resources.objects import Live, Write
from reconciler.resources.rules import Default
from reconciler.systems.refusals import LostAnswer, Refused

from .conftest import World
from .fakes import ORIGIN, FakeSystem, Thing


class Host(Thing):
    """A thing whose create takes marks along."""

    name = "host"
    takes = True
    """Whether the system does anything with what goes along."""
    silent = False
    """Whether no answer comes to a create, after the work."""
    refuses = False
    was_there = False
    sent: list[tuple[str, ...]] = []

    def create_many(self, system: FakeSystem, writes: Sequence[Write]) -> list[str | None]:
        self.sent.append(tuple(part.key for write in writes for part in write.along))
        if self.refuses:
            raise Refused("purview", "create", 400, "", "no such thing")
        made = super().create_many(system, writes)
        for write in writes:
            write.was_there = self.was_there
            for part in write.along if self.takes else ():
                system.add(part.key, **part.values)
        if self.silent:
            type(self).silent = False
            raise LostAnswer("purview", "create", "dropped")
        return made

    def read(self, system: FakeSystem, wanted: Mapping[str, frozenset[str]]) -> Iterable[Live]:
        rows = [o for o in system.listing() if "@" not in o["key"]]
        return [self.live(o["key"], o["id"], raw=o, **o["values"]) for o in rows]


class Sign(Resource):
    """A mark on a host: `<mark>@<host>`."""

    system = "purview"
    name = "mark"
    hosted = True
    settle = 0.2
    batch = {"create": 10}
    comes_with = "purview.host"

    class Fields:
        spreads: Annotated[bool, Default(False)]

    def read(self, system: FakeSystem, wanted: Mapping[str, frozenset[str]]) -> Iterable[Live]:
        rows = [o for o in system.listing() if "@" in o["key"]]
        return [self.live(o["key"], o["id"], raw=o, spreads=o["values"].get("spreads")) for o in rows]

    def create_many(self, system: FakeSystem, writes: Sequence[Write]) -> list[str | None]:
        return system.write("mark", writes, lambda target, write: target.add(write.key, **write.values))

    def update(self, system: FakeSystem, write: Write) -> None:
        def change(target: FakeSystem, write: Write) -> None:
            target.at(write.key)["values"].update(write.values)

        system.write("change", [write], change)


HOST, SIGN = Host.instance(), Sign.instance()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(resources, "types", lambda: {one.full_name: one for one in (HOST, SIGN)})
    for name, value in (("takes", True), ("silent", False), ("refuses", False), ("was_there", False), ("sent", [])):
        monkeypatch.setattr(Host, name, value)
    return World(tmp_path)


def host(key: str, **more: Any) -> Any:
    return HOST.desired(key, ORIGIN, text="a text", **more)


def mark(key: str, **more: Any) -> Any:
    needs = (f"purview.host:{key.partition('@')[2]}", *more.pop("needs", ()))
    return SIGN.desired(key, ORIGIN, needs=needs, **{"spreads": True, **more})


def marked(*names: str) -> list[Any]:
    return [one for name in names for one in (host(name), mark(f"m@{name}"))]


def statuses(result: Any) -> dict[str, str]:
    return {outcome.change.address.partition(":")[2]: outcome.status for outcome in result.outcomes}


def how(world: World) -> dict[str, str]:
    return {entry.address.partition(":")[2]: entry.how for entry in world.book.load().entries.values()}


def singly(world: World) -> list[str]:
    """The marks that were sent by themselves."""
    return [key for action, keys in world.system.writes for key in keys if action == "mark"]


def test_it_goes_along_and_is_ours(world: World) -> None:
    wants = marked("a", "b")
    result = world.apply(*wants)
    assert result.complete
    assert [action for action, _ in world.system.writes] == ["create"]
    assert set(how(world).values()) == {"created"}
    assert not any(entry.intent for entry in world.book.load().entries.values())
    assert world.actions(*wants) == []


def test_what_the_system_leaves_out_goes_by_itself_and_is_not_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Host, "takes", False)
    later = [host("later", needs=("purview.host:a",)), mark("m@later")]
    result = world.apply(*marked("a", "b"), *later)
    assert result.complete
    assert Host.sent == [("m@a", "m@b"), ()]
    assert sorted(singly(world)) == ["m@a", "m@b", "m@later"]
    assert set(how(world).values()) == {"created"}
    assert world.actions(*marked("a", "b"), *later) == []


def test_what_comes_late_is_not_sent_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    read, looks = Sign.read, []

    def late(self: Sign, system: FakeSystem, wanted: Any) -> Any:
        looks.append(1)
        return [] if len(looks) < 4 else read(self, system, wanted)

    monkeypatch.setattr(Sign, "read", late)
    assert world.apply(*marked("a")).complete
    assert singly(world) == []


def test_where_the_answer_is_lost_it_is_looked_at(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Host, "silent", True)
    result = world.apply(*marked("a", "b"))
    assert result.complete
    assert Host.sent == [("m@a", "m@b")]
    assert singly(world) == []
    assert set(how(world).values()) == {"created"}


def test_what_is_sent_a_second_time_is_sent_without(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    create, tries = Host.create_many, []

    def first_lost(self: Host, system: FakeSystem, writes: Sequence[Write]) -> Any:
        tries.append(1)
        if len(tries) == 1:
            self.sent.append(tuple(part.key for write in writes for part in write.along))
            raise LostAnswer("purview", "create", "dropped before the work")
        return create(self, system, writes)

    monkeypatch.setattr(Host, "create_many", first_lost)
    result = world.apply(*marked("a"))
    assert result.complete
    assert Host.sent == [("m@a",), ()]
    assert singly(world) == ["m@a"]
    assert how(world) == {"a": "created", "m@a": "created"}


def test_where_its_host_is_refused_it_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Host, "refuses", True)
    assert statuses(world.apply(*marked("a"))) == {"a": "failed", "m@a": "skipped"}
    monkeypatch.setattr(Host, "refuses", False)
    assert world.apply(*marked("a")).complete
    assert how(world) == {"a": "created", "m@a": "created"}


def test_on_what_others_made_a_moment_ago_it_is_put_by_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Host, "was_there", True)
    monkeypatch.setattr(Host, "takes", False)
    assert world.apply(*marked("a")).complete
    assert singly(world) == ["m@a"]
    assert how(world) == {"a": "adopted", "m@a": "created"}


def test_what_others_put_there_is_theirs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """They made the host between our look and our write, with the same mark on it."""
    monkeypatch.setattr(Host, "was_there", True)
    assert world.apply(*marked("a")).complete
    assert singly(world) == []
    assert how(world) == {"a": "adopted", "m@a": "adopted"}


def test_what_comes_out_otherwise_is_corrected(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    create = Host.create_many

    def other(self: Host, system: FakeSystem, writes: Sequence[Write]) -> Any:
        made = create(self, system, writes)
        for found in system.objects.values():
            found["values"].pop("spreads", None)
        return made

    monkeypatch.setattr(Host, "create_many", other)
    assert world.apply(*marked("a")).complete
    assert [action for action, _ in world.system.writes] == ["create", "change"]
    assert how(world) == {"a": "created", "m@a": "created"}


def test_it_stays_behind_where_something_else_that_it_needs_comes_later(world: World) -> None:
    wants = [host("a"), host("z", needs=("purview.host:a",)), mark("m@a", needs=("purview.host:z",))]
    assert world.apply(*wants).complete
    assert Host.sent == [(), ()]
    assert singly(world) == ["m@a"]


def test_it_goes_along_where_all_else_is_there_before(world: World) -> None:
    wants = [host("t"), host("a", needs=("purview.host:t",)), mark("m@a", needs=("purview.host:t",))]
    assert world.apply(*wants).complete
    assert Host.sent == [(), ("m@a",)]


def test_killed_after_the_work_both_are_ours_in_the_next_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(self: Any, *given: Any, **more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("reconciler.apply.sending.Sender._read_back", killed)
        with pytest.raises(KeyboardInterrupt):
            world.apply(*marked("a"))
    assert len(world.system.objects) == 2
    assert world.actions(*marked("a")) == []
    assert world.apply(*marked("a")).complete
    assert how(world) == {"a": "created", "m@a": "created"}
    assert singly(world) == []
