"""The part of the demo in which somebody is told of an export: a receiver that verifies, and takes nothing twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from reconciler.webhooks import SeenInMemory, verify

SECRET = "whsec_c2FuZGJveC1zZWNyZXQtb2YtYS13ZWJob29rISE="  # noqa: S105 - of the sandbox, and known to everybody
_MANIFEST = """\
apiVersion: reconciler/v1
kind: Webhook
metadata: {{name: teams-export-success}}
spec:
  events: [export.succeeded]
  url: {url}
  secret: {{env: HOOK_SECRET, version: "1"}}
"""


class Receiver:
    """What a team would run: it keeps what came, and judges it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.got: list[tuple[dict[str, str], bytes]] = []
        self._seen = SeenInMemory()

    def write(self, manifests: Path) -> None:
        """The manifest that names it."""
        (manifests / "webhook.yaml").write_text(_MANIFEST.format(url=self.url), encoding="utf-8")

    def judge(self) -> list[str]:
        """What came as it came, the same again, and with another body."""
        headers, body = self.got[-1]
        tries = (body, body, body + b" ")
        return [verify(headers, one, [SECRET], now=time.time(), seen=self._seen).state for one in tries]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """One on this machine, for the time of a `with`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            found.got.append((dict(self.headers.items()), body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Receiver(f"http://127.0.0.1:{server.server_port}/hooks/teams")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
