"""An audit in an append blob, through the real client of Azure Storage, from a small stand-in of its REST API over TLS.

Paths, queries, headers and answers: Azure's REST reference of `Put Blob` and `Append Block` [A].
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest

from reconciler.audit import blob
from reconciler.environment.audit import AuditBlob
from reconciler.environment.spec import BlobPlace
from reconciler.ledger.blob_client import Blobs

from ..support import Project
from ..support_tls import Quiet, identity, serving
from .conftest import CLIENT, SECRET, TENANT, Ran, sign_in

Run = Callable[..., Ran]
PATH = "/governance/audit/sandbox.jsonl"
ID = "0b6ad6a6-8a57-4a5d-9d3c-0e7a4f0f2b11"


@dataclass
class Account:
    """What the stand-in holds, and how it is asked."""

    url: str = ""
    blobs: dict[str, list[bytes]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    refuse: tuple[int, str] | None = None
    refuse_after: int = 0
    lose: int = 0
    """Answers to lose after the work is done."""

    def answer(self, path: str, query: dict[str, list[str]], headers: dict[str, str], body: bytes) -> tuple[int, str]:
        """Status and error code of a PUT."""
        self.asked.append((path, headers))
        if not headers.get("authorization", "").startswith("Bearer "):
            return 401, "NoAuthenticationInformation"
        if self.refuse is not None and len(self.asked) > self.refuse_after:
            return self.refuse
        if query.get("comp") == ["appendblock"]:
            self.blobs[path].append(body)
        elif headers.get("if-none-match") == "*" and path in self.blobs:
            return 409, "BlobAlreadyExists"
        else:
            assert headers["x-ms-blob-type"] == "AppendBlob"
            self.blobs[path] = []
        return 201, ""

    def lines(self, event: str) -> list[dict[str, object]]:
        found = [json.loads(line) for line in b"".join(self.blobs[PATH]).splitlines()]
        return [one for one in found if one["event"] == event]


@pytest.fixture
def account(secure: Project, certificate: tuple[str, str], clean: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account that the environment keeps its audit in; the run's own identity stands in variables."""
    held = Account()

    class Handler(Quiet):
        def do_PUT(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, code = held.answer(parts.path, parse_qs(parts.query), headers, body)
            if status == 201 and body and held.lose:
                held.lose -= 1
                self.close_connection = True
                return
            message = "" if code == "FromAGateway" else "<Message>Said by the service.</Message>"
            data = f"<?xml version='1.0'?><Error><Code>{code}</Code>{message}</Error>".encode() if code else b""
            self.send_response(status)
            for name, value in {
                "x-ms-error-code": code, "Content-Type": "application/xml", "Content-Length": str(len(data)),
                "x-ms-blob-append-offset": "0", "x-ms-blob-committed-block-count": "1", "ETag": '"1"',
                "Last-Modified": "Mon, 30 Nov 2026 09:00:00 GMT",
            }.items():  # fmt: skip
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    with serving(Handler, certificate) as held.url:
        for name, value in {
            **identity(secure.url, TENANT, CLIENT, SECRET), "RECONCILER_CORRELATION_ID": ID,
        }.items():  # fmt: skip
            clean.setenv(name, value)
        clean.setattr(blob, "_REPEATS", {"retry_total": 2, "initial_backoff": 0, "increment_base": 0})
        keep(secure, held.url)
        sign_in(secure, "{method: default, disable_instance_discovery: true}")
        yield held


def keep(made: Project, url: str) -> None:
    place = f"{{blob: {{account_url: '{url}', container: governance, name: audit/sandbox.jsonl}}}}"
    made.edit("environments/sandbox.yaml", "\nspec:\n", f"\nspec:\n  audit: {place}\n")


def test_lines_are_appended_over_the_runs(account: Account, secure: Project, run: Run) -> None:
    assert run("apply", "--yes").code == 0
    begins = len(account.lines("begin"))
    assert (begins, len(account.lines("end"))) == (1, 1)
    assert len(account.lines("change")) > 5
    secure.edit("customer.yaml", "Primary contact address.", "Another text.")
    assert run("apply", "--yes").code == 0
    assert len(account.lines("begin")) == 2, "what was there stays"
    for _, headers in account.asked:
        assert (headers["x-correlation-id"], headers["x-ms-client-request-id"]) == (ID, ID)
    assert not (secure.root / ".reconciler/audit").exists()


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        ((403, "AuthorizationPermissionMismatch"), "Storage Blob Data Contributor"),
        ((404, "ContainerNotFound"), "Make the container"),
        ((409, "InvalidBlobType"), "no append blob"),
    ],
)
def test_what_the_account_refuses_is_said_and_nothing_is_sent(
    account: Account, secure: Project, run: Run, refusal: tuple[int, str], words: str
) -> None:
    account.refuse = refusal
    ran = run("apply", "--yes")
    assert ran.code == 1
    assert f"{refusal[0]} {refusal[1]}" in ran.err
    assert words in ran.err
    assert secure.writes() == []


