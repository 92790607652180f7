"""Azurite, Microsoft's own stand-in of Azure Blob Storage, and what may happen on the way to it."""

from __future__ import annotations

import http.client
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from .support_node import installed

PACKAGES = ("azurite@3.35.0",)
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The well-known account and key of Azurite (Microsoft's documentation)."""
_LISTENS = "successfully listens on "
_HOPS = ("transfer-encoding", "connection", "keep-alive", "content-length")


@contextmanager
def azurite(config: pytest.Config) -> Iterator[int]:
    """The port of an Azurite that keeps nothing."""
    node, home = installed(config, "azurite", PACKAGES)
    words = [node, str(home / "node_modules/azurite/dist/src/blob/main.js"), "--blobPort", "0"]
    words += ["--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout is not None
            line = next((line for line in process.stdout if _LISTENS in line), "")
            assert line, "Azurite did not start"
            threading.Thread(target=process.stdout.read, daemon=True).start()  # so that it never waits for a reader
            yield int(line.strip().rpartition(":")[2])
        finally:
            process.kill()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its method, its path with query, and the condition it carried."""

    method: str
    path: str
    condition: str = ""
    lease: str = ""

    @property
    def blob(self) -> str:
        """Whether it writes a blob, and which."""
        return self.path.rpartition("/")[2] if self.method == "PUT" and "?" not in self.path else ""


Happens = Callable[[Asked], str]
"""What becomes of a request: nothing; `lost` after it was done; `dropped` before; or a status, answered instead, or
after it was done where `done` stands before it."""


@dataclass
class Between:
    """A way to Azurite on which answers get lost."""

    port: int
    happens: Happens = lambda asked: ""
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    @contextmanager
    def serving(self) -> Iterator[Between]:
        """The way, open."""
        between = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self) -> None:
                between.forward(self)

            do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = forward

            def log_message(self, *words: object) -> None:
                """Says nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/{ACCOUNT}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()

    def forward(self, handler: BaseHTTPRequestHandler) -> None:
        """One request, and what happens to it."""
        headers = handler.headers
        body = handler.rfile.read(int(headers.get("Content-Length") or 0))
        condition = headers.get("If-Match") or headers.get("If-None-Match") or ""
        asked = Asked(handler.command, handler.path, condition, headers.get("x-ms-lease-id") or "")
        self.asked.append(asked)
        happens = self.happens(asked)
        if happens.isdigit():
            self.answer(handler, int(happens), [], b"")
            return
        if happens == "dropped":
            handler.close_connection = True
            return
        there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        there.request(handler.command, handler.path, body, dict(headers))
        answer = there.getresponse()
        data = answer.read()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOPS]
        there.close()
        if happens == "lost":
            handler.close_connection = True
        elif happens:
            self.answer(handler, int(happens.removeprefix("done ")), [], b"")
        else:
            self.answer(handler, answer.status, kept, data)

    @staticmethod
    def answer(handler: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], data: bytes) -> None:
        """Sends an answer."""
        handler.send_response_only(status)
        for name, value in headers:
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)
