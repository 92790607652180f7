"""Secrets that Azure Key Vault holds. Manifests name a vault; only the operator allows vaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from reconciler.errors import ConfigurationError
from reconciler.systems.address import Address, AddressError

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

VARIABLE = "RECONCILER_ALLOWED_VAULTS"
_NAME = re.compile(r"[A-Za-z](?:-?[A-Za-z0-9]){2,23}")
"""Names of vaults: 3 to 24 letters, digits and single dashes (Azure's naming rules, grade A)."""
_RETRIES = 3
_PATIENCE = 10


def vault_address(vault: str) -> Address:
    """The address of a vault: of its name in Azure's public cloud, or of a whole `https://` address.

    Raises `AddressError` for anything else.
    """
    if _NAME.fullmatch(vault) and len(vault) <= 24:
        return Address("https", f"{vault.lower()}.vault.azure.net")
    address = Address.parse(vault)
    if not address.is_encrypted or address.path:
        raise AddressError("write the name of the vault, or https://NAME.vault.azure.cn")
    return address


def allowed_vault(vault: str, process_env: Mapping[str, str]) -> Address:
    """The address of the vault; raises `ConfigurationError` when the operator has not allowed it."""
    try:
        address = vault_address(vault)
    except AddressError as error:
        raise ConfigurationError.of("vault.invalid", f"{vault!r} is no vault: {error}") from None
    listed = [item.strip() for item in process_env.get(VARIABLE, "").split(",") if item.strip()]
    if address not in [vault_address(item) for item in listed]:
        raise ConfigurationError.of(
            "vault.not_allowed",
            f"the vault {vault} is not allowed to be read",
            f"Add it to {VARIABLE} where the tool runs; manifests cannot allow vaults.",
        )
    return address


def read_secret(
    address: Address, secret: str, version: str, credential: TokenCredential, process_env: Mapping[str, str]
) -> str:
    """One version of a secret, by the vault's REST API through Azure's own client; its requests go to the vault only.

    Raises `ConfigurationError` when the client is not installed, or with the vault's own reason.
    """
    try:
        from azure.keyvault.secrets import SecretClient
    except ImportError:
        raise ConfigurationError.of(
            "vault.no_client",
            "reading secrets of a vault needs azure-keyvault-secrets",
            "Install cluedin-purview-reconciler[vault].",
        ) from None
    from azure.core.exceptions import AzureError, ClientAuthenticationError

    from reconciler.systems import entra
    from reconciler.systems.azure_http import Guarded, only

    patience = {"connection_timeout": _PATIENCE, "read_timeout": _PATIENCE * 2}
    client = SecretClient(
        str(address),
        credential,
        transport=Guarded(only(address, "vault"), process_env, **patience),
        retry_total=_RETRIES,
        verify_challenge_resource=not address.is_loopback,
    )
    try:
        with client:
            value = client.get_secret(secret, version).value
    except ClientAuthenticationError as error:
        raise ConfigurationError(entra.refusal(error)) from None
    except (AzureError, ValueError, OSError) as error:
        raise _refused(error, address, secret, version) from None
    if not value:
        raise ConfigurationError.of("secret.missing", f"the secret {secret} of {address} is empty")
    return value


def _refused(error: Exception, address: Address, secret: str, version: str) -> ConfigurationError:
    from reconciler.systems.redact import SECRETS

    status = getattr(error, "status_code", None)
    what = f"the secret {secret}, version {version}, of {address}"
    if status == 404:
        words, advice = f"{what} is not there", "Check name and version; a version has 32 hexadecimal digits."
    elif status == 403:
        words, advice = f"{what} may not be read", "Give the run's identity the role `Key Vault Secrets User`."
    else:
        reason = SECRETS.clean(" ".join(str(getattr(error, "message", None) or error).split()))[:300]
        words, advice = f"{what} cannot be read: {reason}", "Check the network, and the vault's firewall."
    return ConfigurationError.of("vault.refused", words, advice)  # type: ignore[return-value]
