"""The audit in an append blob of Azure Storage, written with the run's own identity.

From Azure's REST reference of `Append Block` [A]: a block is there as a whole or not at all; it holds 4 MiB in every
version of the service, and a blob 50,000 blocks; appending to a blob of another kind is refused (409,
`InvalidBlobType`). Making it with `If-None-Match: *` answers 409 where it is there. None of it was seen on a real
account; the tests use Azurite, and stand in for the service over TLS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from reconciler.audit.trail import unreadable, unwritable
from reconciler.environment.audit import AuditBlob
from reconciler.errors import ReconcilerError
from reconciler.systems.redact import SECRETS
from reconciler.systems.storage import CONTRIBUTOR, KEY, NEVER, Account, code_of

AsFinding = Callable[[str, str, str], ReconcilerError]
BLOCK = 4 * 1024 * 1024
"""Bytes of one block at most."""
_PATIENCE = {"connection_timeout": 10, "read_timeout": 20}
_REPEATS: Mapping[str, Any] = {"retry_total": 3, "initial_backoff": 1, "increment_base": 2}
_RIGHTS = (
    f"Give the run's identity the role `{CONTRIBUTOR}` on the container, and look at its firewall; with {KEY}, check "
    "the key."
)
_ADVICE = {
    401: _RIGHTS,
    403: _RIGHTS,
    404: "Make the container, or name another one.",
    409: "Name another blob: this one is full, or no append blob.",
}


class BlobTrail:
    """Each writing is a block, or several. When an answer is lost the block is sent again, and may stand twice."""

    def __init__(self, spec: AuditBlob, process_env: Mapping[str, str]) -> None:
        """Nothing is sent yet; raises `ConfigurationError` as `Account` does."""
        account = Account(spec.account_url, "audit", process_env)
        self.name = f"{account.address}/{spec.container}/{spec.name}"
        self._blob = account.container(spec.container, patience=_PATIENCE, repeats=_REPEATS).get_blob_client(spec.name)
        self._is_there = False

    def append(self, lines: Sequence[bytes]) -> None:
        """As `Trail.append`; the first time also makes the blob, where it is not there."""
        with self._telling():
            if not self._is_there:
                self._make()
            for block in _blocks(lines):
                self._blob.append_block(block)

    def _make(self) -> None:
        from azure.core import MatchConditions
        from azure.core.exceptions import ResourceExistsError, ResourceModifiedError

        with suppress(ResourceExistsError, ResourceModifiedError):  # it is there, which is what is wanted
            self._blob.create_append_blob(match_condition=MatchConditions.IfMissing)
        self._is_there = True

    def require_writable(self) -> None:
        """As `Trail.require_writable`: by a block under a condition that never holds."""
        from azure.core import MatchConditions

        with self._telling():
            try:
                self._blob.append_block(b"\n", etag=NEVER, match_condition=MatchConditions.IfNotModified)
            except Exception as error:
                if code_of(error) not in ("ConditionNotMet", "BlobNotFound"):
                    raise

    def read(self, since: int) -> tuple[int, bytes]:
        """As `Trail.read`: from the byte before, as a range from the end on is refused like one beyond it ([A])."""
        with self._telling(unreadable):
            if since > 0 and (data := self._from(since - 1)):
                return since, data[1:]
            return 0, self._from(0)

    def _from(self, begin: int) -> bytes:
        """What stands there from a byte on; nothing where the blob, or that byte of it, is not there."""
        from azure.core.exceptions import HttpResponseError

        try:
            return bytes(self._blob.download_blob(offset=begin).readall())
        except HttpResponseError as error:
            if code_of(error) in ("BlobNotFound", "InvalidRange"):
                return b""
            raise

    @contextmanager
    def _telling(self, as_finding: AsFinding = unwritable) -> Iterator[None]:
        """Turns what the library raises into the one finding."""
        from azure.core.exceptions import AzureError

        try:
            yield
        except (AzureError, ValueError, OSError, TypeError) as error:  # TypeError: of an error without a message
            raise self._refused(error, as_finding) from None

    def _refused(self, error: Exception, as_finding: AsFinding) -> ReconcilerError:
        status = getattr(error, "status_code", None)
        reason = SECRETS.cut(" ".join(str(getattr(error, "message", None) or error).split()), 200)
        told = f"{status} {code_of(error)}".strip() if status else reason
        return as_finding(self.name, told, _ADVICE.get(status or 0, "Check the network, and the account's firewall."))


def _blocks(lines: Sequence[bytes]) -> Iterator[bytes]:
    """The lines in blocks, each of whole lines."""
    block: list[bytes] = []
    size = 0
    for line in lines:
        if block and size + len(line) > BLOCK:
            yield b"".join(block)
            block, size = [], 0
        block.append(line)
        size += len(line)
    if block:
        yield b"".join(block)
