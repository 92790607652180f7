"""What a sandbox can be told."""

from __future__ import annotations

from dataclasses import dataclass


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
    mode: str = "purview"
    cluedin_version: str = "4.8"
    normalise: bool = False
    literal_plus: bool = False
    """Whether a `+` in a query is a plus, as RFC 3986 has it, and not a blank, as forms have it."""
    lag_ms: int = 0
    strict_auth: bool = False
    tls: tuple[str, str] | None = None
    approvals: bool = False
    partial_settings: bool = False
    """Whether CluedIn sets what is right of a request in which some settings are refused."""
    token_seconds: int | None = None
    """How long tokens of Entra ID and of CluedIn hold; an hour when not given."""
    forbidden_collections: tuple[str, ...] = ()
    """Collections of Purview (name or friendly name, with those below) that nobody may write to."""
    stale_policy: int = 409
    """The status for a policy of a collection that is written with another version than the newest; 0 takes it."""
    denied_fields: tuple[str, ...] = ()
    """Fields of CluedIn's GraphQL that nobody may use, as `Management.vocabularies`."""
    clock_skew_s: float = 0
    """How far the clock of all systems is ahead."""

    @property
    def atlas(self) -> bool:
        """Whether the data map behaves as Apache Atlas instead of Purview."""
        return self.mode == "atlas"
