"""Whether a stream runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated

from reconciler.errors import StoppedError
from reconciler.resources.asked import Asked, Known
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.outbound import ailment, stream, stream_key, streams, target
from reconciler.resources.cluedin.shared import Row, refuse, until_visible
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Disruptive, Fold
from reconciler.systems.cluedin import PAGE, CluedIn

HEALTHY_WITHIN = 90.0
"""Seconds to wait for a target: CluedIn looks at the health of each every 60 seconds [B]."""

_STATES = ("started", "paused", "stopped")
_WORDS = {"streaming": "started"}
_STOPS = "Stopping a stream clears its queue and logs, and a start after a stop begins from zero"


class StreamState(Resource):
    """Key is the stream's key. A stream that was never started (New) has no state yet.

    `Started` is the word of the server's code, `Streaming` that of its pages [B]; they are one.
    """

    system = "cluedin"
    name = "stream_state"
    right = claim("Consume: Streams")
    page = PAGE
    deletes = "none"
    hosted = True
    undone_by = {"state": "stopped"}

    class Fields:
        state: Annotated[str, Fold(), Disruptive(_STOPS, only=frozenset({"stopped"}))]

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`consume.streams` by pages: the list shows the status [B]."""
        known = Asked.of(self.full_name, wanted).known
        for row in streams(cluedin):
            if (live := self._live(row, known)) is not None:
                yield live

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`consume.stream(id)` [B]."""
        found = stream(cluedin, id)
        return self._live(found, Known()) if found else None

    def _live(self, row: Row, known: Known) -> Live | None:
        word = str(row.get("status") or "New").casefold()
        if word == "new":
            return None
        return self.live(stream_key(row, known), str(row["id"]), raw=row, state=_WORDS.get(word, word))

    # -- writing -------------------------------------------------------------------------------------------

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It is called as its stream."""
        return to(f"cluedin.stream:{key}")

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """The first start. A new stream sends nothing, so there is nothing to pause or stop."""
        id = write.id_of(f"cluedin.stream:{write.key}")
        if _state(write) != "started":
            raise refuse(
                "state",
                f"the stream {write.key} was never started, so it cannot be {_state(write)}",
                "It sends nothing as it is. Leave its state out until it shall start.",
            )
        _start(cluedin, write.key, id)
        return id

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """`POST /streams/{id}/start`, `/pause` or `/stop` [B]; which steps are refused is [C]."""
        assert write.live is not None
        wanted, id = _state(write), write.live.id
        if wanted == "started":
            _start(cluedin, write.key, id)
        elif wanted == "paused" and write.live.fields.get("state") == "stopped":
            raise refuse(
                "state",
                f"the stream {write.key} is stopped and cannot be paused",
                "Start it first, or leave it stopped.",
            )
        else:
            cluedin.rest("POST", f"/streams/{id}/{'pause' if wanted == 'paused' else 'stop'}", effect="set")

    def problems(self, desired: Desired) -> Iterable[str]:
        """The three states."""
        state = desired.values.get("state")
        if state is not None and str(state).casefold() not in _STATES:
            yield f"the state of a stream is one of {', '.join(_STATES)}, not {state!r}"


def _state(write: Write) -> str:
    word = str(write.get("state") or "").casefold()
    if word not in _STATES:
        raise refuse("state", f"the state of {write.key} is one of {', '.join(_STATES)}, not {word!r}")
    return word


def _start(cluedin: CluedIn, key: str, id: str) -> None:
    """Starts a stream as soon as its target is healthy: CluedIn stops one whose target is not [B]."""
    found = stream(cluedin, id)
    where = ((found or {}).get("connector") or {}).get("id")
    if not where:
        raise refuse("state", f"the stream {key} has no export target, so it cannot start")
    reasons: list[str | None] = [None]

    def healthy() -> bool:
        reasons[0] = ailment(target(cluedin, str(where)))
        return reasons[0] is None

    if not until_visible(cluedin, healthy, HEALTHY_WITHIN):
        if cluedin.connection.stop.is_set():
            raise StoppedError.of("stopped", f"stopped before the stream {key} was started")
        raise refuse(
            "unhealthy",
            f"the export target of the stream {key} is not healthy: {reasons[0]}",
            "Correct the target; the next apply starts the stream.",
        )
    cluedin.rest("POST", f"/streams/{id}/start", effect="set")
