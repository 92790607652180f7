"""One attempt to hand a message to its receiver: over TLS, without redirects, without reading what it answers."""

from __future__ import annotations

import email.utils
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reconciler.systems.address import Address, AddressError
from reconciler.systems.client import client_for
from reconciler.webhooks.signing import signed_headers

WAITS = (0.0, 5.0, 30.0, 300.0, 1800.0)
"""Seconds before each attempt, from the one before it."""
TIMEOUT = 10.0
_LONGEST_WAIT = 86400.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one: `gone` means that the receiver wants nothing any more (410).

    `why` is one clause without a word of the receiver; `wait` how many seconds it asks for.
    """

    state: Literal["done", "again", "gone"]
    why: str = ""
    wait: float = 0.0


def receiver(url: str) -> Address:
    """Where a receiver is; raises `ValueError` with one clause, that repeats none of it, for what may not be one."""
    try:
        address = Address.of_request(url)
    except AddressError:
        raise ValueError("it is no address: write https://HOST/PATH") from None
    if not (address.is_encrypted or address.is_loopback):
        raise ValueError("it is not encrypted: write https://; plain http is for this machine only")
    return address


def send(url: str, secrets: Sequence[str], id: str, body: bytes, now: float) -> Attempt:
    """Posts a message once. Raises `ValueError` as `receiver` and `signed_headers` do."""
    import httpx

    headers = {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "reconciler",
        **signed_headers(secrets, id, int(now), body),
    }
    try:
        with (
            client_for(receiver(url), timeout=TIMEOUT) as client,
            client.stream("POST", url, content=body, headers=headers) as answer,
        ):
            return _judged(answer.status_code, answer.headers, now)
    except httpx.TimeoutException:
        return Attempt("again", f"no answer within {TIMEOUT:.0f} s")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Attempt("again", f"it cannot be reached ({type(error).__name__})")


def _judged(status: int, headers: Mapping[str, str], now: float) -> Attempt:
    if 200 <= status < 300:
        return Attempt("done")
    if status == 410:
        return Attempt("gone", "it answers 410: it wants no messages any more")
    wait = _asked(headers.get("retry-after", ""), now) if status in (429, 503) else 0.0
    moved = ", a redirect, which is not followed" if 300 <= status < 400 else ""
    return Attempt("again", f"it answers {status}{moved}", wait)


def _asked(text: str, now: float) -> float:
    """`Retry-After`, in seconds or as a date."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return min(float(text), _LONGEST_WAIT)
    try:
        return min(max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now), _LONGEST_WAIT)
    except (TypeError, ValueError, OverflowError):
        return 0.0


def pause(attempt: int, asked: float) -> float | None:
    """Seconds to wait after so many attempts, with jitter; None where that was the last."""
    if attempt >= len(WAITS):
        return None
    return max(asked, WAITS[attempt] * random.uniform(0.9, 1.1))  # noqa: S311 - spreads attempts, hides nothing


def moment() -> float:
    """Unix seconds."""
    return time.time()
