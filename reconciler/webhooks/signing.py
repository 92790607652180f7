"""Signatures of messages, as the Standard Webhooks specification 1.0 has them ([A], its text and its libraries).

`webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several stand with a blank between
them, so that receivers may change to another secret without a gap. `X-Signature` is the hexadecimal HMAC-SHA256 of the
body alone, for receivers that compare nothing else: what keeps replays out stands inside the body, too.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

ID, TIMESTAMP, SIGNATURE, BODY_SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature", "x-signature"
PREFIX = "whsec_"
SHORTEST, ADVISED = 8, 24
"""Bytes of a secret: fewer are refused, and fewer than the specification asks for are warned of."""


def key_of(secret: str) -> bytes:
    """The key that a secret stands for: what follows `whsec_` is base64, any other text is its UTF-8.

    Raises `ValueError` with one clause, without the secret, for what is none.
    """
    if not secret.startswith(PREFIX):
        key = secret.encode()
    else:
        text = secret.removeprefix(PREFIX).rstrip("=")
        try:
            key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"what follows `{PREFIX}` is not base64") from None
    if len(key) < SHORTEST:
        raise ValueError(f"it has fewer than {SHORTEST} bytes")
    return key


def signature(key: bytes, id: str, timestamp: int, body: bytes) -> bytes:
    """The signature of a message, as bytes."""
    return hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()


def signed_headers(secrets: Sequence[str], id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one attempt: the id stays the same over all of them, the timestamp (Unix seconds) does not.

    The first of the secrets is the one that counts from now on; `X-Signature`, of which there is one, is of that alone,
    by the text of the secret as it is given. Raises `ValueError` for a secret that is none.
    """
    signatures = (signature(key_of(one), id, timestamp, body) for one in secrets)
    return {
        ID: id,
        TIMESTAMP: str(timestamp),
        SIGNATURE: " ".join(f"v1,{base64.b64encode(one).decode()}" for one in signatures),
        BODY_SIGNATURE: hmac.new(secrets[0].encode(), body, hashlib.sha256).hexdigest(),
    }