def test_an_answer_that_the_client_cannot_read_is_a_finding(account: Account, secure: Project, run: Run) -> None:
    """Of an error without a message azure-storage-blob 12 makes an exception of its own code."""
    account.refuse = (403, "FromAGateway")
    ran = run("apply", "--yes")
    assert ran.code == 1
    assert "[audit.unwritable]" in ran.err
    assert secure.writes() == []


def test_an_account_that_fails_on_the_way_ends_the_apply(account: Account, secure: Project, run: Run) -> None:
    account.refuse, account.refuse_after = (403, "AuthorizationFailure"), 3
    ran = run("apply", "--yes", "--format", "json")
    assert ran.code == 5
    shape = json.loads(ran.out)
    assert [one["code"] for one in shape["diagnostics"]] == ["audit.unwritable"]
    assert "not_started" in shape["summary"]


def test_a_lost_answer_may_double_lines_that_tell_it(account: Account, run: Run) -> None:
    account.lose = 1
    assert run("apply", "--yes").code == 0
    told = [(line["correlation_id"], line["line"]) for line in account.lines("begin")]
    assert told == [(ID, 1)] * 2


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://blobs.example", "host blobs.example is not allowed"),
        ("https://acme.purview.azure.com", "host acme.purview.azure.com is not allowed"),
        ("http://acme.blob.core.windows.net", "is not encrypted"),
        ("http://localhost:10000/account", "over which no token of an identity is sent"),
    ],
)
def test_a_host_that_nobody_allowed_is_refused_before_anything_is_sent(
    account: Account, secure: Project, run: Run, url: str, words: str
) -> None:
    secure.edit("environments/sandbox.yaml", account.url, url)
    ran = run("apply", "--yes")
    assert ran.code == 1
    assert words in ran.err
    assert secure.writes() == []
    assert words in run("doctor").out


@pytest.mark.parametrize("variables", [{}, {"RECONCILER_BLOB_KEY": "a2V5"}], ids=["identity", "key"])
def test_what_keeps_a_ledger_may_keep_an_audit(variables: dict[str, str]) -> None:
    url, named = "https://Acme.blob.core.windows.net:443/", {"container": "governance"}
    ledger = Blobs(BlobPlace(account_url=url, **named), "prod", variables)
    audit = blob.BlobTrail(AuditBlob(account_url=url, **named, name="prod"), variables)
    assert ledger.url == audit.name == "https://acme.blob.core.windows.net/governance/prod"


def test_without_the_client_it_is_said_what_to_install(
    account: Account, secure: Project, run: Run, clean: pytest.MonkeyPatch
) -> None:
    clean.setitem(sys.modules, "azure.storage.blob", None)
    ran = run("apply", "--yes")
    assert ran.code == 1
    assert "cluedin-purview-reconciler[azure]" in ran.err
    assert secure.writes() == []


def test_blocks_hold_whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blob, "BLOCK", 10)
    assert list(blob._blocks([b"12345\n", b"123\n", b"1\n", b"a line that is longer\n"])) == [
        b"12345\n123\n", b"1\n", b"a line that is longer\n",
    ]  # fmt: skip
