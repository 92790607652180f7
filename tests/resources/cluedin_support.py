"""What the tests of CluedIn types share: a connection, reading by key, writing as the engine does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import httpx
import orjson

from reconciler.resources import types
from reconciler.resources.base import Resource
from reconciler.resources.objects import Live, Write
from reconciler.systems.auth import Token
from reconciler.systems.cluedin import CluedIn, errors
from reconciler.systems.cluedin_answers import Selection, selection
from reconciler.systems.http import Connection
from reconciler_sandbox.server import Running

from .. import portal

USER = "admin@contoso.test"


def connect(sandbox: Running) -> CluedIn:
    """The sandbox's CluedIn, signed in by password."""
    form = {"grant_type": "password", "username": USER, "password": "sandbox-password", "client_id": "contoso"}
    token = portal.post(f"{sandbox.url}/auth/connect/token", data=form).json()["access_token"]
    return CluedIn(Connection("cluedin", sandbox.url, Token(token), errors))


def faked(answer: Callable[[httpx.Request], httpx.Response]) -> CluedIn:
    """A CluedIn whose every answer the test makes: members that it leaves out are null, as no server leaves any out."""
    transport = httpx.MockTransport(lambda request: _whole(request, answer(request)))
    connection = Connection("cluedin", "https://fake.test", Token("t"), errors, transport=transport)
    connection.stop = threading.Event()
    return CluedIn(connection)


def _whole(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    if not request.url.path.endswith("/graphql") or answer.status_code != 200:
        return answer
    body = answer.json()
    _fill(body.get("data"), selection(orjson.loads(request.content)["query"]))
    return httpx.Response(200, json=body, headers=answer.headers if "x-cluedin-version" in answer.headers else None)


def _fill(value: object, wanted: Selection) -> None:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            for name, below in wanted.items():
                _fill(item.setdefault(name, None), below or {})


def type_(name: str) -> Resource:
    """A CluedIn type."""
    return types()[f"cluedin.{name}"]


class Desk:
    """One type against one system."""

    def __init__(self, cluedin: CluedIn, name: str) -> None:
        self.cluedin, self.type = cluedin, type_(name)

    def read(self, key: str, *paths: str) -> Live | None:
        """A fresh reading of one key."""
        found = self.type.read(self.cluedin.fresh(), {key: frozenset(paths or self.type.fields)})
        return next((live for live in found if self.type.fold(live.key) == self.type.fold(key)), None)

    def get(self, key: str, *paths: str) -> Live:
        """A fresh reading of a key that must be there."""
        live = self.read(key, *paths)
        assert live is not None
        return live

    def write(self, key: str, live: Live | None, **values: Any) -> Write:
        """A write as the engine hands it over: flat paths, the fresh object, ids by address."""
        flat = self.type.desired(key, **values).values
        return Write(self.type.address(key), key, dict(flat), live, self.id_of)

    def create(self, key: str, **values: Any) -> str | None:
        return self.type.create(self.cluedin.fresh(), self.write(key, None, **values))

    def update(self, key: str, *paths: str, **values: Any) -> None:
        self.type.update(self.cluedin.fresh(), self.write(key, self.get(key, *paths), **values))

    def delete(self, key: str) -> None:
        self.type.delete(self.cluedin.fresh(), self.write(key, self.get(key)))

    def id_of(self, address: str) -> str:
        name, _, key = address.partition(":")
        return Desk(self.cluedin, name.partition(".")[2]).get(key, "none").id

    def problems(self, key: str, **values: Any) -> str:
        """All offline findings in one text."""
        return " | ".join(self.type.problems(self.type.desired(key, **values)))
