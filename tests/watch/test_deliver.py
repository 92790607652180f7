"""Delivery: signed, tried again by the clock, stopped, given up; to whom, and to nobody else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from reconciler.watch import watcher
from reconciler.watch.delivering import Delivering
from reconciler.webhooks import SeenInMemory, verify

from ..support import Project
from .conftest import HOOK_SECRET, Receiver, Watch
from .people import People
from .test_hold import at_work
from .test_watch import run_export

__all__ = ["at_work"]

HOOK = """
apiVersion: reconciler/v1
kind: Webhook
metadata: {{name: {name}}}
spec:
  events: [export.succeeded, stream.changed, source.changed]
  url: {url}
  secret: {{env: HOOK_SECRET, version: "1"}}
"""
GROUP = "mutation m($s: InputDataSourceSet) { inbound { createDataSourceSet(dataSourceSet: $s) } }"


@pytest.fixture
def hooked(made: Project, receiver: Receiver) -> Project:
    made.write("hook.yaml", HOOK.format(name="teams", url=receiver.url))
    return made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock that deliveries go by."""
    ahead = 0.0
    monkeypatch.setattr(watcher, "Delivering", partial(Delivering, clock=lambda: time.time() + ahead))

    def move(seconds: float) -> None:
        nonlocal ahead
        ahead += seconds

    return move


def happens(people: People) -> None:
    people.graphql(GROUP, s={"name": people.name("group")})


def test_what_is_sent_verifies_everywhere_and_a_replay_nowhere(
    at_work: People, hooked: Project, receiver: Receiver, watch: Watch
) -> None:
    run_export(at_work)
    ran = watch("--deliver")
    assert ran.code == 0
    [(headers, body)] = receiver.got
    assert json.loads(body) == ran.events[0]
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert Webhook(HOOK_SECRET).verify(body, headers) == ran.events[0]
    seen, now = SeenInMemory(), time.time()
    judged = partial(verify, headers, body, [HOOK_SECRET], seen=seen)
    assert judged(now=now).state == "valid"
    seen.confirm(ran.events[0]["id"])
    assert judged(now=now).state == "duplicate"
    assert judged(now=now + 301).state == "stale"
    with pytest.raises(WebhookVerificationError):
        Webhook(HOOK_SECRET).verify(body + b" ", headers)
    assert watch("--deliver").events == []
    assert len(receiver.got) == 1


def test_verify_by_hand(at_work: People, hooked: Project, receiver: Receiver, watch: Watch, tmp_path: Any) -> None:
    run_export(at_work)
    watch("--deliver")
    [(headers, body)] = receiver.got
    (tmp_path / "headers").write_text("POST / HTTP/1.1\n" + "".join(f"{n}: {v}\n" for n, v in headers.items()))
    (tmp_path / "body").write_bytes(body)
    words = ("webhook", "verify", "teams", "--headers", str(tmp_path / "headers"), "--body", str(tmp_path / "body"))
    once = watch("--seen", str(tmp_path / "seen"), verb=words)
    assert (once.code, once.out.split(":")[0]) == (0, "Valid")
    again = watch("--seen", str(tmp_path / "seen"), verb=words)
    assert (again.code, again.out.split(":")[0]) == (4, "Duplicate")
    assert watch("--tolerance", "0", verb=words).out.startswith(("Stale", "Valid"))
    (tmp_path / "body").write_bytes(body + b"\n")
    assert (watch(verb=words).code, watch(verb=words).out.split(":")[0]) == (4, "Invalid")
    unknown = watch(verb=(*words[:2], "team", *words[3:]))
    assert unknown.code == 1
    assert "teams" in unknown.err


