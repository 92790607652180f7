"""Addresses on this machine: the only ones that the sandbox sends anything to."""

from __future__ import annotations

import http.client
import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

_PROBE_TIMEOUT = 2.0


def local(url: str) -> SplitResult | None:
    """The parts of an address on this machine; None for any other."""
    try:
        found = urlsplit(url)
        host = found.hostname or ""
        is_here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return None
    return found if is_here and found.scheme == "http" else None


def fault_of(options: Mapping[str, Any]) -> str | None:
    """Why the address is not healthy; None where it is, or is not on this machine."""
    found = local(str(options.get("url") or ""))
    if found is None:
        return None
    status = sent(found, "HEAD", {}, None, _PROBE_TIMEOUT)
    return None if 200 <= status < 300 else f"HEAD was answered with {status or 'nothing'}."


def sent(to: SplitResult, method: str, headers: Mapping[str, str], body: bytes | None, timeout: float) -> int:
    """The status of an answer; 0 where none came."""
    connection = http.client.HTTPConnection(to.hostname or "", to.port or 80, timeout=timeout)
    path = (to.path or "/") + (f"?{to.query}" if to.query else "")
    try:
        connection.request(method, path, body=body, headers=dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
