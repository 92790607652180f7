"""Rights in the sandbox: policies of collections, forbidden collections, claims, tokens that end, clocks."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from reconciler_sandbox.server import running

ATLAS = "/datamap/api/atlas/v2"
BEARER = {"authorization": "Bearer of-a-person"}
ADMIN = "purviewmetadatarole_builtin_collection-administrator"
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


def policy(client: httpx.Client, name: str) -> dict[str, Any]:
    answer = client.get("/policystore/metadataPolicies", params={**VERSION, "collectionName": name})
    [found] = answer.json()["values"]
    assert found["properties"]["collection"] == {"type": "CollectionReference", "referenceName": name}
    return dict(found)


def rules(client: httpx.Client, name: str) -> dict[str, Any]:
    return {rule["id"]: rule["dnfCondition"] for rule in policy(client, name)["properties"]["attributeRules"]}


def test_policies_have_the_recorded_shape(client: httpx.Client) -> None:
    """Members are a rule of the root; a child inherits by a rule that names its parent's."""
    root = rules(client, "contoso-purview")
    [[people, role]] = root["purviewmetadatarole_builtin_data-curator:contoso-purview"]
    assert people["attributeName"] == "principal.microsoft.id"
    assert role["fromRule"] == "purviewmetadatarole_builtin_data-curator"
    child = collection(client, "MDM")
    inherited = rules(client, child)[f"permission:{child}"]
    admins = f"{ADMIN}:{child}"
    assert [part["fromRule"] for way in inherited for part in way] == [admins, "permission:contoso-purview"]
    [own, of_parent] = rules(client, child)[admins]
    assert [one["attributeName"] for one in own] == ["principal.microsoft.id", "derived.purview.role"]
    assert of_parent == [
        {
            "fromRule": f"{ADMIN}:contoso-purview",
            "attributeName": "derived.purview.permission",
            "attributeValueIncludes": f"{ADMIN}:contoso-purview",
        }
    ]


def test_seven_roles_and_a_second_page_that_is_empty(client: httpx.Client) -> None:
    """Recorded: names, versions and actions in 2024, the second page in 2021."""
    first = client.get("/policyStore/metadataRoles", params=VERSION).json()
    told = {role["name"]: role["properties"] for role in first["values"]}
    assert list(told) == [
        "data-curator", "data-source-administrator", "collection-administrator", "purview-reader",
        "policy-author", "workflow-administrator", "insights-reader",
    ]  # fmt: skip
    assert (told["data-curator"]["friendlyName"], told["data-curator"]["version"]) == ("Data Curator", 2)
    assert client.get(first["nextLink"]).json() == {"values": []}


def test_a_policy_is_written_whole_and_its_version_grows(client: httpx.Client) -> None:
    """Recorded: a document without a change counts up too. That one without others' members is taken is inference."""
    before = policy(client, "contoso-purview")
    assert (before["version"], before["name"]) == (4, "policy_Contoso-Purview")
    path = f"/policystore/metadataPolicies/{before['id']}"
    assert client.get(path).json() == before
    assert client.get("/policystore/collections/contoso-purview/metadataPolicy").json() == before
    assert client.put(path, json=before).json() == {**before, "version": 5}
    stale = client.put(path, json=before)
    assert (stale.status_code, policy(client, "contoso-purview")["version"]) == (409, 5)
    change(client, stale_policy=0)
    kept = [rule for rule in before["properties"]["attributeRules"] if rule["id"].startswith("permission:")]
    taken = client.put(path, json={**before, "properties": {"attributeRules": kept}})
    assert (taken.status_code, taken.json()["version"]) == (200, 6)
    assert set(rules(client, "contoso-purview")) == {"permission:contoso-purview"}


def test_unknown_policies(client: httpx.Client) -> None:
    unknown = "/policystore/metadataPolicies/8f0f0d4e-0000-4000-8000-000000000000"
    assert client.get(unknown).status_code == client.put(unknown, json={}).status_code == 404
    assert client.get("/policystore/collections/nothere/metadataPolicy").status_code == 404
    known = policy(client, "contoso-purview")["id"]
    assert client.put(f"/policystore/metadataPolicies/{known}", json={"version": 4}).status_code == 400


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
