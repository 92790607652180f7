"""How hard a system is pressed: requests at once, waits between repeats, and what it asks for itself."""

from __future__ import annotations

import email.utils
import random
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_WAIT = 120.0


@dataclass(slots=True)
class Counts:
    """What a connection did: requests sent, seconds waited on limits, repeated requests."""

    requests: int = 0
    repeated: int = 0
    waited: float = 0.0


class Pace:
    """How many requests may be under way at once: grows slowly, halves when the system says it is too much."""

    def __init__(self, concurrency: int, per_second: float | None = None) -> None:
        self.ceiling = concurrency
        self._limit = float(min(concurrency, 8))
        self._gap = 1 / per_second if per_second else 0.0
        self._running = 0
        self._not_before = 0.0
        self._turn = threading.Condition()

    def enter(self, stop: threading.Event, latest: float = float("inf")) -> float:
        """Waits for a place; returns the seconds waited because of limits of the system.

        Raises `TimeoutError` where the system asks to wait until after `latest`.
        """
        waited = 0.0
        with self._turn:
            while True:
                if stop.is_set():
                    return waited
                wait = self._not_before - time.monotonic()
                if self._not_before > latest:
                    raise TimeoutError
                if wait > 0:
                    started = time.monotonic()
                    self._turn.wait(min(wait, 0.5))
                    waited += time.monotonic() - started
                elif self._running >= int(self._limit):
                    self._turn.wait(0.5)
                else:
                    break
            self._running += 1
            if self._gap:
                self._not_before = max(self._not_before, time.monotonic()) + self._gap
        return waited

    def leave(self, *, throttled: float | None = None) -> None:
        """Gives the place back; `throttled` is the time that the system asked to wait."""
        with self._turn:
            self._running -= 1
            if throttled is None:
                self._limit = min(float(self.ceiling), self._limit + 1 / max(self._limit, 1))
            else:
                self._limit = max(1.0, self._limit / 2)
                self._not_before = max(self._not_before, time.monotonic() + min(throttled, LONGEST_WAIT))
            free = int(self._limit) - self._running
            if free > 0:  # only as many as there are places: the others would wake for nothing
                self._turn.notify(free)


def backoff(attempt: int) -> float:
    return min(10.0, 0.2 * 2.0 ** (attempt - 1)) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def asked_to_wait(headers: Mapping[str, str], times: int) -> float:
    """Seconds until a throttled request may come again: as the system says, else longer each time."""
    told = retry_after(headers)
    return told or backoff(times + 2)  # a system that says "at once" again and again is not hammered


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait: `Retry-After` is a number of seconds or an HTTP date (RFC 9110, 10.2.3); None for another.

    Fractions of a second are taken too: some gateways send them.
    """
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value, re.ASCII):
        return float(value)
    try:
        when = email.utils.parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return max(0.0, when - time.time())
