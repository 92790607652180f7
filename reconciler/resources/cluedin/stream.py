"""A stream: which records go out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from reconciler.resources.asked import Asked
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.conditions import Condition, faults, wire
from reconciler.resources.cluedin.outbound import (
    RESENDS,
    at_rest,
    named,
    stream,
    streams,
    streams_of,
    whole_streams,
)
from reconciler.resources.cluedin.shared import Row, mentions, refuse, rich
from reconciler.resources.cluedin.together import Course, Together
from reconciler.resources.keys import PARTS, unquote
from reconciler.resources.objects import Failed, Live, Part, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Disruptive, RichText
from reconciler.systems.cluedin import PAGE, CluedIn
from reconciler.systems.cluedin_documents import MOST

_CREATE = """mutation createStream($stream: InputCreateStream!) { consume { id
  createStream(stream: $stream) { id } } }"""
_SAVE = """mutation saveStream($stream: InputStream!) { consume { id saveStream(stream: $stream) { id } } }"""

_DETAILS = frozenset({"description", "condition", PARTS})
_AT_WORK = ("started", "streaming", "paused")
"""The words of a stream that can be stopped."""


class Stream(Resource):
    """Key is the quoted name; names are not unique [B], so two streams of one name are two objects."""

    system = "cluedin"
    name = "stream"
    right = claim("Consume: Streams")
    holds_by_id = True
    canon = 2
    page = PAGE
    unique = False
    batch: ClassVar[Mapping[str, int]] = {"create": MOST, "update": MOST}
    delete_begins: ClassVar[Mapping[str, Mapping[str, Any]]] = {"cluedin.stream_state": {"state": "stopped"}}

    class Fields:
        description: Annotated[str, RichText()]
        condition: Annotated[dict[str, Any], Condition(), Disruptive(RESENDS)]

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`consume.streams` by pages, and `stream(id)` where a managed field needs it [B]."""
        rows, asked = streams(cluedin), Asked.of(self.full_name, wanted)
        managed = [row["id"] for row in rows if mentions(asked.paths(named(row["name"]), str(row["id"])), _DETAILS)]
        details = dict(zip(managed, streams_of(cluedin, managed), strict=True))
        for row in rows:
            yield self._live(details.get(row["id"]) or row)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`consume.stream(id)` [B]."""
        found = stream(cluedin, id)
        return self._live(found) if found else None

    def cost(self, rows: int, managed: int) -> int:
        """Pages, and one detail for each managed stream."""
        return super().cost(rows, managed) + managed

    def _live(self, row: Row) -> Live:
        return self.live(
            named(row["name"]),
            str(row["id"]),
            raw=row,
            at_rest=at_rest(row),
            parts=list(_parts(row)),
            description=row.get("description"),
            condition=row.get("condition"),
        )

    # -- writing -------------------------------------------------------------------------------------------

    def create_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[str | Failed | None]:
        """`createStream`, which takes a name only, then `saveStream` with the rest [B]."""
        together = Together(cluedin, writes)
        together.send(
            _CREATE,
            lambda one: {"stream": {"name": unquote(one.write.key)}},
            effect="once",
            id_of=lambda made: made["id"],
        )
        together.send(_SAVE, _first_save, effect="set")
        return together.created

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """One stream."""
        [failed] = self.update_many(cluedin, [write])
        if failed is not None:
            raise failed.error

    def update_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[Failed | None]:
        """`saveStream` with the live actions in it: those not sent are lost [C]."""
        together = Together(cluedin, writes)
        found = whole_streams(cluedin, [one.write for one in together.going], "rules")
        wholes = dict(zip(together.going, found, strict=True))
        together.send(_SAVE, lambda one: _changed(one.write, wholes[one]), effect="set")
        return together.updated

    def rename(self, cluedin: CluedIn, write: Write) -> None:
        """`saveStream` under the new name; the save takes the name [B]."""
        self.update(cluedin, write)

    def delete(self, cluedin: CluedIn, write: Write) -> None:
        """`POST /streams/{id}/stop` when it runs, then `DELETE /streams/{id}` [B]. Files in the target stay."""
        assert write.live is not None
        path = f"/streams/{write.live.id}"
        if str((write.live.raw or {}).get("status") or "").casefold() in _AT_WORK:
            cluedin.rest("POST", f"{path}/stop", effect="set", accept=(404,))
        cluedin.rest("DELETE", path, effect="set", accept=(404,))

    def retire(self, cluedin: CluedIn, write: Write) -> None:
        """`POST /streams/{id}/stop` [B]: it stays, and sends nothing; one that never ran cannot be stopped."""
        assert write.live is not None
        if str((write.live.raw or {}).get("status") or "").casefold() in _AT_WORK:
            cluedin.rest("POST", f"/streams/{write.live.id}/stop", effect="set", accept=(404,))

    def problems(self, desired: Desired) -> Iterable[str]:
        """A name, and a condition that selects something: an empty one takes every record [C]."""
        name = unquote(desired.key)
        if not name.strip() or name != name.strip():
            yield f"the name of a stream must not be empty or start or end with a blank: {name!r}"
        if "condition" not in desired.values:
            return
        condition = desired.values["condition"]
        if self.field("condition").canonical(condition or {}) is None:
            yield f"the stream {name} needs a condition with at least one rule, else it takes every record"
        else:
            yield from faults(condition)


def _parts(row: Row) -> Iterator[Part]:
    """What goes with a stream: its export, its actions, and the state that somebody gave it."""
    key, id = named(row["name"]), str(row["id"])
    if row.get("connector"):
        yield Part(f"cluedin.stream_export:{key}", id, "the export of the stream")
    if str(row.get("status") or "New").casefold() in ("started", "streaming"):
        yield Part(f"cluedin.stream_state:{key}", id, "the stream runs, and no manifest started it")
    for number, rule in enumerate(row.get("rules") or (), 1):
        yield Part("", f"rule {number}", f"the action {rule.get('name') or number}")


def _first_save(one: Course) -> dict[str, Any] | None:
    """What a create does not take, if there is anything."""
    if not one.write.get("description") and not one.write.get("condition"):
        return None
    made: Row = {"id": one.id, "name": unquote(one.write.key), "description": None, "condition": None, "rules": []}
    return _saved(one.write, made)


def _changed(write: Write, whole: Row | None) -> dict[str, Any]:
    assert write.live is not None
    if whole is None:
        raise refuse("missing", f"the stream {write.live.key} is gone")
    same = write.key == write.live.key
    return _saved(write, {**whole, "name": whole["name"] if same else unquote(write.key)})


def _saved(write: Write, whole: Row) -> dict[str, Any]:
    """The whole stream with the paths of the write in it; `isActive` is not sent: it is gone since 4.0 [B]."""
    sent = {name: whole.get(name) for name in ("id", "name", "description")}
    sent |= {"condition": wire(whole.get("condition") or {}), "rules": whole.get("rules") or []}
    if write.has("description"):
        sent["description"] = rich(write.get("description")) if write.get("description") else None
    if write.has("condition"):
        sent["condition"] = wire(write.get("condition") or {})
    return {"stream": sent}
