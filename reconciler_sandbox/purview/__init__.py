"""The Purview plane: data map, catalog, Apache Atlas and account under their real paths."""

from __future__ import annotations

import uuid

from reconciler_sandbox.purview.account import Account
from reconciler_sandbox.purview.annotations import Annotations
from reconciler_sandbox.purview.atlas_search import AtlasSearch
from reconciler_sandbox.purview.categories import Categories
from reconciler_sandbox.purview.core import Core, Route
from reconciler_sandbox.purview.entities import Entities
from reconciler_sandbox.purview.entity_api import EntityApi
from reconciler_sandbox.purview.entity_view import EntityView
from reconciler_sandbox.purview.glossary_api import GlossaryApi
from reconciler_sandbox.purview.graph import Graph
from reconciler_sandbox.purview.imports import TermImports
from reconciler_sandbox.purview.lineage import Lineage
from reconciler_sandbox.purview.permissions import Permissions
from reconciler_sandbox.purview.policies import Policies
from reconciler_sandbox.purview.relationship_api import RelationshipApi
from reconciler_sandbox.purview.search import Search
from reconciler_sandbox.purview.shapes import guarded
from reconciler_sandbox.purview.term_view import TermView
from reconciler_sandbox.purview.types_api import TypesApi
from reconciler_sandbox.settings import Settings
from reconciler_sandbox.store import Store
from reconciler_sandbox.web import Request, Response, Router
from reconciler_sandbox.wire import read

_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET,OPTIONS,HEAD,PUT,POST,DELETE,PATCH",
    "Access-Control-Allow-Headers": "authorization,content-type,x-xsrf-header,x-ms-client-request-id,"
    "lastmodifiedts,x-ms-user-token,x-ms-client-tenant-id",
    "Access-Control-Expose-Headers": "x-ms-request-id,lastmodifiedts",
    "X-Frame-Options": "DENY",
    "Server": "MicrosoftPurview",
}
_HSTS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
_UNCACHED = {
    "Cache-Control": "no-store, must-revalidate, no-cache, max-age=0",
    "Pragma": "no-cache",
    "Expires": "0",
    "X-Content-Type-Options": "nosniff",
    "X-XSS-Protection": "1; mode=block",
    "Content-Security-Policy": "default-src 'self'",
}
_VERSIONS = "2019-11-01-preview, 2022-10-01-preview, 2023-05-01-preview, 2023-10-01-preview, 2023-12-01-preview"
_VERSION_REQUIRED = ("/search/", "/entity/moveto", "/types/termtemplatedef/")


