"""A canary in every place where a secret can stand, in every encoding, over every verb, format, crash and proxy."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from reconciler.systems.http import Connection

from ..support import SECRETS, Project
from .canaries import CANARIES, FORMATS, encodings, every_file, hits
from .conftest import Ran

Run = Callable[..., Ran]
LENGTHS = (10, 16, 25)


def test_over_every_verb_and_format(caged: Project, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    saved = out / "plan.json"
    also = [word for one in (*FORMATS, "junit") for word in ("--also", f"{one}={out / one}")]
    applied = [word for one in FORMATS for word in ("--also", f"{one}={out / one}.applied")]
    for words in (
        ("validate", "--also", f"junit={out / 'validate.xml'}"),
        ("plan", "--out", str(saved), *also),
        *(("show", str(saved), "--format", one) for one in FORMATS),
        ("apply", "--yes", *applied),
        ("apply", "--yes", "--format", "json"),
        *(("drift", "--format", one) for one in FORMATS),
        ("drift", "--also", f"junit={out / 'drift.xml'}"),
        *(("doctor", "--format", one) for one in ("text", "json")),
        ("graph", "--format", "json"),
        ("contracts", "check", "--live"),
        ("exports", "run", "customers_wide_v1", "--wait", "20"),
        ("exports", "history", "customers_wide_v1"),
    ):
        ran = run("-v", *words)
        assert ran.code == 0, (words, ran.err)
        assert hits(ran.out + ran.err) == [], words
    assert every_file(tmp_path) == []


HOOKS = {
    "HOOK_URL": "https://hook.test/in?code=kanary-four-of-the-hook",
    "HOOK_AUTHORIZATION": "Bearer kanary-five-of-the-hook",
}
HOOK = """
apiVersion: reconciler/v1
kind: ExportContract
metadata: {name: NAME}
spec:
  entity: customer
  delivery: {type: http, DELIVERY}
  columns: [{from: customer.email}]
"""
IN_SECRET = 'target: {secrets: {url: {env: HOOK_URL, version: "1"}, authorization: {env: HOOK_AUTHORIZATION}}}'
IN_CLEAR = "connection: 'https://hook.test/in', target: {secrets: {authorization: {env: HOOK_AUTHORIZATION}}}"
CONNECT = """mutation m($c: ID, $a: JSON) { inbound { createConnection(connectorId: $c, authInfo: $a) { id } } }"""
SAVE = """mutation m($c: InputConnectorConfiguration) { inbound {
  saveConnectorConfiguration(connectorConfiguration: $c) { id } } }"""


def graphql(project: Project, query: str, **variables: object) -> None:
    form = {"grant_type": "password", "username": "admin@contoso.test", "password": CANARIES["CLUEDIN_PASSWORD"]}
    token = project.http("POST", "/auth/connect/token", data={**form, "client_id": "contoso"})["access_token"]
    body, headers = {"query": query, "variables": variables}, {"authorization": f"Bearer {token}"}
    answer = httpx.post(f"{project.url}/graphql", json=body, headers=headers).raise_for_status().json()
    assert not answer.get("errors"), answer


@pytest.mark.long
def test_where_no_control_says_that_it_is_a_secret(
    caged: Project, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Options of the Http connector are plain inputs, its display names are composed of them, and people sign an
    address in the portal: none of it is known by value."""
    for name, value in HOOKS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("RECONCILER_SECRETS", ",".join((*SECRETS, *HOOKS)))
    caged.write("exports/hook.yaml", HOOK.replace("NAME", "hook_v1").replace("DELIVERY", IN_SECRET))
    caged.write("exports/clear.yaml", HOOK.replace("NAME", "clear_v1").replace("DELIVERY", IN_CLEAR))
    foreign = {"url": "https://other.test/?sig=kanary-six-of-others", "authorization": "Basic kanary-seven"}
    graphql(caged, CONNECT, c="486cc091-4c77-4190-8e2d-058bc4ca8a85", a=foreign)
    shown = [run("-v", "validate"), run("-v", "plan", "--out", str(tmp_path / "p.json")), run("-v", "apply", "--yes")]
    assert [ran.code for ran in shown] == [0, 0, 0], [ran.err for ran in shown]
    state = caged.http("GET", "/_sandbox/state")
    targets = {one["accountDisplay"]: one for one in state["cluedin"]["provider-definition"].values()}
    assert targets["hook_v1"]["helperConfiguration"] == {
        "url": HOOKS["HOOK_URL"], "authorization": HOOKS["HOOK_AUTHORIZATION"],
    }  # fmt: skip
    assert hits(json.dumps(state["purview"])) == []
    shown += [run("-v", "plan", "--detailed-exitcode")]
    assert shown[-1].code == 0, shown[-1].out
    clear = targets["clear_v1"]
    graphql(caged, SAVE, c={"id": clear["id"], "helperConfiguration": foreign})
    shown += [run("-v", "drift", "--format", one) for one in FORMATS]
    assert "config[url]" in shown[-1].out + shown[-2].out
    shown += [run("-v", *words) for words in (("plan",), ("graph",), ("doctor",), ("apply", "--yes"))]
    also = [word for one in (*FORMATS, "junit") for word in ("--also", f"{one}={tmp_path / one}")]
    graphql(caged, SAVE, c={"id": clear["id"], "helperConfiguration": foreign})
    shown += [run("-v", "plan", "--force-conflicts", *also)]
    for ran in shown:
        assert hits(ran.out + ran.err) == []
    assert every_file(tmp_path) == []


