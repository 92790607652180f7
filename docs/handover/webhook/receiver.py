# Made by `reconciler handover webhook` of ExportContract/customers_wide_v1 in sandbox, digest 4aefdad6133f76e1. Change the contract, not this file.
"""Receives signed messages of `reconciler watch --deliver`, each once: a WSGI application; verify.py lies beside it.

    WEBHOOK_SECRET=whsec_… python receiver.py 8080

WEBHOOK_SECRET is the secret of the sender, WEBHOOK_SECRET_BEFORE the one before while both are in use, SEEN_FILE the file
that keeps which messages came (default: seen.sqlite). Put TLS before it, and write what is to happen in `handle`.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from wsgiref.simple_server import make_server

from verify import SeenInFile, verify

SUBJECTS = ["cluedin.stream:customers_wide_v1","cluedin.export_target:Azure DataLake Connector/customers_wide_v1"]  # what messages have to be about; empty for all
LARGEST = 1_000_000


def handle(message: dict) -> None:
    """What a message means here. A message whose handling fails comes again."""
    print(message["type"], message["data"]["subject"], message["id"], flush=True)


class Receiver:
    """The WSGI application."""

    def __init__(self, secrets: list[str], seen: SeenInFile) -> None:
        self.secrets, self.seen = secrets, seen

    def __call__(self, environ: dict, start_response) -> list[bytes]:
        status = self._status(environ)
        start_response(f"{status} {'OK' if status < 300 else 'No'}", [("Content-Length", "0")])
        return []

    def _status(self, environ: dict) -> int:
        if environ["REQUEST_METHOD"] in ("HEAD", "GET"):
            return 200
        if environ["REQUEST_METHOD"] != "POST":
            return 405
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > LARGEST:
            return 413
        raw = environ["wsgi.input"].read(int(length))
        headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        state, id, status = verify(headers, raw, self.secrets, self.seen)
        if state != "valid":
            return 208 if state == "duplicate" else status  # 208: it came before, and there is nothing to try again
        try:
            message = json.loads(raw)
            if not SUBJECTS or message["data"]["subject"] in SUBJECTS:
                handle(message)
        except Exception as error:
            self.seen.release(id)
            print(f"{id} was not handled: {error!r}", file=sys.stderr, flush=True)
            return 500
        self.seen.confirm(id)
        return 200


def main(port: str = "8080") -> None:
    """Serves until it is stopped; ends with one sentence where it cannot."""
    if not os.environ.get("WEBHOOK_SECRET"):
        sys.exit("WEBHOOK_SECRET is not set")
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        sys.exit(f"{port} is no port")
    secrets = [os.environ["WEBHOOK_SECRET"], os.environ.get("WEBHOOK_SECRET_BEFORE", "")]
    file = os.environ.get("SEEN_FILE", "seen.sqlite")
    try:
        receiver = Receiver([one for one in secrets if one], SeenInFile(file))
    except sqlite3.Error as error:
        sys.exit(f"SEEN_FILE {file}: {error}")
    try:
        server = make_server("127.0.0.1", int(port), receiver)
    except OSError as error:
        sys.exit(f"port {port}: {error.strerror}")
    with server:
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:2])
