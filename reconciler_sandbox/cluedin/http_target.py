"""The Http connector: posts each changed record to its address, unsigned, and asks first whether anybody is there.

All of it is [B] by the connector's public source, where nothing else is said: a HEAD without the header of the
configuration, which has to be answered with 2xx; a POST for each change, with another `CorrelationId` at each attempt;
10 seconds; what is not answered with 2xx is queued again. It sends to this machine alone: the sandbox sends nothing
anywhere else, and takes an address elsewhere for one that answers.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from reconciler_sandbox.cluedin import conditions
from reconciler_sandbox.cluedin.connectors import HTTP
from reconciler_sandbox.cluedin.golden import Golden
from reconciler_sandbox.cluedin.http_address import local, sent
from reconciler_sandbox.cluedin.world import PROVIDER, STREAM, Doc, World, new_id, now

_TIMEOUT = 10.0
_AGAIN = 0.2
"""Seconds until a record is sent again; the real one's are not public [U]."""


@dataclass(frozen=True, slots=True)
class _Post:
    """One change on its way."""

    target: str
    stream: str
    container: str
    change: str
    data: Doc


class HttpTargets:
    """Follows what is written, and posts what of it running streams send to an address on this machine."""

    def __init__(self, world: World, golden: Golden) -> None:
        self._world, self._golden = world, golden
        self._seen = -1
        self._known: dict[str, dict[str, Doc]] = {}
        """By id of a stream that runs, what it sent last of each record."""
        self._queue: deque[_Post] = deque()
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def follow(self) -> None:
        """Queues what changed since the last time; called after each request."""
        if self._world.generation == self._seen:
            return
        self._seen = self._world.generation
        running = {doc["id"]: doc for doc in self._world.all(STREAM, latest=True) if self._posts(doc)}
        self._known = {id: last for id, last in self._known.items() if id in running}
        for id, stream in running.items():
            now_there = {one["id"]: _data(one, stream) for one in self._records(stream)}
            posts = list(_changes(stream, self._known.get(id, {}), now_there))
            self._known[id] = now_there
            if posts:
                self._queue.extend(posts)
                self._start()

    def close(self) -> None:
        """Ends it; what is queued is lost."""
        self._closed.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(2)

    def _posts(self, stream: Doc) -> bool:
        target = self._target(stream["connectorProviderDefinitionId"])
        return stream["status"] == "Started" and target is not None and local(_url(target)) is not None

    def _target(self, id: str | None) -> Doc | None:
        found = self._world.get(PROVIDER, id, latest=True)
        return found if found is not None and found["providerId"] == HTTP else None

    def _records(self, stream: Doc) -> Iterable[Doc]:
        """The records of its entity types; other conditions are kept and not looked at ([C], as with counts)."""
        wanted = conditions.entity_types(stream["condition"])
        return (one for one in self._golden.all() if not wanted or one["entityType"].lower() in wanted)

    # -- sending ---------------------------------------------------------------------------------------------

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="http targets", daemon=True)
            self._thread.start()
        self._wake.set()

    def _run(self) -> None:
        while not self._closed.is_set():
            if not self._queue:
                self._wake.wait()
                self._wake.clear()
                continue
            post = self._queue.popleft()
            if not self._send(post) and not self._closed.is_set():
                self._queue.append(post)
                self._closed.wait(_AGAIN)

    def _send(self, post: _Post) -> bool:
        """Whether it was taken, or nobody is to have it any more."""
        stream = self._world.get(STREAM, post.stream, latest=True)
        target = self._target(post.target)
        if stream is None or target is None or stream["status"] != "Started":
            return True
        to = local(_url(target))
        if to is None:
            return True
        body = {
            "TimeStamp": now(),
            "Epoch": int(datetime.now(UTC).timestamp() * 1000),
            "VersionChangeType": post.change,
            "CorrelationId": new_id(),
            "Data": post.data,
        }
        headers = {"Content-Type": "application/json", "X-Subject-Id": post.container}
        authorization = (target["helperConfiguration"] or {}).get("authorization")
        if authorization:
            headers["Authorization"] = str(authorization)
        return 200 <= sent(to, "POST", headers, json.dumps(body).encode(), _TIMEOUT) < 300


def _url(target: Doc) -> str:
    return str((target["helperConfiguration"] or {}).get("url") or "")


def _data(record: Doc, stream: Doc) -> Doc:
    """A record as it is sent: what is mapped, and the members that are always there."""
    keys = [item["key"] for item in stream["mapping"] if item["type"] == "vocabkey"]
    values = {key: record["properties"].get(f"property-{key}") for key in keys}
    said = json.dumps([record["properties"], record["codes"], record["name"]], sort_keys=True)
    return {
        **{key: value for key, value in values.items() if value is not None},
        "Id": record["id"],
        "PersistHash": hashlib.sha256(said.encode()).hexdigest()[:32],
        "OriginEntityCode": record["originEntityCode"],
        "EntityType": record["entityType"],
        "Codes": record["codes"],
    }


def _changes(stream: Doc, before: Mapping[str, Doc], after: Mapping[str, Doc]) -> Iterable[_Post]:
    target, container = stream["connectorProviderDefinitionId"], str(stream["containerName"] or "")
    for id, data in after.items():
        if before.get(id) != data:
            word = "Changed" if id in before else "Added"
            yield _Post(target, stream["id"], container, word, {**data, "ChangeType": word})
    for id, data in before.items():
        if id not in after:
            yield _Post(target, stream["id"], container, "Removed", {**data, "ChangeType": "Removed"})
