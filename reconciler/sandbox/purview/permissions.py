"""Rights by collection: who is Data Curator where, and the refusal of writes where nobody is.

Policies of collections have the shape of recordings and of Microsoft's tutorial (grade A): a role's members are
a rule of the collection, and a collection inherits by a rule that names its parent's. The refusal is the one that
was recorded for a whole account (grade A); that one collection is refused in the same words is an inference.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

import orjson

from reconciler.sandbox.purview.core import USER, Core, Doc, Route
from reconciler.sandbox.purview.errors import refuse_account
from reconciler.sandbox.web import Request, Response

_ROLES = {
    "data-curator": ("data/read", "data/write", "collection/read"),
    "purview-reader": ("data/read", "collection/read"),
    "data-source-administrator": ("scan/read", "scan/write", "collection/read"),
    "collection-administrator": ("collection/read", "collection/write"),
}
_BUILT_IN = "purviewmetadatarole_builtin_"


class Permissions:
    """The policy store, and the door before writes; `forbidden_collections` of the settings are without curator."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._store = core.store

    def routes(self) -> list[Route]:
        """`/policystore`: read only, as nothing here changes who may do what."""
        return [
            ("GET", "/policystore/metadataRoles", self._roles),
            ("GET", "/policystore/metadataPolicies", self._policies),
        ]

    def refused(self, request: Request) -> Response | None:
        """The 403 for a write that touches an entity, or a place for one, in a forbidden collection."""
        if not self._core.settings.forbidden_collections or request.method == "GET" or "/search/" in request.path:
            return None
        if not any(self._is_forbidden(name) for name in self._touched(request)):
            return None
        error = {"code": "Unauthorized", "message": "Not authorized to access account"}
        return Response(403, {"error": error})

    def _is_forbidden(self, name: str) -> bool:
        """By name or friendly name; children are forbidden with their parents."""
        doc = self._store.get("collection", name.lower(), latest=True)
        words = {word.casefold() for word in self._core.settings.forbidden_collections}
        while doc is not None:
            if words & {doc["name"].casefold(), doc["friendlyName"].casefold()}:
                return True
            parent = (doc.get("parentCollection") or {}).get("referenceName")
            doc = self._store.get("collection", parent, latest=True) if parent else None
        return False

    def _touched(self, request: Request) -> Iterator[str]:
        segments = request.path.split("/")
        if named := request.arg("collectionId"):
            yield named
        if "collections" in segments[:-1]:
            yield segments[segments.index("collections") + 1]
        guids = [*request.args("guid"), *(segment for segment in segments if segment.count("-") == 4)]
        body = request.json() if request.body[:1] in (b"{", b"[") else None
        if isinstance(body, list):
            guids += [str(item["guid"]) for item in body if isinstance(item, dict) and item.get("guid")]
        elif isinstance(body, dict):
            guids += map(str, body.get("entityGuids") or ())
            given = [*(body.get("entities") or ()), *([body["entity"]] if isinstance(body.get("entity"), dict) else ())]
            for entity in given if "/entity" in request.path else ():
                yield from self._place(entity, bool(named))
        for doc in self._store.get_many("entity", guids, latest=True).values():
            yield str(doc.get("collectionId") or "")

    def _place(self, entity: Doc, placed: bool) -> Iterator[str]:
        """Where an entity of a request is; a new one without a place lands in the root."""
        known = self._store.get("entity", str(entity.get("guid")), latest=True)
        name = (entity.get("attributes") or {}).get("qualifiedName")
        if known is None and name:
            found = self._store.find("entity", "qn", name, latest=True)
            known = next((doc for doc in found if doc["typeName"] == entity.get("typeName")), None)
        if known is not None:
            yield str(known.get("collectionId") or "")
        elif not placed:
            yield from (doc["name"] for doc in self._store.find("collection", "parent", "", latest=True))

    # the policy store

    def _roles(self, request: Request) -> Response:
        values = []
        for slug, actions in _ROLES.items():
            action = {
                "attributeName": "request.azure.dataAction",
                "attributeValueIncludedIn": [f"Microsoft.Purview/accounts/{name}" for name in actions],
            }
            properties = {"provisioningState": "Provisioned", "roleType": "BuiltIn", "cnfCondition": [[action]]}
            values.append({"id": _BUILT_IN + slug, "name": slug, "type": "Microsoft.Purview/role",
                           "properties": properties | {"friendlyName": slug.replace("-", " ").title()}})  # fmt: skip
        return Response(200, {"values": values})

    def _policies(self, request: Request) -> Response:
        wanted = request.arg("collectionName")
        found = self._store.all("collection")
        if wanted:
            found = [doc for doc in found if doc["name"] == wanted.lower()]
            if not found:
                refuse_account(404, "1005", f"Collection {wanted} was not found.")
        return Response(200, {"values": [self._policy(doc, _caller(request)) for doc in found]})

    def _policy(self, collection: Doc, caller: str) -> Doc:
        name = collection["name"]
        parent = (collection.get("parentCollection") or {}).get("referenceName")
        forbidden = self._is_forbidden(name)
        rules = []
        for slug in _ROLES if forbidden or not parent else ():
            members = [USER] if forbidden and slug == "data-curator" else [USER, caller]
            rules.append(_rule(f"{_BUILT_IN}{slug}:{name}", [[_people(members), _derived("role", _BUILT_IN + slug)]]))
        above = [[_derived("permission", f"permission:{parent}")]] if parent and not forbidden else []
        rules.append(_rule(f"permission:{name}", [[_derived("permission", rule["id"])] for rule in rules] + above))
        inner: Doc = {"description": "", "attributeRules": rules}
        inner["collection"] = {"type": "CollectionReference", "referenceName": name}
        if parent:
            inner["parentCollectionName"] = parent
        return {"name": f"policy_collection_{name}", "id": f"policy-{name}", "version": 1, "properties": inner}


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
