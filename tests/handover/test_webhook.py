"""The receivers, run as they are: signed by a library that we did not write, they take each message once."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from ..tools import program
from .conftest import Run

SECRET, BEFORE, OTHER = (f"whsec_{base64.b64encode(bytes([at]) * 32).decode()}" for at in (1, 2, 3))
ABOUT = "cluedin.stream:customers_wide_v1"
LANGUAGES = ["python", pytest.param("node", marks=pytest.mark.node)]


class Receiver:
    """A receiver on this machine, and a sender that signs as the library does."""

    def __init__(self, words: list[str], folder: Path) -> None:
        self.log = folder / "log.txt"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        env = {**os.environ, "WEBHOOK_SECRET": SECRET, "WEBHOOK_SECRET_BEFORE": BEFORE}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*words, self.url.rpartition(":")[2]], cwd=folder, env=env, stdout=log, stderr=log
            )
        until = time.monotonic() + 30
        while not self._is_up():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until
            time.sleep(0.05)

    def _is_up(self) -> bool:
        try:
            return httpx.head(self.url).status_code == 200
        except httpx.TransportError:
            return False

    def send(self, id: str, body: str, *, secret: str = SECRET, ago: int = 0, sent: str | None = None) -> int:
        moment = str(int(time.time()) - ago)
        signed = Webhook(secret).sign(id, datetime.fromtimestamp(int(moment), UTC), body)
        headers = {"webhook-id": id, "webhook-timestamp": moment, "webhook-signature": f"v2,zzz v1,%% {signed}"}
        return httpx.post(self.url, content=(sent or body).encode(), headers=headers, timeout=30).status_code

    @property
    def handled(self) -> list[str]:
        return [line for line in self.log.read_text().splitlines() if line.startswith("export.succeeded")]


@pytest.fixture(params=LANGUAGES)
def receiver(request: pytest.FixtureRequest, offline: Path, run: Run) -> Iterator[Receiver]:
    language: str = request.param
    assert run("handover", "webhook", "--language", language).code == 0
    [file] = (offline / "handover/webhook").glob("receiver.*")
    words = [sys.executable] if language == "python" else [program("node", why="the receiver is JavaScript")]
    one = Receiver([*words, str(file)], offline)
    yield one
    one.process.kill()
    one.process.wait()


def message(id: str, subject: str = ABOUT) -> str:
    return json.dumps({"id": id, "type": "export.succeeded", "data": {"subject": subject, "rows": "ü"}})


@pytest.mark.long
def test_each_message_is_taken_once_and_none_of_others(receiver: Receiver) -> None:
    assert [receiver.send("a", message("a")) for _ in range(2)] == [200, 208]
    assert receiver.handled == [f"export.succeeded {ABOUT} a"]
    assert receiver.send("b", message("b"), secret=BEFORE) == 200, "the secret before, while both are in use"
    assert receiver.send("c", message("c", "cluedin.stream:another")) == 200
    assert len(receiver.handled) == 2
    assert receiver.send("d", message("d"), secret=OTHER) == 401
    assert receiver.send("e", message("e"), sent=message("f")) == 401, "changed on the way"
    assert receiver.send("g", message("g"), ago=400) == 401
    assert receiver.send("h", message("h"), ago=-400) == 401
    assert httpx.post(receiver.url, content=message("i")).status_code == 400
    assert httpx.put(receiver.url, content=message("i")).status_code == 405
    assert httpx.post(receiver.url, content=b"x" * 1_000_001).status_code == 413
    assert [receiver.send("k", "{") for _ in range(2)] == [500, 500], "what was not handled may come again"
    assert len(receiver.handled) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receiver_that_cannot_serve_says_why(offline: Path, run: Run, language: str) -> None:
    assert run("handover", "webhook", "--language", language).code == 0
    [file] = (offline / "handover/webhook").glob("receiver.*")
    words = [sys.executable] if language == "python" else [program("node", why="the receiver is JavaScript")]
    known = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    secret, place = {"WEBHOOK_SECRET": SECRET}, f"SEEN_{'FILE' if language == 'python' else 'FOLDER'}"

    def told(port: str, **env: str) -> str:
        call = [*words, str(file), port]
        ran = subprocess.run(
            call, cwd=offline, env=known | env, capture_output=True, text=True, timeout=60, check=False
        )
        assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (1, "", 1), ran.stderr
        return ran.stderr

    assert told("8080") == "WEBHOOK_SECRET is not set\n"
    assert told("http", **secret) == "http is no port\n"
    assert told("8080", **secret, **{place: "manifests/labels.yaml/seen"}).startswith(f"{place} manifests/labels.yaml")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert told(port, **secret).startswith(f"port {port}: ")


def test_a_language_belongs_to_the_receiver_alone(offline: Path, run: Run) -> None:
    ran = run("handover", "airflow", "--language", "node")
    assert (ran.code, "--language is for webhook; airflow has none" in ran.err) == (1, True)
    assert run("handover", "webhook").code == 0
    assert sorted(one.name for one in (offline / "handover/webhook").iterdir()) == [
        "function_app.py", "receiver.mjs", "receiver.py", "verify.mjs", "verify.py",
    ]  # fmt: skip


def test_a_project_without_contracts_has_a_receiver_of_all_messages(offline: Path, run: Run) -> None:
    (offline / "manifests/exports/customers_wide_v1.yaml").unlink()
    assert run("handover", "webhook", "--language", "python").code == 0
    assert "SUBJECTS = []" in (offline / "handover/webhook/receiver.py").read_text()
    assert run("handover", "airflow").code == 0