class Purview:
    """Answers requests for every system that keeps its data in the data map."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.core = core = Core(store, settings)
        self.graph = graph = Graph(core)
        view = EntityView(core, graph)
        terms = TermView(core, graph, view)
        self.entities = entities = Entities(core, graph, view)
        self.types = TypesApi(core)
        self.glossaries = GlossaryApi(core, graph, terms, view)
        self.account = Account(core)
        self.permissions = Permissions(core)
        api = EntityApi(core, entities, view)
        search = Search(core, graph, view)
        lineage = Lineage(core, graph, entities, view)
        imports = TermImports(core, self.glossaries)
        atlas: list[Route] = [
            *self.types.routes(),
            *api.routes(),
            *Annotations(core, entities, view).routes(),
            *Categories(core, graph, terms).routes(),
            *imports.atlas_routes(),
            *self.glossaries.routes(),
            *RelationshipApi(core, graph, view).routes(),
            *lineage.routes(),
            *search.atlas_routes(),
            *AtlasSearch(core, graph, view).routes(),
        ]
        beside = [
            *self.types.template_routes(),
            *api.collection_routes(),
            *lineage.page_routes(),
            *search.routes(),
            *imports.routes(),
        ]
        self._router = Router()
        for prefix in ("/datamap/api", "/catalog/api"):
            self._router.extend(guarded(atlas), f"{prefix}/atlas/v2")
            self._router.extend(guarded(beside), prefix)
        self._router.extend(guarded(atlas), "/api/atlas/v2")
        self._router.extend(guarded(api.admin_routes()), "/api/atlas/admin")
        self._router.add("GET", "/api/atlas/admin/version", self._version)
        self._router.add("GET", "/api/atlas/admin/status", self._status)
        self._account = Router()
        for prefix in ("", "/account"):
            self._account.extend(self.account.routes(), prefix)
        self._account.extend(Policies(core, self.permissions.is_forbidden).routes())

    def _version(self, request: Request) -> Response:
        return Response(200, {"Description": "Metadata Management", "Version": "2.4.0", "Name": "apache-atlas"})

    def _status(self, request: Request) -> Response:
        return Response(200, {"Status": "ACTIVE"})

    @staticmethod
    def system(path: str) -> str | None:
        """Which of the two planes a path belongs to, None when neither."""
        low = path.lower()
        if low.startswith(("/datamap/api", "/catalog/api", "/api/atlas")):
            return "purview"
        if low in ("", "/", "/account", "/listkeys") or low.startswith(("/account/", "/collections", "/policystore/")):
            return "account"
        return None

    def handle(self, request: Request) -> Response:
        """Answers one request, headers included."""
        if self.system(request.path) == "account":
            found = self._account.dispatch(request)
            if found is None:
                error: dict[str, object] = {
                    "code": "NotFound",
                    "message": "Not found",
                    "target": None,
                    "details": [],
                }
                found = Response(404, {"error": error})
            return self._account_headers(found)
        response = self._missing_version(request) or self.permissions.refused(request)
        response = response or self._answered(request)
        return self._map_headers(request, response)

    def _answered(self, request: Request) -> Response:
        """What a route answers. Atlas fails where there is none, and has no code for broken JSON (2.4.0, grade A)."""
        as_atlas = self.core.atlas and request.path.lower().startswith("/api/atlas")
        if as_atlas and request.body and not _is_json(request):
            return Response(400, {"errorMessage": "broken JSON"})
        found = self._router.dispatch(request)
        if as_atlas and (found is None or found.status == 405):
            return Response(500, {"errorMessage": "There was an error processing your request. It has been logged."})
        return found or Response(404, {"errorCode": "ATLAS-404-00-004", "errorMessage": "No such resource"})

    def _missing_version(self, request: Request) -> Response | None:
        """`api-version` is required beside `/atlas/v2` (grade A: specification)."""
        path = request.path.lower()
        beside = path.partition("/api")[2]
        needed = beside.startswith(_VERSION_REQUIRED) or path.endswith("/next")
        if not needed or request.arg("api-version") or path.startswith("/api/"):
            return None
        message = "The api-version query parameter (?api-version=) is required for all requests."
        return Response(400, {"error": {"code": "MissingApiVersionParameter", "message": message}})

    def _map_headers(self, request: Request, response: Response) -> Response:
        request_id = request.headers.get("x-ms-client-request-id") or str(uuid.uuid4())
        body = response.body
        if isinstance(body, dict) and "errorCode" in body and not self.core.atlas:
            response.body = {"requestId": request_id, **body}
        glossary = "/glossary" in request.path or request.path.endswith("/businessmetadata/import")
        headers = dict(_CORS) | _HSTS
        headers["x-ms-request-id"] = request_id
        headers["x-ms-correlation-request-id"] = str(uuid.uuid4())
        if glossary:
            headers |= _UNCACHED
        if response.body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8" if glossary else "application/json"
        response.headers = headers | response.headers
        return response

    @staticmethod
    def _account_headers(response: Response) -> Response:
        headers = dict(_HSTS) | {"Server": "Kestrel", "x-ms-correlation-request-id": str(uuid.uuid4())}
        headers["api-supported-versions"] = _VERSIONS
        if response.body is not None:
            plain = response.status == 404
            headers["Content-Type"] = "application/json" if plain else "application/json; charset=utf-8"
        response.headers = headers | response.headers
        return response


def _is_json(request: Request) -> bool:
    if not request.headers.get("content-type", "application/json").startswith("application/json"):
        return True
    try:
        read(request.body)
    except ValueError:
        return False
    return True
