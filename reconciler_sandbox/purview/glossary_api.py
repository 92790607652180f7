"""Glossaries, terms and categories over HTTP."""

from __future__ import annotations

from typing import Any

from reconciler_sandbox.purview.core import Core, Doc, Route, flag, new_guid, number, window
from reconciler_sandbox.purview.entity_view import EntityView
from reconciler_sandbox.purview.errors import bad_request, no_entity, refuse
from reconciler_sandbox.purview.graph import Graph
from reconciler_sandbox.purview.term_view import LINKS, TermView
from reconciler_sandbox.purview.terms import ASSIGNMENT, Terms, apply_partial, check_name
from reconciler_sandbox.web import Refusal, Request, Response

UNPAGED_MAX = 5000
"""Terms above which an unpaged read of glossaries times out (grade B: that it does, C: the number)."""

_FIELDS = ("shortDescription", "longDescription", "language", "usage", "contacts", "additionalAttributes")


class GlossaryApi:
    """Reads and writes glossaries and their terms."""

    def __init__(self, core: Core, graph: Graph, view: TermView, entities: EntityView) -> None:
        self._core = core
        self._store = core.store
        self._graph = graph
        self._view = view
        self._entities = entities
        self.terms = Terms(core, graph)

    def routes(self) -> list[Route]:
        """Routes below `/atlas/v2`."""
        atomic = self._core.atomic
        assigned = "/glossary/terms/{guid}/assignedEntities"
        return [
            ("GET", "/glossary", self._list),
            ("POST", "/glossary", atomic(self._create)),
            ("POST", "/glossary/term", atomic(self._create_term)),
            ("POST", "/glossary/terms", atomic(self._create_terms)),
            ("GET", "/glossary/term/{guid}", self._term),
            ("PUT", "/glossary/term/{guid}", atomic(self._put_term)),
            ("DELETE", "/glossary/term/{guid}", atomic(self._delete_term)),
            ("PUT", "/glossary/term/{guid}/partial", atomic(self._partial_term)),
            ("GET", assigned, self._assigned),
            ("POST", assigned, atomic(self._assign)),
            ("DELETE", assigned, atomic(self._unassign)),
            ("PUT", assigned, atomic(self._unassign)),  # Atlas's and the catalog preview's way [A]
            ("GET", "/glossary/terms/{guid}/related", self._related),
            ("GET", "/glossary/{guid}", self._glossary),
            ("PUT", "/glossary/{guid}", atomic(self._put)),
            ("DELETE", "/glossary/{guid}", atomic(self._delete)),
            ("GET", "/glossary/{guid}/detailed", self._detailed),
            ("PUT", "/glossary/{guid}/partial", atomic(self._partial)),
            ("GET", "/glossary/{guid}/terms", self._terms),
            ("GET", "/glossary/{guid}/terms/headers", self._term_headers),
        ]

    def _get(self, guid: str, *, latest: bool = False) -> Doc:
        found = self._store.get("glossary", guid, latest=latest)
        if found is None:
            no_entity(guid)
        return found

    def _bare(self, request: Request) -> bool:
        return flag(request, "ignoreTermsAndCategories")

    def _in_time(self, count: int) -> None:
        if count > UNPAGED_MAX and not self._core.atlas:
            message = "The request timed out. Use ignoreTermsAndCategories and page through the terms."
            raise Refusal(Response(408, {"error": {"code": "RequestTimeout", "message": message}}))

    def _list(self, request: Request) -> Response:
        """A bare array, unpaged unless a limit is given (grade A: recordings)."""
        glossaries = sorted(self._store.all("glossary"), key=lambda doc: str(doc["name"]))
        if (request.arg("sort") or "ASC").upper() == "DESC":
            glossaries.reverse()
        page = window(request, glossaries)
        if not self._bare(request):
            self._in_time(sum(self._store.counted("term", f"in:{doc['guid']}") for doc in page))
        bare = self._bare(request) and not self._core.atlas  # which 2.4.0 does not heed here, grade A
        return Response(200, [self._view.glossary(doc, bare=bare) for doc in page])

    def _fill(self, doc: Doc, raw: Doc) -> None:
        name = check_name(raw.get("name"))
        # Atlas makes the qualified name once and for all (grade A: updateGlossary of 2.4.0).
        qualified = name
        if self._core.atlas:  # one of its own is kept too (answered by 2.4.0)
            qualified = doc.get("qualifiedName") or raw.get("qualifiedName") or name
        for other in self._store.find("glossary", "qn", qualified, latest=True):
            if other["guid"] != doc["guid"]:
                refuse("409-00-007", f"Glossary with name {name} already exists")
        renamed = "qualifiedName" in doc and doc["qualifiedName"] != qualified
        doc["name"], doc["qualifiedName"] = name, qualified
        for key in _FIELDS:
            doc.pop(key, None)
            if raw.get(key):
                doc[key] = raw[key]
        if renamed:
            for kind in ("term", "category"):
                for held in self._store.find(kind, "glossary", doc["guid"], latest=True):
                    held["qualifiedName"] = f"{held['qualifiedName'].rpartition('@')[0]}@{name}"
                    if kind == "term":
                        self.terms.save(held)
                    else:
                        save_category(self._core, held)

    def create(self, raw: Any) -> Doc:
        """A new glossary."""
        if not isinstance(raw, dict):
            bad_request("a glossary is expected")
        doc: Doc = {"guid": new_guid()}
        self._fill(doc, raw)
        doc |= self._core.stamp()
        self._store.put("glossary", doc["guid"], doc, {"qn": doc["qualifiedName"]})
        return doc

    def _create(self, request: Request) -> Response:
        return Response(200, self._view.glossary(self.create(request.json()), bare=True))

    def _glossary(self, request: Request, guid: str) -> Response:
        doc = self._get(guid)
        if not self._bare(request):
            self._in_time(self._store.counted("term", f"in:{guid}"))
        return Response(200, self._view.glossary(doc, bare=self._bare(request)))

    def _detailed(self, request: Request, guid: str) -> Response:
        doc = self._get(guid)
        self._in_time(self._store.counted("term", f"in:{guid}"))
        shown = self._view.glossary(doc, bare=False)
        terms = self._view.terms(self._store.page("term", f"in:{guid}"))
        shown["termInfo"] = {term["guid"]: term for term in terms}
        categories = self._store.page("category", f"in:{guid}")
        shown["categoryInfo"] = {doc["guid"]: self._view.category(doc) for doc in categories}
        return Response(200, shown)

    def _put(self, request: Request, guid: str) -> Response:
        doc, raw = self._get(guid, latest=True), request.json() or {}
        self._core.fresh(doc, raw.get("lastModifiedTS"))
        self._fill(doc, {"name": doc["name"]} | raw)
        return self._changed(request, doc)

    def _partial(self, request: Request, guid: str) -> Response:
        doc = self._get(guid, latest=True)
        apply_partial("glossary", doc, request.json(), atlas=self._core.atlas)
        return self._changed(request, doc)

    def _changed(self, request: Request, doc: Doc) -> Response:
        self._core.touch(doc)
        self._store.put("glossary", doc["guid"], doc, {"qn": doc["qualifiedName"]})
        return Response(200, self._view.glossary(doc, bare=self._bare(request)))

    def _delete(self, request: Request, guid: str) -> Response:
        """The terms and categories go too (grade A: documents)."""
        self._get(guid, latest=True)
        for term in self._store.find("term", "glossary", guid, latest=True):
            self.terms.drop_of_glossary(term)
        for category in self._store.find("category", "glossary", guid, latest=True):
            self._store.delete("category", category["guid"])
        self._store.delete("glossary", guid)
        return Response(204)

    # terms

    def _create_term(self, request: Request) -> Response:
        doc = self.terms.create(request.json(), flag(request, "includeTermHierarchy"))
        return Response(200, self._view.term(self._latest(doc)))

    def _latest(self, doc: Doc) -> Doc:
        return self._store.get("term", doc["guid"], latest=True) or doc

    def _create_terms(self, request: Request) -> Response:
        raws = request.json()
        if not isinstance(raws, list):
            bad_request("a list of terms is expected")
        hierarchy = flag(request, "includeTermHierarchy")
        docs = [self.terms.create(raw, hierarchy) for raw in raws]
        return Response(200, self._view.terms(docs))

    def _term(self, request: Request, guid: str) -> Response:
        return Response(200, self._view.term(self.terms.get(guid, latest=False)))

    def _put_term(self, request: Request, guid: str) -> Response:
        doc = self.terms.replace(guid, request.json(), flag(request, "includeTermHierarchy"))
        return Response(200, self._view.term(doc))

    def _partial_term(self, request: Request, guid: str) -> Response:
        return Response(200, self._view.term(self.terms.partial(guid, request.json())))

    def _delete_term(self, request: Request, guid: str) -> Response:
        self.terms.delete(guid)
        return Response(204)

    def _page(self, request: Request, guid: str) -> list[Doc]:
        self._get(guid)
        return self._store.page(
            "term",
            f"in:{guid}",
            limit=number(request, "limit", -1),
            offset=max(number(request, "offset", 0), 0),
            descending=(request.arg("sort") or "ASC").upper() == "DESC",
        )

    def _terms(self, request: Request, guid: str) -> Response:
        return Response(200, self._view.terms(self._page(request, guid), listed=True))

    def _term_headers(self, request: Request, guid: str) -> Response:
        return Response(200, [self._view.header(doc) for doc in self._page(request, guid)])

    def _related(self, request: Request, guid: str) -> Response:
        """By relation name; paging is ignored [B]."""
        shown = self._view.term(self.terms.get(guid, latest=False))
        return Response(200, {key: shown[key] for key in LINKS if key in shown})

    def _assigned(self, request: Request, guid: str) -> Response:
        self.terms.get(guid, latest=False)
        relations = [r for r in self._graph.relations(guid) if r["typeName"] == ASSIGNMENT]
        nodes = self._graph.nodes(r["end2"]["guid"] for r in relations)
        found = [self._entities.related(nodes[r["end2"]["guid"]], r) for r in relations if r["end2"]["guid"] in nodes]
        found.sort(key=lambda item: str(item["displayText"]))
        if (request.arg("sort") or "ASC").upper() == "DESC":
            found.reverse()
        return Response(200, window(request, found))

    def _assign(self, request: Request, guid: str) -> Response:
        self.terms.assign(guid, request.json())
        return Response(204)

    def _unassign(self, request: Request, guid: str) -> Response:
        self.terms.unassign(guid, request.json())
        return Response(204)


def save_category(core: Core, doc: Doc) -> None:
    """Stores a category with the marks it is found by."""
    marks = {"qn": doc["qualifiedName"], f"in:{doc['glossary']}": doc["name"], "glossary": doc["glossary"]}
    if doc.get("parent"):
        marks["parent"] = doc["parent"]
    core.store.put("category", doc["guid"], doc, marks)
