"""The audit in an append blob of Azure Storage, written with the run's own identity.

From Azure's REST reference of `Append Block` [A]: a block is there as a whole or not at all; it holds 4 MiB in every
version of the service, and a blob 50,000 blocks; appending to a blob of another kind is refused (409,
`InvalidBlobType`). Making it with `If-None-Match: *` answers 409 where it is there. None of it was seen on a real
account; the tests stand in for the service over TLS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from reconciler.audit.trail import unwritable
from reconciler.environment.audit import AuditBlob
from reconciler.errors import ConfigurationError, ReconcilerError
from reconciler.systems.address import Address
from reconciler.systems.auth import quieten
from reconciler.systems.hosts import check_host
from reconciler.systems.redact import SECRETS

BLOCK = 4 * 1024 * 1024
"""Bytes of one block at most."""
_PATIENCE = {"connection_timeout": 10, "read_timeout": 20}
_REPEATS: Mapping[str, Any] = {"retry_total": 3, "initial_backoff": 1, "increment_base": 2}
_ADVICE = {
    403: "Give the run's identity the role `Storage Blob Data Contributor` on the container, and look at its firewall.",
    404: "Make the container, or name another one.",
    409: "Name another blob: this one is full, or no append blob.",
}


class BlobTrail:
    """Each writing is a block, or several. When an answer is lost the block is sent again, and may stand twice."""

    def __init__(self, spec: AuditBlob, process_env: Mapping[str, str]) -> None:
        """Nothing is sent yet; raises `ConfigurationError` when the host is not allowed."""
        self.spec, self._env = spec, process_env
        self._address = Address.parse(check_host(spec.account_url, process_env))
        self.name = f"{self._address}/{spec.container}/{spec.name}"
        self._blob: Any = None

    def append(self, lines: Sequence[bytes]) -> None:
        """As `Trail.append`; the first time also makes the blob, where it is not there."""
        from azure.core.exceptions import AzureError, ClientAuthenticationError

        from reconciler.systems import entra

        try:
            if self._blob is None:
                self._blob = self._opened()
            for block in _blocks(lines):
                self._blob.append_block(block)
        except ClientAuthenticationError as error:
            raise ReconcilerError(entra.refusal(error)) from None
        except (AzureError, ValueError, OSError, TypeError) as error:  # TypeError: of an error without a message
            raise self._refused(error) from None

    def _opened(self) -> Any:
        from azure.core import MatchConditions
        from azure.core.exceptions import ResourceExistsError, ResourceModifiedError

        blob = self._client()
        with suppress(ResourceExistsError, ResourceModifiedError):  # it is there, which is what is wanted
            blob.create_append_blob(match_condition=MatchConditions.IfMissing)
        return blob

    def _client(self) -> Any:
        try:
            from azure.storage.blob import BlobClient
        except ImportError:
            raise ConfigurationError.of(
                "audit.no_client", "an audit in a blob needs azure-storage-blob", "Install reconciler[azure]."
            ) from None
        from reconciler.systems.azure_http import Guarded, only
        from reconciler.systems.credentials import own_identity

        quieten()
        return BlobClient(
            str(self._address),
            self.spec.container,
            self.spec.name,
            credential=own_identity(self._env),
            transport=Guarded(only(self._address, "account"), self._env, **_PATIENCE),
            **_REPEATS,
        )

    def _refused(self, error: Exception) -> ReconcilerError:
        status = getattr(error, "status_code", None)
        code = getattr(error, "error_code", None)
        reason = SECRETS.cut(" ".join(str(getattr(error, "message", None) or error).split()), 200)
        told = f"{status} {getattr(code, 'value', code) or ''}".strip() if status else reason
        return unwritable(self.name, told, _ADVICE.get(status or 0, "Check the network, and the account's firewall."))


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
