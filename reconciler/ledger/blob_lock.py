"""The lock of a ledger in Azure Blob Storage: a lease on a blob of its own, whose metadata says who holds it.

A lease lives 15 to 60 seconds without a renewal, and its end is the server's to tell (Azure's REST reference of Lease
Blob [A]). It is named by its id as text: a lease object of the library that was released has none any more, and what
names such a one is written without (azure-storage-blob 12.31, by running it).
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from reconciler.errors import ReconcilerError
from reconciler.ledger.blob_client import Blobs, ChangedError
from reconciler.ledger.renewing import RenewedLock, TakenError, words_of
from reconciler.systems.storage import code_of

if TYPE_CHECKING:
    from azure.storage.blob import BlobLeaseClient

SHORTEST, LONGEST = 15, 60
"""Seconds that a lease may live."""
_LOCK = "lock"
_SAID = "holder"
_ANOTHERS = ("LeaseAlreadyPresent", "LeaseIsBreakingAndCannotBeAcquired")
_GONE = (
    "LeaseIdMismatchWithLeaseOperation",
    "LeaseIdMismatchWithBlobOperation",
    "LeaseIsBrokenAndCannotBeRenewed",
    "LeaseIsBreakingAndCannotBeAcquired",
    "LeaseNotPresentWithLeaseOperation",
    "LeaseLost",
    "BlobNotFound",
)


class BlobLock(RenewedLock):
    """A lease on the blob `lock`."""

    def __init__(self, blobs: Blobs, seconds: float, place: str) -> None:
        super().__init__(max(SHORTEST, min(LONGEST, int(seconds))), place)
        self.blobs, self.id = blobs, str(uuid.uuid4())

    def look(self) -> str:
        """The ETag of the blob, which each renewal changes, while it is leased; and what it says."""
        with self.blobs.telling("read"):
            try:
                found = self.blobs.one(_LOCK).get_blob_properties()
            except Exception as error:
                if code_of(error) == "BlobNotFound":
                    return ""
                raise
        held = found.lease.state in ("leased", "breaking")
        return f"{found.etag} {(found.metadata or {}).get(_SAID, '')}" if held else ""

    def claim(self, there: str) -> bool:  # noqa: ARG002 - the server knows whether it is free
        """Takes the lease, and says whose it is; asked once more with the same id it is taken still."""
        with self.blobs.telling("written"):
            try:
                self._acquire()
            except Exception as error:
                if code_of(error) in _ANOTHERS:
                    return False
                raise
        try:
            self._say(30.0)
        except ReconcilerError:
            with suppress(ReconcilerError, TakenError):
                self.give_back()
            raise
        return True

    def _acquire(self) -> None:
        try:
            self._lease().acquire(int(self.seconds))
        except Exception as error:
            if code_of(error) != "BlobNotFound":
                raise
            with suppress(ChangedError):
                self.blobs.replace(_LOCK, b"", None)
            self._lease().acquire(int(self.seconds))

    def renew(self, within: float) -> None:
        """Renews the lease, and says so to who waits."""
        with self.blobs.telling("written"):
            try:
                self._lease().renew(**_within(within / 2))
            except Exception as error:
                if code_of(error) in _GONE:
                    raise TakenError from None
                raise
        with suppress(ReconcilerError):  # renewed it is; that it does not show costs a contender time
            self._say(within / 2)

    def _say(self, within: float) -> None:
        with self.blobs.telling("written"):
            self.blobs.one(_LOCK).set_blob_metadata({_SAID: self.said()}, lease=self.id, **_within(within))

    def give_back(self) -> None:
        """Ends the lease."""
        with self.blobs.telling("written"):
            try:
                self._lease().release(**_within(10.0))  # it runs out by itself, and a run that is stopped is in a hurry
            except Exception as error:
                if code_of(error) in _GONE:
                    raise TakenError from None
                raise

    def told(self, there: str) -> str:
        """What the metadata says."""
        return words_of(there.partition(" ")[2])

    def remove(self) -> None:
        """Breaks the lease at once, whoever has it: the holder's next renewal finds that it is gone."""
        with self.blobs.telling("written"):
            try:
                self._lease().break_lease(lease_break_period=0)
            except Exception as error:
                if code_of(error) not in ("BlobNotFound", "LeaseNotPresentWithLeaseOperation"):
                    raise

    def _lease(self) -> BlobLeaseClient:
        from azure.storage.blob import BlobLeaseClient

        return BlobLeaseClient(self.blobs.one(_LOCK), lease_id=self.id)


def _within(seconds: float) -> dict[str, Any]:
    """One request that ends in time, without another one behind it."""
    return {"retry_total": 0, "connection_timeout": seconds / 2, "read_timeout": seconds / 2}
