"""The policy store: who has which role on which collection, as documents of rules.

Shapes are recorded, and shown with names in Microsoft's tutorial on metadata policies [A]: seven roles, a policy
for each collection, members as rules. A child's policy has one role rule, of its creator as collection administrator,
with a second way in by its parent's collection administrators; the rest it inherits by the rule `permission:…`. That
the parent's collection administrators stay where inheritance is cut off follows from that second way (inference).
"""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Callable
from typing import Any

import orjson

from reconciler_sandbox.purview.core import USER, Core, Doc, Route
from reconciler_sandbox.purview.errors import refuse_account
from reconciler_sandbox.web import Request, Response

# name: (what people call it, version, actions); recorded in this order
_ROLES: dict[str, tuple[str, int, str]] = {
    "data-curator": (
        "Data Curator", 2, "data/read data/write collection/read policy/read insights/read workflow/trigger/action",
    ),
    "data-source-administrator": (
        "Data Source Administrator",
        1,
        "source/read source/write scan/read scan/write collection/read policy/bind policy/bind/action policy/read",
    ),
    "collection-administrator": ("Collection Administrator", 1, "collection/read collection/write"),
    "purview-reader": ("Purview Reader", 2, "data/read collection/read workflow/trigger/action"),
    "policy-author": ("Policy Author", 1, "policy/read policy/write collection/read source/read data/read"),
    "workflow-administrator": (
        "Workflow Administrator", 1, "workflow/read workflow/write workflow/bind/action collection/read",
    ),
    "insights-reader": ("Insights Reader", 1, "insights/read data/read collection/read"),
}  # fmt: skip
_BUILT_IN = "purviewmetadatarole_builtin_"
_ADMIN = "collection-administrator"
_OF_ROOT = (_ADMIN, "purview-reader", "data-curator", "data-source-administrator", "workflow-administrator")
"""The roles that have members in a recorded root."""
_KIND = "policy"


