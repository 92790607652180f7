"""How many requests are taken in a time, and what is said to those that are too many."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Protocol

from reconciler_sandbox.settings import Settings
from reconciler_sandbox.web import Response


class Count(Protocol):
    """A way of counting requests."""

    def wait(self, now: float) -> float:
        """0 where a request may pass now, which counts it; else the seconds after which one may."""


class Bucket:
    """Tokens that come at the rate, and as many as the bucket holds at once.

    So Azure Resource Manager limits since 2024 (Microsoft's page on its throttling: a bucket of 250 that fills with 25
    a second, [B]).
    """

    def __init__(self, rate: float, holds: float, now: float) -> None:
        self._rate, self._holds = rate, max(holds, 1.0)
        self._tokens, self._last = self._holds, now

    def wait(self, now: float) -> float:
        """See `Count`."""
        self._tokens = min(self._holds, self._tokens + (now - self._last) * self._rate)
        self._last = now
        if self._tokens < 1:
            return (1 - self._tokens) / self._rate
        self._tokens -= 1
        return 0.0


class Window:
    """So many in each window of time, which begins whenever the one before ends.

    So quotas of Azure API Management count, which stands before many of Microsoft's interfaces (`renewal-period` in its
    reference of policies: "the length in seconds of the fixed window after which the quota resets", [B]).
    """

    def __init__(self, rate: float, seconds: float, now: float) -> None:
        self._most, self._seconds = max(1.0, rate * seconds), seconds
        self._begins, self._taken = now, 0

    def wait(self, now: float) -> float:
        """See `Count`."""
        passed = (now - self._begins) // self._seconds
        if passed:
            self._begins, self._taken = self._begins + passed * self._seconds, 0
        if self._taken >= self._most:
            return self._begins + self._seconds - now
        self._taken += 1
        return 0.0


class Limit:
    """The limit that the settings tell; one that is told when to come again is so in both forms HTTP allows in turn."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._clock = settings, clock
        self._count = self._counting()
        self._refused = 0

    def _counting(self) -> Count | None:
        rate, seconds, now = self._settings.rate_limit, self._settings.rate_window_s, self._clock()
        if not rate:
            return None
        if seconds:
            return Window(rate, seconds, now)
        return Bucket(rate, rate if self._settings.rate_burst is None else self._settings.rate_burst, now)

    def take(self) -> Response | None:
        """None when the request may pass, else the 429 (its body is grade C)."""
        wait = self._count.wait(self._clock()) if self._count is not None else 0.0
        if not wait:
            return None
        self._refused += 1
        headers = {"Content-Type": "application/json"}
        if self._settings.rate_retry_after:
            seconds = math.ceil(wait)
            when = formatdate(time.time() + seconds, usegmt=True)
            headers["Retry-After"] = str(seconds) if self._refused % 2 else when
        error = {"code": "TooManyRequests", "message": "Rate limit is exceeded. Try again later."}
        return Response(429, {"error": error}, headers)
