"""Signing in as people and pipelines do, through real azure-identity, to a sandbox that checks tokens over TLS."""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from .. import portal
from ..support import Project, project
from .conftest import CLIENT, CONCEPT, SECRET, TENANT, Ran, asked, sign_in

Run = Callable[..., Ran]
WHO = f"tenant_id: {TENANT}, client_id: {CLIENT}"


@pytest.fixture(autouse=True)
def trusting(monkeypatch: pytest.MonkeyPatch, certificate: tuple[str, str]) -> None:
    """The tests' own calls trust the sandbox, too."""
    context = ssl.create_default_context(cafile=certificate[0])
    monkeypatch.setattr("tests.portal.request", httpx.Client(verify=context).request)


def plans(ran: Ran) -> None:
    assert ran.code == 0, ran.err
    assert "to add" in ran.out


def jwt(**claims: object) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'RS256'})}.{part(claims)}.c2lnbmF0dXJl"


# -- the ways in -------------------------------------------------------------------------------------------------


def test_a_client_secret(secure: Project, run: Run) -> None:
    sign_in(secure, f"{{method: client_secret, {WHO}, secret: {{env: AZURE_SECRET}}, authority: '{secure.url}'}}")
    plans(run("plan"))
    assert asked(secure, f"/{TENANT}/oauth2/v2.0/token")
    assert asked(secure, "/common/discovery/instance") == []


def test_a_federated_token_in_a_file(
    secure: Project, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a GitHub job has one: the file holds the job's own token, the variables say who it stands for."""
    file = tmp_path / "oidc-token"
    file.write_text(jwt(sub="repo:contoso/governance:ref:refs/heads/main", exp=time.time() + 300))
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(file))
    monkeypatch.setenv("AZURE_CLIENT_ID", CLIENT)
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    sign_in(secure, f"{{method: workload_identity, authority: '{secure.url}'}}")
    plans(run("plan"))
    assert asked(secure, f"/{TENANT}/oauth2/v2.0/token")


