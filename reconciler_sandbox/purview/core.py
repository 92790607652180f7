"""What every part of the data map shares: store, settings, types, clocks and ids."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

from reconciler_sandbox.purview.errors import refuse_word
from reconciler_sandbox.purview.typedefs import Types
from reconciler_sandbox.settings import Settings
from reconciler_sandbox.store import Store
from reconciler_sandbox.web import Handler, Refusal, Request, Response

Doc = dict[str, Any]
Route = tuple[str, str, Handler]

USER = "8f1c2d64-0c5e-4b7a-9d2e-5a1b3c4d5e6f"
"""Object id of whoever writes to the sandbox."""


class Core:
    """The ground the parts of the data map stand on."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.types = Types(store, settings.atlas)

    @property
    def atlas(self) -> bool:
        """Whether to behave as Apache Atlas."""
        return self.settings.atlas

    def stamp(self) -> Doc:
        """The bookkeeping fields of a new object."""
        now = now_ms()
        user = "admin" if self.atlas else USER
        stamp: Doc = {"createdBy": user, "updatedBy": user, "createTime": now, "updateTime": now}
        return stamp if self.atlas else {"lastModifiedTS": "1"} | stamp

    def touch(self, doc: Doc) -> None:
        """Counts a change."""
        doc["updateTime"] = now_ms()
        doc["updatedBy"] = "admin" if self.atlas else USER
        if "lastModifiedTS" in doc:
            doc["lastModifiedTS"] = str(int(doc["lastModifiedTS"]) + 1)

    def fresh(self, doc: Mapping[str, Any], sent: Any) -> None:
        """Refuses a write whose `lastModifiedTS` is not above the stored one (grade B: FEA; the body is C).

        A write without it wins over whatever is there. Apache Atlas has no such field.
        """
        if self.atlas or sent in (None, "") or "lastModifiedTS" not in doc:
            return
        try:
            stale = int(sent) <= int(doc["lastModifiedTS"])
        except (TypeError, ValueError):
            stale = True
        if stale:
            refuse_word(
                412,
                "PreConditionCheckFailed",
                f"PreConditionCheckFailed: lastModifiedTS {sent} is not newer than {doc['lastModifiedTS']}"
                f" of {doc.get('guid')}",
            )

    def atomic(self, handler: Handler) -> Handler:
        """A handler whose writes all happen or not at all (grade A: Atlas, one transaction per request)."""

        def run(request: Request, **segments: str) -> Response:
            try:
                with self.store.transaction():
                    return handler(request, **segments)
            except Refusal:
                self.types.forget()
                raise

        return run


def now_ms() -> int:
    """Epoch milliseconds."""
    return int(time.time() * 1000)


def new_guid() -> str:
    """A fresh guid."""
    return str(uuid.uuid4())


def compact(doc: Mapping[str, Any]) -> Doc:
    """The document without unset fields: the data map leaves them out, never null (grade A: recordings)."""
    return {key: value for key, value in doc.items() if value not in (None, "", [], {})}


def flag(request: Request, name: str) -> bool:
    """A boolean of the query; clients write both `true` and `True`."""
    return (request.arg(name) or "").lower() == "true"


def number(request: Request, name: str, default: int) -> int:
    """A whole number of the query."""
    try:
        return int(request.arg(name) or default)
    except ValueError:
        return default


def window(request: Request, items: list[Any]) -> list[Any]:
    """The page that `limit` and `offset` ask for; a negative limit means everything."""
    limit, offset = number(request, "limit", -1), max(number(request, "offset", 0), 0)
    return items[offset:] if limit < 0 else items[offset : offset + limit]
