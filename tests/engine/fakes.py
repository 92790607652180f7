"""A system in memory and one resource type in it, to test the engine without any HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Annotated, Any

from reconciler.errors import Diagnostic
from reconciler.resources.base import Resource
from reconciler.resources.objects import Live, Origin, Write
from reconciler.resources.rules import Default, Definition, Immutable, Members, Unordered
from reconciler.systems.base import System
from reconciler.systems.pacing import Counts
from reconciler.systems.refusals import LostAnswer, Refused

ORIGIN = Origin("Test", "one", "manifests/one.yaml", 3)


class Thing(Resource):
    """A thing with a text, a default, an unchangeable code, tags in any order, and shared members."""

    system = "purview"
    name = "thing"
    settle = 0.2
    batch = {"create": 3, "update": 3, "delete": 3}

    class Fields:
        text: str
        note: str
        status: Annotated[str, Default("Draft")]
        code: Annotated[str, Immutable()]
        flag: bool
        definition: Annotated[str, Definition()]
        tags: Annotated[list[str], Unordered()]
        people: Annotated[list[str], Members()]
        columns: Annotated[list[str], Members(grows=True)]

    def read(self, system: FakeSystem, wanted: Mapping[str, frozenset[str]]) -> Iterable[Live]:
        system.reads += 1
        if system.unreadable:
            raise Refused("purview", "GET /things", 403, "Unauthorized", "Not authorized")
        return [self.live(o["key"], o["id"], raw=o, **o["values"]) for o in system.listing()]

    def create_many(self, system: FakeSystem, writes: Sequence[Write]) -> list[str | None]:
        return system.write("create", writes, self._create)

    def _create(self, system: FakeSystem, write: Write) -> str:
        return system.add(write.key, **_plain(write.values, {}))

    def update_many(self, system: FakeSystem, writes: Sequence[Write]) -> None:
        def one(target: FakeSystem, write: Write) -> None:
            thing = target.objects[write.live.id]
            thing["values"].update(_plain(write.values, thing["values"]))

        system.write("update", writes, one)

    def delete_many(self, system: FakeSystem, writes: Sequence[Write]) -> None:
        system.write("delete", writes, lambda target, write: target.objects.pop(write.live.id))

    def rename(self, system: FakeSystem, write: Write) -> None:
        def one(target: FakeSystem, write: Write) -> None:
            target.objects[write.live.id]["key"] = write.key

        system.write("rename", [write], one)


THING = Thing.instance()


def _plain(values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    plain = {path: value for path, value in values.items() if "[" not in path}
    for name in ("people", "columns"):
        members = {path[len(name) + 1 : -1]: on for path, on in values.items() if path.startswith(f"{name}[")}
        if members:
            kept = [m for m in before.get(name, []) if members.get(m) is not False]
            plain[name] = kept + [m for m, on in members.items() if on and m not in kept]
    return plain


class FakeSystem(System):
    """Objects in a dictionary; refuses, loses answers and rewrites values as a test tells it."""

    name = "purview"

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.reads = 0
        self.writes: list[tuple[str, tuple[str, ...]]] = []
        self.refuse: set[str] = set()
        self.lose = 0
        self.die_after: int | None = None
        self.unreadable = False
        self.reverse = False
        self.rewrite = staticmethod(lambda value: value)
        self.ignore_writes = False
        self.settings = {}
        self._next = 0
        self.connection = SimpleNamespace(
            allow_write=lambda: None,
            stop=threading.Event(), counts=Counts(), delayed=0.0, close=lambda: None,
            each=lambda work, items: [work(item) for item in items],
        )  # fmt: skip

    def fresh(self) -> FakeSystem:
        return self

    def forget(self) -> None:
        pass

    def identities(self) -> tuple[str, ...]:
        return ("purview:fake",)

    def add(self, key: str, **values: Any) -> str:
        self._next += 1
        id = f"id-{self._next}"
        self.objects[id] = {"id": id, "key": key, "values": values}
        return id

    def at(self, key: str) -> dict[str, Any]:
        return next(o for o in self.objects.values() if o["key"] == key)

    def listing(self) -> list[dict[str, Any]]:
        rows = [{**o, "values": {k: self.rewrite(v) for k, v in o["values"].items()}} for o in self.objects.values()]
        if self.reverse:
            rows.reverse()
            for row in rows:
                for name in ("tags", "people"):
                    if name in row["values"]:
                        row["values"][name] = list(reversed(row["values"][name]))
        return rows

    def write(self, action: str, writes: Sequence[Write], one: Any) -> list[Any]:
        if any(write.key in self.refuse for write in writes):
            raise Refused("purview", action, 400, "ATLAS-400", "refused")
        self.writes.append((action, tuple(write.key for write in writes)))
        if self.die_after is not None:
            self.die_after -= 1
            if self.die_after < 0:
                raise KeyboardInterrupt
        results = [None if self.ignore_writes else one(self, write) for write in writes]
        if self.lose:
            self.lose -= 1
            raise LostAnswer("purview", action, "dropped")
        return results


def thing(key: str, **values: Any) -> Any:
    """A wish for a thing."""
    more = {
        name: values.pop(name)
        for name in ("needs", "mode", "on_remove", "moved_from", "approvals", "strength")
        if name in values
    }
    return THING.desired(key, values.pop("origin", ORIGIN), **more, **values)


def finding(diagnostics: Iterable[Diagnostic], code: str) -> Diagnostic:
    """The one diagnostic with a code."""
    [found] = [d for d in diagnostics if d.code == code]
    return found
