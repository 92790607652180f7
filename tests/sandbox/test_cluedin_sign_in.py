"""Tokens, who they let in, and the status pages."""

from __future__ import annotations

import base64
import json

import pytest

from tests.sandbox._cluedin import PASSWORD, V1, Client

ME = "{ administration { id me { client entity } } }"
CREATE_TOKEN = "mutation ($t: ApiTokenInput!) { administration { createToken(token: $t) { id name accessToken } } }"


def _claims(token: str) -> dict[str, object]:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def test_password_grant() -> None:
    client = Client()
    answer = client.form(grant_type="password", username="ada@example.com", password=PASSWORD, client_id="contoso")
    assert answer.status == 200
    assert answer.body["token_type"] == "Bearer"
    assert answer.body["expires_in"] == 3600
    assert {"refresh_token", "scope"} <= set(answer.body)
    claims = _claims(answer.body["access_token"])
    assert claims["OrganizationName"] == "contoso"
    assert {"OrganizationId", "Id", "exp", "nbf", "iss", "aud", "client_id", "jti", "role"} <= set(claims)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"password": "wrong"}, "invalid_grant"),
        ({"username": "nobody@example.com"}, "invalid_grant"),
        ({"client_id": "fabrikam"}, "invalid_client"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    ],
)
def test_refused_grants(change: dict[str, str], error: str) -> None:
    fields = {
        "grant_type": "password",
        "username": "ada@example.com",
        "password": PASSWORD,
        "client_id": "contoso",
    }
    answer = Client().form(**{**fields, **change})
    assert (answer.status, answer.body["error"]) == (400, error)


def test_a_refresh_token_holds_once() -> None:
    client = Client()
    first = client.form(grant_type="password", username="ada@example.com", password=PASSWORD, client_id="contoso").body
    fields = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], "client_id": "contoso"}
    second = client.form(**fields)
    assert second.status == 200
    client.token = second.body["access_token"]
    assert client.data(ME)["client"]["UserName"] == "ada@example.com"
    assert client.form(**fields).body["error"] == "invalid_grant"


@pytest.mark.parametrize("path", ["/graphql", f"{V1}/vocabs"])
@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer nonsense", "Bearer a.b.c"])
def test_no_token_no_answer(path: str, header: str) -> None:
    client = Client()
    method = "POST" if path == "/graphql" else "GET"
    assert client.send(method, path, authorization=header).status == 401


def test_expired_token() -> None:
    client = Client(token_seconds=-1)
    assert client.gql(ME).status == 401
    assert client.send("GET", f"{V1}/vocabs").status == 401


def test_api_tokens_open_rest_but_not_graphql() -> None:
    client = Client()
    made = client.data(CREATE_TOKEN, t={"name": "ci", "expiredInHours": 24})
    listed = client.data("{ administration { apiTokens { id name expiresInDays } } }")
    assert [(token["id"], token["name"]) for token in listed] == [(made["id"], "ci")]
    client.token = made["accessToken"]
    assert client.send("GET", f"{V1}/vocabs").status == 200
    assert client.gql(ME).status == 401


@pytest.mark.parametrize("path", ["/api/status", "/api/api/status", "/auth/api/status", "/public/api/status"])
def test_status(path: str) -> None:
    client = Client(cluedin_version="4.5")
    client.token = ""
    answer = client.send("GET", path)
    assert answer.headers["x-cluedin-version"] == "4.5.0"
    assert answer.body["ServiceStatus"] == "Green"


def test_discovery() -> None:
    client = Client()
    client.token = ""
    answer = client.send("GET", "/auth/.well-known/openid-configuration", host="contoso.localtest.me")
    assert answer.body["token_endpoint"] == "http://contoso.localtest.me/auth/connect/token"


def test_seeding_twice_changes_nothing() -> None:
    client = Client()
    client.vocabulary()
    client.plane.seed()
    assert client.get("/vocabs?searchName=Customer")["total"] == 1
