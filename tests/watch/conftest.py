"""A project whose sandbox people work in, and `watch` at the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from reconciler.cli import cli
from reconciler.cli.common import Setup

from ..support import SECRETS, Project, project
from .people import People

HOOK_SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS1ob29rLW9mLXRoZS10ZXN0cyE="


@dataclass
class Receiver:
    """Takes what is posted; answers what it is told, one after the other and then 204."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status, headers = found.answers.pop(0) if found.answers else (204, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/hooks"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Ran:
    """What one run of the command line left."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Watch = Callable[..., Ran]


class Killed(Exception):
    """What a kill is to a test: nothing runs after it. Nobody in the product knows it."""


@pytest.fixture
def made(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Project]:
    """A project; a test may ask for another sandbox by its settings."""
    with project(tmp_path, **getattr(request, "param", {})) as one:
        yield one


@pytest.fixture
def people(made: Project) -> People:
    return People(made)


@pytest.fixture
def watch(made: Project, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """`watch --once --format json`, in this process."""
    given = {**made.env, "HOOK_SECRET": HOOK_SECRET, "RECONCILER_SECRETS": ",".join((*SECRETS, "HOOK_SECRET"))}
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    def run(*words: str, verb: tuple[str, ...] = ("watch", "--once", "--format", "json")) -> Ran:
        place = ["-q", "--project", str(made.root), "--env", "sandbox"]
        told = CliRunner().invoke(cli, [*place, *verb, *words], obj=Setup(made.root, "sandbox", True, False))
        error = told.exception
        if error is not None and not isinstance(error, SystemExit):
            from reconciler.errors import ReconcilerError

            if isinstance(error, Killed):
                return Ran(-9, told.stdout, "")
            if not isinstance(error, ReconcilerError):
                raise error
            return Ran(int(error.exit_code), told.stdout, "\n".join(map(str, error.diagnostics)))
        return Ran(told.exit_code, told.stdout, told.stderr)

    return run


def process(made: Project, *words: str) -> subprocess.Popen[str]:
    """The same in a process of its own, which may be killed."""
    given = {**os.environ, **made.env, "HOOK_SECRET": HOOK_SECRET}
    given["RECONCILER_SECRETS"] = ",".join((*SECRETS, "HOOK_SECRET"))
    place = ["-q", "--project", str(made.root), "--env", "sandbox"]
    return subprocess.Popen(
        [sys.executable, "-m", "reconciler", *place, "watch", "--format", "json", *words],
        env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
