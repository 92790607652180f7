"""Whether a stream runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, ClassVar

from reconciler.errors import ReconcilerError, StoppedError
from reconciler.resources.asked import Asked, Known
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.outbound import ailment, stream, stream_key, streams, streams_of, targets_of
from reconciler.resources.cluedin.shared import Row, refuse, until_visible
from reconciler.resources.cluedin.together import Course, Together
from reconciler.resources.objects import Failed, Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Disruptive, Fold
from reconciler.systems.cluedin import PAGE, CluedIn
from reconciler.systems.cluedin_documents import MOST

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
    batch: ClassVar[Mapping[str, int]] = {"create": MOST, "update": MOST}
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

    def create_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[str | Failed | None]:
        """The first start. A new stream sends nothing, so there is nothing to pause or stop."""
        together = Together(cluedin, writes)
        for one, id in together.each(_new):
            one.id = id
        _carry_out(together)
        return together.created

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """One stream."""
        [failed] = self.update_many(cluedin, [write])
        if failed is not None:
            raise failed.error

    def update_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[Failed | None]:
        """`POST /streams/{id}/start`, `/pause` or `/stop` [B]; which steps are refused is [C]."""
        together = Together(cluedin, writes)
        _carry_out(together)
        return together.updated

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


def _new(one: Course) -> str:
    """The stream of a state that is to be its first."""
    if _state(one.write) != "started":
        raise refuse(
            "state",
            f"the stream {one.write.key} was never started, so it cannot be {_state(one.write)}",
            "It sends nothing as it is. Leave its state out until it shall start.",
        )
    return one.write.id_of(f"cluedin.stream:{one.write.key}")


def _step(one: Course) -> str:
    """The last word of the call that leads to the wanted state."""
    wanted, live = _state(one.write), one.write.live
    if wanted == "paused" and live is not None and live.fields.get("state") == "stopped":
        raise refuse(
            "state",
            f"the stream {one.write.key} is stopped and cannot be paused",
            "Start it first, or leave it stopped.",
        )
    return {"started": "start", "paused": "pause", "stopped": "stop"}[wanted]


def _carry_out(together: Together) -> None:
    """Brings each stream into its state; to start, as soon as its target is healthy.

    CluedIn stops a stream whose target is not [B]. No other stream waits for that target.
    """
    cluedin = together.cluedin
    steps = dict(together.each(_step))
    starting = [one for one, step in steps.items() if step == "start"]
    found = dict(zip(starting, streams_of(cluedin, [one.id for one in starting]), strict=True))
    targets = dict(together.each(lambda one: _target_of(one, found[one]) if one in found else ""))
    ailing = {where: "" for where in targets.values() if where}

    def healthy() -> bool:
        rows = zip(list(ailing), targets_of(cluedin, list(ailing)), strict=True)
        for where, why in [(where, ailment(row)) for where, row in rows]:
            if why is None:
                del ailing[where]
            else:
                ailing[where] = why
        return not ailing

    all_healthy = healthy() if ailing else True
    _send(together, steps, [one for one in together.going if targets[one] not in ailing])
    if all_healthy:
        return
    waiting = [one for one in together.going if targets[one] in ailing]
    until_visible(cluedin, healthy, HEALTHY_WITHIN)
    if ailing and cluedin.connection.stop.is_set():
        raise StoppedError.of("stopped", f"stopped before the stream {waiting[0].write.key} was started")
    for one in waiting:
        if why := ailing.get(targets[one]):
            one.end(_unhealthy(one, why))
    _send(together, steps, [one for one in waiting if one.failed is None])


def _send(together: Together, steps: Mapping[Course, str], courses: Sequence[Course]) -> None:
    cluedin = together.cluedin

    def send(one: Course) -> ReconcilerError | None:
        try:
            cluedin.rest("POST", f"/streams/{one.id}/{steps[one]}", effect="set")
        except StoppedError:
            raise
        except ReconcilerError as refused:
            return refused
        return None

    for one, refused in zip(courses, cluedin.each(send, courses), strict=True):
        one.begun = refused is None
        if refused is not None:
            one.end(refused)


def _target_of(one: Course, found: Row | None) -> str:
    where = ((found or {}).get("connector") or {}).get("id")
    if not where:
        raise refuse("state", f"the stream {one.write.key} has no export target, so it cannot start")
    return str(where)


def _unhealthy(one: Course, why: str) -> ReconcilerError:
    return refuse(
        "unhealthy",
        f"the export target of the stream {one.write.key} is not healthy: {why}",
        "Correct the target; the next apply starts the stream.",
    )
