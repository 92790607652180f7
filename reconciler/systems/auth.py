"""Sign-in to the live systems: where a request's Authorization header comes from."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from reconciler.errors import ConfigurationError
from reconciler.systems.redact import SECRETS

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

PURVIEW_SCOPE = "https://purview.azure.net/.default"
"""The scope of Purview tokens; every Azure SDK asks for exactly this one."""

_EARLY = 120.0


class SignIn(Protocol):
    """What a connection needs: headers for a request, and a way to renew them after a 401."""

    def headers(self) -> Mapping[str, str]:
        """The headers that carry the credential."""

    def renew(self) -> None:
        """Forgets the current credential, so that the next request carries a new one."""


class Token:
    """A bearer token that was handed in and cannot be renewed."""

    def __init__(self, value: str) -> None:
        SECRETS.add(value)
        self._headers = {"authorization": f"Bearer {value}"}

    def headers(self) -> Mapping[str, str]:
        """The bearer header."""
        return self._headers

    def renew(self) -> None:
        """Nothing can be renewed; the next request fails the same way and says so."""


class Basic:
    """User and password, as Apache Atlas takes them."""

    def __init__(self, user: str, password: str) -> None:
        SECRETS.add(password)
        value = base64.b64encode(f"{user}:{password}".encode()).decode()
        SECRETS.add(value)
        self._headers = {"authorization": f"Basic {value}"}

    def headers(self) -> Mapping[str, str]:
        """The basic header."""
        return self._headers

    def renew(self) -> None:
        """There is nothing to renew."""


class Renewable:
    """A bearer token that is fetched when needed and renewed shortly before it expires.

    `fetch` returns the token and the moment it expires (seconds since the epoch); it is called by one thread
    at a time.
    """

    def __init__(self, fetch: Callable[[], tuple[str, float]]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._value = ""
        self._until = 0.0

    def headers(self) -> Mapping[str, str]:
        """The bearer header with a token that is still good for a while."""
        return {"authorization": f"Bearer {self.token()}"}

    def token(self) -> str:
        """The current token."""
        with self._lock:
            if not self._value or time.time() > self._until - min(_EARLY, 0.2 * self._life):
                value, until = self._fetch()
                SECRETS.add(value)
                self._life = max(1.0, until - time.time())
                self._value, self._until = value, until
            return self._value

    _life = 0.0

    def renew(self) -> None:
        """The next request fetches a new token."""
        with self._lock:
            self._value = ""


def azure(credential: TokenCredential, scope: str = PURVIEW_SCOPE) -> Renewable:
    """Tokens of an azure-identity credential.

    Raises `ConfigurationError` with the library's own reason when no credential answers.
    """
    from azure.core.exceptions import ClientAuthenticationError
    from azure.identity import CredentialUnavailableError

    def fetch() -> tuple[str, float]:
        try:
            token = credential.get_token(scope)
        except (ClientAuthenticationError, CredentialUnavailableError) as error:
            reason = str(error.message if hasattr(error, "message") else error).strip().splitlines()
            raise ConfigurationError.of(
                "sign_in.failed",
                f"Azure sign-in failed: {reason[0] if reason else 'no reason given'}",
                "Sign in with `az login`, or set the variables of a service principal or of workload identity.",
            ) from None
        return token.token, float(token.expires_on)

    return Renewable(fetch)


def claims(token: str) -> dict[str, Any]:
    """The claims of a JWT, unverified (the server that issued it is the one we talk to); {} when it is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        value = orjson.loads(base64.urlsafe_b64decode(padded))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
