"""Secrets of an Azure Key Vault, through the vault's real client, from a small stand-in of its REST API over TLS.

Paths, bodies and the challenge: Azure's REST reference of `GET /secrets/{name}/{version}` and its authentication
[A].
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ..support import Project
from ..support_tls import Quiet, identity, serving
from .conftest import CLIENT, SECRET, TENANT, Ran, sign_in

Run = Callable[..., Ran]
VERSION = "0123456789abcdef0123456789abcdef"


class Vault:
    """What the stand-in holds, and what it was asked."""

    def __init__(self, authority: str) -> None:
        self.authority = authority
        self.held = {f"/secrets/app-secret/{VERSION}": SECRET}
        self.asked: list[tuple[str, str]] = []
        self.status = 0
        self.url = ""

    def answer(self, path: str, token: str) -> tuple[int, dict[str, str], object]:
        """Status, headers and body, as the vault answers."""
        self.asked.append((path, token))
        if not token:
            challenge = f'Bearer authorization="{self.authority}/{TENANT}", resource="https://vault.azure.net"'
            return 401, {"WWW-Authenticate": challenge}, {"error": {"code": "Unauthorized"}}
        if self.status:
            return self.status, {}, {"error": {"code": "Forbidden", "message": f"not with {token}"}}
        if path not in self.held:
            return 404, {}, {"error": {"code": "SecretNotFound", "message": "A secret was not found"}}
        return 200, {}, {"value": self.held[path], "id": self.url + path, "attributes": {"enabled": True}}


@pytest.fixture
def vault(secure: Project, certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    """A vault whose secret signs in to Purview; the run's own identity stands in variables of the process."""
    held = Vault(secure.url)

    class Handler(Quiet):
        def do_GET(self) -> None:
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            status, headers, body = held.answer(urlsplit(self.path).path, token)
            data = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {
                **headers,
                "Content-Type": "application/json",
                "Content-Length": str(len(data)),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    with serving(Handler, certificate) as held.url:
        for name, value in {
            **identity(secure.url, TENANT, CLIENT, SECRET), "RECONCILER_ALLOWED_VAULTS": f"other-vault, {held.url}",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        refer(secure, held.url)
        yield held


def refer(made: Project, vault: str, version: str = VERSION) -> None:
    reference = f"{{vault: '{vault}', secret: app-secret, version: '{version}'}}"
    who = f"tenant_id: {TENANT}, client_id: {CLIENT}, authority: '{made.url}'"
    sign_in(made, f"{{method: client_secret, {who}, secret: {reference}}}")


def test_a_secret_comes_out_of_a_vault(vault: Vault, run: Run) -> None:
    ran = run("plan")
    assert ran.code == 0, ran.err
    assert [path for path, token in vault.asked if token] == [f"/secrets/app-secret/{VERSION}"]
    assert "can be read" in run("doctor").out


def test_a_vault_that_is_not_allowed_is_not_asked(vault: Vault, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_ALLOWED_VAULTS", "other-vault")
    ran = run("plan")
    assert ran.code == 1
    assert "RECONCILER_ALLOWED_VAULTS" in ran.err
    assert vault.asked == []


@pytest.mark.parametrize(("status", "words"), [(404, "is not there"), (403, "may not be read")])
def test_what_the_vault_refuses_is_said(vault: Vault, run: Run, status: int, words: str) -> None:
    vault.held, vault.status = {}, status
    ran = run("plan")
    assert ran.code == 1
    assert words in ran.err
    assert not [token for _, token in vault.asked if token and token in ran.err]


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("{vault: acme, secret: app-secret}", "32 hexadecimal digits"),
        ("{vault: 'https://acme@b.example', secret: app-secret, version: '%s'}", "no vault"),
        ("{vault: acme, secret: app-secret, env: NAME, version: '%s'}", "give either `env`"),
        ("{vault: acme}", "give either `env`"),
    ],
)
def test_a_wrong_reference_is_a_finding_with_its_line(secure: Project, run: Run, reference: str, words: str) -> None:
    reference = reference.replace("%s", VERSION)
    sign_in(secure, f"{{method: client_secret, tenant_id: {TENANT}, client_id: {CLIENT}, secret: {reference}}}")
    ran = run("validate")
    assert ran.code == 1
    assert words in ran.out
    assert "sandbox.yaml:" in ran.out


def test_a_reference_to_a_vault_is_no_text(secure: Project, run: Run, tmp_path: Path) -> None:
    wrong = f"definition: {{vault: acme, secret: app-secret, version: '{VERSION}'}}"
    secure.edit("customer.yaml", "definition: Primary contact address.", wrong)
    ran = run("validate")
    assert ran.code == 1
    assert "is not a secret" in ran.out
