"""The ledger in Azure Blob Storage, for teams whose CI may not push to their repository.

Below the prefix there are the shards, each a blob named by shard and content that is never changed; `header`, which
names those of the newest version; and below `versions/` the headers of a few versions before. A flush writes shards
first and then replaces `header` under the condition that it is still the one it goes on from.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from contextlib import suppress

import orjson

from reconciler.errors import ReconcilerError
from reconciler.ledger.blob_client import Blob, Blobs, ChangedError
from reconciler.ledger.blob_lock import BlobLock
from reconciler.ledger.sharded import Head, MovedError
from reconciler.systems.storage import NEVER

KEPT = 5
"""How many versions before the newest are kept."""
_HEADER = "header"
_SHARDS = "shards/"
_VERSIONS = "versions/"
_SHARD = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}")
_VERSION = re.compile(r"[0-9]{8,}")


class BlobStore:
    """Versions of a ledger in blobs."""

    def __init__(self, blobs: Blobs, lock_seconds: float) -> None:
        self.blobs, self.lock_seconds = blobs, lock_seconds

    @property
    def place(self) -> str:
        """The place in words."""
        return self.blobs.url

    @property
    def ways_out(self) -> str:
        """What to do when a version does not read."""
        top = self.blobs.prefix
        return (
            f"Bring back a version before: of the blobs below `{top}/{_VERSIONS}` in the container "
            f"{self.blobs.container}, copy the newest one that was in order over `{top}/{_HEADER}`. Where the account "
            "keeps deleted blobs and old versions of blobs, what is missing may be restored from them."
        )

    def head(self) -> Head | None:
        """The newest version; None when there is none yet."""
        found = self.blobs.read(_HEADER)
        return None if found is None else _head(found)

    def contents(self, head: Head) -> dict[str, bytes]:
        """Every shard of a version by its name."""
        found = self.blobs.read_all(_SHARDS + blob for blob in head.shards.values())
        return {name: found[_SHARDS + blob] for name, blob in head.shards.items() if _SHARDS + blob in found}

    def put(self, before: Head | None, header: bytes, changed: Mapping[str, bytes], serial: int) -> Head:  # noqa: ARG002
        """Adds a version. Raises `MovedError` when there is another than `before` by now.

        Shards are written also where a blob of that name is there: what is about to be thrown away counts as new then.
        """
        made = {name: f"{name}-{_sum(data)}" for name, data in changed.items() if data}
        writes = {_SHARDS + blob: changed[name] for name, blob in made.items()}
        shards = dict(before.shards) if before is not None else {}
        shards = {name: blob for name, blob in (shards | made).items() if changed.get(name, b"more")}
        if before is not None:
            writes[_VERSIONS + _serial(before.header)] = _framed(before.header, before.shards, before.token)
        self.blobs.write_all(writes)
        return Head(self._replace(before, _framed(header, shards, str(uuid.uuid4()))), header, shards)

    def _replace(self, before: Head | None, data: bytes) -> str:
        """Replaces the header, and looks where nobody can tell whether it was: no other write has the same data."""
        failed: Exception
        try:
            return self.blobs.replace(_HEADER, data, before.token if before is not None else None)
        except ChangedError:
            failed = MovedError()
        except ReconcilerError as error:
            failed = error
        try:
            found = self.blobs.read(_HEADER)
        except ReconcilerError as error:
            raise (error if isinstance(failed, MovedError) else failed) from None
        if found is not None and found.data == data:
            return found.etag
        is_as_before = found is None if before is None else found is not None and found.etag == before.token
        raise (failed if is_as_before else MovedError()) from None

    def tidy(self) -> None:
        """Throws away what neither the newest version nor one of the few before needs; not all of it is no loss."""
        with suppress(ReconcilerError):
            newest = self.blobs.read(_HEADER)
            if newest is not None and (head := _head(newest)).header:
                self._tidy(newest, set(head.shards.values()))

    def _tidy(self, newest: Blob, needed: set[str]) -> None:
        """Shards that were written since the header was may be those of the next version.

        They are told by the server's clock, and one that is written at this moment has another ETag than was listed.
        """
        versions = [blob for blob in self.blobs.below(_VERSIONS) if _VERSION.fullmatch(blob.name[len(_VERSIONS) :])]
        versions.sort(key=lambda blob: (blob.written, blob.name))
        kept = self.blobs.read_all(blob.name for blob in versions[-KEPT:])
        for data in kept.values():
            needed |= set(_unframed(data)[1].values())
        shards = [blob for blob in self.blobs.below(_SHARDS) if blob.written < newest.written]
        names = {blob.name: blob.name[len(_SHARDS) :] for blob in shards}
        old = [blob for blob in shards if _SHARD.fullmatch(names[blob.name]) and names[blob.name] not in needed]
        self.blobs.remove_all(versions[:-KEPT])
        self.blobs.remove_all(old)

    def lock(self) -> BlobLock:
        """The lease."""
        return BlobLock(self.blobs, self.lock_seconds, self.place)

    def require_writable(self) -> None:
        """Sends a write whose condition never holds."""
        with suppress(ChangedError):
            self.blobs.replace("probe", b"", NEVER)


def _head(found: Blob) -> Head:
    header, shards = _unframed(found.data)
    return Head(found.etag, header, shards)


def _framed(header: bytes, shards: Mapping[str, str], write: str) -> bytes:
    """The header as a blob: its line, and one with the names of the shards and what no other write has."""
    return header.strip() + b"\n" + orjson.dumps({"write": write, "shards": dict(sorted(shards.items()))}) + b"\n"


def _unframed(data: bytes) -> tuple[bytes, dict[str, str]]:
    """The header and what each shard is kept as; nothing of a blob that was not written so."""
    header, _, names = data.partition(b"\n")
    try:
        shards = orjson.loads(names)["shards"]
        if all(_SHARD.fullmatch(blob) for blob in shards.values()):
            return header, dict(shards)
    except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError):
        pass
    return b"", {}


def _serial(header: bytes) -> str:
    """The serial of a version, as names of blobs sort."""
    try:
        return f"{int(orjson.loads(header)['serial']):08d}"
    except (orjson.JSONDecodeError, LookupError, TypeError, ValueError):
        return f"{0:08d}"


def _sum(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
