"""The rate that is learnt from answers, against a server whose limit and clock are those of the test."""

from __future__ import annotations

import heapq
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from reconciler.systems import pacing, rate
from reconciler.systems.pacing import Pace, asked_to_wait
from reconciler.systems.rate import BURST, LEAST, Rate
from reconciler_sandbox.limits import Bucket, Count, Window

PER_SECOND = 25.0
"""What the servers take."""
AT_ONCE = 12
LATENCIES = pytest.mark.parametrize("latency", [0.03, 0.2])


@pytest.fixture(autouse=True)
def as_shipped_and_nothing_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests begin at once with all that a system takes."""
    monkeypatch.setattr(rate, "START", 25.0)
    monkeypatch.setattr(pacing.random, "uniform", lambda low, high: (low + high) / 2)


@dataclass(order=True)
class Event:
    at: float
    number: int
    act: Callable[[float], None] = field(compare=False)


@dataclass
class Ran:
    """What came of some requests: how many were refused, and when the last was answered."""

    answers: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def answered(self) -> int:
        return len(self.answers)

    @property
    def seconds(self) -> float:
        return self.answers[-1]

    @property
    def share_refused(self) -> float:
        return self.refused / (self.refused + self.answered)

    @property
    def times_the_least(self) -> float:
        """The time over what a server would need that takes the rate and no more from the beginning."""
        return self.seconds / (self.answered / PER_SECOND)


class Simulated:
    """A server behind a latency, and clients that each send so many requests, several at once."""

    def __init__(self, count: Count, latency: float, *, tells: bool = True) -> None:
        self.count, self.latency, self.tells = count, latency, tells
        self.events: list[Event] = []
        self.numbered = 0

    def run(self, requests: int, clients: int = 1, most: float | None = None) -> Ran:
        ran = Ran()
        for _ in range(clients):
            Client(self, Rate(0.0, most), requests // clients, ran)
        while self.events:
            event = heapq.heappop(self.events)
            event.act(event.at)
        return ran

    def later(self, at: float, act: Callable[[float], None]) -> None:
        self.numbered += 1
        heapq.heappush(self.events, Event(at, self.numbered, act))

    def answer(self, now: float, times: int) -> float | None:
        """None, or the seconds to wait, as a client understands them that was refused before so many times."""
        wait = self.count.wait(now)
        told = {"retry-after": str(math.ceil(wait))} if self.tells else {}
        return asked_to_wait(told, times + 1) if wait else None


class Client:
    """Sends as `Pace` does."""

    def __init__(self, server: Simulated, rate: Rate, requests: int, ran: Ran) -> None:
        self.server, self.rate, self.left, self.ran = server, rate, requests, ran
        for _ in range(AT_ONCE):
            server.later(0.0, self.begin)

    def begin(self, now: float) -> None:
        if self.left:
            self.left -= 1
            self.wait_for_turn(now, 0)

    def wait_for_turn(self, now: float, times: int) -> None:
        turn = self.rate.turn(now)

        def go(at: float) -> None:
            if self.rate.holds(turn):
                self.server.later(at + self.server.latency, lambda then: self.end(at, then, times))
            else:
                self.wait_for_turn(at, times)

        self.server.later(turn.at, go)

    def end(self, sent: float, now: float, times: int) -> None:
        wait = self.server.answer(now, times)
        if wait is None:
            self.rate.answered(now)
            self.ran.answers.append(now)
            self.begin(now)
        else:
            self.rate.refused(sent, now, wait)
            self.ran.refused += 1
            self.wait_for_turn(now, times + 1)


def bucket(holds: float = PER_SECOND, rate: float = PER_SECOND) -> Bucket:
    return Bucket(rate, holds, 0.0)


@LATENCIES
@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize("count", [bucket, lambda: bucket(250)])
def test_a_limit_is_found_and_held(count: Callable[[], Count], latency: float, tells: bool) -> None:
    """Buckets that hold a second's worth and ten, with `Retry-After` and without."""
    ran = Simulated(count(), latency, tells=tells).run(2000)
    assert ran.answered == 2000
    assert ran.share_refused <= 0.03
    assert ran.times_the_least <= 1.10


