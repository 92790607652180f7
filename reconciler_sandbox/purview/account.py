"""The account plane: collections and the account itself (grade A for shapes: recordings; B for refusals)."""

from __future__ import annotations

import re
import time
from typing import Any

from reconciler_sandbox.purview.core import USER, Core, Doc, Route
from reconciler_sandbox.purview.errors import refuse_account
from reconciler_sandbox.web import Request, Response

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{1,35}$")
ROOT = "contoso-purview"
"""Name of the account and so of its root collection."""
_MADE = "2024-02-29T07:59:47.0000000Z"
_NOBODY = "00000000-0000-0000-0000-000000000000"


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + ".1234567Z"


class Account:
    """Collections and account properties."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._store = core.store

    def routes(self) -> list[Route]:
        """Routes without the `/account` prefix; the real service answers with and without it."""
        atomic = self._core.atomic
        return [
            ("GET", "", self._account),
            ("PATCH", "", self._patch),
            ("GET", "/collections", self._list),
            ("GET", "/collections/{name}", self._one),
            ("PUT", "/collections/{name}", atomic(self._put)),
            ("DELETE", "/collections/{name}", atomic(self._delete)),
            ("GET", "/collections/{name}/getChildCollectionNames", self._children),
            ("GET", "/collections/{name}/getCollectionPath", self._path),
            ("POST", "/listkeys", self._keys),
        ]

    def create_root(self, friendly: str) -> None:
        """The collection every account starts with."""
        self.save(ROOT, friendly, "", "The root collection.")

    def save(self, name: str, friendly: str, parent: str, description: str | None = None) -> Doc:
        """Stores a collection; `parent` is empty for the root."""
        now = _now()
        old = self._store.get("collection", name, latest=True)
        system = {"createdBy": USER, "createdByType": "User", "createdAt": now}
        if old is not None:
            system = {key: old["systemData"][key] for key in system}
        system |= {"lastModifiedBy": USER, "lastModifiedByType": "User", "lastModifiedAt": now}
        doc: Doc = {"name": name, "friendlyName": friendly}
        if description:
            doc["description"] = description
        if parent:
            doc["parentCollection"] = {"type": "CollectionReference", "referenceName": parent}
        doc |= {"systemData": system, "collectionProvisioningState": "Succeeded"}
        self._store.put("collection", name, doc, {"parent": parent})
        return doc

    def _get(self, name: str) -> Doc:
        found = self._store.get("collection", name.lower())
        if found is None:
            refuse_account(404, "1005", f"Collection {name} was not found.")
        return found

    def _list(self, request: Request) -> Response:
        found = self._store.all("collection")
        return Response(200, {"value": found, "count": len(found)})

    def _one(self, request: Request, name: str) -> Response:
        return Response(200, self._get(name))

    def _put(self, request: Request, name: str) -> Response:
        """Creates or changes; the name comes back in lower case (grade A: example)."""
        key = name.lower()
        if not _NAME.match(name):
            refuse_account(400, "1003", f"Collection name {name} is not valid.")
        body = request.json() or {}
        old = self._store.get("collection", key, latest=True)
        parent = ((body.get("parentCollection") or {}).get("referenceName") or "").lower()
        if old is not None and "parentCollection" not in old:
            parent = ""
        elif not parent and old is not None:
            parent = old["parentCollection"]["referenceName"]
        elif not parent or self._store.get("collection", parent, latest=True) is None:
            refuse_account(400, "1004", f"Parent collection {parent or '(none)'} does not exist.")
        if parent and key in [step["name"] for step in self._above(parent)] + [parent]:
            refuse_account(400, "1004", "A collection cannot be its own parent.")
        friendly = body.get("friendlyName") or (old or {}).get("friendlyName") or name
        for sibling in self._store.find("collection", "parent", parent, latest=True):
            if sibling["name"] != key and sibling["friendlyName"] == friendly:
                refuse_account(409, "1007", f"A collection with friendly name {friendly} exists here.")
        description = body.get("description", (old or {}).get("description"))
        return Response(200, self.save(key, friendly, parent, description))

    def _delete(self, request: Request, name: str) -> Response:
        doc = self._get(name)
        key = doc["name"]
        if "parentCollection" not in doc:
            refuse_account(400, "1006", f"Collection {key} can't be deleted with this API.")
        used = self._store.find("collection", "parent", key, latest=True)
        if used or self._store.find("entity", "collection", key, latest=True):
            message = f"Collection {key} is being referenced by other resources and can't be deleted."
            refuse_account(409, "12005", message)
        self._store.delete("collection", key)
        return Response(204)

    def _children(self, request: Request, name: str) -> Response:
        children = self._store.find("collection", "parent", self._get(name)["name"])
        found = [{"name": c["name"], "friendlyName": c["friendlyName"]} for c in children]
        return Response(200, {"value": found, "count": len(found)})

    def _above(self, name: str) -> list[Doc]:
        chain: list[Doc] = []
        doc = self._store.get("collection", name, latest=True)
        while doc is not None and "parentCollection" in doc:
            doc = self._store.get("collection", doc["parentCollection"]["referenceName"], latest=True)
            if doc is not None:
                chain.insert(0, doc)
        return chain

    def _path(self, request: Request, name: str) -> Response:
        chain = self._above(self._get(name)["name"])
        return Response(
            200,
            {
                "parentNameChain": [doc["name"] for doc in chain],
                "parentFriendlyNameChain": [doc["friendlyName"] for doc in chain],
            },
        )

    def _properties(self) -> Doc:
        return self._store.get("account", ROOT, latest=True) or {"friendlyName": ROOT}

    def _account(self, request: Request) -> Response:
        """The account with every field that recordings show [A]; its ids are made up."""
        base = f"https://{ROOT}.purview.azure.com"
        subscription = f"/subscriptions/{_NOBODY}/resourceGroups"
        managed = f"{subscription}/managed-rg-{ROOT}"
        properties: dict[str, Any] = {
            "cloudConnectors": {"awsExternalId": _NOBODY},
            "friendlyName": self._properties()["friendlyName"],
            "createdBy": USER,
            "createdByObjectId": USER,
            "createdAt": _MADE,
            "endpoints": {
                "catalog": f"{base}/catalog",
                "scan": f"{base}/scan",
                "guardian": f"{base}/guardian",
            },
            "provisioningState": "Succeeded",
            "privateEndpointConnections": [],
            "managedResources": {
                "resourceGroup": managed,
                "storageAccount": f"{managed}/providers/Microsoft.Storage/storageAccounts/scancontoso",
            },
            "publicNetworkAccess": "Enabled",
            "managedResourceGroupName": f"managed-rg-{ROOT}",
        }
        changes = {"createdBy": USER, "createdByType": "User", "createdAt": _MADE}
        changes |= {"lastModifiedBy": USER, "lastModifiedByType": "User", "lastModifiedAt": _MADE}
        account: Doc = {"sku": {"name": "Standard", "capacity": 1}, "properties": properties}
        account |= {"id": f"{subscription}/data/providers/Microsoft.Purview/accounts/{ROOT}", "name": ROOT}
        account |= {"type": "Microsoft.Purview/accounts", "location": "westeurope"}
        account |= {"identity": {"type": "SystemAssigned", "principalId": _NOBODY, "tenantId": _NOBODY}}
        return Response(200, account | {"systemData": changes}, {"x-ms-account-status": "Succeeded"})

    def _patch(self, request: Request) -> Response:
        friendly = (request.json() or {}).get("friendlyName")
        if friendly:
            self._store.put("account", ROOT, {"friendlyName": friendly})
        return Response(200, self._account(request).body)

    def _keys(self, request: Request) -> Response:
        refuse_account(404, "21000", f"Managed Event Hub does not exist for account {ROOT}.")
