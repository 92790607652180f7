"""Whether an address answers at all, how fast, how well protected, and whether its clock agrees with ours."""

from __future__ import annotations

import email.utils
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from reconciler.doctor.check import Check
from reconciler.systems.address import Address
from reconciler.systems.client import client_for

TIMEOUT = 10.0
SLOW = 5.0
"""Seconds for one small answer from which on it is worth a word."""
CLOCK_WARNING, CLOCK_ERROR = 60.0, 300.0
"""Seconds apart: Entra ID tolerates five minutes when it judges tokens (documentation, grade A)."""


@dataclass(slots=True)
class Reached:
    """What came back from an address: nothing but checks when nobody answered."""

    checks: list[Check] = field(default_factory=list)
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def answered(self) -> bool:
        """Whether anybody answered."""
        return self.status > 0


def reach(area: str, base: str, path: str) -> Reached:
    """Asks a page of an address without any credential; never raises."""
    import httpx

    started, address = time.time(), Address.parse(base)
    try:
        with (
            client_for(address, timeout=httpx.Timeout(TIMEOUT, connect=TIMEOUT / 2)) as client,
            client.stream("GET", base + path, headers={"accept": "application/json"}) as answer,
        ):
            protection = _protection(address, answer.extensions.get("network_stream"))
            body = answer.read()
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Reached([_unreachable(area, base, error)])
    seconds = time.time() - started
    headers = {key.lower(): value for key, value in answer.headers.items()}
    reached = Reached(status=answer.status_code, headers=headers, body=body)
    words = f"{base} answers in {seconds * 1000:.0f} ms ({protection})"
    if seconds > SLOW:
        advice = "Look at the network between here and there; set `timeout_seconds` high enough."
        reached.checks.append(Check("warning", area, f"{area}.slow", words, advice))
    else:
        reached.checks.append(Check("ok", area, f"{area}.reachable", words))
    reached.checks += _clock(area, headers, (started + time.time()) / 2)
    return reached


def _clock(area: str, headers: Mapping[str, str], now: float) -> Iterator[Check]:
    try:
        apart = email.utils.parsedate_to_datetime(headers["date"]).timestamp() - now
    except (KeyError, TypeError, ValueError):
        yield Check("info", area, f"{area}.clock", "unknown: the answer has no date to compare clocks by")
        return
    way = "ahead of" if apart > 0 else "behind"
    words = f"its clock is {abs(apart):.0f} s {way} this machine's"
    advice = "Set the clock of this machine by network time."
    if abs(apart) > CLOCK_ERROR:
        yield Check("error", area, f"{area}.clock", words, f"{advice} Tokens fail from five minutes on.")
    elif abs(apart) > CLOCK_WARNING:
        yield Check("warning", area, f"{area}.clock", words, advice)
    else:
        yield Check("ok", area, f"{area}.clock", "its clock agrees with this machine's")


def _protection(address: Address, stream: Any) -> str:
    if not address.is_encrypted:
        return "plain http, to loopback only"
    held = stream.get_extra_info("ssl_object") if stream is not None else None
    return held.version() if held is not None else "TLS"


def _unreachable(area: str, base: str, error: BaseException) -> Check:
    host = urlsplit(base).hostname or base
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        advice = "Check the address, DNS, and whether the system is reachable only from inside (private endpoint, VPN)."
        if host.endswith(".purview.azure.com"):
            advice += " New tenants may have the tenant-wide host https://api.purview-service.microsoft.com only."
        return Check("error", area, f"{area}.dns", f"the name {host} cannot be resolved", advice)
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            reason = getattr(cause, "verify_message", "") or cause.reason or str(cause)
            advice = "Behind a proxy that opens TLS, or with a company's own certificates, set SSL_CERT_FILE to them."
            return Check("error", area, f"{area}.tls", f"no trusted connection to {host}: {reason}", advice)
    if any("timeout" in type(cause).__name__.lower() for cause in causes):
        advice = "Check the network, firewalls and the system's health."
        return Check("error", area, f"{area}.timeout", f"{host} does not answer within {TIMEOUT:.0f} s", advice)
    reason = next((str(cause) for cause in reversed(causes) if str(cause)), type(error).__name__)
    advice = "Check address and port, and whether the system runs."
    return Check("error", area, f"{area}.unreachable", f"{base} cannot be reached: {reason}", advice)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
