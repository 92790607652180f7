"""Which hosts may be sent a credential. Manifests name endpoints; only the operator allows hosts."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from reconciler.errors import ConfigurationError

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
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def check_host(url: str, process_env: Mapping[str, str]) -> str:
    """Returns the url without a trailing slash; raises `ConfigurationError` when its host is not allowed.

    Allowed are Microsoft's own suffixes, loopback, and what `RECONCILER_ALLOWED_HOSTS` lists (comma separated,
    `*.` for one or more labels). Plain http is allowed to loopback only, as a token would travel readable.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.query or parts.fragment:
        raise ConfigurationError.of(
            "host.invalid",
            f"{url!r} is not an endpoint",
            "Write https://HOST, without user, query or fragment.",
        )
    extra = [item.strip().lower() for item in process_env.get(VARIABLE, "").split(",") if item.strip()]
    if not any(_matches(host, pattern) for pattern in (*MICROSOFT, *LOOPBACK, *extra)):
        raise ConfigurationError.of(
            "host.not_allowed",
            f"host {host} is not allowed to receive credentials",
            f"Add it to {VARIABLE} where the tool runs; manifests cannot allow hosts.",
        )
    if parts.scheme == "http" and not _is_loopback(host):
        raise ConfigurationError.of(
            "host.not_encrypted",
            f"{url} is not encrypted",
            "Write https://; plain http is for loopback only.",
        )
    return url.rstrip("/")


def _matches(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return host == pattern


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