def test_a_secret_in_clear_is_refused_and_not_shown(caged: Project, run: Run, tmp_path: Path) -> None:
    value = "kanary-eight-of-the-hook"
    for at, delivery in enumerate(
        (
            f"connection: 'https://hook.test/?sig={value}'",
            f"connection: 'https://user:{value}@hook.test/'",
            f"connection: 'https://hook.test/', target: {{config: {{authorization: {value}}}}}",
            f"connection: 'https://hook.test/', target: {{secrets: {{authorization: {value}}}}}",
        )
    ):
        path = caged.write("exports/hook.yaml", HOOK.replace("NAME", "hook_v1").replace("DELIVERY", delivery))
        for words in (("validate",), ("validate", "--format", "json"), ("plan",), ("apply", "--yes")):
            ran = run("-v", *words)
            assert ran.code == 1, (at, words)
            assert hits(ran.out + ran.err) == [], (at, words)
        assert every_file(tmp_path) == [str(path)]


@pytest.mark.long
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "cut"])
@pytest.mark.parametrize("name", CANARIES)
def test_where_a_system_repeats_it(caged: Project, run: Run, tmp_path: Path, name: str, whole: bool) -> None:
    """In an error text, in HTML of a proxy, in GraphQL errors: in every encoding, and cut to any length."""
    value = CANARIES[name]
    told = " | ".join(encodings(value)) if whole else " | ".join(f"{value[:n]}..." for n in LENGTHS)
    for path, status, body in (
        ("glossary/terms", 400, {"errorCode": "X", "errorMessage": told}),
        ("glossary", 403, {"error": {"code": told, "message": told}}),
        ("glossary", 502, f"<html>{told}</html>"),
        ("graphql", 200, {"errors": [{"message": told, "path": [told]}], "data": None}),
        ("auth/connect/token", 400, {"error": "invalid_grant", "error_description": told}),
        ("datamap", 400, f"{'x' * 290}{told}"),
    ):
        caged.http("POST", "/_sandbox/faults", json={"path": path, "status": status, "times": 9, "body": body})
        for words in (("-v", "plan"), ("-v", "apply", "--yes", "--format", "json"), ("-v", "doctor")):
            ran = run(*words)
            shown = ran.out + ran.err
            assert hits(shown) == [], (path, words, shown[max(0, shown.find("kanary") - 50) :][:150])
        caged.http("DELETE", "/_sandbox/faults")
    assert every_file(tmp_path) == []


@pytest.mark.parametrize("traceback", ["", "1"])
def test_in_a_crash(
    caged: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], traceback: str
) -> None:
    """An exception that nobody expected, with a cause; a library shows its header as bytes."""
    from reconciler.cli import main

    def send(self: Connection, *words: object, **more: object) -> object:
        credential = {"authorization": f"Bearer {CANARIES['PURVIEW_TOKEN']}"}
        try:
            raise ValueError(f"Illegal header value {credential['authorization'].encode()!r}")
        except ValueError as error:
            raise KeyError(*encodings(CANARIES["PURVIEW_TOKEN"])) from error

    monkeypatch.setattr(Connection, "send", send)
    monkeypatch.setenv("RECONCILER_TRACEBACK", traceback)
    with pytest.raises(SystemExit) as left:
        main(["-v", "--project", str(tmp_path), "plan"])
    told = capsys.readouterr()
    assert left.value.code == 1
    assert "KeyError" in told.err
    assert ("Traceback" in told.err) == bool(traceback)
    assert hits(told.out + told.err) == []


@pytest.mark.parametrize("name", ["PURVIEW_TOKEN", "CLUEDIN_PASSWORD"])
@pytest.mark.parametrize(
    ("end", "words"),
    [("\nmore", "a line end"), ("\x07", "the control character U+0007"), ("\r\n\n", "a line end")],
    ids=["line", "bell", "two"],
)
def test_what_cannot_be_a_secret_is_refused_at_once(
    caged: Project, run: Run, monkeypatch: pytest.MonkeyPatch, name: str, end: str, words: str
) -> None:
    """Once, by the name of the variable, and nothing is sent with it."""
    monkeypatch.setenv(name, CANARIES[name] + end)
    ran = run("-v", "plan")
    assert ran.code == 1
    assert f"the secret {name} holds {words}" in ran.err
    assert "1 error" in ran.err
    looked = run("-v", "doctor")
    assert (looked.out + looked.err).count(f"✗ the secret {name} holds") == 1
    assert hits(ran.out + ran.err + looked.out + looked.err) == []


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_one_line_end_is_taken_off(caged: Project, run: Run, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value + end)
    ran = run("-v", "plan")
    assert ran.code == 0, ran.err
    assert hits(ran.out + ran.err) == []


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["http", "HTTPS"])
def test_behind_a_proxy(caged: Project, tmp_path: Path, scheme: str) -> None:
    """A proxy that the process names sees names of hosts and no credential, and nothing at all of loopback."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:

        def serve() -> None:
            while True:
                try:
                    connection, _ = proxy.accept()
                except OSError:
                    return
                with connection:
                    seen.append(connection.recv(65536))
                    connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), address)
        words = [sys.executable, "-m", "reconciler", "-v", "--project", str(tmp_path), "plan"]
        kept = {key: value for key, value in os.environ.items() if key.lower() != "no_proxy"}
        ran = subprocess.run(words, env={**kept, **proxies}, capture_output=True, text=True, timeout=120)
        assert ran.returncode == 0, ran.stderr
        assert seen == []
        away = {
            "RECONCILER_VAR_SANDBOX_URL": f"{scheme}://acme.example",
            "RECONCILER_ALLOWED_HOSTS": "*.trusted.example",
        }
        ran = subprocess.run(words, env={**kept, **proxies, **away}, capture_output=True, text=True, timeout=120)
        assert ran.returncode == 1
        assert hits(ran.stdout + ran.stderr) == []
        assert all(b"CONNECT acme.example:443" in each for each in seen)
        assert not [each for each in seen if hits(each.decode(errors="replace"))]
