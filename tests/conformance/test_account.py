"""azure-purview-account and azure-purview-administration, unmodified: the account and its collections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler_sandbox.server import Running, running

from .. import portal
from .tables import Case, check_complete, need, operations

pytestmark = pytest.mark.long

ROOT = "contoso-purview"
CLIENTS = {
    "azure.purview.account": "azure.purview.account.operations",
    "azure.purview.administration.account": "azure.purview.administration.account.operations",
}
_RULES = "resource set rules belong to scanning, which the sandbox does not have"
LEFT_OUT = {
    f"resource_set_rules.{name}": _RULES
    for name in (
        "get_resource_set_rule",
        "create_or_update_resource_set_rule",
        "delete_resource_set_rule",
        "list_resource_set_rules",
    )
} | {"accounts.regenerate_access_key": "keys of the managed event hub, which the recorded account does not have"}

NOT_BY = {
    ("azure.purview.account", operation): "its paging calls a method that azure-core no longer has"
    for operation in ("collections.list_collections", "collections.list_child_collection_names")
}
"""What one of the two clients cannot do with any server; the other one does it."""


def _staging(client: Any, name: str = "abc123", parent: str = ROOT) -> Any:
    body = {"friendlyName": f"Collection {name}", "parentCollection": {"referenceName": parent}}
    return client.collections.create_or_update_collection(name, body)


def get_account_properties(client: Any) -> None:
    found = client.accounts.get_account_properties()
    assert (found["name"], found["properties"]["provisioningState"]) == (ROOT, "Succeeded")


def update_account_properties(client: Any) -> None:
    made = client.accounts.update_account_properties({"friendlyName": "Contoso"})
    assert made["properties"]["friendlyName"] == "Contoso"


def get_access_keys(client: Any) -> None:
    missing = need("azure.core.exceptions").ResourceNotFoundError
    with pytest.raises(missing, match="21000"):
        client.accounts.get_access_keys()


def get_collection(client: Any) -> None:
    assert "parentCollection" not in client.collections.get_collection(ROOT)
    missing = need("azure.core.exceptions").ResourceNotFoundError
    with pytest.raises(missing):
        client.collections.get_collection("nowhere")


def create_or_update_collection(client: Any) -> None:
    made = _staging(client)
    assert (made["name"], made["parentCollection"]["referenceName"]) == ("abc123", ROOT)
    body = {"friendlyName": "Raw", "description": "As it came", "parentCollection": {"referenceName": ROOT}}
    changed = client.collections.create_or_update_collection("abc123", body)
    assert (changed["friendlyName"], changed["description"]) == ("Raw", "As it came")
    assert changed["systemData"]["createdAt"] == made["systemData"]["createdAt"]


def delete_collection(client: Any) -> None:
    _staging(client)
    _staging(client, "def456", "abc123")
    with pytest.raises(need("azure.core.exceptions").HttpResponseError, match="12005"):
        client.collections.delete_collection("abc123")
    client.collections.delete_collection("def456")
    client.collections.delete_collection("abc123")
    with pytest.raises(need("azure.core.exceptions").ResourceNotFoundError):
        client.collections.get_collection("abc123")


def list_collections(client: Any) -> None:
    _staging(client)
    assert {one["name"] for one in client.collections.list_collections()} == {ROOT, "abc123"}


def list_child_collection_names(client: Any) -> None:
    _staging(client)
    found = list(client.collections.list_child_collection_names(ROOT))
    assert found == [{"name": "abc123", "friendlyName": "Collection abc123"}]


def get_collection_path(client: Any) -> None:
    _staging(client)
    _staging(client, "def456", "abc123")
    found = client.collections.get_collection_path("def456")
    assert found["parentNameChain"] == [ROOT, "abc123"]


CASES: dict[str, Case] = {
    f"accounts.{one.__name__}": one for one in (get_account_properties, update_account_properties, get_access_keys)
} | {
    f"collections.{one.__name__}": one
    for one in (
        get_collection,
        create_or_update_collection,
        delete_collection,
        list_collections,
        list_child_collection_names,
        get_collection_path,
    )
}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(seed="empty") as found:
        yield found


@pytest.mark.parametrize(
    ("package", "operation"), [(one, name) for one in CLIENTS for name in CASES if (one, name) not in NOT_BY]
)
@pytest.mark.parametrize("plane", ["", "/account"])
def test_operation(operation: str, plane: str, package: str, server: Running) -> None:
    portal.post(f"{server.url}/_sandbox/reset").raise_for_status()
    bearer = need("azure.core.pipeline.policies").HeadersPolicy({"Authorization": "Bearer token"})
    key = need("azure.core.credentials").AzureKeyCredential("unused")
    kind = need(package).PurviewAccountClient
    with kind(server.url + plane, key, authentication_policy=bearer) as client:
        CASES[operation](client)


@pytest.mark.parametrize("package", CLIENTS.values())
def test_every_operation_is_tried(package: str) -> None:
    module = need(package)
    offered: set[str] = set()
    for group in ("accounts", "collections", "resource_set_rules"):
        kind = "".join(part.title() for part in group.split("_")) + "Operations"
        offered |= operations(group, getattr(module, kind))
    check_complete(CASES, offered, LEFT_OUT)
