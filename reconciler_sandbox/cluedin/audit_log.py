"""Who changed what ([A] path and filters of `getByObjectTypeIds`).

What a row consists of, and whether rows stand in an envelope, is public nowhere: it is another at every start, so that
nobody can rely on it ([U]).
"""

from __future__ import annotations

import random
from datetime import UTC, datetime

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.world import Call, RestRoute, World, new_id
from reconciler_sandbox.web import Response

_OBJECT, _AUTHOR, _AT = (
    ("objectId", "entityId"),
    ("authorId", "userId", "createdBy"),
    ("createdAt", "date", "timestamp"),
)


class AuditLog:
    """`/auditLog/getByObjectTypeIds`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._names = tuple(random.choice(names) for names in (_OBJECT, _AUTHOR, _AT))
        self._envelope = random.choice(("", "data"))

    def routes(self) -> list[RestRoute]:
        """Paths."""
        return [("GET", "/auditLog/getByObjectTypeIds", self._show)]

    def _show(self, call: Call) -> Response:
        wanted = {id.lower() for id in call.request.args("objectIds")}
        since = call.request.arg("fromDate")
        rows = [
            {"id": new_id(), **dict(zip(self._names, deed, strict=True))}
            for deed in reversed(self._world.deeds)
            if (not wanted or deed[0] in wanted) and (not since or _moment(deed[2]) >= _moment(since))
        ]
        page, take = models.whole(call.request, "page", 0), models.whole(call.request, "take", 20)
        shown = rows[page * take :][:take]
        return Response(200, {"total": len(rows), self._envelope: shown} if self._envelope else shown)


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
