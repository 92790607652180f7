"""Requests to the place where a job runs: with its token, never over an open line, and waiting when asked to."""

from __future__ import annotations

import time
from typing import Any

import httpx

from reconciler.errors import ReconcilerError
from reconciler.systems.address import Address, AddressError
from reconciler.systems.client import client_for
from reconciler.systems.given import bearer_token
from reconciler.systems.redact import SECRETS

SHOWN = 200
"""So much of what is answered to a refused request is told."""
_SECONDS = 30.0
_TRIES = 4
_OF_RIGHTS = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND)
_LONGEST_WAIT = 60.0
"""Seconds that are waited at most before a request that was too many is sent again."""


class Rest:
    """A service under one address, as a token may see it."""

    name = ""
    """What people call it."""
    variable = ""
    """Which variable says where it is, and who sets that."""
    token_in = ""
    """The variable with the token."""

    def __init__(self, url: str, token: str, headers: dict[str, str]) -> None:
        """Raises `ConfigurationError` for a token that is none, and `ReconcilerError` where it may not be sent."""
        SECRETS.add(token)
        self.address = self._checked(url)
        self.root = url.rstrip("/")
        self._headers = {"authorization": f"Bearer {bearer_token(token, self.token_in)}", **headers}

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """What is answered, whatever it is; what was too many requests is sent again when it may be.

        A request that was refused for that reason was not carried out, so this holds for writes too. Raises
        `ReconcilerError` where nobody answers.
        """
        for left in reversed(range(_TRIES)):
            answer = self._once(method, path, **more)
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS or not left:
                return answer
            time.sleep(_wait(answer))
        raise AssertionError  # the last try returns

    def _once(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        try:
            with client_for(self.address, timeout=_SECONDS) as client:
                return client.request(method, f"{self.root}/{path}", headers=self._headers | (headers or {}), **more)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self.unreachable(type(error).__name__) from None

    def unreachable(self, why: str) -> ReconcilerError:
        """That nobody answers there, or nothing that can be read."""
        raise NotImplementedError

    def what_to_do(self, status: int, rights: str) -> str:
        """What to do about a refused request: give `rights` where it may be about them, as 404 hides what is there."""
        if status in _OF_RIGHTS:
            return rights
        if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
            return f"{self.name} could not do it now; run the job again."
        return f"What {self.name} says of it is above; the rights of the job are not what it is about."

    def told(self, answer: httpx.Response) -> str:
        """What the service says of a refusal, in short and without secrets."""
        try:
            return SECRETS.cut(str(answer.json()["message"]), SHOWN)
        except (ValueError, KeyError, TypeError):
            return ""

    def _checked(self, url: str) -> Address:
        try:
            address = Address.of_request(url)
        except AddressError as error:
            raise ReconcilerError.of(
                "host.invalid", f"{self.variable} is no address: {error}", f"{self.name} sets it itself."
            ) from None
        if not (address.is_encrypted or address.is_loopback):
            raise ReconcilerError.of(
                "host.not_encrypted", f"{self.variable} is not encrypted", f"{self.name} sets it itself."
            )
        return address


def _wait(answer: httpx.Response) -> float:
    told = answer.headers.get("retry-after", "")
    return min(float(told), _LONGEST_WAIT) if told.isdecimal() else 1.0
