"""Which hosts may receive messages, as the policy of an environment names them."""

from __future__ import annotations

from collections.abc import Sequence


def may_receive(host: str, allowed: Sequence[str]) -> bool:
    """Whether a host is one of those; without any named, each is. `*.` stands for one or more parts."""
    return not allowed or any(_matches(host.casefold(), one.strip().casefold()) for one in allowed)


def _matches(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return host == pattern
