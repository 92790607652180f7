"""The sandbox as a web server: one process, one port, every system under its real paths."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import re
import signal
import ssl
import threading
import time
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from reconciler_sandbox import projects, scan, seed, welcome
from reconciler_sandbox.entra import PURVIEW, Entra
from reconciler_sandbox.faults import Fault, Faults
from reconciler_sandbox.limits import Limit
from reconciler_sandbox.purview import Purview
from reconciler_sandbox.settings import SandboxError, Settings, change, shown
from reconciler_sandbox.sign_in import ATLAS_USER
from reconciler_sandbox.store import Store
from reconciler_sandbox.web import Refusal, Request, Response, Router
from reconciler_sandbox.wire import written

URL_MAX = 8192
"""Longest URL, in bytes (grade B: reads of more than 193 guids fail)."""

ATLAS_SIGN_IN = b64encode(":".join(ATLAS_USER).encode()).decode()
"""The only Basic sign-in of the Atlas mode with `strict_auth`; without it any passes."""
_LOG_MAX = 200_000
_MUTATION = re.compile(rb'"query"\s*:\s*"(?:\\[nrt]|\s)*mutation\b')


class Sandbox:
    """Every system of one sandbox behind one door; free of the web framework but for `handler`."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.store = Store(self.settings.data or ":memory:", self.settings.lag_ms)
        self.faults = Faults()
        self.requests: deque[dict[str, Any]] = deque(maxlen=_LOG_MAX)
        self.entra = Entra(self.settings)
        self._limit = Limit(self.settings)
        self._control = self._controls()
        self._native: Any = None
        self._build()
        if not self.store.count("collection"):
            self._seed()

    def _build(self) -> None:
        self.purview = Purview(self.store, self.settings)
        self.cluedin, self._cluedin_router = _cluedin(self.store, self.settings)
        if self.cluedin is not None and self.settings.seed == "native":
            self._native = importlib.import_module("reconciler_sandbox.native").NativeSync(self.purview, self.cluedin)

    def _seed(self) -> None:
        lag, self.store.lag_ms = self.store.lag_ms, 0
        try:
            with self.store.transaction():
                seed.load(self.purview, self.settings.seed)
                if self.cluedin is not None:
                    self.cluedin.seed()
                if self._native is not None:
                    self._native.follow()
        finally:
            self.store.lag_ms = lag

    def reset(self) -> None:
        """Empties everything and seeds anew; faults and settings stay."""
        self._end()
        self.store.clear()
        self.requests.clear()
        self._build()
        self._seed()

    def close(self) -> None:
        """Ends what goes on beside requests, and closes the store."""
        self._end()
        self.store.close()

    def _end(self) -> None:
        if self.cluedin is not None:
            self.cluedin.close()

    # control

    def _controls(self) -> Router:
        router = Router()
        router.add("POST", "/_sandbox/reset", self._reset)
        router.add("GET", "/_sandbox/requests", lambda request: Response(200, list(self.requests)))
        router.add("GET", "/_sandbox/stats", self._stats)
        router.add("GET", "/_sandbox/state", self._state)
        router.add("GET", "/_sandbox/faults", lambda request: Response(200, self.faults.show()))
        router.add("POST", "/_sandbox/faults", lambda request: Response(200, self.faults.add(request.json())))
        router.add("DELETE", "/_sandbox/faults", lambda request: self.faults.clear())
        router.add("GET", "/_sandbox/settings", lambda request: Response(200, shown(self.settings)))
        router.add("POST", "/_sandbox/settings", self._change)
        router.add("PUT", "/_sandbox/settings", self._change)
        router.add("POST", "/_sandbox/revoke", self._revoke)
        router.add("GET", "/_sandbox/cluedin/see", lambda request: self.cluedin.view.answer(request))
        router.add("POST", "/_sandbox/scan", lambda request: scan.answer(self.purview, request))
        router.add("POST", "/_sandbox/cluedin/projects", lambda request: projects.answer(self.cluedin, request))
        return router

    def _reset(self, request: Request) -> Response:
        self.reset()
        return Response(204)

    def _stats(self, request: Request) -> Response:
        counts: dict[str, dict[str, int]] = {}
        for entry in self.requests:
            held = counts.setdefault(entry["system"], {})
            held[entry["method"]] = held.get(entry["method"], 0) + 1
        return Response(200, counts)

    def _state(self, request: Request) -> Response:
        """Everything that is there, `{system: {type: {id: object}}}`; without what signs somebody in."""
        state: dict[str, dict[str, Any]] = {"purview": {}, "cluedin": {}}
        for kind, documents in self.store.everything().items():
            system, _, name = kind.rpartition("/")
            if name != "token":
                state.setdefault(system or "purview", {})[name] = documents
        return Response(200, state)

    def _revoke(self, request: Request) -> Response:
        """No token of Entra ID that was issued until now holds any longer."""
        self.entra.revoke()
        return Response(204)

    def _change(self, request: Request) -> Response:
        body = request.json()
        if not isinstance(body, dict):
            raise Refusal(Response(400, {"message": "a JSON object is expected"}))
        try:
            change(self.settings, body)
        except ValueError as error:
            raise Refusal(Response(400, {"message": str(error)})) from None
        self.store.lag_ms = self.settings.lag_ms
        if any(name.startswith("rate_") for name in body):
            self._limit = Limit(self.settings)
        return Response(200, shown(self.settings))

    # one request

    def system(self, path: str) -> str:
        """Which system a path belongs to."""
        if Entra.owns(path):
            return "entra"
        return Purview.system(path) or "cluedin"

    def _refusal(self, request: Request, system: str) -> Response | None:
        """What keeps a request from its handler: length, rate, sign-in."""
        if len(request.path) + sum(len(k) + len(v) + 2 for k, v in request.query) > URL_MAX:
            return Response(414, b"<html><h1>Request-URI Too Long</h1></html>", {"Content-Type": "text/html"})
        if system != "entra" and (limited := self._limit.take()) is not None:
            return limited
        if system in ("purview", "account") and not self._signed_in(request):
            body = {"error": {"code": "Unauthenticated", "message": "Invalid token"}}
            return Response(401, body, {"Content-Type": "application/json"})
        return None

    def _signed_in(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip()
        if not token or scheme.lower() not in ("bearer", "basic"):
            return False
        if not self.settings.strict_auth:
            return True
        if scheme.lower() == "basic":
            return self.settings.atlas and token == ATLAS_SIGN_IN
        return self.entra.accepts(token, PURVIEW)

    def answer(self, request: Request, system: str) -> Response:
        """Answers a request of one of the systems."""
        try:
            refused = self._refusal(request, system)
            if refused is not None:
                return refused
            if system == "entra":
                return self.entra.handle(request)
            if system in ("purview", "account"):
                return self.purview.handle(request)
            found = self._cluedin_router.dispatch(request)
            for follower in filter(None, (self.cluedin, self._native)):
                follower.follow()
            return found or Response(404)  # ASP.NET Core gives a page that it does not know no body (its documentation)
        except Refusal as refusal:
            return refusal.response

    async def handler(self, incoming: web.BaseRequest) -> web.StreamResponse:
        """aiohttp's door."""
        request = await _read(incoming, literal_plus=self.settings.literal_plus)
        if _is_control(request):
            return _outgoing(self._controlled(request))
        fault = self.faults.strike(request.method, request.path)
        delay = self.settings.latency_ms / 1000 + (fault.delay if fault else 0)
        if delay:
            await asyncio.sleep(delay)
        system = self.system(request.path)
        response = self._noted(request, system, fault, delay)
        if response is None:
            if incoming.transport is not None:
                incoming.transport.abort()
            return web.Response(status=500)
        outgoing = _outgoing(response, chunked=system == "purview")
        if self.settings.clock_skew_s:
            outgoing.headers["Date"] = formatdate(time.time() + self.settings.clock_skew_s, usegmt=True)
        return outgoing

    def handle(self, request: Request) -> Response | None:
        """The same without the web and without any wait, for who runs in this process; None is a dropped connection."""
        if _is_control(request):
            return self._controlled(request)
        return self._noted(request, self.system(request.path), self.faults.strike(request.method, request.path), 0)

    def _noted(self, request: Request, system: str, fault: Fault | None, waited: float) -> Response | None:
        """Answers one request, and keeps that it came; `waited` seconds count as its time too."""
        started = time.perf_counter() - waited
        response = self._with_fault(request, system, fault)
        self.requests.append(
            {
                "system": system,
                "method": request.method,
                "path": request.path or "/",
                "query": [list(pair) for pair in request.query],
                "status": 0 if response is None else response.status,
                "ms": round((time.perf_counter() - started) * 1000, 3),
                **_operation(request),
            }
        )
        return response

    def _controlled(self, request: Request) -> Response:
        try:
            return self._control.dispatch(request) or Response(404, {"message": "no such control"})
        except Refusal as refusal:
            return refusal.response

    def _with_fault(self, request: Request, system: str, fault: Fault | None) -> Response | None:
        """The answer, or None when the connection is to be dropped."""
        if fault is None:
            return self.answer(request, system)
        if fault.drops:
            self.answer(request, system)
            return None
        return fault.response() or self.answer(request, system)


def _cluedin(store: Store, settings: Settings) -> tuple[Any, Router]:
    """The CluedIn plane; without its modules (GraphQL is an extra) the sandbox goes on without it."""
    router = Router()
    try:
        plane = importlib.import_module("reconciler_sandbox.cluedin").CluedIn(store, settings)
    except (ImportError, AttributeError):
        return None, router
    router.extend(plane.routes())
    return plane, router


def _is_control(request: Request) -> bool:
    return request.path.lower().startswith("/_sandbox")


def _operation(request: Request) -> dict[str, str]:
    """What kind of GraphQL document a request carries, as its path and method do not tell."""
    if not request.path.lower().endswith("/graphql"):
        return {}
    return {"operation": "mutation" if _MUTATION.search(request.body[:4000]) else "query"}


async def _read(incoming: web.BaseRequest, *, literal_plus: bool = False) -> Request:
    headers = {key.lower(): value for key, value in incoming.headers.items()}
    if incoming.secure:
        headers["x-sandbox-scheme"] = "https"
    return request_of(incoming.method, incoming.raw_path, headers, await incoming.read(), literal_plus=literal_plus)


def request_of(
    method: str, raw_path: str, headers: dict[str, str], body: bytes, *, literal_plus: bool = False
) -> Request:
    """A request as it stands on the wire; names of headers are in small letters."""
    path, _, query = raw_path.partition("?")
    query = query.replace("+", "%2B") if literal_plus else query
    if path.startswith("http"):
        path = "/" + path.split("/", 3)[3]
    path = re.sub(r"/{2,}", "/", path).rstrip("/")
    return Request(method, path, parse_qsl(query, keep_blank_values=True), headers, body)


def _outgoing(response: Response, *, chunked: bool = False) -> web.Response:
    body = response.body
    headers = dict(response.headers)
    if body is None:
        return web.Response(status=response.status, headers=headers)
    if not isinstance(body, (bytes, bytearray)):
        body = written(body)
        headers.setdefault("Content-Type", "application/json; charset=utf-8")
    found = web.Response(status=response.status, body=bytes(body), headers=headers)
    if chunked:
        found.enable_chunked_encoding()
    return found


class Running:
    """A sandbox in a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sandbox = Sandbox(settings)
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        self._thread.start()
        self._ready.wait(30)
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            runner, self.url = self._loop.run_until_complete(_start(self.sandbox))
        except (OSError, SandboxError) as error:
            self._error = error
            self._ready.set()
            return
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def stop(self) -> None:
        """Stops it; once is enough, twice does no harm."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
            self.sandbox.close()


async def _start(sandbox: Sandbox) -> tuple[web.ServerRunner, str]:
    settings = sandbox.settings
    server = web.Server(sandbox.handler, max_line_size=1 << 20, max_field_size=1 << 16, access_log=None)
    runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=1)
    await runner.setup()
    context = None
    if settings.tls is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*settings.tls)
    site = web.TCPSite(runner, settings.host, settings.port, ssl_context=context)
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        where = f"{settings.host} port {settings.port}"
        raise SandboxError(f"cannot listen on {where}: {error.strerror or error}", "Choose another port.") from None
    port = runner.addresses[0][1]
    settings.port = port
    return runner, f"{'https' if context else 'http'}://{settings.host}:{port}"


@contextmanager
def running(**settings: Any) -> Iterator[Running]:
    """A sandbox for the time of a `with`, on a free port unless one is named."""
    found = Running(Settings(**({"port": 0} | settings)))
    try:
        yield found
    finally:
        found.stop()


def serve(settings: Settings, say: Callable[[str], object] = lambda line: None) -> None:
    """Serves until interrupted; once it listens, `say` is told where and what to sign in with, all at once."""

    async def main() -> None:
        sandbox = Sandbox(settings)
        runner, url = await _start(sandbox)
        say("\n".join(welcome.lines(url, settings, cluedin=sandbox.cluedin is not None)))
        done = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(name, done.set)
        try:
            await done.wait()
        finally:
            await runner.cleanup()
            sandbox.close()

    asyncio.run(main())
