"""Prism between the reconciler and the sandbox: it holds every request and every answer against a document.

Prism (`@stoplight/prism-cli`) is somebody else's judge. It is installed once into a folder that git ignores.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from ..tools import missing, program
from .reference import ROOT

VERSION = "5.14.2"
CACHE = ROOT / ".cache"
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HOP = frozenset(("host", "content-length", "transfer-encoding", "connection", "content-encoding"))


def executable() -> Path:
    """Prism's command, installed when it is not; skips without Node.js, fails without it in CI."""
    found = CACHE / f"prism-{VERSION}" / "node_modules" / ".bin" / "prism"
    if found.exists():
        return found
    for name in ("node", "npm"):
        program(name, why="Prism takes Node.js with npm")
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"]
    command += ["--prefix", str(found.parents[2]), f"@stoplight/prism-cli@{VERSION}"]
    found.parents[2].mkdir(parents=True, exist_ok=True)
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if run.returncode or not found.exists():
        missing(f"npm could not install Prism: {run.stderr[-500:]}")
    return found


@dataclass(frozen=True)
class Plane:
    """Paths that a document describes: those below `prefix`, which stand in the document without `less`."""

    name: str
    prefix: str
    document: dict[str, Any]
    less: str = ""


@dataclass
class Judged:
    """What went through Prism, and what it said."""

    url: str = ""
    requests: list[tuple[str, str, str, int]] = field(default_factory=list)
    violations: set[str] = field(default_factory=set)

    def paths(self, plane: str) -> set[tuple[str, str]]:
        """The distinct requests of a plane."""
        return {(method, path) for name, method, path, _ in self.requests if name == plane}


@contextmanager
def between(upstream: str, planes: list[Plane], folder: Path) -> Iterator[Judged]:
    """An address to reach the sandbox by, with a Prism for each plane on the way."""
    command = executable()
    with ExitStack() as stack:
        ports = {plane.name: stack.enter_context(_proxy(command, plane, upstream, folder)) for plane in planes}
        yield stack.enter_context(_router(upstream, planes, ports))


@contextmanager
def _proxy(command: Path, plane: Plane, upstream: str, folder: Path) -> Iterator[int]:
    path = folder / f"{plane.name}.openapi.json"
    path.write_text(json.dumps(plane.document), encoding="utf-8")
    port = _free_port()
    words = [str(command), "proxy", "-h", "127.0.0.1", "-p", str(port), str(path), upstream + plane.less]
    with (folder / f"{plane.name}.log").open("w") as log:
        process = subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(process, port, folder / f"{plane.name}.log")
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"Prism does not start: {log.read_text(encoding='utf-8')[-2000:]}")


@contextmanager
def _router(upstream: str, planes: list[Plane], ports: dict[str, int]) -> Iterator[Judged]:
    """Sends what is documented through Prism and the rest straight on."""
    judged = Judged()
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    async def serve() -> tuple[web.ServerRunner, aiohttp.ClientSession]:
        session = aiohttp.ClientSession(auto_decompress=False)

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            plane = next((one for one in planes if request.path.startswith(one.prefix)), None)
            target = upstream + request.raw_path
            if plane is not None:
                target = f"http://127.0.0.1:{ports[plane.name]}{request.raw_path.removeprefix(plane.less)}"
            headers = {key: value for key, value in request.headers.items() if key.lower() not in _HOP}
            url = URL(target, encoded=True)
            data = await request.read()
            async with session.request(request.method, url, headers=headers, data=data or None) as answer:
                body = await answer.read()
                if plane is not None:
                    _record(judged, plane, request, answer, body)
                kept = {key: value for key, value in answer.headers.items() if key.lower() not in _HOP}
                return web.Response(status=answer.status, body=body, headers=kept)

        runner = web.ServerRunner(web.Server(handle, access_log=None, max_line_size=1 << 20), shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        judged.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner, session

    def run() -> None:
        asyncio.set_event_loop(loop)
        runner, session = loop.run_until_complete(serve())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(session.close())
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run, name="router", daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield judged
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def _record(judged: Judged, plane: Plane, request: web.BaseRequest, answer: Any, body: bytes) -> None:
    judged.requests.append((plane.name, request.method, request.path, answer.status))
    found = json.loads(answer.headers.get("sl-violations", "[]"))
    if b"stoplight.io/prism/errors" in body:  # Prism's own answer: no such operation, no token, no upstream
        found.append({"location": ["request"], "message": json.loads(body).get("title", "refused by Prism")})
    for one in found:
        where = ".".join(re.sub(r"^\d+$", "*", str(part)) for part in one["location"])
        message = re.sub(r"\b\d+\b", "*", str(one["message"]))
        path = _ID.sub("{id}", request.path)
        judged.violations.add(f"{plane.name} {request.method} {path} {where}: {message}")
