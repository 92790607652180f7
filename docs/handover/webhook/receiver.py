# Made by `reconciler handover webhook` of ExportContract/customers_wide_v1 in sandbox, digest bb5356869705ea38. Change the contract, not this file.
"""Receives signed messages about exports of CluedIn, each once: a WSGI application that needs nothing but Python.

    RECEIVER_SECRET=whsec_… python receiver.py 8080

RECEIVER_SECRET is the secret of the sender, RECEIVER_SECRET_PREVIOUS the one before while both are in use, RECEIVER_SEEN
the file that keeps which messages came (default: seen.sqlite). Put TLS before it, and write what is to happen in `handle`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import time
from contextlib import closing
from wsgiref.simple_server import make_server

SUBJECTS = ["cluedin.stream:customers_wide_v1","cluedin.export_target:Azure DataLake Connector/customers_wide_v1"]
TOLERANCE = 300  # seconds between the clocks of sender and receiver, and on the way
LARGEST = 1_000_000
KEPT = 7 * 86400
CLAIMED = 60  # seconds that a message may be in hand before another try may have it


def handle(event: dict) -> None:
    """What a message means here. A message whose handling fails comes again."""
    print(event["type"], event["data"]["subject"], event["id"], flush=True)


def secrets() -> list[bytes]:
    """The secrets that count; what follows `whsec_` is base64, any other text is its UTF-8."""
    given = [os.environ["RECEIVER_SECRET"], os.environ.get("RECEIVER_SECRET_PREVIOUS", "")]
    keys = [base64.b64decode(one[6:], validate=True) if one.startswith("whsec_") else one.encode() for one in given if one]
    if any(len(key) < 8 for key in keys):
        raise SystemExit("RECEIVER_SECRET is too short to be one")
    return keys


def verified(id: str, moment: str, signatures: str, raw: bytes, keys: list[bytes], now: float) -> int:
    """200 for a message of ours; else what to answer. Judged by the bytes as they came, before anything parses them."""
    if not id or not signatures or not (moment.isascii() and moment.isdigit()) or len(moment) > 12:
        return 400
    if abs(now - int(moment)) > TOLERANCE:
        return 401
    wanted = [hmac.new(key, f"{id}.{int(moment)}.".encode() + raw, hashlib.sha256).digest() for key in keys]
    for one in signatures.split(" "):
        version, _, text = one.partition(",")
        try:
            given = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            continue
        if version == "v1" and any(hmac.compare_digest(given, own) for own in wanted):
            return 200
    return 401


class Seen:
    """Which messages came: claimed when they come, confirmed once they are handled."""

    def __init__(self, path: str) -> None:
        self.path = path
        with closing(self._open()) as file, file:
            file.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, at REAL, done INTEGER)")

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=30)

    def claim(self, id: str, now: float) -> bool:
        with closing(self._open()) as file, file:
            file.execute("DELETE FROM seen WHERE at < ?", (now - KEPT,))
            taken = "ON CONFLICT (id) DO UPDATE SET at = excluded.at WHERE done = 0 AND at <= ?"
            return file.execute(f"INSERT INTO seen VALUES (?, ?, 0) {taken}", (id, now, now - CLAIMED)).rowcount == 1

    def confirm(self, id: str) -> None:
        with closing(self._open()) as file, file:
            file.execute("UPDATE seen SET done = 1 WHERE id = ?", (id,))

    def release(self, id: str) -> None:
        with closing(self._open()) as file, file:
            file.execute("DELETE FROM seen WHERE id = ? AND done = 0", (id,))


class Receiver:
    """The WSGI application."""

    def __init__(self, keys: list[bytes], seen: Seen) -> None:
        self.keys, self.seen = keys, seen

    def __call__(self, environ: dict, start_response) -> list[bytes]:
        status = self._status(environ)
        start_response(f"{status} {'OK' if status < 300 else 'No'}", [("Content-Length", "0")])
        return []

    def _status(self, environ: dict) -> int:
        if environ["REQUEST_METHOD"] in ("HEAD", "GET"):
            return 200
        length = environ.get("CONTENT_LENGTH") or "0"
        if environ["REQUEST_METHOD"] != "POST":
            return 405
        if not length.isdigit() or int(length) > LARGEST:
            return 413
        raw = environ["wsgi.input"].read(int(length))
        id, moment, signatures = (environ.get(f"HTTP_WEBHOOK_{name}", "").strip() for name in ("ID", "TIMESTAMP", "SIGNATURE"))
        now = time.time()
        status = verified(id, moment, signatures, raw, self.keys, now)
        if status != 200:
            return status
        if not self.seen.claim(id, now):
            return 208  # it came before: nothing to do, and nothing to try again
        try:
            event = json.loads(raw)
            if event["data"]["subject"] in SUBJECTS:
                handle(event)
        except Exception as error:
            self.seen.release(id)
            print(f"{id} was not handled: {error!r}", file=sys.stderr, flush=True)
            return 500
        self.seen.confirm(id)
        return 200


if __name__ == "__main__":
    receiver = Receiver(secrets(), Seen(os.environ.get("RECEIVER_SEEN", "seen.sqlite")))
    with make_server("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8080, receiver) as server:
        server.serve_forever()
