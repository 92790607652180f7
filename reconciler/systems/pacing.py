"""How hard a system is pressed: requests at once, waits between repeats, and what it asks for itself."""

from __future__ import annotations

import math
import random
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.systems.rate import Rate

LONGEST_WAIT = 120.0
LOOK = 0.5
"""Seconds after which whoever waits looks whether anything has changed."""


@dataclass(slots=True)
class Counts:
    """What a connection did: requests sent, seconds waited on limits, repeated requests."""

    requests: int = 0
    repeated: int = 0
    waited: float = 0.0


class Pace:
    """When the next request of a connection may go out: how many are under way at once, and at what rate."""

    def __init__(self, concurrency: int, rate: Rate | None = None) -> None:
        self.rate = rate or Rate(time.monotonic())
        self.delayed = 0.0
        """Seconds during which at least one request stood still for the rate."""
        self._places = threading.Semaphore(concurrency)
        self._lock = threading.Lock()
        self._counted_until = 0.0

    def enter(self, stop: threading.Event, latest: float = math.inf) -> float:
        """Waits for a place and a turn; returns the seconds waited because of limits of the system.

        Raises `TimeoutError` where the system asks to wait until after `latest`, `InterruptedError` at a stop.
        """
        while not self._places.acquire(timeout=LOOK):
            if stop.is_set():
                raise InterruptedError
        try:
            return self._wait_for_turn(stop, latest)
        except BaseException:
            self.leave()
            raise

    def _wait_for_turn(self, stop: threading.Event, latest: float) -> float:
        waited = 0.0
        turn = self.rate.turn(time.monotonic())
        while (wait := turn.at - time.monotonic()) > 0:
            if self.rate.not_before > latest:
                raise TimeoutError
            waited += self._stand_still(stop, min(wait, LOOK))
            if stop.is_set():
                raise InterruptedError
            if not self.rate.holds(turn):
                turn = self.rate.turn(time.monotonic())
        return waited

    def answered(self) -> None:
        """A request was answered, and not refused for the rate."""
        self.rate.answered(time.monotonic())

    def refused(self, sent: float, wait: float) -> None:
        """What went out at `sent` was refused for the rate, and the system asks to wait so many seconds."""
        self.rate.refused(sent, time.monotonic(), min(wait, LONGEST_WAIT))

    def leave(self) -> None:
        """Gives the place back."""
        self._places.release()

    def _stand_still(self, stop: threading.Event, seconds: float) -> float:
        began = time.monotonic()
        stop.wait(seconds)
        ended = time.monotonic()
        with self._lock:
            self.delayed += max(0.0, ended - max(began, self._counted_until))
            self._counted_until = max(ended, self._counted_until)
        return ended - began


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
    from email.utils import parsedate_to_datetime

    try:
        when = parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return max(0.0, when - time.time())
