"""Which hosts may be sent a credential. Manifests name endpoints; only the operator allows hosts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.errors import ConfigurationError
from reconciler.systems.address import Address, AddressError

VARIABLE = "RECONCILER_ALLOWED_HOSTS"
MICROSOFT = (
    "*.purview.azure.com",
    "*.purview.azure.cn",
    "*.purview.azure.us",
    "*.purview-service.microsoft.com",
    "management.azure.com",
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "login.chinacloudapi.cn",
)
STORAGE = (
    "*.blob.core.windows.net",
    "*.blob.storage.azure.net",
    "*.blob.core.chinacloudapi.cn",
    "*.blob.core.usgovcloudapi.net",
)
"""Where Azure Blob Storage is: for its own tokens only, as anybody may have an account there."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def check_host(url: str, process_env: Mapping[str, str], known: Iterable[str] = MICROSOFT) -> str:
    """The address rebuilt from its parts, the only form to use; raises `ConfigurationError` when it is not allowed.

    Allowed are Microsoft's own suffixes (those in `known`), loopback, and what `RECONCILER_ALLOWED_HOSTS` lists
    (comma separated, `*.` for one or more labels). Plain http is allowed to loopback only, as a token would travel
    readable.
    """
    try:
        address = Address.parse(url)
    except AddressError as error:
        raise ConfigurationError.of(
            "host.invalid",
            f"{url!r} is not an endpoint: {error}",
            "Write https://HOST, without user, query or fragment.",
        ) from None
    return str(allowed(address, process_env, known))


def allowed(address: Address, process_env: Mapping[str, str], known: Iterable[str] = MICROSOFT) -> Address:
    """The address; raises `ConfigurationError` when it may not be sent a credential."""
    extra = [item.strip().lower() for item in process_env.get(VARIABLE, "").split(",") if item.strip()]
    if not any(_matches(address.host, pattern) for pattern in (*known, *LOOPBACK, *extra)):
        raise ConfigurationError.of(
            "host.not_allowed",
            f"host {address.host} is not allowed to receive credentials",
            f"Add it to {VARIABLE} where the tool runs; manifests cannot allow hosts.",
        )
    if not (address.is_encrypted or address.is_loopback):
        raise ConfigurationError.of(
            "host.not_encrypted",
            f"{address} is not encrypted",
            "Write https://; plain http is for loopback only.",
        )
    return address


def _matches(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return host == pattern
