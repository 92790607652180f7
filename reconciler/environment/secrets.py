"""The values of secrets, out of the process or of a vault: every reference of a manifest is resolved here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reconciler.errors import ConfigurationError
from reconciler.manifest.allowed import allowed_secrets, hide, hide_allowed
from reconciler.manifest.secrets import SecretRef, not_allowed
from reconciler.systems.credentials import own_identity
from reconciler.systems.given import bearer_token, secret_text
from reconciler.systems.vault import allowed_vault, read_secret

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential


class Secrets:
    """Resolves references against the allow-list; every allowed value becomes unspeakable at once.

    Also one that this run never needs: a system that was given it before may repeat it.
    """

    def __init__(self, process_env: Mapping[str, str]) -> None:
        self._env = process_env
        self._known: dict[SecretRef, str] = {}
        self._identity: TokenCredential | None = None
        self._allowed = allowed_secrets(process_env) or frozenset()
        hide_allowed(process_env)

    def __call__(self, reference: SecretRef) -> str:
        """The value; raises `ConfigurationError` when it is not allowed, not there, or cannot be a secret."""
        return secret_text(self._raw(reference), reference.name)

    def token(self, reference: SecretRef) -> str:
        """The same, of a token that goes into a header."""
        return bearer_token(self._raw(reference), reference.name)

    def _raw(self, reference: SecretRef) -> str:
        if reference not in self._known:
            value = self._of_process(reference) if reference.env else self._of_vault(reference)
            hide(value)
            self._known[reference] = value
        return self._known[reference]

    def _of_vault(self, reference: SecretRef) -> str:
        assert reference.vault
        assert reference.secret
        address = allowed_vault(reference.vault, self._env)
        if self._identity is None:
            self._identity = own_identity(self._env)
        return read_secret(address, reference.secret, reference.version, self._identity, self._env)

    def _of_process(self, reference: SecretRef) -> str:
        assert reference.env
        if reference.env not in self._allowed:
            raise ConfigurationError(not_allowed(reference.env))
        return self._env.get(reference.env, "")
