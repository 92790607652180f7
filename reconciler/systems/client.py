"""HTTP clients for one endpoint: certificates are always checked, and loopback is never sent through a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.systems.address import Address

if TYPE_CHECKING:
    import httpx


def client_for(address: Address, **more: Any) -> httpx.Client:
    """A client for the address, which follows no redirect; `more` as of `httpx.Client`.

    TLS is verified wherever there is TLS. Plain http to loopback has none, and loading certificates for it would take
    longer than its requests. Variables of the process (`HTTP_PROXY`, `ALL_PROXY`) choose the proxy for every other
    host; what is meant for this machine goes to it directly.
    """
    import httpx

    if not address.is_loopback:
        return httpx.Client(follow_redirects=False, **more)
    verify: Any = httpx.create_ssl_context() if address.is_encrypted else False
    return httpx.Client(follow_redirects=False, trust_env=False, verify=verify, **more)
