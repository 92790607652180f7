"""The Http connector: asks first, posts each change without a signature, and again what was not taken."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from reconciler_sandbox.server import running

from ..support import Project
from ..watch.people import HTTP, People


@dataclass
class Receiver:
    url: str = ""
    head: int = 200
    answers: list[int] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    posts: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            found.heads.append(dict(self.headers))
            self.send_response(found.head)
            self.end_headers()

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            found.posts.append((dict(self.headers), body))
            self.send_response(found.answers.pop(0) if found.answers else 200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def people(tmp_path: Any) -> Iterator[People]:
    with running(seed="demo") as sandbox:
        yield People(Project(tmp_path, sandbox.url))


def until(holds: Callable[[], bool]) -> None:
    """Posts come by another thread."""
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.02)


CONNECT = """mutation m($c: ID, $a: JSON, $d: String) { inbound {
  createConnection(connectorId: $c, authInfo: $a, accountDisplay: $d) { id } } }"""
HEALTH = """query q($id: ID) { inbound { connectorConfiguration(id: $id) {
  connectorStatus { status connectorStatusDetails { hasError errorMessage } } } } }"""
SET_UP = """mutation m($id: ID!, $e: InputExportConfiguration) { consume {
  setupConnectorStream(streamId: $id, exportConfiguration: $e) { id } } }"""


def stream_of(people: People, receiver: Receiver) -> str:
    options = {"url": receiver.url, "authorization": "Bearer constant"}
    target = people.graphql(CONNECT, c=HTTP, a=options, d="hook")["id"]
    id = people.rest("POST", "/streams", json={"name": "users", "condition": {}, "rules": [], "mode": 0})
    export = {"connectorProviderDefinitionId": target, "containerName": "users", "mode": "EventStream",
              "dataTypes": [{"key": "user.email", "type": "vocabkey"}]}  # fmt: skip
    people.graphql(SET_UP, id=id, e={**export, "exportOutgoingEdges": False, "exportIncomingEdges": False})
    people.rest("POST", f"/streams/{id}/start")
    return str(id)


def test_each_record_is_posted_unsigned_and_again_until_it_is_taken(people: People, receiver: Receiver) -> None:
    receiver.answers = [500, 302]
    stream_of(people, receiver)
    until(lambda: len(receiver.posts) - len({body["Data"]["Id"] for _, body in list(receiver.posts)}) >= 2)
    posts = [body for _, body in receiver.posts]
    by_record: dict[str, list[dict[str, Any]]] = {}
    for body in posts:
        by_record.setdefault(body["Data"]["Id"], []).append(body)
    assert {len(one) for one in by_record.values()} >= {1, 2}
    for several in by_record.values():
        assert len({one["CorrelationId"] for one in several}) == len(several)
        assert len({(one["Data"]["PersistHash"], one["VersionChangeType"]) for one in several}) == 1
    assert {body["VersionChangeType"] for body in posts} == {"Added"}
    assert all("user.email" in body["Data"] and body["Data"]["EntityType"] for body in posts)
    headers = receiver.posts[0][0]
    assert (headers["X-Subject-Id"], headers["Authorization"]) == ("users", "Bearer constant")
    assert not any("signature" in name.lower() for name in headers)
    assert receiver.heads
    assert not any("authorization" in map(str.lower, one) for one in receiver.heads)


def test_a_receiver_that_answers_no_head_is_not_healthy(people: People, receiver: Receiver) -> None:
    receiver.head = 405
    target = people.graphql(CONNECT, c=HTTP, a={"url": receiver.url}, d="hook")["id"]
    status = people.graphql(HEALTH, id=target)["connectorStatus"]
    assert status["status"] == "Unhealthy"
    assert "405" in status["connectorStatusDetails"][0]["errorMessage"]
    assert receiver.posts == []


def test_nobody_registers_a_webhook(people: People) -> None:
    """No such call is in any public description."""
    import httpx

    with pytest.raises(httpx.HTTPStatusError, match="404"):
        people.rest("POST", "/webhooks", json={"name": "x"})
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        people.rest("GET", "/webhooks")
