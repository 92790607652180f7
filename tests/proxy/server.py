"""A local HTTP server between the product and a sandbox, which gives one bad answer at a chosen moment."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from reconciler_sandbox.server import Sandbox, _outgoing, _read, _start
from reconciler_sandbox.settings import Settings
from reconciler_sandbox.web import Request, Response

from .kinds import Bad, Exchange, Kind


class Proxy:
    """Forwards every request to the sandbox; what it is armed with replaces one answer, or several in a row."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.settings = sandbox.settings
        self.seen: list[Exchange] = []
        self.struck: list[str] = []
        """What was spoilt since it was armed, as `METHOD path`."""
        self._kind: Kind | None = None
        self._skip = self._times = 0
        self._chance = random.Random(0)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()
        assert self._ready.wait(30)

    def arm(self, kind: Kind | None, moment: int = 0, times: int = 1, seed: int = 0) -> None:
        """From the exchange number `moment` of those that fit the kind, spoils as many as `times`."""
        self._kind, self._skip, self._times, self._chance = kind, moment, times, random.Random(seed)
        self.seen, self.struck = [], []

    def stop(self) -> None:
        """Stops it."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self.sandbox.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        runner, self.url = self._loop.run_until_complete(_start(self))  # type: ignore[arg-type]
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def handler(self, incoming: web.BaseRequest) -> web.StreamResponse:
        """aiohttp's door."""
        request = await _read(incoming)
        bad, true = self._met(request)
        if bad is None:
            assert true is not None
            return _outgoing(true, chunked=self.sandbox.system(request.path) == "purview")
        await _send(incoming, bad)
        return web.Response(status=500)  # of a connection that is closed by now

    def _met(self, request: Request) -> tuple[Bad | None, Response | None]:
        """The bad answer where this is the moment, else the true one."""
        kind = self._kind
        if kind is not None and self._times and kind.forwards is not True and kind.fits(Exchange(request)):
            if self._skip:
                self._skip -= 1
            elif kind.forwards is False or self._chance.random() < 0.5:
                return self._strike(kind, Exchange(request)), None
            else:
                return self._strike(kind, self._forward(request)[0]), None
        exchange, true = self._forward(request)
        if kind is not None and self._times and kind.forwards is True and kind.fits(exchange):
            if not self._skip:
                return self._strike(kind, exchange), None
            self._skip -= 1
        return None, true

    def _strike(self, kind: Kind, exchange: Exchange) -> Bad | None:
        self._times -= 1
        self.struck.append(f"{exchange.request.method} {exchange.request.path}")
        return kind.make(exchange, self._chance)

    def _forward(self, request: Request) -> tuple[Exchange, Response]:
        true = self.sandbox.answer(request, self.sandbox.system(request.path))
        body = _outgoing(true).body
        exchange = Exchange(request, true.status, bytes(body) if isinstance(body, bytes | bytearray) else b"")
        self.seen.append(exchange)
        return exchange, true


async def _send(incoming: web.BaseRequest, bad: Bad) -> None:
    """The answer byte for byte, past every library that would put it right; the connection is closed after it."""
    transport = incoming.transport
    assert transport is not None
    if bad.closes:
        transport.abort()
        return
    lines: list[bytes] = [f"HTTP/1.1 {bad.status} Said".encode(), b"connection: close"]
    if bad.status not in (204, 304):
        lines.append(f"content-length: {len(bad.body) if bad.length is None else bad.length}".encode())
    for name, value in bad.headers.items():
        lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()))
    transport.write(b"\r\n".join(lines) + b"\r\n\r\n")  # type: ignore[attr-defined]
    body = b"" if bad.status == 204 else bad.body
    if bad.drip:
        for start in range(len(body)):
            if transport.is_closing():
                return
            transport.write(body[start : start + 1])  # type: ignore[attr-defined]
            await asyncio.sleep(bad.drip)
    else:
        transport.write(body)  # type: ignore[attr-defined]
    transport.close()


@contextmanager
def between(**settings: Any) -> Iterator[Proxy]:
    """A proxy before a sandbox of its own, for the time of a `with`."""
    proxy = Proxy(Sandbox(Settings(**({"port": 0, "seed": "demo"} | settings))))
    try:
        yield proxy
    finally:
        proxy.stop()
