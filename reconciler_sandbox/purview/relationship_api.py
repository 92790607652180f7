"""Relationships over HTTP."""

from __future__ import annotations

from typing import Any

from reconciler_sandbox.purview.core import Core, Doc, Route, compact, flag
from reconciler_sandbox.purview.entity_view import EntityView, qualified_name
from reconciler_sandbox.purview.errors import bad_request, refuse
from reconciler_sandbox.purview.graph import Graph
from reconciler_sandbox.purview.values import BadValueError, coerce
from reconciler_sandbox.web import Request, Response


class RelationshipApi:
    """Reads and writes single relationships."""

    def __init__(self, core: Core, graph: Graph, view: EntityView) -> None:
        self._core = core
        self._graph = graph
        self._view = view

    def routes(self) -> list[Route]:
        """Routes below `/atlas/v2`."""
        atomic = self._core.atomic
        return [
            ("POST", "/relationship", atomic(self._create)),
            ("PUT", "/relationship", atomic(self._update)),
            ("GET", "/relationship/guid/{guid}", self._get),
            ("DELETE", "/relationship/guid/{guid}", atomic(self._delete)),
        ]

    def _definition(self, name: Any) -> Doc:
        found = self._core.types.get(str(name), "RELATIONSHIP")
        if found is None:
            refuse("400-00-014", f"Type RELATIONSHIP with name {name} does not exist")
        return found

    def _attributes(self, definition: Doc, sent: Doc) -> Doc:
        known = {a["name"]: a["typeName"] for a in definition.get("attributeDefs") or []}
        found: Doc = {}
        for key, value in sent.items():
            if key not in known:
                continue
            try:
                found[key] = coerce(known[key], value, self._core.types.get)
            except BadValueError as error:
                refuse("404-00-00D", f"Invalid relationship creation/updation parameters passed : {key}: {error}")
        return found

    def _create(self, request: Request) -> Response:
        raw = request.json()
        if not isinstance(raw, dict):
            bad_request("a relationship is expected")
        definition = self._definition(raw.get("typeName"))
        for end in ("end1", "end2"):
            if not isinstance(raw.get(end), dict):
                refuse("400-00-07D", f"Relationship end is invalid. Expected {definition['name']} but is NULL")
        first, second = self._graph.resolve(raw["end1"]), self._graph.resolve(raw["end2"])
        self._graph.check_ends(definition, first, second)
        attributes = self._attributes(definition, raw.get("attributes") or {})
        doc, new = self._graph.relate(definition["name"], first, second, attributes)
        if not new:
            refuse(
                "409-00-004",
                f"relationship {definition['name']} already exists between entities {first['guid']} and"
                f" {second['guid']}",
            )
        return Response(200, self._show(doc, {first["guid"]: first, second["guid"]: second}))

    def _update(self, request: Request) -> Response:
        raw = request.json() or {}
        doc = self._graph.get(str(raw.get("guid")))
        if raw.get("typeName") not in (None, doc["typeName"]):
            message = f"change of relationship type is not permitted. relationship-guid={doc['guid']}"
            refuse("400-00-06A", message, 404)
        for end in ("end1", "end2"):
            if raw.get(end) and self._graph.resolve(raw[end])["guid"] != doc[end]["guid"]:
                message = f"change of relationship end is not permitted. relationship-type={doc['typeName']}"
                refuse("400-00-069", message, 404)
        definition = self._definition(doc["typeName"])
        doc["attributes"] = (doc.get("attributes") or {}) | self._attributes(definition, raw.get("attributes") or {})
        self._core.touch(doc)
        self._graph.save(doc)
        return Response(200, self._show(doc))

    def _show(self, doc: Doc, nodes: dict[str, Doc] | None = None) -> Doc:
        if nodes is None:
            nodes = self._graph.nodes([doc["end1"]["guid"], doc["end2"]["guid"]])
        shown = dict(doc)
        for end in ("end1", "end2"):
            node = nodes.get(doc[end]["guid"])
            name = qualified_name(node) if node else None
            shown[end] = doc[end] | ({"uniqueAttributes": {"qualifiedName": name}} if name else {})
        return shown

    def _get(self, request: Request, guid: str) -> Response:
        doc = self._graph.get(guid, latest=False)
        nodes = self._graph.nodes([doc["end1"]["guid"], doc["end2"]["guid"]])
        answer: Doc = {"relationship": self._show(doc, nodes)}
        if flag(request, "extendedInfo"):
            answer["referredEntities"] = {guid: self._view.header(node) for guid, node in nodes.items()}
        return Response(200, compact(answer))

    def _delete(self, request: Request, guid: str) -> Response:
        doc = self._graph.get(guid)
        if doc["status"] == "DELETED":
            refuse("404-00-00F", f"Attempting to delete a relationship which is already deleted : {guid}")
        if self._core.atlas:
            doc["status"] = "DELETED"
            self._graph.save(doc)
        else:
            self._graph.unrelate(doc)
        return Response(204)