@LATENCIES
@pytest.mark.parametrize(
    "count", [lambda: bucket(5), lambda: Window(PER_SECOND, 1, 0), lambda: Window(PER_SECOND, 10, 0)]
)
def test_a_limit_that_forgives_little_costs_little_more(count: Callable[[], Count], latency: float) -> None:
    """What was not asked of such a limit in its time is lost, and each refusal costs the rest of the time."""
    ran = Simulated(count(), latency).run(2000)
    assert ran.share_refused <= 0.03
    assert ran.times_the_least <= 1.20


@LATENCIES
def test_a_short_run_meets_hardly_any_refusal(latency: float) -> None:
    ran = Simulated(bucket(), latency).run(48)
    assert ran.refused <= 2


@LATENCIES
@pytest.mark.parametrize("clients", [2, 5])
def test_several_runs_share_a_limit(clients: int, latency: float) -> None:
    """None of them knows of the others; while all of them run, the limit is used."""
    ran = Simulated(bucket(), latency).run(1000 * clients, clients)
    assert ran.answered == 1000 * clients
    assert ran.share_refused <= 0.03
    half = ran.answered // 2
    assert ran.answers[half] <= 1.25 * half / PER_SECOND


@LATENCIES
@pytest.mark.parametrize(("after", "within"), [(10.0, 1.15), (100.0, 2.0)])
def test_a_limit_that_changes_meanwhile_is_found_again(after: float, within: float, latency: float) -> None:
    """Downwards in seconds; upwards it takes longer, as nothing tells of it."""
    changing = bucket()
    server = Simulated(changing, latency)
    at, requests = 20.0, 2000

    def change(now: float) -> None:
        server.count = bucket(after, after)

    server.later(at, change)
    ran = server.run(requests)
    before = at * PER_SECOND
    assert ran.share_refused <= 0.03
    assert ran.seconds <= within * (at + (requests - before) / after)


def test_without_a_limit_nothing_is_held_back_for_long() -> None:
    """1,000 requests of 30 ms, 12 at once, take 2.5 s where nothing is paced."""
    ran = Simulated(bucket(1e9, 1e9), 0.03).run(1000)
    assert ran.refused == 0
    assert ran.seconds <= 2.5 + 2.0


def test_a_stated_rate_is_begun_with_and_never_exceeded() -> None:
    ran = Simulated(bucket(1e9, 1e9), 0.03).run(1000, most=100.0)
    assert ran.seconds == pytest.approx(10.0, rel=0.03)


def test_refusals_of_one_moment_count_once() -> None:
    learnt = Rate(0.0)
    for _ in range(BURST):
        learnt.turn(0.0)
    learnt.refused(0.0, 0.1, 1.0)
    after_one = learnt.per_second
    for _ in range(AT_ONCE):
        learnt.refused(0.05, 0.1, 1.0)
    assert learnt.per_second == after_one < rate.START
    assert learnt.turn(0.2).at == 1.1


def test_a_turn_given_before_a_refusal_is_void_after_it() -> None:
    learnt = Rate(0.0)
    turns = [learnt.turn(0.0) for _ in range(BURST + 3)]
    assert [turn.at for turn in turns[:BURST]] == [0.0] * BURST
    assert turns[-1].at > 0.0
    learnt.refused(0.0, 0.01, 2.0)
    assert not learnt.holds(turns[-1])
    assert learnt.turn(0.02).at == 2.01


def test_a_system_that_refuses_everything_is_still_tried() -> None:
    learnt, now = Rate(0.0), 0.0
    for at in range(400):
        now = learnt.turn(now).at
        if at % 2:
            learnt.refused(now, now + 0.1, 50.0)
        else:
            learnt.answered(now + 0.1)
        now += 0.1
    assert learnt.per_second == LEAST


def test_who_waits_for_the_rate_is_counted_once_and_a_stop_ends_it() -> None:
    pace, stop = Pace(4, Rate(-100.0)), threading.Event()
    pace.refused(0.0, 60.0)
    waiting = [threading.Thread(target=_enter, args=(pace, stop)) for _ in range(3)]
    for one in waiting:
        one.start()
    stop.set()
    for one in waiting:
        one.join(10)
    assert not any(one.is_alive() for one in waiting)
    with pytest.raises(TimeoutError):
        pace.enter(threading.Event(), latest=0.0)
    assert pace._places._value == 4


def _enter(pace: Pace, stop: threading.Event) -> None:
    with pytest.raises(InterruptedError):
        pace.enter(stop)
