"""Rights by collection: the refusal of writes where nobody is Data Curator.

The refusal is the one that was recorded for a whole account [A]; that one collection is refused in the same
words is an inference.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler_sandbox.purview.core import Core, Doc
from reconciler_sandbox.web import Request, Response


class Permissions:
    """The door before writes; `forbidden_collections` of the settings are without curator."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._store = core.store

    def refused(self, request: Request) -> Response | None:
        """The 403 for a write that touches an entity, or a place for one, in a forbidden collection."""
        if not self._core.settings.forbidden_collections or request.method == "GET" or "/search/" in request.path:
            return None
        if not any(self.is_forbidden(name) for name in self._touched(request)):
            return None
        error = {"code": "Unauthorized", "message": "Not authorized to access account"}
        return Response(403, {"error": error})

    def is_forbidden(self, name: str) -> bool:
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
