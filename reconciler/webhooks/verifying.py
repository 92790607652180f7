"""Whether a request is a message of ours that did not come before: for receivers, before they parse anything."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reconciler.webhooks.seen import Seen
from reconciler.webhooks.signing import ID, SIGNATURE, TIMESTAMP, key_of, signature

TOLERANCE = 300
"""Seconds that the clocks of sender and receiver, and the way between them, may make; as the published libraries."""
_STATUS = {"valid": 200, "duplicate": 200, "incomplete": 400, "stale": 401, "invalid": 401}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a request is.

    `valid`: handle it, then confirm or release its id · `duplicate`: it was handled; do nothing · `incomplete`: a
    header is missing or no header of a message · `stale`: signed too long ago, or ahead of time · `invalid`: signed by
    nobody we know.
    """

    state: Literal["valid", "duplicate", "incomplete", "stale", "invalid"]
    id: str = ""

    @property
    def status(self) -> int:
        """What to answer, without a word more."""
        return _STATUS[self.state]


def verify(
    headers: Mapping[str, str],
    raw: bytes,
    secrets: Sequence[str],
    *,
    now: float,
    seen: Seen,
    tolerance: float = TOLERANCE,
) -> Verdict:
    """Judges a request by its headers, in any case of letters, and the bytes of its body as they came.

    `now` is Unix seconds. An id is claimed only once its signature holds, so that nobody else can use ids up.
    Raises `ValueError` for a secret that is none, before anything else.
    """
    keys = [key_of(one) for one in secrets]
    given = {name.casefold(): value for name, value in headers.items()}
    id, moment, signatures = (given.get(name, "").strip() for name in (ID, TIMESTAMP, SIGNATURE))
    if not id or not signatures or not (moment.isascii() and moment.isdigit()) or len(moment) > 12:
        return Verdict("incomplete")
    if abs(now - int(moment)) > tolerance:
        return Verdict("stale", id)
    wanted = [signature(key, id, int(moment), raw) for key in keys]
    if not any(_same(one, given_one) for given_one in _given(signatures) for one in wanted):
        return Verdict("invalid", id)
    return Verdict("valid" if seen.claim(id, now) else "duplicate", id)


def _given(signatures: str) -> Iterable[bytes]:
    """The signatures of version 1; others are passed over, as the specification has it."""
    for one in signatures.split(" "):
        version, _, text = one.partition(",")
        if version == "v1":
            try:
                yield base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError):
                continue


def _same(wanted: bytes, given: bytes) -> bool:
    """In constant time; of another length it is none."""
    return len(wanted) == len(given) and hmac.compare_digest(wanted, given)