def test_variables_of_the_process(secure: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", secure.url)
    monkeypatch.setenv("AZURE_CLIENT_ID", CLIENT)
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    monkeypatch.setenv("AZURE_CLIENT_SECRET", SECRET)
    sign_in(secure, "{method: default, disable_instance_discovery: true}")
    plans(run("plan"))
    assert asked(secure, f"/{TENANT}/oauth2/v2.0/token")


@contextmanager
def endpoint(answer: Callable[[dict[str, list[str]]], object]) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """A small server that answers every GET with JSON; yields its address and what it was asked."""
    seen: list[dict[str, list[str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(parse_qs(urlsplit(self.path).query))
            seen[-1] |= {key.lower(): [value] for key, value in self.headers.items()}
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer(seen[-1])).encode())

        def log_message(self, *words: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()


def issued(secure: Project) -> str:
    """A token of the sandbox's Entra ID for Purview."""
    form = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}
    form["scope"] = "https://purview.azure.net/.default"
    return str(secure.http("POST", f"/{TENANT}/oauth2/v2.0/token", data=form)["access_token"])


def test_a_managed_identity(secure: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoint that a host of Azure gives its programs."""
    sign_in(secure, f"{{method: managed_identity, client_id: {CLIENT}}}")

    def answer(asked: dict[str, list[str]]) -> object:
        until = str(int(time.time()) + 3600)
        return {"access_token": issued(secure), "expires_on": until, "resource": "r", "token_type": "Bearer"}

    with endpoint(answer) as (url, seen):
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{url}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "header-of-the-host")
        plans(run("plan"))
    assert seen[0]["resource"] == ["https://purview.azure.net"]
    assert seen[0]["client_id"] == [CLIENT]
    assert seen[0]["x-identity-header"] == ["header-of-the-host"]


def test_a_job_of_github(secure: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file, the job's token is fetched from GitHub when it is needed, also an hour later."""
    sign_in(secure, f"{{method: workload_identity, {WHO}, authority: '{secure.url}'}}")
    with endpoint(lambda asked: {"value": jwt(sub="repo:contoso/governance", exp=time.time() + 300)}) as (url, seen):
        monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"{url}/token?api-version=2.0")
        monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "key-of-the-job")
        plans(run("plan"))
    assert seen[0]["audience"] == ["api://AzureADTokenExchange"]
    assert seen[0]["api-version"] == ["2.0"]
    assert seen[0]["authorization"] == ["Bearer key-of-the-job"]


@pytest.fixture
def atlas(tmp_path: Path, clean: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project on an Apache Atlas that knows one user, admin, with a password of the same word."""
    with project(tmp_path, seed="empty", mode="atlas", strict_auth=True) as made:
        for name, value in {**made.env, "ATLAS_PASSWORD": "admin"}.items():
            clean.setenv(name, value)
        clean.setenv("RECONCILER_SECRETS", "ATLAS_PASSWORD,CLUEDIN_PASSWORD")
        sign_in(made, "{method: basic, user: admin, password: {env: ATLAS_PASSWORD}}")
        made.edit("environments/sandbox.yaml", "    collection: contoso-purview/MDM/CluedIn\n", "    mode: atlas\n")
        made.write("customer.yaml", CONCEPT)
        yield made


def test_user_and_password_for_apache_atlas(atlas: Project, run: Run) -> None:
    plans(run("plan"))
    statuses = [request["status"] for request in asked(atlas, "/api/atlas/v2")]
    assert 200 in statuses
    assert 401 not in statuses


def test_a_wrong_password_for_apache_atlas(atlas: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_PASSWORD", "a-wrong-password")
    ran = run("plan")
    one_error(ran, "401", "Check user and password.")
    assert "a-wrong-password" not in ran.err


# -- what goes wrong, in one sentence ------------------------------------------------------------------------------


def one_error(ran: Ran, *words: str) -> None:
    """Exit 1, one error on stderr, every word in it, and no secret."""
    assert ran.code == 1, ran.out
    assert ran.err.count("Error:") == 1, ran.err
    for word in words:
        assert word in ran.err, ran.err
    assert SECRET not in ran.err


def test_a_wrong_secret(secure: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_SECRET", "wrong-secret-of-the-app")
    sign_in(secure, f"{{method: client_secret, {WHO}, secret: {{env: AZURE_SECRET}}, authority: '{secure.url}'}}")
    ran = run("plan")
    one_error(ran, "AADSTS7000215", "Invalid client secret provided.", "value of the client secret", "request id:")
    assert "wrong-secret" not in ran.err
    assert "[sign_in.failed]" in ran.err
    assert len(asked(secure, "/oauth2/v2.0/token")) == 1, "a refused sign-in is not tried again: accounts get locked"


@pytest.mark.long
def test_the_library_says_nothing_beside_our_sentence(secure: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """azure-identity logs what it then raises; a process of its own shows what a person would see."""
    monkeypatch.setenv("AZURE_SECRET", "wrong-secret-of-the-app")
    sign_in(secure, f"{{method: client_secret, {WHO}, secret: {{env: AZURE_SECRET}}, authority: '{secure.url}'}}")
    words = [sys.executable, "-m", "reconciler", "-q", "--project", str(secure.root), "plan"]
    ran = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 1
    assert ran.stderr.count("AADSTS7000215") == 1
    assert "get_token failed" not in ran.stderr


def test_a_wrong_secret_among_the_ways_that_default_tries(
    secure: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_ID", CLIENT)
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "wrong-secret-of-the-app")
    sign_in(secure, f"{{method: default, authority: '{secure.url}'}}")
    ran = run("plan")
    one_error(ran, "AADSTS7000215")
    assert "wrong-secret" not in ran.err


def test_default_asks_the_named_authority_for_a_federated_token_too(
    secure: Project, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """azure-identity's own chain hands the authority to some of its credentials only."""
    file = tmp_path / "oidc-token"
    file.write_text(jwt(sub="system:serviceaccount:contoso:plans", exp=time.time() + 300))
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(file))
    sign_in(secure, f"{{method: default, {WHO}, authority: '{secure.url}'}}")
    plans(run("plan"))
    assert asked(secure, f"/{TENANT}/oauth2/v2.0/token")
    file.write_text(jwt(exp=time.time() - 300))
    one_error(run("plan"), "AADSTS700024", "sign in again shortly before the run")


def test_a_federated_token_that_has_expired(
    secure: Project, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "oidc-token"
    file.write_text(jwt(exp=time.time() - 300))
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(file))
    sign_in(secure, f"{{method: workload_identity, {WHO}, authority: '{secure.url}'}}")
    one_error(run("plan"), "AADSTS700024", "sign in again shortly before the run")


def test_no_federated_token_at_all(secure: Project, run: Run) -> None:
    sign_in(secure, f"{{method: workload_identity, {WHO}, authority: '{secure.url}'}}")
    one_error(run("plan"), "lacks AZURE_FEDERATED_TOKEN_FILE", "id-token: write")


def test_a_federated_token_file_that_is_not_there(
    secure: Project, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(tmp_path / "nothing"))
    sign_in(secure, f"{{method: workload_identity, {WHO}, authority: '{secure.url}'}}")
    one_error(run("plan"), "nothing")


def test_a_token_that_was_handed_in_and_has_expired(secure: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PURVIEW_TOKEN", jwt(aud="https://purview.azure.net", exp=time.time() - 60))
    one_error(run("plan"), "PURVIEW_TOKEN expired at", "Sign in again")


def test_a_handed_in_token_that_holds(secure: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PURVIEW_TOKEN", issued(secure))
    plans(run("plan"))


def test_an_authority_that_nobody_answers_at(secure: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.systems.credentials._RETRIES", 0)
    nobody = "https://127.0.0.1:9"
    sign_in(secure, f"{{method: client_secret, {WHO}, secret: {{env: AZURE_SECRET}}, authority: '{nobody}'}}")
    one_error(run("plan"), "Entra ID cannot be reached", "`authority`")


def test_an_authority_that_is_not_allowed_gets_no_secret(secure: Project, run: Run) -> None:
    evil = "https://login.evil.example"
    sign_in(secure, f"{{method: client_secret, {WHO}, secret: {{env: AZURE_SECRET}}, authority: '{evil}'}}")
    one_error(run("plan"), "login.evil.example", "RECONCILER_ALLOWED_HOSTS")


def test_the_authority_of_the_process_must_be_allowed_too(
    secure: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", "login.evil.example")
    sign_in(secure, f"{{method: client_secret, {WHO}, secret: {{env: AZURE_SECRET}}}}")
    one_error(run("plan"), "login.evil.example")


def test_a_certificate_that_is_not_trusted(secure: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.setattr("reconciler.systems.pacing.backoff", lambda attempt: 0.001)
    one_error(run("plan"), "certificate")


# -- CluedIn -------------------------------------------------------------------------------------------------------


def test_a_wrong_password_of_cluedin(secure: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUEDIN_PASSWORD", "wrong-password-of-the-user")
    ran = run("plan")
    one_error(ran, "CluedIn sign-in of admin@contoso.test", "invalid_username_or_password", "SSO")
    assert "wrong-password" not in ran.err
    assert len(asked(secure, "/auth/connect/token")) == 1


def test_another_organization(secure: Project, run: Run) -> None:
    secure.edit("environments/sandbox.yaml", "organization: contoso", "organization: fabrikam")
    one_error(run("plan"), "invalid_client", "`organization`")


def test_an_api_token_is_for_rest_only_and_the_word_says_so(
    secure: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
    user = secure.http("POST", "/auth/connect/token", data={**form, "password": "sandbox-password"})
    document = 'mutation { administration { createToken(token: {name: "ci", expiredInHours: 1}) { accessToken } } }'
    made = portal.post(
        f"{secure.url}/graphql",
        json={"query": document},
        headers={"authorization": f"Bearer {user['access_token']}"},
    ).json()
    monkeypatch.setenv("CLUEDIN_PASSWORD", made["data"]["administration"]["createToken"]["accessToken"])
    secure.edit(
        "environments/sandbox.yaml",
        "sign_in: {user: admin@contoso.test, password: {env: CLUEDIN_PASSWORD}}",
        "sign_in: {token: {env: CLUEDIN_PASSWORD}}",
    )
    one_error(run("plan"), "401", "an API token is for its REST interface", "`user` and `password`")


# -- the correlation id ------------------------------------------------------------------------------------------


def test_requests_of_a_sign_in_carry_the_id_of_the_run(
    secure: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from azure.core.pipeline.transport import RequestsTransport

    id, seen = "0b6ad6a6-8a57-4a5d-9d3c-0e7a4f0f2b11", []
    send = RequestsTransport.send

    def recorded(self: RequestsTransport, request: object, **more: object) -> object:
        seen.append({name.lower(): value for name, value in request.headers.items()})  # type: ignore[attr-defined]
        return send(self, request, **more)

    monkeypatch.setattr(RequestsTransport, "send", recorded)
    monkeypatch.setenv("RECONCILER_CORRELATION_ID", id)
    sign_in(secure, f"{{method: client_secret, {WHO}, secret: {{env: AZURE_SECRET}}, authority: '{secure.url}'}}")
    plans(run("plan"))
    assert seen
    assert [(one["x-correlation-id"], one["x-ms-client-request-id"]) for one in seen] == [(id, id)] * len(seen)
