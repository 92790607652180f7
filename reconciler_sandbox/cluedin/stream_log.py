"""What goes on in a stream, line by line ([A] path and filters).

What a line consists of, and whether lines stand in an envelope, is public nowhere: it is another at every start, so
that nobody can rely on it ([U]). A stop empties the log ([B]).
"""

from __future__ import annotations

import random
from datetime import UTC, datetime

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.streams import Streams
from reconciler_sandbox.cluedin.world import STREAM, Call, Doc, RestRoute, World, new_id
from reconciler_sandbox.web import Response

INFORMATION, ERROR = 2, 4
"""Numbers of .NET's LogLevel ([A])."""
_NAMES = {
    "id": ("id", "logId", "entryId"),
    "at": ("createdAt", "timestamp", "date"),
    "severity": ("severity", "logLevel", "level"),
    "text": ("message", "text", "details"),
}


class StreamLog:
    """`/streamlog/{stream}`."""

    def __init__(self, world: World, streams: Streams) -> None:
        self._world, self._streams = world, streams
        self._names = {ours: random.choice(theirs) for ours, theirs in _NAMES.items()}
        self._envelope = random.choice(("", "data", "items"))

    def routes(self) -> list[RestRoute]:
        """Paths."""
        return [("GET", "/streamlog/{stream}", self._show)]

    def _show(self, call: Call, stream: str) -> Response:
        doc = self._streams.visible(models.guid(stream))
        wanted = call.request.args("filterSeverity")
        rows = [row for row in doc.get("log") or () if not wanted or str(row["severity"]) in wanted]
        page, take = models.whole(call.request, "page", 0), models.whole(call.request, "take", 20)
        shown = [{self._names[name]: value for name, value in row.items()} for row in rows[page * take :][:take]]
        return Response(200, {"total": len(rows), self._envelope: shown} if self._envelope else shown)


def logged(world: World, doc: Doc, severity: int, text: str) -> None:
    """Adds a line to the log of a stream, the newest first."""
    row = {"id": new_id(), "at": datetime.now(UTC).isoformat(), "severity": severity, "text": text}
    world.put(STREAM, {**doc, "log": [row, *(doc.get("log") or ())]})
