"""Entities over HTTP."""

from __future__ import annotations

import re

from reconciler_sandbox.purview.core import Core, Doc, Route, flag
from reconciler_sandbox.purview.entities import Entities, Write
from reconciler_sandbox.purview.entity_view import EntityView
from reconciler_sandbox.purview.errors import bad_request, no_entity, refuse
from reconciler_sandbox.web import Request, Response

_ATTRIBUTE = re.compile(r"attr(_\w+)?:qualifiedName$", re.IGNORECASE)


class EntityApi:
    """Reads and writes entities."""

    def __init__(self, core: Core, entities: Entities, view: EntityView) -> None:
        self._core = core
        self._entities = entities
        self._view = view

    def routes(self) -> list[Route]:
        """Routes below `/atlas/v2`."""
        atomic = self._core.atomic
        named = "/entity/uniqueAttribute/type/{type_name}"
        return [
            ("GET", "/entity/bulk", self._bulk),
            ("GET", "/entity/bulk/uniqueAttribute/type/{type_name}", self._bulk_named),
            ("GET", named, self._by_name),
            ("GET", named + "/header", self._header_by_name),
            ("GET", "/entity/guid/{guid}", self._by_guid),
            ("GET", "/entity/guid/{guid}/header", self._header),
            ("POST", "/entity", atomic(self._post)),
            ("POST", "/entity/bulk", atomic(self._post)),
            ("PUT", named, atomic(self._put)),
            ("PUT", "/entity/guid/{guid}", atomic(self._put_attribute)),
            ("DELETE", "/entity/bulk", atomic(self._delete_bulk)),
            ("DELETE", "/entity/guid/{guid}", atomic(self._delete)),
            ("DELETE", named, atomic(self._delete_named)),
        ]

    def collection_routes(self) -> list[Route]:
        """Routes of the older catalog API that name the collection in the path (grade A: specification)."""
        atomic = self._core.atomic
        return [
            ("POST", "/collections/{collection}/entity", atomic(self._post)),
            ("POST", "/collections/{collection}/entity/bulk", atomic(self._post)),
            ("POST", "/collections/{collection}/entity/moveHere", atomic(self._move)),
            ("POST", "/entity/moveTo", atomic(self._move)),
        ]

    def admin_routes(self) -> list[Route]:
        """Purging, which only Apache Atlas has."""
        return [("PUT", "/purge", self._core.atomic(self._purge))]

    def _options(self, request: Request) -> dict[str, bool]:
        return {"minimal": flag(request, "minExtInfo"), "bare": flag(request, "ignoreRelationships")}

    def _bulk(self, request: Request) -> Response:
        guids = request.args("guid")
        if not self._core.atlas:  # which shows an entity as often as it is named (answered by 2.4.0, grade A)
            guids = list(dict.fromkeys(guids))
        if not guids:
            bad_request("guid is missing")
        found = self._core.store.get_many("entity", guids)
        for guid in guids:
            if guid not in found:  # one bad guid fails the call [B]
                no_entity(guid)
        return Response(200, self._view.many([found[guid] for guid in guids], **self._options(request)))

    def _bulk_named(self, request: Request, type_name: str) -> Response:
        if self._core.types.get(type_name, "ENTITY") is None:
            if self._core.atlas:  # answered by Apache Atlas 2.4.0, grade A
                refuse("400-00-014", f"Type ENTITY with name {type_name} does not exist")
            return Response(200, {})
        names = [value for key, value in request.query if _ATTRIBUTE.match(key)]
        found: dict[str, Doc] = {}
        family = self._core.types.family(type_name)
        for docs in self._core.store.find_many("entity", "qn", names).values():
            for doc in docs:
                if doc["typeName"] in family:
                    found.setdefault(doc["guid"], doc)
        shown = self._view.many(list(found.values()), **self._options(request))
        return Response(200, shown if found or not self._core.atlas else {})

    def _name(self, request: Request) -> str | None:
        return next((value for key, value in request.query if _ATTRIBUTE.match(key)), None)

    def _by_name(self, request: Request, type_name: str) -> Response:
        found = self._entities.by_name(type_name, self._name(request))
        return Response(200, self._view.one(found, **self._options(request)))

    def _header_by_name(self, request: Request, type_name: str) -> Response:
        return Response(200, self._view.header_of(self._entities.by_name(type_name, self._name(request))))

    def _by_guid(self, request: Request, guid: str) -> Response:
        return Response(200, self._view.one(self._entities.get(guid), **self._options(request)))

    def _header(self, request: Request, guid: str) -> Response:
        return Response(200, self._view.header_of(self._entities.get(guid)))

    def _collection(self, name: str | None) -> str | None:
        if not name or self._core.atlas:
            return None
        found = self._core.store.get("collection", name.lower(), latest=True)
        if found is None:
            bad_request(f"Collection {name} does not exist")
        return str(found["name"])

    def _write(self, request: Request, collection: str | None = None) -> Write:
        business = (request.arg("businessAttributeUpdateBehavior") or "ignore").lower()
        if business not in ("ignore", "replace", "merge"):
            bad_request(f"businessAttributeUpdateBehavior: {business}")
        return Write(self._collection(collection or request.arg("collectionId")), business)

    def _post(self, request: Request, collection: str | None = None) -> Response:
        body = request.json()
        if not isinstance(body, dict):
            bad_request("an object is expected")
        if body.get("entities") is not None:
            raws = list(body["entities"])
        elif body.get("entity") is not None:
            raws = [body["entity"]]
        else:
            refuse("404-00-007", "Invalid instance creation/updation parameters passed : no entities")
        if not raws:
            if self._core.atlas:  # answered by 2.4.0, grade A
                refuse("400-00-01A", "invalid parameters: no entities to create/update.")
            refuse("404-00-007", "Invalid instance creation/updation parameters passed : no entities")
        for guid, raw in (body.get("referredEntities") or {}).items():
            raws.append(raw | {"guid": raw.get("guid") or guid})
        return Response(200, self._entities.upsert(raws, self._write(request, collection), whole=True))

    def _put(self, request: Request, type_name: str) -> Response:
        found = self._entities.by_name(type_name, self._name(request), latest=True)
        body = request.json() or {}
        raw = body.get("entity") if isinstance(body, dict) else None
        if not isinstance(raw, dict):
            bad_request("entity is missing")
        # Null is not possible here (grade A: documents): such attributes stay as they are.
        given = {k: v for k, v in (raw.get("attributes") or {}).items() if v is not None}
        # A known client reads, changes and puts back all of it, the unchanged lastModifiedTS included, and is
        # tested against the real service: here the stored value itself must pass (grade B: pyapacheatlas).
        kept = {key: value for key, value in raw.items() if key != "lastModifiedTS" or not _current(found, value)}
        partial = kept | {"guid": found["guid"], "typeName": found["typeName"], "attributes": given}
        answer = self._entities.upsert([partial], self._write(request))
        return Response(200, answer)

    def _put_attribute(self, request: Request, guid: str) -> Response:
        found = self._entities.get(guid, latest=True)
        name = request.arg("name")
        kind = self._core.types.kind(found["typeName"])
        if name is None or (name not in kind.attributes and name not in kind.relations):
            refuse("400-00-023", f"Attribute {name} not found for type {kind.name}")
        value = request.json()
        type_name = kind.attributes.get(name, {}).get("typeName", "")
        if value is None or type_name.startswith(("array<", "map<")):
            refuse("400-00-029", f"Update of attribute {name} of type {type_name} is not supported here")
        raw = {"guid": guid, "typeName": kind.name, "attributes": {name: value}}
        return Response(200, self._entities.upsert([raw], Write()))

    def _delete_docs(self, docs: list[Doc]) -> Response:
        """Deleting what is not there is no error (grade A: Atlas)."""
        return Response(200, self._entities.answer(Write(), self._entities.delete(docs)))

    def _delete(self, request: Request, guid: str) -> Response:
        found = self._core.store.get("entity", guid, latest=True)
        return self._delete_docs([found] if found else [])

    def _delete_bulk(self, request: Request) -> Response:
        guids = request.args("guid")
        if not guids:
            bad_request("guid is missing")
        return self._delete_docs(list(self._core.store.get_many("entity", guids, latest=True).values()))

    def _delete_named(self, request: Request, type_name: str) -> Response:
        self._core.types.entity(type_name)
        name = self._name(request)
        docs = self._core.store.find("entity", "qn", name, latest=True) if name else []
        family = self._core.types.family(type_name)
        return self._delete_docs([doc for doc in docs if doc["typeName"] in family][:1])

    def _purge(self, request: Request) -> Response:
        purged = []
        for guid in request.json() or []:
            found = self._core.store.get("entity", str(guid), latest=True)
            if found is not None and found["status"] == "DELETED":
                self._entities.purge(found)
                purged.append(self._view.mutation(found))
        return Response(200, {"mutatedEntities": {"PURGE": purged}} if purged else {})

    def _move(self, request: Request, collection: str | None = None) -> Response:
        target = self._collection(collection or request.arg("collectionId"))
        if target is None:
            bad_request("collectionId is missing")
        guids = (request.json() or {}).get("entityGuids") or []
        if not guids:
            bad_request("entityGuids is missing")
        write = Write(target)
        for guid in guids:
            doc = self._entities.get(str(guid), latest=True)
            write.assigned[doc["guid"]] = doc["guid"]
            if doc.get("collectionId") != target:
                doc["collectionId"] = target
                self._core.touch(doc)
                self._entities.save(doc)
                write.updated[doc["guid"]] = doc
        return Response(200, self._entities.answer(write))


def _current(doc: Doc, sent: object) -> bool:
    return str(sent) == str(doc.get("lastModifiedTS"))
