"""A watcher that is killed at any point: what happened is told at least once afterwards, and nothing else."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from reconciler.watch import watcher
from reconciler.watch.cursor import Cursor, CursorFile
from reconciler.watch.delivering import Delivering

from ..support import Project
from .conftest import Killed, Receiver, Watch, process
from .people import Happened, People
from .test_hold import at_work, happens, told

__all__ = ["at_work"]

HOOK = """
apiVersion: reconciler/v1
kind: Webhook
metadata: {{name: all}}
spec:
  events: [target.changed, target.unhealthy, crawler.changed, enricher.changed, stream.changed, source.changed,
    rule.changed, export.succeeded]
  url: {url}
  secret: {{env: HOOK_SECRET, version: "1"}}
"""


@pytest.fixture
def kill(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int, bool], None]]:
    """Kills the watcher at the n-th time that it writes its cursor: before it, or after it."""
    save = CursorFile.save
    left, after = -1, False

    def saved(self: CursorFile, cursor: Cursor) -> None:
        nonlocal left
        left -= 1
        if left == 0 and not after:
            raise Killed
        save(self, cursor)
        if left == 0:
            raise Killed

    def plan(number: int, when: bool) -> None:
        nonlocal left, after
        left, after = number, when

    monkeypatch.setattr(CursorFile, "save", saved)
    minutes = itertools.count()  # what was tried and not ticked off is due again at the next look
    monkeypatch.setattr(watcher, "Delivering", partial(Delivering, clock=lambda: time.time() + 60 * next(minutes)))
    yield plan
    plan(-1, False)


def until_done(watch: Watch, *words: str) -> list[dict[str, Any]]:
    """What a watcher tells that is not killed."""
    found = []
    while True:
        ran = watch(*words)
        assert ran.code in (0, 5), ran.err
        if not ran.events and ran.code == 0:
            return found
        found += ran.events


POINTS = [(number, after) for number in range(1, 8) for after in (False, True)]


@pytest.mark.parametrize("points", [POINTS[1:8:3], pytest.param(POINTS, marks=pytest.mark.long)], ids=["some", "every"])
def test_at_a_point(
    at_work: People,
    made: Project,
    watch: Watch,
    kill: Callable[[int, bool], None],
    receiver: Receiver,
    points: list[tuple[int, bool]],
) -> None:
    """Reported and delivered: a kill before a write repeats, one after it goes on."""
    made.write("hook.yaml", HOOK.format(url=receiver.url))
    rng = random.Random(5)
    for number, after in points:
        receiver.got.clear()
        wanted = happens(at_work, rng, 3)
        kill(number, after)
        first = watch("--deliver")
        kill(-1, False)
        rest = until_done(watch, "--deliver")
        assert set(told(first.events + rest)) == set(wanted), (number, after)
        assert set(told(receiver.messages)) == set(wanted), (number, after)
        assert len({one["id"] for one in receiver.messages}) == len(wanted)


def test_what_was_printed_before_a_kill_is_printed_again(
    at_work: People, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the line and its tick: told twice, under one id."""
    from reconciler.watch.watcher import Watcher

    wanted = happens(at_work, random.Random(3), 4)
    report, lines = Watcher._report, []

    def dies(self: Watcher, cursor: Cursor) -> None:
        tell = self.tell

        def told_and_dead(message: dict[str, Any]) -> None:
            tell(message)
            lines.append(message)
            raise Killed

        self.tell = told_and_dead
        report(self, cursor)

    monkeypatch.setattr(Watcher, "_report", dies)
    assert watch().code == -9
    monkeypatch.setattr(Watcher, "_report", report)
    again = watch().events
    assert told(again) == wanted
    assert lines[0]["id"] in {one["id"] for one in again}


@pytest.mark.long
def test_killed_for_real(at_work: People, made: Project, watch: Watch) -> None:
    """SIGKILL at random moments, 200 events in all."""
    rng = random.Random(11)
    happened: Counter[Happened] = Counter()
    found: list[dict[str, Any]] = []
    kills = 0
    while happened.total() < 200:
        wanted = happens(at_work, rng, 12)
        happened.update(wanted)
        running = process(made, "--once")
        time.sleep(rng.uniform(0.3, 2.5))
        if running.poll() is None:
            running.kill()
            kills += 1
        out, _ = running.communicate(timeout=60)
        found += [json.loads(line) for line in out.splitlines(keepends=True) if line.endswith("\n")]
        found += until_done(watch)
    assert kills > 3
    assert set(told(found)) == set(happened)
    assert told({one["id"]: one for one in found}.values()) == happened


def test_two_watchers_do_not_share_a_cursor(made: Project, watch: Watch) -> None:
    from filelock import FileLock

    assert watch().code == 0
    with FileLock(made.root / ".reconciler/watch/sandbox.lock"):
        ran = watch()
    assert ran.code == 4
    assert "another `watch`" in ran.err


@pytest.mark.parametrize("content", ["", "{", "[]", '{"watch": 9}', '{"watch": 1}', '{"watch": 1, "areas": []}'])
def test_a_cursor_that_does_not_read_is_one_clear_error(made: Project, watch: Watch, content: str) -> None:
    path: Path = made.root / ".reconciler/watch/sandbox.json"
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")
    ran = watch()
    assert ran.code == 1
    assert "does not read as a cursor" in ran.err
    assert "Move it away" in ran.err


def test_a_cursor_of_another_system_is_not_used(made: Project, watch: Watch) -> None:
    assert watch().code == 0
    path = made.root / ".reconciler/watch/sandbox.json"
    path.write_text(path.read_text(encoding="utf-8").replace(made.url, "https://other.example.com"), encoding="utf-8")
    ran = watch()
    assert ran.code == 1
    assert "https://other.example.com" in ran.err
