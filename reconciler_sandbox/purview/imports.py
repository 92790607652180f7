"""Term import and export by CSV: the catalog preview's long-running calls (answers grade A: recording)."""

from __future__ import annotations

import csv
import io
import time

from reconciler_sandbox.purview.annotations import uploaded
from reconciler_sandbox.purview.core import Core, Doc, Route, flag, new_guid
from reconciler_sandbox.purview.errors import no_entity
from reconciler_sandbox.purview.glossary_api import GlossaryApi
from reconciler_sandbox.web import Refusal, Request, Response

_COLUMNS = {"Definition": "longDescription", "Acronym": "abbreviation", "Status": "status"}


class TermImports:
    """Imports terms, and tells how an import went."""

    def __init__(self, core: Core, glossaries: GlossaryApi) -> None:
        self._core = core
        self._glossaries = glossaries

    def atlas_routes(self) -> list[Route]:
        """Routes below `/atlas/v2`, which pyapacheatlas uses."""
        return [
            ("POST", "/glossary/{guid}/terms/import", self._import),
            ("GET", "/glossary/terms/import/{operation}", self._status),
            ("POST", "/glossary/{guid}/terms/export", self._export),
        ]

    def routes(self) -> list[Route]:
        """The same next to `/atlas/v2`, and by name."""
        named: Route = ("POST", "/glossary/name/{name}/terms/import", self._import_named)
        return [*self.atlas_routes(), named]

    def _import_named(self, request: Request, name: str) -> Response:
        found = self._core.store.find("glossary", "qn", name, latest=True)
        if not found:
            no_entity(name)
        return self._import(request, found[0]["guid"])

    def _import(self, request: Request, guid: str) -> Response:
        if self._core.store.get("glossary", guid, latest=True) is None:
            no_entity(guid)
        rows = list(csv.DictReader(io.StringIO(uploaded(request), newline="")))
        done = sum(self._row(guid, row, flag(request, "includeTermHierarchy")) for row in rows if row.get("Name"))
        operation = request.headers.get("x-ms-client-request-id") or new_guid()
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000+0000", time.gmtime())
        status: Doc = {
            "id": operation,
            "status": "Succeeded",
            "createTime": now,
            "taskPickUpTime": None,
            "lastUpdateTime": now,
            "properties": {
                "importedTerms": str(done),
                "totalTermsDetected": str(len([row for row in rows if row.get("Name")])),
            },
            "error": {"errorCode": 0, "errorMessage": ""},
            "progress": {"status": None, "statistics": None},
        }
        self._core.store.put("import", operation, status)
        running = status | {"status": "Running"}
        running["properties"] = {"importedTerms": "0", "totalTermsDetected": "-1"}
        headers = self._headers(request, operation)
        return Response(202, running, headers | {"Location": headers["operation-location"]})

    def _headers(self, request: Request, operation: str) -> dict[str, str]:
        host = request.headers.get("host", "localhost")
        url = f"http://{host}/catalog/api/glossary/terms/import/{operation}"
        version = request.arg("api-version")
        return {
            "operation-location": url + (f"?api-version={version}" if version else ""),
            "Retry-After": "5",
        }

    def _row(self, guid: str, row: dict[str, str], hierarchy: bool) -> bool:
        raw: Doc = {"name": row["Name"], "anchor": {"glossaryGuid": guid}}
        raw |= {field: row[column] for column, field in _COLUMNS.items() if row.get(column)}
        try:
            with self._core.store.transaction():
                self._glossaries.terms.create(raw, hierarchy)
        except Refusal:
            return False
        return True

    def _status(self, request: Request, operation: str) -> Response:
        """How it went: the body tells, as a poll after the end may answer 202 again (grade A: recording)."""
        found = self._core.store.get("import", operation, latest=True)
        if found is None:
            no_entity(operation)
        polls = int(found.pop("polls", 0))
        self._core.store.put("import", operation, found | {"polls": polls + 1})
        return Response(202 if polls % 2 else 200, found, self._headers(request, operation))

    def _export(self, request: Request, guid: str) -> Response:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(["Name", *_COLUMNS])
        for term_guid in request.json() or []:
            term = self._glossaries.terms.get(str(term_guid), latest=False)
            writer.writerow([term["name"], *(term.get(field, "") for field in _COLUMNS.values())])
        return Response(200, out.getvalue().encode(), {"Content-Type": "text/csv"})
