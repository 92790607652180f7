"""How many requests a second a system takes, learnt from its answers.

Nobody tells the limit of a system, and it differs by tenant and by the hour. A plain number of requests at once does
not find it: between many refusals and hardly any requests it swings to and fro. So requests go out evenly, at a rate
that grows while the system answers and falls back when it refuses (429), as congestion control of networks does.

Times are seconds of a monotonic clock that the caller reads: nothing here waits, and nothing is random.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass

START = 25.0
"""Requests a second to begin with: what one capacity unit of Purview's Data Map takes (Microsoft's page on the
elastic Data Map, [B]). CluedIn publishes none."""
BURST = 20
"""Requests that go out at once at the beginning: buckets that limits are kept in are full then, and hold at least a
second's worth (Azure Resource Manager's read limit: 250 at 25 a second, [B])."""
DOUBLED_AFTER = 30
"""Answers after which the rate doubles, until the first refusal."""
CREDIT = 0.1
"""Seconds by which a request may make up for one that went out late, once something is known of the limit."""
FALL, FALL_SOON, SOON = 0.93, 0.8, 4.0
"""What is left of the rate after a refusal; and where the one before was less than so many seconds ago."""
FEW, FEW_SOON = 0.5, 0.3
"""Up to this part of the rate taken since the refusal before, what was taken is a better guess; and where that was
soon, as the wait that it asked for counts too."""
NEAR = 0.96
"""From this part of the rate that was refused last, the rate counts as near the limit."""
QUIET, PATIENT = 2.0, 15.0
"""Seconds without a refusal after which the rate rises; and before it is tried again what was refused."""
STEP, LARGEST_STEP = 0.02, 0.5
"""The first step beyond what was refused; each one after it is twice as large, as the limit has risen then."""
LEAST = 0.2
"""Requests a second that are always tried."""


@dataclass(frozen=True, slots=True)
class Turn:
    """When a request may go out, and in which round; a refusal begins a new round."""

    at: float
    round: int


class Rate:
    """The rate of one address, for every connection to it; safe to share between threads."""

    def __init__(self, now: float, most: float | None = None) -> None:
        """`most` is a rate that is never exceeded: whoever states one knows the limit, so it is begun with."""
        self.most = most or math.inf
        self.per_second = most or START
        self.not_before = -math.inf
        """Until when the system asked to wait."""
        self._learning = most is None
        self._credit = BURST / START if self._learning else CREDIT
        self._due = now - self._credit
        self._round = 0
        self._refused_at = self._raised_at = now
        self._refused_rate = math.inf
        self._answers = 0
        """Since the last refusal."""
        self._is_holding_back = False
        """Whether a request had to wait for its turn since the rate rose: else a higher one would prove nothing."""
        self._step, self._quiet = STEP, QUIET
        self._lock = threading.Lock()

    def turn(self, now: float) -> Turn:
        """The turn of the next request. It counts, unless a new round begins before it comes."""
        with self._lock:
            at = max(self._due, self.not_before, now - self._credit)
            self._due = at + 1 / self.per_second
            self._is_holding_back |= at > now
            return Turn(max(at, now), self._round)

    def holds(self, turn: Turn) -> bool:
        """Whether a turn still counts."""
        return turn.round == self._round

    def answered(self, now: float) -> None:
        """A request was answered, with whatever but a refusal for the rate."""
        with self._lock:
            self._answers += 1
            if not self._is_holding_back:
                self._raised_at = now
            elif self._learning and self._answers % DOUBLED_AFTER == 0:
                self._rise(self.per_second * 2, now)
            elif not self._learning and now - self._raised_at >= self._quiet:
                self._rise(self._next_rate(), now)

    def refused(self, sent: float, now: float, wait: float) -> None:
        """The request that went out at `sent` was refused, and may come again in `wait` seconds.

        What went out before the refusal that is known already tells nothing more about the rate, nor does a refusal
        after which none was answered: the limit has not opened again.
        """
        with self._lock:
            if self._learning or (sent > self._refused_at and self._answers):
                self._fall(now)
            if now + wait > self.not_before:
                self.not_before = self._due = now + wait
                self._round += 1

    def _fall(self, now: float) -> None:
        taken = self._answers / max(now - self._refused_at, 0.001)
        is_soon = now - max(self._refused_at, self.not_before) < SOON
        self._refused_rate = self.per_second
        if self._learning and self.per_second > START:
            self.per_second /= 2  # the last rate that held
        elif taken > self.per_second * (FEW_SOON if is_soon else FEW):
            self.per_second *= FALL_SOON if is_soon else FALL
        else:
            self.per_second = max(taken, self.per_second / 10)
            self._refused_rate = self.per_second / FALL
        self.per_second = max(LEAST, self.per_second)
        self._learning, self._credit = False, CREDIT
        self._step, self._quiet = STEP, QUIET
        self._answers, self._refused_at = 0, now
        self._raised_at, self._is_holding_back = now, False

    def _rise(self, rate: float, now: float) -> None:
        self.per_second = min(rate, self.most)
        self._raised_at, self._is_holding_back = now, False

    def _next_rate(self) -> float:
        """Half the way to what was refused, and from near there, after a while, in growing steps beyond it."""
        self._quiet = QUIET
        if self.per_second >= NEAR * self._refused_rate:
            step, self._step = self._step, min(2 * self._step, LARGEST_STEP)
            return self.per_second * (1 + step)
        rate = (self.per_second + self._refused_rate) / 2
        if rate >= NEAR * self._refused_rate:
            self._quiet = PATIENT
        return rate
