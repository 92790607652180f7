"""Lineage queries; there is no call that writes lineage (grade A: specification)."""

from __future__ import annotations

import re

from reconciler_sandbox.purview.core import Core, Doc, Route, number
from reconciler_sandbox.purview.entities import Entities
from reconciler_sandbox.purview.entity_view import EntityView
from reconciler_sandbox.purview.errors import refuse
from reconciler_sandbox.purview.graph import Graph
from reconciler_sandbox.purview.spread import FLOWS, ends_of
from reconciler_sandbox.web import Request, Response

_ATTRIBUTE = re.compile(r"attr(_\w+)?:qualifiedName$", re.IGNORECASE)


class Lineage:
    """Walks the relationships along which data flows."""

    def __init__(self, core: Core, graph: Graph, entities: Entities, view: EntityView) -> None:
        self._core = core
        self._graph = graph
        self._entities = entities
        self._view = view

    def routes(self) -> list[Route]:
        """Routes below `/atlas/v2`."""
        return [
            ("GET", "/lineage/{guid}", self._by_guid),
            ("GET", "/lineage/uniqueAttribute/type/{type_name}", self._by_name),
            ("POST", "/lineage/{guid}", self._by_guid),  # Atlas's lineage on demand: a query too [A]
        ]

    def page_routes(self) -> list[Route]:
        """The route for one side's next page, which is not below `/atlas/v2`."""
        return [("GET", "/lineage/{guid}/next", self._next)]

    def _by_guid(self, request: Request, guid: str) -> Response:
        return Response(200, self._info(request, self._entities.get(guid)))

    def _by_name(self, request: Request, type_name: str) -> Response:
        name = next((value for key, value in request.query if _ATTRIBUTE.match(key)), None)
        return Response(200, self._info(request, self._entities.by_name(type_name, name)))

    def _direction(self, request: Request) -> str:
        found = (request.arg("direction") or "BOTH").upper()
        if found not in ("INPUT", "OUTPUT", "BOTH"):
            refuse("400-00-026", f"Invalid lineage query parameters passed direction: {found}")
        return found

    def _info(self, request: Request, doc: Doc) -> Doc:
        supers = self._core.types.kind(doc["typeName"]).supers
        if not supers & {"DataSet", "Process"}:
            refuse(
                "404-00-011",
                f"Given instance guid {doc['guid']} with type {doc['typeName']} is not a valid lineage entity type.",
            )
        direction, depth = self._direction(request), number(request, "depth", 3)
        # One hop is data set - process - data set; from a process the first half costs one (grade A: Atlas).
        steps = 10_000 if depth <= 0 else depth * 2 - (1 if "Process" in supers else 0)
        edges: dict[str, Doc] = {}
        for side in ("INPUT", "OUTPUT"):
            if direction in (side, "BOTH"):
                self._walk(doc["guid"], side == "OUTPUT", steps, edges)
        guids = {doc["guid"]} | {e[k] for e in edges.values() for k in ("fromEntityId", "toEntityId")}
        nodes = self._graph.nodes(guids)
        if self._core.atlas:  # as answered by 2.4.0, grade A
            return {
                "baseEntityGuid": doc["guid"],
                "lineageDirection": direction,
                "lineageDepth": depth,
                "guidEntityMap": {guid: self._view.header(node) for guid, node in nodes.items()} if edges else {},
                "relations": list(edges.values()),
                "relationsOnDemand": {},
            }
        return {
            "baseEntityGuid": doc["guid"],
            "lineageDirection": direction,
            "lineageDepth": depth,
            "lineageWidth": -1,
            "childrenCount": -1,
            "guidEntityMap": {guid: self._view.header(node) for guid, node in nodes.items()} if edges else {},
            "widthCounts": {},
            "relations": list(edges.values()),
            "parentRelations": [],
        }

    def _edges(self, guid: str, forward: bool) -> list[Doc]:
        found = []
        for relation in self._graph.relations(guid):
            if relation["typeName"] not in FLOWS:
                continue
            if relation["status"] != "ACTIVE" and not self._core.atlas:  # Atlas shows deleted ones (2.4.0, grade A)
                continue
            source, target = ends_of(relation)
            if guid == (source if forward else target):
                edge = {"fromEntityId": source, "toEntityId": target, "relationshipId": relation["guid"]}
                found.append(edge)
        return found

    def _walk(self, start: str, forward: bool, steps: int, edges: dict[str, Doc]) -> None:
        seen, todo = {start}, [start]
        while todo and steps > 0:
            steps -= 1
            after: list[str] = []
            for guid in todo:
                for edge in self._edges(guid, forward):
                    edges[edge["relationshipId"]] = edge
                    other = edge["toEntityId" if forward else "fromEntityId"]
                    if other not in seen:
                        seen.add(other)
                        after.append(other)
            todo = after

    def _next(self, request: Request, guid: str) -> Response:
        doc = self._entities.get(guid)
        direction = self._direction(request)
        offset, limit = max(number(request, "offset", 0), 0), number(request, "limit", 10)
        edges = self._edges(guid, direction == "OUTPUT")[offset : offset + limit]
        nodes = self._graph.nodes({e[k] for e in edges for k in ("fromEntityId", "toEntityId")})
        info = {"baseEntityGuid": doc["guid"], "lineageDirection": direction, "lineageDepth": 1}
        headers = {key: self._view.header(node) for key, node in nodes.items()}
        return Response(200, info | {"guidEntityMap": headers, "relations": edges, "parentRelations": []})
