"""Azure Blob Storage: which account a run may ask, and how it signs in there, whatever it keeps in blobs."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reconciler.errors import ConfigurationError
from reconciler.systems.address import Address
from reconciler.systems.auth import STORAGE_SCOPE, Renewable, azure, quieten
from reconciler.systems.credentials import own_identity
from reconciler.systems.hosts import STORAGE, check_host
from reconciler.systems.redact import SECRETS

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken
    from azure.storage.blob import ContainerClient

KEY = "RECONCILER_BLOB_KEY"
"""The variable whose account key signs in, where there is no identity: Azurite, or an account of keys."""
NEVER = '"0x0"'
"""An ETag that no blob has: a write under it does nothing, and who may not write is told so before it is looked at."""
CONTRIBUTOR = "Storage Blob Data Contributor"
"""The role that reads and writes blobs."""


class Account:
    """A storage account; `keeps` is what it keeps in a word (`ledger`, `audit`), for what is said of it.

    Its host is one of Azure's own of Blob Storage, loopback, or on `RECONCILER_ALLOWED_HOSTS`, and plain http is for
    loopback alone. Methods raise `ConfigurationError` with what is missing in one sentence; nothing is sent yet.
    """

    def __init__(self, url: str, keeps: str, process_env: Mapping[str, str]) -> None:
        self.keeps, self._env = keeps, process_env
        self.address = Address.parse(check_host(url, process_env, STORAGE))

    def container(self, name: str, *, patience: Mapping[str, Any], repeats: Mapping[str, Any]) -> ContainerClient:
        """The library's client of a container; its requests go to the account alone."""
        try:
            from azure.storage.blob import ContainerClient
        except ImportError:
            raise ConfigurationError.of(
                f"{self.keeps}.no_client",
                f"the {self.keeps} is in Azure Blob Storage and needs azure-storage-blob, which is not installed",
                "pip install 'cluedin-purview-reconciler[azure]'",
            ) from None
        from reconciler.systems.azure_http import Guarded, only

        quieten()
        return ContainerClient(
            str(self.address),
            name,
            credential=self._credential(),
            transport=Guarded(only(self.address, "account"), self._env, **patience),
            permit_redirects=False,
            **repeats,
        )

    def _credential(self) -> Any:
        """A key that the process has; else the identity of the run, which is asked when it is needed."""
        if key := self._env.get(KEY, "").strip():
            return self._key(key)
        if not self.address.is_encrypted:
            raise ConfigurationError.of(
                f"{self.keeps}.no_key",
                f"{self.address} is plain http, over which no token of an identity is sent",
                f"Give the key of the account in {KEY}: for Azurite its well-known one.",
            )
        return _Identity(azure(lambda: own_identity(self._env), STORAGE_SCOPE), self.keeps)

    def _key(self, key: str) -> Any:
        from azure.core.credentials import AzureNamedKeyCredential

        SECRETS.add(key)
        try:
            base64.b64decode(key, validate=True)
        except ValueError:
            raise ConfigurationError.of(
                f"{self.keeps}.bad_key",
                f"{KEY} holds no key of a storage account",
                "Copy the whole of one: base64, 88 characters.",
            ) from None
        account = self.address.path.strip("/").partition("/")[0] or self.address.host.partition(".")[0]
        return AzureNamedKeyCredential(account, key)


class _Identity:
    """The identity of the run as the library asks for it, for Azure Storage and nothing else that an answer names."""

    def __init__(self, sign_in: Renewable, keeps: str) -> None:
        self._sign_in, self._keeps = sign_in, keeps

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        """A token that holds for now: how long, the sign-in knows. Raises `ConfigurationError` when it is refused."""
        from azure.core.credentials import AccessToken

        if scopes != (STORAGE_SCOPE,):
            raise ConfigurationError.of(
                f"{self._keeps}.blob",
                f"the storage account asks for a token for {' '.join(scopes)}, and gets none",
                f"Check `{self._keeps}.blob.account_url`: it is that of Azure Blob Storage.",
            )
        return AccessToken(self._sign_in.token(), int(time.time()))


def code_of(error: BaseException) -> str:
    """The code by which Azure names an error; the library gives a text or a member of an enumeration."""
    code = getattr(error, "error_code", None) or ""
    return str(getattr(code, "value", code))
