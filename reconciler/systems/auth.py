"""Sign-in to the live systems: where a request's Authorization header comes from."""

from __future__ import annotations

import base64
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from reconciler.errors import ConfigurationError
from reconciler.systems import entra
from reconciler.systems.redact import SECRETS

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

PURVIEW_SCOPE = "https://purview.azure.net/.default"
"""The scope of Purview tokens; every Azure SDK asks for exactly this one."""

STORAGE_SCOPE = "https://storage.azure.com/.default"
"""The scope of tokens for Azure Storage, in every cloud (Microsoft's documentation [A])."""

_EARLY = 120.0
_HANDED_IN = "The token was handed in and cannot be renewed: hand in one that is still valid and made for this system."
_NOT_TAKEN = "The sign-in worked and the system does not take its token: check the tenant and the endpoint."
_WRONG_PASSWORD = "Check user and password."  # noqa: S105 - a sentence


class SignIn(Protocol):
    """What a connection needs: headers for a request, a way to renew them after a 401, and a word for the user."""

    @property
    def advice(self) -> str:
        """What to do when the system goes on answering 401."""

    def headers(self) -> Mapping[str, str]:
        """The headers that carry the credential."""

    def renew(self, used: Mapping[str, str] | None = None) -> None:
        """Forgets the credential (if it is still the one in `used`), so that the next request carries a new one."""


class Anonymous:
    """No credential: for pages that need none, and for signing in itself."""

    advice = ""

    def headers(self) -> Mapping[str, str]:
        """No header."""
        return {}

    def renew(self, used: Mapping[str, str] | None = None) -> None:
        """There is nothing to renew."""


class Token:
    """A bearer token that was handed in and cannot be renewed."""

    def __init__(self, value: str, advice: str = _HANDED_IN) -> None:
        SECRETS.add(value)
        self.advice = advice
        self._value = value
        self._headers = {"authorization": f"Bearer {value}"}

    def headers(self) -> Mapping[str, str]:
        """The bearer header."""
        return self._headers

    def token(self) -> str:
        """The token."""
        return self._value

    def renew(self, used: Mapping[str, str] | None = None) -> None:
        """Nothing can be renewed; the next request fails the same way and says so."""


class Basic:
    """User and password, as Apache Atlas takes them."""

    advice = _WRONG_PASSWORD

    def __init__(self, user: str, password: str) -> None:
        SECRETS.add(password)
        value = base64.b64encode(f"{user}:{password}".encode()).decode()
        SECRETS.add(value)
        self._headers = {"authorization": f"Basic {value}"}

    def headers(self) -> Mapping[str, str]:
        """The basic header."""
        return self._headers

    def renew(self, used: Mapping[str, str] | None = None) -> None:
        """There is nothing to renew."""


class Renewable:
    """A bearer token that is fetched when needed and renewed shortly before it expires.

    `fetch` returns the token and the moment it expires (seconds since the epoch); it is called by one thread
    at a time. A sign-in that was refused is refused for good: it is not tried again, as accounts get locked.
    """

    advice = _NOT_TAKEN

    def __init__(self, fetch: Callable[[], tuple[str, float]], forget: Callable[[], None] = lambda: None) -> None:
        self._fetch = fetch
        self._forget = forget
        self._lock = threading.Lock()
        self._value = ""
        self._until = 0.0
        self._life = 0.0
        self._refused: ConfigurationError | None = None

    def headers(self) -> Mapping[str, str]:
        """The bearer header with a token that is still good for a while."""
        return {"authorization": f"Bearer {self.token()}"}

    def token(self) -> str:
        """The current token; raises `ConfigurationError` when the sign-in is refused."""
        with self._lock:
            if self._refused is not None:
                raise ConfigurationError(*self._refused.diagnostics)
            if not self._value or time.time() > self._until - min(_EARLY, 0.2 * self._life):
                try:
                    value, until = self._fetch()
                except ConfigurationError as error:
                    self._refused = error
                    raise
                SECRETS.add(value)
                self._life = max(1.0, until - time.time())
                self._value, self._until = value, until
            return self._value

    def renew(self, used: Mapping[str, str] | None = None) -> None:
        """The next request fetches a new token; a token that another request renewed meanwhile is kept."""
        with self._lock:
            if used is None or used.get("authorization") == f"Bearer {self._value}":
                self._value = ""
                self._forget()


def quieten() -> None:
    """Microsoft's libraries warn on stderr of what they then raise; once is enough, and ours is shorter."""
    quiet = logging.getLogger("azure")
    if not quiet.handlers:
        quiet.addHandler(logging.NullHandler())


def azure(make: Callable[[], TokenCredential], scope: str = PURVIEW_SCOPE) -> Renewable:
    """Tokens of an azure-identity credential, which `make` makes.

    The library keeps its tokens until they expire, so that a renewal after a 401 takes a new credential.
    Raises `ConfigurationError` with the library's own reason when no credential answers.
    """
    credential: TokenCredential | None = None
    quieten()

    def fetch() -> tuple[str, float]:
        nonlocal credential
        from azure.core.exceptions import AzureError

        try:
            credential = credential or make()
            token = credential.get_token(scope)
        except (AzureError, ValueError, OSError) as error:
            raise ConfigurationError(entra.refusal(error)) from None
        return token.token, float(token.expires_on)

    def forget() -> None:
        nonlocal credential
        credential = None

    return Renewable(fetch, forget)


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
