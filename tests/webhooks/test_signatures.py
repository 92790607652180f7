"""Signatures against software that we did not write, and requests that no receiver should act on."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from reconciler.handover.webhook import receiver_files
from reconciler.webhooks import Seen, SeenInFile, SeenInMemory, Verdict, signed_headers, verify
from reconciler.webhooks.signing import key_of

VECTORS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))
WHSEC = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(range(1, 33))).decode()
BODY = '{"id":"m-1","type":"export.succeeded","data":{"name":"größe"}}'.encode()
NOW = 1_790_000_000.0

Judge = Callable[..., tuple[str, int]]


def ours(headers: dict[str, str], raw: bytes, secrets: list[str], *, now: float, seen: Seen) -> tuple[str, int]:
    found = verify(headers, raw, secrets, now=now, seen=seen)
    return found.state, found.status


def handed_over(headers: dict[str, str], raw: bytes, secrets: list[str], *, now: float, seen: Seen) -> tuple[str, int]:
    """The file that `handover webhook --language python` writes."""
    space: dict[str, Any] = {}
    exec(compile(receiver_files("python")["verify.py"], "verify.py", "exec"), space)
    state, _, status = space["verify"](headers, raw, secrets, seen, now)
    return state, status


@pytest.fixture(params=[ours, handed_over])
def judge(request: pytest.FixtureRequest) -> Judge:
    found: Judge = request.param
    return found


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["name"])
def test_vectors(judge: Judge, vector: dict[str, Any]) -> None:
    """What stands in the file was worked out with OpenSSL, by the text of the specification."""
    body, at = vector["body"].encode(), vector["timestamp"]
    headers = signed_headers(vector["secrets"], vector["id"], at, body)
    assert headers == vector["headers"]
    assert judge(headers, body, vector["secrets"], now=at, seen=SeenInMemory()) == ("valid", 200)


def test_the_published_library_verifies_and_is_verified() -> None:
    now = int(time.time())
    headers = signed_headers([WHSEC, OTHER], "m-1", now, BODY)
    for secret in (WHSEC, OTHER):
        assert Webhook(secret).verify(BODY, headers) == json.loads(BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(WHSEC).verify(BODY.replace(b"m-1", b"m-2"), headers)
    from datetime import UTC, datetime

    theirs = Webhook(WHSEC).sign("m-2", datetime.fromtimestamp(now, UTC), BODY.decode())
    given = {"Webhook-Id": "m-2", "Webhook-Timestamp": str(now), "Webhook-Signature": theirs}
    assert verify(given, BODY, [WHSEC], now=now, seen=SeenInMemory()) == Verdict("valid", "m-2")


def test_a_secret_that_is_a_text_is_its_utf_8() -> None:
    now = int(time.time())
    headers = signed_headers(["größer-als-gedacht"], "m-1", now, BODY)
    assert Webhook("größer-als-gedacht".encode()).verify(BODY, headers) == json.loads(BODY)


@pytest.mark.parametrize("secret", [WHSEC, "a-text-of-somebody"])
def test_the_body_alone_is_signed_by_the_text_of_the_secret(secret: str) -> None:
    """As a receiver works it out that compares a hexadecimal HMAC of the raw body, and knows nothing of prefixes."""
    headers = signed_headers([secret, OTHER], "m-1", 1, BODY)
    assert headers["x-signature"] == hmac.new(secret.encode(), BODY, hashlib.sha256).hexdigest()


def changed(**more: str) -> dict[str, str]:
    return {**signed_headers([WHSEC], "m-1", int(NOW), BODY), **more}


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in changed().items() if key != name}


SIGNED = changed()["webhook-signature"]
REFUSED: dict[str, tuple[dict[str, str], bytes, float, str]] = {
    "no id": (without("webhook-id"), BODY, NOW, "incomplete"),
    "no timestamp": (without("webhook-timestamp"), BODY, NOW, "incomplete"),
    "no signature": (without("webhook-signature"), BODY, NOW, "incomplete"),
    "a timestamp with a point": (changed(**{"webhook-timestamp": f"{NOW:.0f}.5"}), BODY, NOW, "incomplete"),
    "a timestamp below nothing": (changed(**{"webhook-timestamp": "-1"}), BODY, NOW, "incomplete"),
    "a timestamp in other digits": (changed(**{"webhook-timestamp": "١٧٩"}), BODY, NOW, "incomplete"),
    "a timestamp that is too long": (changed(**{"webhook-timestamp": "9" * 5000}), BODY, NOW, "incomplete"),
    "an old message": (changed(), BODY, NOW + 301, "stale"),
    "a message of tomorrow": (changed(), BODY, NOW - 301, "stale"),
    "an old message with a new timestamp": (
        changed(**{"webhook-timestamp": str(int(NOW) + 400)}), BODY, NOW + 400, "invalid",
    ),
    "another id": (changed(**{"webhook-id": "m-2"}), BODY, NOW, "invalid"),
    "another body": (changed(), BODY + b" ", NOW, "invalid"),
    "a signature that is too short": (changed(**{"webhook-signature": "v1,AAAA"}), BODY, NOW, "invalid"),
    "a signature that is no base64": (changed(**{"webhook-signature": "v1,%%%"}), BODY, NOW, "invalid"),
    "an empty signature": (changed(**{"webhook-signature": "v1,"}), BODY, NOW, "invalid"),
    "another version": (changed(**{"webhook-signature": SIGNED.replace("v1,", "v1a,")}), BODY, NOW, "invalid"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_nobody_should_act_on(judge: Judge, name: str) -> None:
    headers, body, now, state = REFUSED[name]
    seen = SeenInMemory()
    told = judge(headers, body, [WHSEC], now=now, seen=seen)
    assert told == (state, 400 if state == "incomplete" else 401)
    assert judge(changed(), BODY, [WHSEC], now=NOW, seen=seen) == ("valid", 200)  # nothing refused uses an id up


def test_signatures_of_other_versions_are_passed_over(judge: Judge) -> None:
    headers = changed(**{"webhook-signature": f"v2,abc v1a,def {SIGNED} v1"})
    assert judge(headers, BODY, [WHSEC], now=NOW + 300, seen=SeenInMemory()) == ("valid", 200)


def test_while_a_secret_is_changed_either_is_taken(judge: Judge) -> None:
    both = signed_headers([OTHER, WHSEC], "m-1", int(NOW), BODY)
    for secrets in ([WHSEC], [OTHER], [OTHER, WHSEC]):
        assert judge(both, BODY, secrets, now=NOW, seen=SeenInMemory())[0] == "valid"
    assert judge(changed(), BODY, [OTHER, WHSEC], now=NOW, seen=SeenInMemory())[0] == "valid"
    assert judge(changed(), BODY, [OTHER], now=NOW, seen=SeenInMemory())[0] == "invalid"


@pytest.fixture(params=["memory", "file", "handed over"])
def seen(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "memory":
        return SeenInMemory()
    if request.param == "file":
        return SeenInFile(tmp_path / "seen.sqlite")
    space: dict[str, Any] = {}
    exec(receiver_files("python")["verify.py"], space)
    return space["SeenInFile"](tmp_path / "seen.sqlite")


def test_what_came_is_refused_and_what_failed_comes_again(seen: Seen) -> None:
    def judged(now: float) -> str:
        return verify(changed(), BODY, [WHSEC], now=now, seen=seen, tolerance=1e9).state

    assert judged(NOW) == "valid"
    assert judged(NOW + 1) == "duplicate"  # it is in somebody's hands
    seen.release("m-1")
    assert judged(NOW + 2) == "valid"  # the handler failed, and the next attempt counts
    assert judged(NOW + 100) == "valid"  # the handler died without a word
    seen.confirm("m-1")
    seen.release("m-1")
    assert judged(NOW + 86_400) == "duplicate"
    assert judged(NOW + 8 * 86_400) == "valid"  # by then its timestamp is refused


def test_of_many_at_once_one_gets_it(seen: Seen) -> None:
    got: list[bool] = []

    def claim() -> None:
        got.append(seen.claim("m-1", NOW))

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(got) == [False] * 7 + [True]


@pytest.mark.parametrize(("secret", "why"), [("whsec_%%%", "base64"), ("whsec_", "fewer"), ("short", "fewer")])
def test_a_secret_that_is_none(secret: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as told:
        key_of(secret)
    assert secret not in str(told.value)
    with pytest.raises(ValueError, match=why):
        verify(changed(), BODY, [secret], now=NOW, seen=SeenInMemory())
