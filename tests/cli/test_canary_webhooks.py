"""Canaries in webhooks: the secret, an address with a signature, a constant header; and in what `watch` looks at."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ..support import SECRETS, Project
from .canaries import FORMATS, every_file, hits
from .conftest import Ran
from .test_canary import CONNECT, SAVE, graphql

Run = Callable[..., Ran]
HTTP = "486cc091-4c77-4190-8e2d-058bc4ca8a85"
OURS = {
    "HOOK_SECRET": "kanary-thirty-of-the-hook",
    "HOOK_BEFORE": "whsec_a2FuYXJ5LXRoaXJ0eS1vbmUtb2YtdGhlLWhvb2s=",
    "HOOK_URL": "http://127.0.0.1:PORT/in?sig=kanary-thirty-two",
    "RECORDS_URL": "https://records.test/in?code=kanary-thirty-three",
    "HOOK_HEADER": "Bearer kanary-thirty-four",
    "HUB": "Endpoint=sb://hub.test/;SharedAccessKey=kanary-thirty-five",
}
MANIFESTS = """
apiVersion: reconciler/v1
kind: Webhook
metadata: {name: watched}
spec:
  events: [target.changed, target.unhealthy, stream.changed, source.changed, apply.finished, drift.detected]
  url: {env: HOOK_URL, version: "1"}
  secret: {env: HOOK_SECRET, version: "1"}
  previous: {env: HOOK_BEFORE, version: "1"}
---
apiVersion: reconciler/v1
kind: Webhook
metadata: {name: records}
spec:
  events: [record.added, record.changed, record.removed]
  url: {env: RECORDS_URL, version: "1"}
  authorization: {env: HOOK_HEADER, version: "1"}
  entity: /Person
  columns: [person.email]
  state: started
---
apiVersion: reconciler/v1
kind: Webhook
metadata: {name: workflows}
spec:
  events: [workflow.*]
  event_hub: {name: cluedin-events, connection_string: {env: HUB, version: "1"}}
"""


@pytest.fixture
def receiver() -> Iterator[tuple[int, list[bytes], list[int]]]:
    """Its port, everything that came, and what it answers."""
    got: list[bytes] = []
    answers: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append(str(self.headers).encode() + body)
            self.send_response(answers.pop(0) if answers else 204)
            self.send_header("content-type", "text/plain")
            self.end_headers()
            self.wfile.write(b"kanary-thirty-six of the receiver")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, got, answers
    server.shutdown()
    server.server_close()


@pytest.mark.long
def test_in_webhooks_and_what_is_watched(
    caged: Project,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    receiver: tuple[int, list[bytes], list[int]],
) -> None:
    port, got, answers = receiver
    for name, value in OURS.items():
        monkeypatch.setenv(name, value.replace("PORT", str(port)))
    monkeypatch.setenv("RECONCILER_SECRETS", ",".join((*SECRETS, *OURS)))
    caged.write("webhooks.yaml", MANIFESTS)
    also = [word for one in FORMATS for word in ("--also", f"{one}={tmp_path / one}")]
    shown = [run("-v", "validate"), run("-v", "plan", "--out", str(tmp_path / "p.json"), *also)]
    shown += [run("-v", "apply", "--yes"), run("-v", "watch", "--once", "--deliver")]
    assert [ran.code for ran in shown] == [0, 0, 0, 0], [ran.out + ran.err for ran in shown]
    state = caged.http("GET", "/_sandbox/state")
    made = {row["accountDisplay"]: row for row in state["cluedin"]["provider-definition"].values()}
    given = {"url": OURS["RECORDS_URL"], "authorization": OURS["HOOK_HEADER"]}
    assert made["records"]["helperConfiguration"] == given
    assert hits(json.dumps(state["purview"])) == []

    theirs = {"url": "https://other.test/?sig=kanary-thirty-seven", "authorization": "Basic kanary-thirty-eight"}
    graphql(caged, CONNECT, c=HTTP, a=theirs)
    graphql(caged, SAVE, c={"id": made["records"]["id"], "helperConfiguration": {**given, "url": theirs["url"]}})
    answers += [500, 410]
    for form in ("text", "json"):
        shown.append(run("-v", "watch", "--once", "--deliver", "--format", form))
        graphql(caged, CONNECT, c=HTTP, a={**theirs, "url": f"{theirs['url']}-{form}"})
    shown += [run("-v", "watch", "--once", "--deliver") for _ in range(2)]
    assert len(got) >= 2
    assert any(ran.code == 5 for ran in shown[4:])
    shown += [run("-v", "drift", "--format", one) for one in FORMATS]
    shown += [run("-v", *words) for words in (("doctor",), ("graph",), ("pull", "--out", str(tmp_path / "pulled")))]
    shown += [run("-v", "webhook", "verify", "nobody", "--headers", "/dev/null", "--body", "/dev/null")]
    shown += [run("-v", "apply", "--yes"), run("handover", "webhook", "--out", str(tmp_path / "receivers"))]
    for ran in shown:
        assert hits(ran.out + ran.err) == []
    assert [one for one in got if hits(one)] == []
    assert every_file(tmp_path) == []


@pytest.mark.parametrize(
    "given",
    [
        "url: 'https://hooks.test/?sig=kanary-forty'",
        "url: 'https://me:kanary-forty@hooks.test/'",
        "url: https://hooks.test\n  secret: kanary-forty",
        "url: https://hooks.test\n  secret: [kanary-forty]",
        "url: https://hooks.test\n  secret: {env: HOOK, version: '1'}\n  previous: kanary-forty",
        "url: https://hooks.test\n  authorization: Bearer kanary-forty",
    ],
)
def test_in_clear_is_refused_and_not_shown(caged: Project, run: Run, given: str) -> None:
    caged.write("hook.yaml", "apiVersion: reconciler/v1\nkind: Webhook\nmetadata: {name: h}\nspec:\n"
                f"  events: [export.succeeded]\n  {given}\n")  # fmt: skip
    for words in (("validate",), ("validate", "--format", "json"), ("plan",), ("watch", "--once", "--deliver")):
        ran = run("-v", *words)
        assert ran.code == 1, ran.out + ran.err
        assert hits(ran.out + ran.err) == []
