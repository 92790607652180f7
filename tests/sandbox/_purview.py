"""What the tests of the Purview plane share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from reconciler_sandbox.server import Running, running

MAP = "/datamap/api/atlas/v2"


class Caller:
    """Calls one sandbox and expects a status."""

    def __init__(self, sandbox: Running) -> None:
        self.sandbox = sandbox
        self.http = httpx.Client(base_url=sandbox.url, headers={"Authorization": "Bearer token"}, timeout=30)

    def __call__(self, method: str, path: str, body: Any = None, *, status: int = 200, **query: Any) -> Any:
        url = path if path.startswith("/account") or "/api" in path[:14] else MAP + path
        answer = self.http.request(method, url, json=body, params=query or None)
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def code(self, method: str, path: str, body: Any = None, **query: Any) -> str:
        url = path if path.startswith("/account") or "/api" in path[:14] else MAP + path
        answer = self.http.request(method, url, json=body, params=query or None)
        assert answer.status_code >= 400, answer.text
        found = answer.json()
        return str(found.get("errorCode") or found["error"]["code"]).removeprefix("ATLAS-")

    def glossary(self, name: str = "G") -> str:
        return str(self("POST", "/glossary", {"name": name})["guid"])

    def term(self, glossary: str, name: str, parent: str | None = None, **more: Any) -> dict[str, Any]:
        body = {"name": name, "anchor": {"glossaryGuid": glossary}} | more
        if parent:
            body["parentTerm"] = {"termGuid": parent}
        found: dict[str, Any] = self("POST", "/glossary/term", body, includeTermHierarchy="true")
        return found

    def entity(self, name: str, type_name: str = "DataSet", **more: Any) -> str:
        raw = {"typeName": type_name, "attributes": {"qualifiedName": name, "name": name}} | more
        answer = self("POST", "/entity", {"entity": raw})
        return str(next(iter(answer["guidAssignments"].values())))

    def read(self, guid: str) -> dict[str, Any]:
        found: dict[str, Any] = self("GET", f"/entity/guid/{guid}")["entity"]
        return found


def callers(**settings: Any) -> Iterator[Caller]:
    with running(**settings) as sandbox:
        yield Caller(sandbox)