class Policies:
    """Roles and policies. `is_forbidden` says of a collection whether it inherits nothing and has no curator."""

    def __init__(self, core: Core, is_forbidden: Callable[[str], bool]) -> None:
        self._store = core.store
        self._settings = core.settings
        self._is_forbidden = is_forbidden

    def routes(self) -> list[Route]:
        """`/policystore`; what a document grants here changes what is told, not what the sandbox lets pass."""
        return [
            ("GET", "/policystore/metadataRoles", self._roles),
            ("GET", "/policystore/metadataPolicies", self._list),
            ("GET", "/policystore/metadataPolicies/{policy}", self._one),
            ("PUT", "/policystore/metadataPolicies/{policy}", self._replace),
            ("GET", "/policystore/collections/{name}/metadataPolicy", self._of_collection),
        ]

    def _roles(self, request: Request) -> Response:
        """Two pages, the second of them empty and without a link (recorded in 2021)."""
        if request.arg("skipToken"):
            return Response(200, {"values": []})
        host = request.headers.get("host", "localhost")
        link = f"{request.headers.get('x-forwarded-proto', 'http')}://{host}/policyStore/metadataRoles"
        version = request.arg("api-version") or "2021-07-01"
        link += f"?api-version={version}&skipToken=%2BRID%3A~sandbox"
        return Response(200, {"values": [_role(name) for name in _ROLES], "nextLink": link})

    def _list(self, request: Request) -> Response:
        wanted = request.arg("collectionName")
        found = [self._collection(wanted)] if wanted else self._store.all("collection")
        return Response(200, {"values": [self._policy(doc, _caller(request)) for doc in found]})

    def _of_collection(self, request: Request, name: str) -> Response:
        return Response(200, self._policy(self._collection(name), _caller(request)))

    def _collection(self, name: str) -> Doc:
        found = next((doc for doc in self._store.all("collection") if doc["name"] == name.lower()), None)
        if found is None:
            refuse_account(404, "1005", f"Collection {name} was not found.")
        return found

    def _one(self, request: Request, policy: str) -> Response:
        return Response(200, self._by_id(request, policy))

    def _by_id(self, request: Request, policy: str) -> Doc:
        found = next((doc for doc in self._store.all("collection") if _id(doc["name"]) == policy.lower()), None)
        if found is None:
            refuse_account(404, "ResourceNotFound", "Resource not found")
        return self._policy(found, _caller(request))

    def _replace(self, request: Request, policy: str) -> Response:
        """Takes a document whole, members of others who are left out included; the version grows, also for no change.

        That is recorded. What a stale version gets is not: here what `stale_policy` says, 0 for taking it.
        """
        before, body = self._by_id(request, policy), request.json()
        inner = body.get("properties") if isinstance(body, dict) else None
        if not isinstance(inner, dict) or not isinstance(inner.get("attributeRules"), list):
            refuse_account(400, "BadRequest", "The policy has no attribute rules.")
        if body.get("version") != before["version"] and self._settings.stale_policy:
            refuse_account(self._settings.stale_policy, "Conflict", "The version of the policy is not the newest.")
        name = before["properties"]["collection"]["referenceName"]
        inner = {**inner, "collection": before["properties"]["collection"]}
        if "parentCollectionName" in before["properties"]:
            inner["parentCollectionName"] = before["properties"]["parentCollectionName"]
        after = {**before, "version": before["version"] + 1, "properties": inner}
        self._store.put(_KIND, name, after)
        return Response(200, after)

    def _policy(self, collection: Doc, caller: str) -> Doc:
        """The document as somebody wrote it, or as it came with the collection."""
        name = collection["name"]
        written = self._store.get(_KIND, name)
        if written is not None:
            return written
        parent = (collection.get("parentCollection") or {}).get("referenceName")
        rules = self._rules(name, parent, caller)
        inner: Doc = {"description": "", "decisionRules": [_decision(name)], "attributeRules": rules}
        inner["collection"] = {"type": "CollectionReference", "referenceName": name}
        if parent:
            inner["parentCollectionName"] = parent
        # A recorded root's policy is called by the account, in the account's capitals: nobody can compute the name.
        called = f"policy_collection_{name}" if parent else f"policy_{name.title()}"
        return {"name": called, "id": _id(name), "version": 0 if parent else 4, "properties": inner}

    def _rules(self, name: str, parent: str | None, caller: str) -> list[Doc]:
        cut_off = self._is_forbidden(name)
        rules = []
        for role in _OF_ROOT if cut_off or not parent else (_ADMIN,):
            alone = (parent and role == _ADMIN) or (cut_off and role == "data-curator")
            ways = [[_people([USER] if alone else [USER, caller]), _derived("role", _BUILT_IN + role)]]
            if parent and role == _ADMIN:
                ways.append([_derived("permission", f"{_BUILT_IN}{role}:{parent}")])
            rules.append(_rule(f"{_BUILT_IN}{role}:{name}", ways))
        above = [[_derived("permission", f"permission:{parent}")]] if parent and not cut_off else []
        rules.append(_rule(f"permission:{name}", [[_derived("permission", rule["id"])] for rule in rules] + above))
        return rules


def _role(name: str) -> Doc:
    friendly, version, actions = _ROLES[name]
    action = {
        "attributeName": "request.azure.dataAction",
        "attributeValueIncludedIn": [f"Microsoft.Purview/accounts/{one}" for one in actions.split()],
    }
    properties: Doc = {"provisioningState": "Provisioned", "roleType": "BuiltIn", "friendlyName": friendly}
    properties |= {"cnfCondition": [[action]], "version": version}
    return {"id": _BUILT_IN + name, "name": name, "type": "Microsoft.Purview/role", "properties": properties}


def _id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"policy of {name}"))


def _decision(name: str) -> Doc:
    condition = [
        {"attributeName": "resource.purview.collection", "attributeValueIncludes": name},
        _derived("permission", f"permission:{name}"),
    ]
    return {"kind": "decisionrule", "effect": "Permit", "dnfCondition": [condition]}


def _rule(name: str, condition: list[list[Doc]]) -> Doc:
    return {"kind": "attributerule", "id": name, "name": name, "dnfCondition": condition}


def _people(ids: list[str]) -> Doc:
    return {"attributeName": "principal.microsoft.id", "attributeValueIncludedIn": ids}


def _derived(what: str, rule: str) -> Doc:
    return {"fromRule": rule, "attributeName": f"derived.purview.{what}", "attributeValueIncludes": rule}


def _caller(request: Request) -> str:
    """The object id in the token; the sandbox's own user where the token is no JWT."""
    parts = request.headers.get("authorization", "").rpartition(" ")[2].split(".")
    if len(parts) != 3:
        return USER
    try:
        claims: Any = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return USER
    return str(claims.get("oid") or USER)
