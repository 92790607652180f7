"""Rights in the sandbox: policies of collections, forbidden collections, claims, tokens that end, clocks."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from reconciler.sandbox.server import running

ATLAS = "/datamap/api/atlas/v2"
BEARER = {"authorization": "Bearer of-a-person"}
VERSION = {"api-version": "2021-07-01"}


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """A person's client of a sandbox with the demo estate."""
    with running() as sandbox, httpx.Client(base_url=sandbox.url, headers=BEARER) as made:
        yield made


def change(client: httpx.Client, **settings: Any) -> None:
    assert client.post("/_sandbox/settings", json=settings).status_code == 200


def collection(client: httpx.Client, friendly: str) -> str:
    found = client.get("/account/collections", params={"api-version": "2019-11-01-preview"}).json()["value"]
    return next(str(one["name"]) for one in found if one["friendlyName"] == friendly)


def entity(name: str, **more: Any) -> dict[str, Any]:
    return {"entities": [{"typeName": "DataSet", "attributes": {"qualifiedName": name, "name": name}, **more}]}


def rules(client: httpx.Client, name: str) -> dict[str, Any]:
    answer = client.get("/policystore/metadataPolicies", params={**VERSION, "collectionName": name})
    [policy] = answer.json()["values"]
    assert policy["properties"]["collection"] == {"type": "CollectionReference", "referenceName": name}
    return {rule["id"]: rule["dnfCondition"] for rule in policy["properties"]["attributeRules"]}


def test_policies_have_the_recorded_shape(client: httpx.Client) -> None:
    """Members are a rule of the root; a child inherits by a rule that names its parent's."""
    root = rules(client, "contoso-purview")
    [[people, role]] = root["purviewmetadatarole_builtin_data-curator:contoso-purview"]
    assert people["attributeName"] == "principal.microsoft.id"
    assert role["fromRule"] == "purviewmetadatarole_builtin_data-curator"
    child = collection(client, "MDM")
    inherited = rules(client, child)[f"permission:{child}"]
    assert {part["fromRule"] for way in inherited for part in way} == {"permission:contoso-purview"}
    roles = client.get("/policystore/metadataRoles", params=VERSION).json()["values"]
    assert "purviewmetadatarole_builtin_data-curator" in {role["id"] for role in roles}


def test_writes_that_touch_a_forbidden_collection_are_refused(client: httpx.Client) -> None:
    mdm = collection(client, "MDM")
    below = collection(client, "CluedIn")
    placed = client.post(f"{ATLAS}/entity/bulk", params={"collectionId": mdm}, json=entity("held")).json()
    guid = next(iter(placed["guidAssignments"].values()))
    change(client, forbidden_collections=["MDM"])
    writes = [
        client.post(f"{ATLAS}/entity/bulk", params={"collectionId": mdm}, json=entity("new")),
        client.post(f"{ATLAS}/entity/bulk", params={"collectionId": below}, json=entity("new")),
        client.post(f"{ATLAS}/entity/bulk", json=entity("held")),
        client.post(f"{ATLAS}/entity/guid/{guid}/labels", json=["a"]),
        client.delete(f"{ATLAS}/entity/bulk", params={"guid": guid}),
        client.post(
            "/datamap/api/entity/moveTo",
            params={"api-version": "2023-09-01", "collectionId": "contoso-purview"},
            json={"entityGuids": [guid]},
        ),
    ]
    assert [answer.status_code for answer in writes] == [403] * len(writes)
    assert {answer.json()["error"]["code"] for answer in writes} == {"Unauthorized"}
    assert all(answer.headers["x-ms-correlation-request-id"] for answer in writes)
    assert client.get(f"{ATLAS}/entity/guid/{guid}").status_code == 200, "reading goes on"
    assert client.post(f"{ATLAS}/entity/bulk", json=entity("in the root")).status_code == 200


def test_the_root_may_be_forbidden_too(client: httpx.Client) -> None:
    change(client, forbidden_collections=["contoso-purview"])
    assert client.post(f"{ATLAS}/entity/bulk", json=entity("in the root")).status_code == 403


def test_a_claim_that_lacks(client: httpx.Client) -> None:
    form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
    token = client.post("/auth/connect/token", data={**form, "password": "sandbox-password"}).json()["access_token"]
    change(client, denied_fields=["Management.glossaryCategories"])
    query = {"query": "{ management { glossaryCategories { id } } }"}
    answer = client.post("/graphql", json=query, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert "403" in answer.json()["errors"][0]["message"]


def test_tokens_end_early_and_all_at_once() -> None:
    form = {"grant_type": "client_credentials", "client_id": "app", "client_secret": "sandbox-secret"}
    form["scope"] = "https://purview.azure.net/.default"
    with running(strict_auth=True, token_seconds=1) as sandbox, httpx.Client(base_url=sandbox.url) as client:

        def signed_in() -> dict[str, str]:
            token = client.post("/contoso/oauth2/v2.0/token", data=form).json()
            assert token["expires_in"] == (sandbox.sandbox.settings.token_seconds or 3599)
            return {"authorization": f"Bearer {token['access_token']}"}

        def status(headers: dict[str, str]) -> int:
            return client.get("/account/collections", headers=headers).status_code

        short = signed_in()
        assert status(short) == 200
        time.sleep(1.1)
        assert status(short) == 401
        client.post("/_sandbox/settings", json={"token_seconds": None})
        long = signed_in()
        assert status(long) == 200
        assert client.post("/_sandbox/revoke").status_code == 204
        assert status(long) == 401


def test_a_clock_that_is_wrong(client: httpx.Client) -> None:
    change(client, clock_skew_s=1000)
    ahead = email.utils.parsedate_to_datetime(client.get("/api/status").headers["date"]).timestamp() - time.time()
    assert 990 < ahead < 1010
