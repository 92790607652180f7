# Made by `reconciler handover webhook` of this project in sandbox, digest 28f7ddb5def7d1e9. Change the contract, not this file.
# Verifies messages of `reconciler watch --deliver` and keeps replays out. Python 3.9 or later, no packages.
#
# Call `verify` with the bytes of the body as they came, before anything parses them. Where it says "valid", handle the
# message and call `seen.confirm(id)`, or `seen.release(id)` where that failed, so that the next attempt counts. Answer
# the status and nothing else.
import base64
import binascii
import hashlib
import hmac
import sqlite3
import time
from contextlib import closing

TOLERANCE = 300  # seconds that clocks and the way may make
STATUS = {"valid": 200, "duplicate": 200, "incomplete": 400, "stale": 401, "invalid": 401}


def verify(headers, raw, secrets, seen, now=None, tolerance=TOLERANCE):
    """(state, id, status) of a request; `secrets` are the one that counts and the one before it."""
    moment = time.time() if now is None else now
    given = {name.lower(): value for name, value in headers.items()}
    id, timestamp, signed = (
        given.get(name, "").strip() for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    )
    if not id or not signed or not (timestamp.isascii() and timestamp.isdigit()) or len(timestamp) > 12:
        return _told("incomplete", "")
    if abs(moment - int(timestamp)) > tolerance:
        return _told("stale", id)
    content = f"{id}.{timestamp}.".encode() + raw
    wanted = [hmac.new(_key(one), content, hashlib.sha256).digest() for one in secrets]
    if not any(_same(one, other) for other in _signatures(signed) for one in wanted):
        return _told("invalid", id)
    return _told("valid" if seen.claim(id, moment) else "duplicate", id)


class SeenInFile:
    """Ids that came, for several processes on one machine; several machines need a table that does the same."""

    def __init__(self, path):
        self.path = path
        with closing(sqlite3.connect(path, timeout=30)) as file, file:
            file.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, at REAL, done INTEGER)")

    def claim(self, id, now):
        with closing(sqlite3.connect(self.path, timeout=30)) as file, file:
            file.execute("DELETE FROM seen WHERE at < ?", (now - 7 * 86400,))
            sql = "INSERT INTO seen VALUES (?, ?, 0) ON CONFLICT (id) DO UPDATE SET at = excluded.at"
            return file.execute(sql + " WHERE done = 0 AND at <= ?", (id, now, now - 60)).rowcount == 1

    def confirm(self, id):
        with closing(sqlite3.connect(self.path, timeout=30)) as file, file:
            file.execute("UPDATE seen SET done = 1 WHERE id = ?", (id,))

    def release(self, id):
        with closing(sqlite3.connect(self.path, timeout=30)) as file, file:
            file.execute("DELETE FROM seen WHERE id = ? AND done = 0", (id,))


def _told(state, id):
    return state, id, STATUS[state]


def _key(secret):
    if not secret.startswith("whsec_"):
        return secret.encode()
    text = secret[6:].rstrip("=")
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _signatures(text):
    for one in text.split(" "):
        version, _, value = one.partition(",")
        if version == "v1":
            try:
                yield base64.b64decode(value, validate=True)
            except (binascii.Error, ValueError):
                continue


def _same(wanted, given):
    return len(wanted) == len(given) and hmac.compare_digest(wanted, given)
