"""Who owns an object: people and roles that approve changes of it, and make them without an approval.

Paths and bodies are those of the official description ([A]); what reading answers is in none, and is rows with the
members that are written ([C]). The ids of types of objects are public nowhere: they are others at every start, so that
nobody can rely on one ([U]). Who makes an object owns it ([B]); owners and who governs the kind manage owners ([B]).
"""

from __future__ import annotations

from reconciler_sandbox.cluedin import claims, models
from reconciler_sandbox.cluedin.access import Access
from reconciler_sandbox.cluedin.errors import CluedInError, bad_request, not_found
from reconciler_sandbox.cluedin.world import (
    CLEAN,
    DEDUP,
    OWNERSHIP,
    PROVIDER,
    RULE,
    STREAM,
    TERM,
    USER,
    Call,
    Doc,
    RestRoute,
    World,
    fixed_id,
    new_id,
)
from reconciler_sandbox.web import Response

_OWNED = (CLEAN, DEDUP, PROVIDER, RULE, STREAM, TERM)
_REMOVE = {"userId": "guid?", "roleId": "guid?", "objectId": "guid!"}


class Ownership:
    """`/ownership/object`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._access = Access(world)
        self._types = {kind: new_id() for kind in _OWNED}
        self._add = models.Model({**_REMOVE, "objectTypeId": "guid!"})
        self._remove = models.Model(_REMOVE)

    def routes(self) -> list[RestRoute]:
        """Paths."""
        return [
            ("GET", "/ownership/object/{thing}", self._show),
            ("POST", "/ownership/object", self._added),
            ("DELETE", "/ownership/object", self._removed),
        ]

    def _show(self, call: Call, thing: str) -> Response:
        found = self._found(models.guid(thing))
        return Response(200, self._rows(*found) if found else [])

    def _added(self, call: Call) -> Response:
        given = self._add.read(call.request)
        kind, doc = self._mine(call, given)
        if given["objectTypeId"] != self._types[kind]:
            raise bad_request("The object is of another type.", objectTypeId="This is not the type of the object.")
        if given["userId"] and self._world.get(USER, given["userId"]) is None:
            raise bad_request("The user does not exist.", userId="This user does not exist.")
        rows = self._kept(kind, doc)
        if not any(_same(row, given) for row in rows):
            self._world.put(OWNERSHIP, _row(given, doc["id"]))
        return Response(200)

    def _removed(self, call: Call) -> Response:
        given = self._remove.read(call.request)
        for row in self._kept(*self._mine(call, given)):
            if _same(row, given):
                self._world.drop(OWNERSHIP, row["id"])
        return Response(200)

    def _mine(self, call: Call, given: Doc) -> tuple[str, Doc]:
        """The object that is named, of which the caller may manage the owners."""
        if bool(given["userId"]) == bool(given["roleId"]):
            raise bad_request("Either a user or a role is needed.")
        found = self._found(given["objectId"])
        if found is None:
            raise not_found("The object", given["objectId"])
        kind, doc = found
        if self._access.strict and not self._access.owns(call.caller, doc["id"], doc):
            claim = claims.of_document(kind)
            if not any(self._access.governs(call.caller, one) for one in ((claim,) if claim else claims.CONNECTED)):
                raise CluedInError(403, "Only an owner of the object manages its owners.")
        return kind, doc

    def _found(self, id: str) -> tuple[str, Doc] | None:
        docs = ((kind, self._world.get(kind, id, latest=True)) for kind in _OWNED)
        return next(((kind, doc) for kind, doc in docs if doc is not None), None)

    def _kept(self, kind: str, doc: Doc) -> list[Doc]:
        """The rows as they are kept; who made the object is written down once somebody changes its owners."""
        rows = self._world.find(OWNERSHIP, "object", doc["id"], latest=True)
        if rows:
            return rows
        return [self._world.put(OWNERSHIP, _row({"userId": owner}, doc["id"])) for owner in claims.owners(doc)]

    def _rows(self, kind: str, doc: Doc) -> list[Doc]:
        rows = self._world.find(OWNERSHIP, "object", doc["id"], latest=True)
        kept = rows or [_row({"userId": owner}, doc["id"]) for owner in claims.owners(doc)]
        return [{**row, "objectTypeId": self._types[kind]} for row in kept]


def role_id(name: str) -> str:
    """The id of a role, the same in each sandbox."""
    return fixed_id(f"role {name}")


def _row(given: Doc, thing: str) -> Doc:
    return {"id": new_id(), "userId": given.get("userId"), "roleId": given.get("roleId"), "objectId": thing}


def _same(row: Doc, given: Doc) -> bool:
    return bool(row["userId"] == given["userId"] and row["roleId"] == given["roleId"])
