"""What a sandbox can be told."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


class SandboxError(Exception):
    """What the sandbox was told cannot be done; one sentence, and what to do about it."""

    def __init__(self, sentence: str, advice: str) -> None:
        super().__init__(sentence)
        self.advice = advice


@dataclass(slots=True)
class Settings:
    """Options of one sandbox; those that do not tell where it listens or what it holds may change while it runs."""

    host: str = "127.0.0.1"
    port: int = 8180
    data: str | None = None
    seed: str = "demo"
    latency_ms: float = 0
    rate_limit: float | None = None
    rate_burst: float | None = None
    """How many requests the limit takes at once after a rest; a second's worth when not given."""
    rate_window_s: float | None = None
    """Seconds of a fixed window in which the limit counts, instead of a bucket that fills evenly."""
    rate_retry_after: bool = True
    """Whether a 429 says when to come again."""
    mode: str = "purview"
    cluedin_version: str = "4.8"
    normalise: bool = False
    literal_plus: bool = False
    """Whether a `+` in a query is a plus, as RFC 3986 has it, and not a blank, as forms have it."""
    lag_ms: int = 0
    strict_auth: bool = False
    strict_claims: bool = False
    """Whether CluedIn looks at claims: who lacks one is refused, and who owns nothing waits for an owner."""
    claims: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Where claims count: the levels of people, by e-mail address and claim, instead of those of their roles."""
    tls: tuple[str, str] | None = None
    approvals: bool = False
    undocumented: bool = True
    """Whether CluedIn answers at paths that stood in an earlier description of its REST interface alone."""
    partial_settings: bool = False
    """Whether CluedIn sets what is right of a request in which some settings are refused."""
    ai_agents: bool = True
    """Whether CluedIn's feature of AI agents is on."""
    recorded_actions: bool = False
    """Whether CluedIn's actions of rules have the types of recorded rules, and not some of their own at each reset."""
    token_seconds: int | None = None
    """How long tokens of Entra ID and of CluedIn hold; an hour when not given."""
    forbidden_collections: tuple[str, ...] = ()
    """Collections of Purview (name or friendly name, with those below) that nobody may write to."""
    stale_policy: int = 409
    """The status for a policy of a collection that is written with another version than the newest; 0 takes it."""
    denied_fields: tuple[str, ...] = ()
    """Fields of CluedIn's GraphQL that nobody may use, as `Management.vocabularies`."""
    most_fields: int | None = None
    """How many calls CluedIn takes in one GraphQL document; as many as come when not given."""
    clock_skew_s: float = 0
    """How far the clock of all systems is ahead."""

    @property
    def atlas(self) -> bool:
        """Whether the data map behaves as Apache Atlas instead of Purview."""
        return self.mode == "atlas"


def _amount(value: Any) -> float:
    """A number that is none below nothing, of which text may tell too."""
    found = float(value)
    if not math.isfinite(found) or found < 0:
        raise ValueError(value)
    return found


def _count(value: Any) -> int:
    found = _amount(value)
    if found != int(found):
        raise ValueError(value)
    return int(found)


def _flag(value: Any) -> bool:
    if value not in (True, False):
        raise ValueError(value)
    return bool(value)


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
        raise ValueError(value)
    return tuple(value)


_LEVELS = ("None", "Informed", "Consulted", "Responsible", "Accountable")


def _levels(value: Any) -> dict[str, dict[str, str]]:
    if not isinstance(value, Mapping) or not all(isinstance(one, Mapping) for one in value.values()):
        raise ValueError(value)
    found = {str(person).strip().lower(): dict(claims) for person, claims in value.items()}
    if any(level not in _LEVELS for claims in found.values() for level in claims.values()):
        raise ValueError(value)
    return found


CHANGEABLE: dict[str, tuple[Callable[[Any], Any], str]] = {
    "lag_ms": (_count, "a whole number, 0 or more"),
    "latency_ms": (_amount, "a number, 0 or more"),
    "normalise": (_flag, "true or false"),
    "literal_plus": (_flag, "true or false"),
    "approvals": (_flag, "true or false"),
    "partial_settings": (_flag, "true or false"),
    "ai_agents": (_flag, "true or false"),
    "recorded_actions": (_flag, "true or false"),
    "undocumented": (_flag, "true or false"),
    "rate_limit": (_amount, "a number, 0 or more"),
    "rate_burst": (_amount, "a number, 0 or more"),
    "rate_window_s": (_amount, "a number, 0 or more"),
    "rate_retry_after": (_flag, "true or false"),
    "token_seconds": (_count, "a whole number, 0 or more"),
    "forbidden_collections": (_names, "a list of names"),
    "stale_policy": (_count, "a status, or 0"),
    "claims": (_levels, f"people with their claims, each with one of {', '.join(_LEVELS)}"),
    "denied_fields": (_names, "a list of names"),
    "most_fields": (_count, "a whole number, 1 or more"),
    "clock_skew_s": (float, "a number"),
}
"""What may change while the sandbox runs: how it is read, and what it is in words."""

_MAY_BE_NONE = ("rate_limit", "rate_burst", "rate_window_s", "token_seconds", "most_fields")


def change(settings: Settings, wanted: Mapping[str, Any]) -> None:
    """Changes all that is wanted, or nothing; raises `ValueError` with a sentence for what cannot be."""
    unknown = sorted(set(wanted) - CHANGEABLE.keys())
    if unknown:
        raise ValueError(f"not changeable: {unknown}")
    found: dict[str, Any] = {}
    for name, value in wanted.items():
        read, words = CHANGEABLE[name]
        if value is None and name in _MAY_BE_NONE:
            found[name] = None
            continue
        try:
            found[name] = read(value)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"{name} is {words}, not {value!r}") from None
    for name, value in found.items():
        setattr(settings, name, value)


def shown(settings: Settings) -> dict[str, Any]:
    """What may change, as it is now."""
    return {name: getattr(settings, name) for name in CHANGEABLE}
