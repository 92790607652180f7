"""Signing in to Azure Blob Storage: the identity of the run, for the account alone; a small stand-in of it over TLS."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ..support import Project
from ..support_tls import Quiet, identity, serving
from .conftest import CLIENT, SECRET, TENANT, Ran, asked

Run = Callable[..., Ran]
NOT_THERE = (404, {"x-ms-error-code": "BlobNotFound"})
CHANGED = (412, {"x-ms-error-code": "ConditionNotMet"})


class Account:
    """What the stand-in answers, and the tokens that it was sent."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.asked: list[str] = []
        self.answer = lambda method, token: CHANGED if method == "PUT" else NOT_THERE
        self.url, self.body = "", b""


@pytest.fixture
def account(secure: Project, certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account without a ledger, and a project that keeps its ledger there."""
    held = Account()

    class Handler(Quiet):
        def answer(self) -> None:
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            held.tokens.append(token)
            held.asked.append(f"{self.command} {self.path.partition('?')[0]}")
            status, headers = held.answer(self.command, token)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(held.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(held.body)

        do_GET = do_PUT = do_HEAD = answer

    with serving(Handler, certificate) as held.url:
        for name, value in {
            **identity(secure.url, TENANT, CLIENT, SECRET),
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        place = f"spec:\n  ledger: {{blob: {{account_url: '{held.url}', container: ledgers}}}}\n"
        secure.edit("environments/sandbox.yaml", "spec:\n", place)
        yield held


def test_the_identity_of_the_run_signs_in_for_storage(account: Account, secure: Project, run: Run) -> None:
    ran = run("doctor", "--format", "json")
    found = {check["code"]: check for check in ran.json["checks"]}
    assert "there is no ledger https://localhost:" in found["ledger.none"]["summary"]
    assert found["ledger.writable"]["status"] == "ok"
    assert account.asked == [
        "GET /ledgers/reconciler/sandbox/header",
        "PUT /ledgers/reconciler/sandbox/probe",
        "HEAD /ledgers/reconciler/sandbox/lock",
    ]
    assert all(account.tokens)
    assert not [token for token in account.tokens if token in ran.out + ran.err]
    assert asked(secure, "/oauth2/")


def test_who_may_only_read_is_told_so(account: Account, run: Run) -> None:
    mismatch = (403, {"x-ms-error-code": "AuthorizationPermissionMismatch"})
    account.answer = lambda method, token: mismatch if method == "PUT" else NOT_THERE
    ran = run("doctor", "--format", "json")
    [found] = [check for check in ran.json["checks"] if check["code"] == "ledger.read_only"]
    assert found["status"] == "warning"
    assert "403 AuthorizationPermissionMismatch" in found["summary"]
    assert "Storage Blob Data Contributor" in found["detail"]
    assert "A plan can be made" in found["detail"]


def test_no_token_is_given_for_what_an_answer_names(account: Account, run: Run) -> None:
    """An account that wants a token for something else gets none."""
    other = f'Bearer authorization_uri="https://login.microsoftonline.com/{TENANT}", resource_id="https://else.example"'
    account.answer = lambda method, token: (401, {"WWW-Authenticate": other})
    ran = run("plan")
    assert ran.code == 1
    assert "a token for https://else.example/.default" in ran.err
    assert len(set(account.tokens)) == 1


def test_a_sign_in_that_is_refused_is_said_once(account: Account, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "wrong-secret")
    ran = run("plan")
    assert ran.code == 1
    assert "Azure sign-in failed" in ran.err
    assert account.asked == []


def test_an_answer_that_leads_elsewhere_is_not_followed(account: Account, run: Run) -> None:
    account.answer = lambda method, token: (307, {"Location": "https://else.example/ledgers"})
    ran = run("plan")
    assert ran.code == 1
    assert "Azure answers 307" in ran.err


def test_an_error_without_a_message_is_one_all_the_same(account: Account, run: Run) -> None:
    """Of it azure-storage-blob makes an exception of its own code."""
    account.answer = lambda method, token: (403, {"Content-Type": "application/xml"})
    account.body = b"<Error><Code>FromAGateway</Code></Error>"
    ran = run("plan")
    assert ran.code == 1
    assert "could not be read: Azure answers 403" in ran.err
