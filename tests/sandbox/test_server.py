"""The server itself: control, faults, headers, sign-in, limits, lag, awkwardness."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler_sandbox.entra import PURVIEW, SECRET
from reconciler_sandbox.limits import Limit
from reconciler_sandbox.server import running
from reconciler_sandbox.settings import Settings
from tests.sandbox._purview import Caller

from .. import portal

GLOSSARY = "/datamap/api/atlas/v2/glossary"


def test_control(call: Caller) -> None:
    call.glossary()
    call.http.get("/account/collections", params={"api-version": "2019-11-01-preview"})
    entries = call.http.get("/_sandbox/requests").json()
    assert [(e["system"], e["method"], e["path"], e["status"]) for e in entries] == [
        ("purview", "POST", GLOSSARY, 200),
        ("account", "GET", "/account/collections", 200),
    ]
    assert entries[1]["query"] == [["api-version", "2019-11-01-preview"]]
    assert call.http.get("/_sandbox/stats").json() == {"purview": {"POST": 1}, "account": {"GET": 1}}
    state = call.http.get("/_sandbox/state").json()
    assert [one["name"] for one in state["purview"]["glossary"].values()] == [call("GET", "/glossary")[0]["name"]]
    assert "token" not in state["cluedin"]
    call.http.post("/_sandbox/reset")
    assert call("GET", "/glossary") == []


@pytest.mark.parametrize(
    "path",
    [
        "/datamap/api/atlas/v2/glossary",
        "/catalog/api/atlas/v2/glossary/",
        "/api/atlas/v2/glossary",
        "//datamap/api//atlas/v2/glossary",
        "/DataMap/API/atlas/V2/Glossary",
    ],
)
def test_every_prefix(call: Caller, path: str) -> None:
    guid = call.glossary()
    assert call.http.get(path).json()[0]["guid"] == guid


def test_headers_of_the_data_map(call: Caller) -> None:
    answer = call.http.get(GLOSSARY, headers={"x-ms-client-request-id": "abc"})
    assert answer.headers["server"] == "MicrosoftPurview"
    assert answer.headers["x-ms-request-id"] == "abc"
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["transfer-encoding"] == "chunked"
    assert "no-store" in answer.headers["cache-control"]
    assert "etag" not in answer.headers
    types = call.http.get("/datamap/api/atlas/v2/types/typedefs/headers")
    assert types.headers["content-type"] == "application/json"
    assert types.headers["x-ms-request-id"]
    account = call.http.get("/collections", headers={"x-ms-client-request-id": "abc"})
    assert account.headers["server"] == "Kestrel"
    assert "x-ms-request-id" not in account.headers
    assert "2019-11-01-preview" in account.headers["api-supported-versions"]


def test_missing_token(call: Caller) -> None:
    answer = portal.get(call.sandbox.url + GLOSSARY)
    assert answer.status_code == 401
    assert answer.json() == {"error": {"code": "Unauthenticated", "message": "Invalid token"}}
    assert portal.get(call.sandbox.url + GLOSSARY, auth=("user", "password")).status_code == 200


def test_long_urls(call: Caller) -> None:
    path = "/datamap/api/atlas/v2/entity/bulk"
    answer = call.http.get(path, params={"guid": ["0" * 36] * 220})
    assert answer.status_code == 414
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_faults(call: Caller) -> None:
    fault = {"method": "GET", "path": "glossary", "status": 429, "headers": {"Retry-After": "1"}, "every": 2}
    assert call.http.post("/_sandbox/faults", json=fault | {"times": 2}).json()[0]["hits"] == 0
    codes = [call.http.get(GLOSSARY).status_code for _ in range(6)]
    assert codes == [200, 429, 200, 429, 200, 200]
    call.http.delete("/_sandbox/faults")
    assert call.http.post("/_sandbox/faults", json={"nope": 1}).status_code == 400


def test_work_done_and_connection_dropped(call: Caller) -> None:
    fault = {"method": "POST", "path": "/glossary$", "after": "response", "times": 1}
    call.http.post("/_sandbox/faults", json=[fault])
    with pytest.raises(httpx.TransportError):
        call.http.post(GLOSSARY, json={"name": "G"})
    call.http.delete("/_sandbox/faults")
    assert [one["name"] for one in call("GET", "/glossary")] == ["G"]


def test_rate_limit_tells_both_ways() -> None:
    with running(seed="empty", rate_limit=1) as server:
        client = httpx.Client(base_url=server.url, headers={"Authorization": "Bearer x"})
        answers = [client.get(GLOSSARY) for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 429, 429]
        assert answers[1].headers["retry-after"] == "1"
        assert answers[2].headers["retry-after"].endswith("GMT")


def test_a_limit_holds_a_burst_or_counts_in_windows() -> None:
    now = 100.0
    settings = Settings(rate_limit=10, rate_burst=3)
    limit = Limit(settings, lambda: now)
    assert [limit.take() is None for _ in range(4)] == [True, True, True, False]
    now += 0.125
    assert [limit.take() is None for _ in range(2)] == [True, False]
    settings.rate_window_s = 2
    limit = Limit(settings, lambda: now)
    now += 1.5
    answers = [limit.take() for _ in range(22)]
    assert answers[:20] == [None] * 20
    assert [one.headers["Retry-After"] for one in answers[20:21]] == ["1"]
    now += 0.5
    assert limit.take() is None


def test_a_limit_that_does_not_say_when_to_come_again() -> None:
    limit = Limit(Settings(rate_limit=1, rate_retry_after=False), lambda: 0.0)
    assert limit.take() is None
    refused = limit.take()
    assert (refused.status, "Retry-After" in refused.headers) == (429, False)


def test_strict_sign_in() -> None:
    with running(seed="empty", strict_auth=True) as server:
        client = httpx.Client(base_url=server.url)
        found = client.get("/contoso/v2.0/.well-known/openid-configuration").json()
        form = {
            "grant_type": "client_credentials",
            "client_id": "app",
            "client_secret": SECRET,
            "scope": f"{PURVIEW}/.default",
        }
        bad = client.post(found["token_endpoint"], data=form | {"client_secret": "wrong"})
        assert (bad.status_code, bad.json()["error"]) == (401, "invalid_client")
        assert bad.json()["error_description"].startswith("AADSTS7000215")
        token = client.post(found["token_endpoint"], data=form).json()["access_token"]
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        assert (claims["aud"], claims["exp"] > time.time()) == (PURVIEW, True)
        other = client.post(found["token_endpoint"], data=form | {"scope": "https://other/.default"}).json()
        late = server.sandbox.entra.issue(PURVIEW, lifetime=-1)
        for used, status in ((token, 200), (other["access_token"], 401), (late, 401), ("x", 401)):
            assert client.get(GLOSSARY, headers={"Authorization": f"Bearer {used}"}).status_code == status


def test_lag() -> None:
    with running(seed="empty", lag_ms=150) as server:
        caller = Caller(server)
        guid = caller.glossary()
        assert caller("GET", "/glossary") == []
        assert caller.code("POST", "/glossary", {"name": "G"}) == "409-00-007"  # the server itself knows
        term = caller.term(guid, "a")["guid"]
        time.sleep(0.2)
        assert caller("GET", f"/glossary/term/{term}")["name"] == "a"
        caller.http.post("/_sandbox/settings", json={"lag_ms": 0})
        caller.glossary("H")
        assert len(caller("GET", "/glossary")) == 2


def test_normalising(call: Caller) -> None:
    entity: dict[str, Any] = {"description": "two  blanks ", "name": "a", "qualifiedName": "a"}
    guid = call.entity("a", attributes=entity)
    glossary = call.glossary()
    term = call.term(glossary, "t", longDescription=" one\r\ntwo & three ")["guid"]
    call.http.post("/_sandbox/settings", json={"normalise": True})
    try:
        assert call.read(guid)["attributes"]["description"] == "two blanks"
        shown = call("GET", f"/glossary/term/{term}")
        assert shown["longDescription"] == "<div>one<br>two &amp; three</div>"
    finally:
        call.http.post("/_sandbox/settings", json={"normalise": False})
    assert call.http.post("/_sandbox/settings", json={"port": 1}).status_code == 400


def test_data_survives(tmp_path: Path) -> None:
    for count in (1, 2):
        with running(seed="empty", data=str(tmp_path / "sandbox.db")) as server:
            caller = Caller(server)
            caller.glossary(f"G{count}")
            assert len(caller("GET", "/glossary")) == count


def test_seed_file(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(
        json.dumps(
            {
                "collections": [{"name": "abc123", "friendlyName": "Raw"}],
                "typedefs": {"entityDefs": [{"name": "thing", "superTypes": ["DataSet"]}]},
                "entities": [
                    {
                        "typeName": "thing",
                        "guid": "-1",
                        "collectionId": "abc123",
                        "attributes": {"qualifiedName": "q", "name": "n"},
                    }
                ],
                "glossaries": [{"name": "G", "terms": [{"name": "a"}, {"name": "b", "parent": "a"}]}],
                "assignments": [{"glossary": "G", "term": "a/b", "typeName": "thing", "qualifiedName": "q"}],
            }
        )
    )
    with running(seed=str(seed)) as server:
        caller = Caller(server)
        found = caller("GET", "/entity/uniqueAttribute/type/thing", **{"attr:qualifiedName": "q"})["entity"]
        assert (found["collectionId"], found["meanings"][0]["displayText"]) == ("abc123", "a_b")
