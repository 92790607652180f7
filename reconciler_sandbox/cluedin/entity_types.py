"""Entity types, called business domains in the user interface."""

from __future__ import annotations

import json
from typing import Any

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.errors import bad_request, conflict, not_found
from reconciler_sandbox.cluedin.world import (
    ENTITY_TYPE,
    VOCABULARY,
    ZERO,
    Args,
    Call,
    Caller,
    Doc,
    Resolver,
    RestRoute,
    World,
    matches,
    new_id,
    page_of,
)
from reconciler_sandbox.web import Response

# The members that a person can set; a save replaces all of them ([B] members, [C] replacement).
_SETTABLE = (
    *("icon", "displayName", "route", "active", "color", "layoutConfiguration"),
    *("pageTemplateId", "ownedByRoleId", "additionalProperties"),
)
_CREATE = frozenset({"type", *_SETTABLE[:-2]})


class EntityTypes:
    """GraphQL fields, and the REST paths that exist without a version only ([B])."""

    def __init__(self, world: World) -> None:
        self._world = world

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        return {
            "Management.entityTypeConfigurations": self._list,
            "Management.getEntityTypeInfo": lambda caller, args: self._shown(self._by_code(args["type"])),
            "Management.entityTypeConfiguration": lambda caller, args: self._shown(self._by_code(args["entityType"])),
            "ManagementMutation.createEntityTypeConfigurationV2": self._create,
        }

    def routes(self) -> list[RestRoute]:
        """Unversioned paths."""
        return [
            ("GET", "/entitytypeinfo", self._rest_get),
            ("GET", "/entitytypeinfo/paged", self._rest_paged),
            ("GET", "/entitytypeinfo/exists", self._rest_exists),
            ("POST", "/entitytypeinfo", self._rest_create),
            ("PUT", "/entitytypeinfo", self._rest_update),
        ]

    def configuration(self, code: str | None) -> Doc | None:
        """An entity type as other objects carry it ([B])."""
        if not code:
            return None
        found = self._world.taken(ENTITY_TYPE, "type", code.lower())
        name = found["displayName"] if found else None
        return {"icon": found["icon"] if found else None, "entityType": code, "displayName": name}

    def ensure(self, caller: Caller, given: Doc | None) -> None:
        """Makes the entity type of a vocabulary if the input calls it new ([B] member, [C] effect)."""
        code = (given or {}).get("entityType")
        if given and given.get("new") and code and not self._world.taken(ENTITY_TYPE, "type", code.lower()):
            self.create(
                {
                    "type": code,
                    "displayName": given.get("displayName"),
                    "icon": given.get("icon"),
                    "active": True,
                }
            )

    def create(self, given: Doc) -> Doc:
        """Makes an entity type; its code starts with a slash and is unique ([B]), ignoring case ([C])."""
        code = (given.get("type") or "").strip()
        if not code.startswith("/") or len(code) < 2:
            raise bad_request("The code is not valid.", type="A code starts with a slash.")
        if self._world.taken(ENTITY_TYPE, "type", code.lower()):
            raise conflict(f"The entity type {code} exists.")
        name = self._world.text(given.get("displayName")) or code.rsplit("/", 1)[-1]
        doc = {member: given.get(member) for member in _SETTABLE}
        doc |= {
            "id": new_id(),
            "type": code,
            "displayName": name,
            "route": given.get("route") or name.replace(" ", "").lower(),
            "active": bool(given.get("active")),
            "pageTemplateId": given.get("pageTemplateId") or None,
            "source": "Custom",
        }
        return self._world.put(ENTITY_TYPE, doc)

    def save(self, given: Doc) -> Doc:
        """Replaces everything that can be set: what is not sent is lost. Code and route are fixed ([B])."""
        found = self._world.get(ENTITY_TYPE, given["id"], latest=True)
        found = found or self._world.taken(ENTITY_TYPE, "type", given["type"].lower())
        if found is None:
            raise not_found("The entity type", given["type"])
        if found["type"] != given["type"]:
            raise bad_request("The code cannot be changed.", type="The code cannot be changed.")
        if given["route"] and found["route"] and given["route"] != found["route"]:
            raise bad_request("The route cannot be changed.", route="The route cannot be changed.")
        after = {**found, **{member: given[member] for member in _SETTABLE}}
        after["displayName"] = self._world.text(after["displayName"])
        return self._world.put(ENTITY_TYPE, after)

    def _search(self, name: str | None, used: bool | None, source: str | None) -> list[Doc]:
        groupings = {doc["grouping"].lower() for doc in self._world.all(VOCABULARY)} if used is not None else set()
        return [
            doc
            for doc in self._world.all(ENTITY_TYPE)
            if matches(name, doc["displayName"], doc["type"])
            and (used is None or (doc["type"].lower() in groupings) == used)
            and (not source or doc["source"] == source)
        ]

    def _list(self, _caller: Caller, args: Args) -> Doc:
        found = self._search(args.get("searchName"), args.get("filterIsUsed"), args.get("filterSource"))
        page = args.get("pageNumber")
        if page is not None and page < 1:
            raise bad_request(f"The page number {page} is not valid: pages are counted from 1.")
        shown = page_of(found, (page or 1) - 1, args.get("pageSize") or 20)
        return {"total": len(found), "data": [self._shown(doc) for doc in shown]}

    def _create(self, _caller: Caller, args: Args) -> bool:
        """The argument is JSON text ([B]); what comes back is [U]."""
        try:
            given = json.loads(args["entityTypeConfiguration"])
        except ValueError:
            given = None
        if not isinstance(given, dict):
            raise bad_request("The entity type is not a JSON object.")
        unknown = sorted(set(given) - _CREATE)
        if unknown:
            raise bad_request(f"Unknown members: {', '.join(unknown)}.")
        self.create(given)
        return True

    def _by_code(self, code: str) -> Doc | None:
        found = self._world.find(ENTITY_TYPE, "type", code.lower())
        return found[0] if found else None

    @staticmethod
    def _shown(doc: Doc | None) -> Doc | None:
        """What GraphQL shows; members of the REST model alone are left out by the schema."""
        if doc is None:
            return None
        return {**doc, "entityType": doc["type"], "path": None, "template": None, "pageTemplate": None}

    def _rest_get(self, call: Call) -> Response:
        code = call.request.arg("type")
        if code is not None:
            found = self._by_code(code)
            if found is None:
                raise not_found("The entity type", code)
            return Response(200, _model(found))
        found_all = self._search(call.request.arg("searchName"), models.flag(call.request, "filterIsUsed"), None)
        return Response(200, [_model(doc) for doc in found_all])

    def _rest_paged(self, call: Call) -> Response:
        """Pages from 0 ([B])."""
        request = call.request
        used = models.flag(request, "filterIsUsed")
        found = self._search(request.arg("searchName"), used, request.arg("filterSource"))
        page = page_of(found, models.whole(request, "page", 0), models.whole(request, "take", 20))
        return Response(200, {"total": len(found), "data": [_model(doc) for doc in page]})

    def _rest_exists(self, call: Call) -> Response:
        return Response(200, self._by_code(call.request.arg("entityType") or "") is not None)

    def _rest_create(self, call: Call) -> Response:
        given: dict[str, Any] = models.ENTITY_TYPE.read(call.request)
        return Response(200, _model(self.create(given)))

    def _rest_update(self, call: Call) -> Response:
        given = models.ENTITY_TYPE.read(call.request)
        if given["id"] == ZERO:
            raise bad_request("The model is not valid.", id="This member is required.")
        return Response(200, _model(self.save(given)))


def _model(doc: Doc) -> Doc:
    return {member: doc[member] for member in ("id", "type", *_SETTABLE, "source")}