def test_it_is_tried_again_by_the_clock_and_given_up(
    made: Project, people: People, hooked: Project, receiver: Receiver, watch: Watch, clock: Callable[[float], None]
) -> None:
    watch("--deliver")
    receiver.answers = [
        (500, {}),
        (302, {"location": receiver.url}),
        (429, {"retry-after": "1000"}),
        (503, {}),
        (400, {}),
    ]
    happens(people)
    codes, counts = [], []
    for wait in (0.0, 3.0, 4.0, 36.0, 340.0, 700.0, 2000.0, 10.0):
        clock(wait)
        codes.append(watch("--deliver").code)
        counts.append(len(receiver.got))
    assert counts == [1, 1, 2, 3, 3, 4, 5, 5]
    assert codes == [5, 5, 5, 5, 5, 5, 5, 0]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    stamps = [int(headers["webhook-timestamp"]) for headers, _ in receiver.got]
    assert stamps == sorted(set(stamps))
    [dead] = (made.root / ".reconciler/watch/sandbox.dead.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(dead)["message"]["id"] == receiver.messages[0]["id"]
    assert json.loads(dead)["why"] == "it answers 400"
    assert HOOK_SECRET not in dead


def test_410_stops_it_until_the_document_changes(
    made: Project, people: People, hooked: Project, receiver: Receiver, watch: Watch
) -> None:
    watch("--deliver")
    receiver.answers = [(410, {})]
    happens(people)
    gone = watch("--deliver")
    assert gone.code == 5
    assert "teams is not told of anything any more" in gone.err
    happens(people)
    assert watch("--deliver").code == 0
    assert len(receiver.got) == 1
    made.edit("hook.yaml", "/hooks", "/hooks2")
    happens(people)
    assert watch("--deliver").code == 0
    assert len(receiver.got) == 2


def test_nobody_there_is_tried_again(
    made: Project, people: People, hooked: Project, receiver: Receiver, watch: Watch, clock: Callable[[float], None]
) -> None:
    made.edit("hook.yaml", receiver.url, "http://127.0.0.1:9/hooks")
    watch("--deliver")
    happens(people)
    ran = watch("--deliver")
    assert ran.code == 5
    assert "it cannot be reached" in ran.err
    made.edit("hook.yaml", "http://127.0.0.1:9/hooks", receiver.url)
    clock(60)
    assert watch("--deliver").code == 0
    assert len(receiver.got) == 1


def test_only_who_wants_to_know_is_told(at_work: People, made: Project, receiver: Receiver, watch: Watch) -> None:
    """By event and by contract; without --deliver nobody is."""
    for name, more in {"all": "", "ours": "  for: [people_wide_v1]\n", "other": "  for: [other]\n"}.items():
        made.write(f"{name}.yaml", HOOK.format(name=name, url=f"{receiver.url}/{name}") + more)
    made.write("other_stream.yaml", """
        apiVersion: reconciler/v1
        kind: Stream
        metadata: {name: other}
        spec: {entity: /Person, target: {name: people_wide_v1, provider: Azure DataLake Connector}}
        """)  # fmt: skip
    run_export(at_work)
    assert watch().events
    assert receiver.got == []
    run_export(at_work)
    happens(at_work)
    ran = watch("--deliver")
    assert ran.code == 0, ran.err
    types = sorted(one["type"] for one in receiver.messages)
    assert types == ["export.succeeded", "export.succeeded", "source.changed", "source.changed", "source.changed"]


def test_while_the_secret_changes_both_sign(
    made: Project, people: People, hooked: Project, receiver: Receiver, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKE_KEY", "the-secret-before-this-one")
    made.edit("hook.yaml", 'secret: {env: HOOK_SECRET, version: "1"}',
              'secret: {env: HOOK_SECRET, version: "2"}\n  previous: {env: LAKE_KEY, version: "1"}')  # fmt: skip
    watch("--deliver")
    happens(people)
    assert watch("--deliver").code == 0
    [(headers, body)] = receiver.got
    for secret in (HOOK_SECRET, b"the-secret-before-this-one"):
        assert Webhook(secret).verify(body, headers)


@pytest.mark.parametrize(
    ("secret", "code", "words"),
    [
        ("short", 1, "cannot sign anything"),
        ("whsec_***************", 1, "is not base64"),
        ("a-text-of-18-bytes", 0, "asks for 24"),
    ],
)
def test_secrets_that_sign_nothing_or_little(
    hooked: Project, watch: Watch, monkeypatch: pytest.MonkeyPatch, secret: str, code: int, words: str
) -> None:
    monkeypatch.setenv("HOOK_SECRET", secret)
    ran = watch("--deliver")
    assert ran.code == code
    assert words in ran.err
    assert secret not in ran.err


def test_an_address_that_may_not_be_one_is_not_sent_anything(
    made: Project, hooked: Project, receiver: Receiver, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.edit("hook.yaml", f"url: {receiver.url}", 'url: {env: LAKE_KEY, version: "1"}')
    monkeypatch.setenv("LAKE_KEY", "http://hooks.example.com/x?sig=abcdefghijk")
    ran = watch("--deliver")
    assert (ran.code, "not encrypted" in ran.err) == (1, True)
    monkeypatch.setenv("LAKE_KEY", "https://hooks.example.com/x?sig=abcdefghijk")
    made.edit("environments/sandbox.yaml", "policy: {", "policy: {webhook_hosts: [example.org], ")
    ran = watch("--deliver")
    assert (ran.code, "does not name the host" in ran.err) == (1, True)
    assert "abcdefghijk" not in ran.err
    assert "hooks.example.com" not in ran.err
