"""Sandboxes in this process: what would go over the network to them is handed to them.

A history sends hundreds of requests, and most of their time goes into two web stacks. Everything of the product but
the HTTP client itself is as it always is; requests go one after another, so that a seed tells all of a history.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import httpx
import orjson

from reconciler import repository
from reconciler.systems import http, pacing
from reconciler_sandbox.server import Sandbox, request_of
from reconciler_sandbox.settings import Settings
from reconciler_sandbox.web import Request, Response
from reconciler_sandbox.wire import written

HERE, THERE = "http://127.0.0.1:1", "http://127.0.0.1:2"
"""Addresses for sandboxes."""
POOLS = (
    "reconciler.apply.carrying", "reconciler.live", "reconciler.plan.build", "reconciler.questions.base",
    "reconciler.systems.http",
)  # fmt: skip
"""Where a run does several things at once."""
_PLAIN = re.compile(r"[A-Za-z0-9:/?&=%._~+-]+")
"""An address that httpx leaves as it is."""
Watch = Callable[[Request, Callable[[], Response | None]], Response | None]
"""Is given a request of the product and what answers it; None is a connection that breaks off."""


class Doors:
    """The sandboxes by their address. `watch` stands between them and the product."""

    def __init__(self) -> None:
        self.sandboxes: dict[str, Sandbox] = {}
        self.watch: Watch = lambda request, answer: answer()

    def open(self, address: str, **settings: Any) -> Sandbox:
        """A sandbox at an address, as the demo has it."""
        made = self.sandboxes[address] = Sandbox(Settings(**settings))
        return made

    def keep(self) -> dict[str, sqlite3.Connection]:
        """What every sandbox holds now."""
        kept = {}
        for address, sandbox in self.sandboxes.items():
            kept[address] = sqlite3.connect(":memory:", check_same_thread=False)
            with sandbox.store.lock:
                sandbox.store._db.backup(kept[address])
        return kept

    def bring_back(self, kept: Mapping[str, sqlite3.Connection]) -> None:
        """Lets every sandbox hold what it held then."""
        for address, sandbox in self.sandboxes.items():
            with sandbox.store.lock:
                kept[address].backup(sandbox.store._db)
            sandbox._build()
            sandbox.requests.clear()

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[Sandbox, Request]:
        """Whom a request is for, and the request."""
        address = "/".join(url.split("/", 3)[:3])
        path = url[len(address) :] if _PLAIN.fullmatch(url) else httpx.URL(url).raw_path.decode()
        given = {name.lower(): value for name, value in headers.items()}
        return self.sandboxes[address], request_of(method, path or "/", given, body)


@dataclass
class Answer:
    """An answer as `Connection` reads one of httpx."""

    status_code: int
    headers: dict[str, str]
    body: bytes

    def iter_bytes(self) -> Iterator[bytes]:
        """The body, in one piece."""
        yield self.body


class Client:
    """What `Connection` uses of `httpx.Client`."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors

    @contextmanager
    def stream(
        self, method: str, url: str, content: bytes | None, data: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> Iterator[Answer]:
        """The answer to one request; raises `httpx.ReadError` where the connection breaks off."""
        body = urlencode(data).encode() if data else content or b""
        form = {"content-type": "application/x-www-form-urlencoded"} if data else {}
        sandbox, request = self.doors.send(method, url, {**headers, **form}, body)
        response = self.doors.watch(request, lambda: sandbox.handle(request))
        if response is None:
            raise httpx.ReadError("the connection broke off")
        yield _plain(response)

    def close(self) -> None:
        """Nothing is open."""


class InTurn:
    """A pool of threads in which everything is done at once by whoever asks for it."""

    def __init__(self, max_workers: int) -> None:
        pass

    def __enter__(self) -> InTurn:
        return self

    def __exit__(self, *why: object) -> None:
        pass

    def submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """Does the work; what it raises is told by the future, as of a thread."""
        done: Future[Any] = Future()
        try:
            done.set_result(work(*given))
        except BaseException as error:  # noqa: BLE001 - a thread keeps whatever it is
            done.set_exception(error)
        return done

    def map(self, work: Callable[..., Any], *given: Any) -> Iterator[Any]:
        """Does the work for each."""
        return map(work, *given)


def _plain(response: Response) -> Answer:
    body = response.body
    headers = {name.lower(): value for name, value in response.headers.items()}
    if body is not None and not isinstance(body, bytes | bytearray):
        body = written(body)
        headers.setdefault("content-type", "application/json; charset=utf-8")
    return Answer(response.status, headers, bytes(body or b""))


def _asked(ask: Callable[..., repository.Said]) -> Callable[..., repository.Said]:
    """What Git says; of a folder without a clone that is known, and no process is made for it."""

    def asked(root: Path, *words: str, lazily: bool = False) -> repository.Said:
        if (root / ".git").exists():
            return ask(root, *words, lazily=lazily)
        return repository.Said(128, b"", "fatal: not a git repository (or any of the parent directories): .git")

    return asked


@contextmanager
def doors() -> Iterator[Doors]:
    """Sandboxes that the product reaches in this process for the time of a `with`."""
    found = Doors()
    with ExitStack() as patches:
        patches.enter_context(mock.patch.object(http, "client_for", return_value=Client(found)))
        patches.enter_context(mock.patch("os.fsync"))
        patches.enter_context(mock.patch.object(repository, "ask", _asked(repository.ask)))
        patches.enter_context(mock.patch.object(pacing, "backoff", return_value=0.0))
        for name in POOLS:
            patches.enter_context(mock.patch.object(import_module(name), "ThreadPoolExecutor", InTurn))
        try:
            yield found
        finally:
            for sandbox in found.sandboxes.values():
                sandbox.close()


def ask(sandbox: Sandbox, method: str, path: str, json: Any = None) -> Any:
    """A plain call, as a person's portal would make it; what `watch` knows nothing of."""
    headers = {"authorization": "Bearer of-a-person", "content-type": "application/json"}
    body = b"" if json is None else orjson.dumps(json)
    response = sandbox.handle(request_of(method, path, headers, body))
    assert response is not None
    assert response.status < 400, (method, path, json, response.body)
    answer = _plain(response).body
    return orjson.loads(answer) if answer else None
