"""The export of a stream: where it goes, and what it takes along."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from reconciler.resources.asked import Asked, Known
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin._export_rest import MODES, TYPES, UNSENT, set_up
from reconciler.resources.cluedin.outbound import (
    RESENDS,
    at_rest,
    stream,
    stream_key,
    streams,
    streams_of,
    target_key,
    whole_streams,
)
from reconciler.resources.cluedin.shared import Row, refuse
from reconciler.resources.cluedin.together import Course, Together
from reconciler.resources.objects import Failed, Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Disruptive, Unordered
from reconciler.systems.cluedin import PAGE, CluedIn
from reconciler.systems.cluedin_documents import MOST

_SET_UP = """mutation setupConnectorStream($streamId: ID!, $exportConfiguration: InputExportConfiguration) {
  consume { id setupConnectorStream(streamId: $streamId, exportConfiguration: $exportConfiguration) { id } } }"""


class StreamExport(Resource):
    """Key is the stream's key. There is none until the stream has a target, and it goes with the stream.

    The mode of the export is `export_mode` here: a desired resource has a `mode` of its own.
    """

    system = "cluedin"
    name = "stream_export"
    right = claim("Consume: Streams")
    page = PAGE
    needed_for_create = frozenset({"target", "container", "export_mode"})
    deletes = "none"
    hosted = True
    batch: ClassVar[Mapping[str, int]] = {"create": MOST, "update": MOST}

    class Fields:
        target: Annotated[str, Disruptive(RESENDS)]
        container: Annotated[str, Disruptive(RESENDS)]
        export_mode: Annotated[str, Disruptive(RESENDS)]
        outgoing_edges: Annotated[bool, Disruptive(RESENDS)]
        incoming_edges: Annotated[bool, Disruptive(RESENDS)]
        columns: Annotated[list[str], Unordered(), Disruptive(RESENDS)]

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`consume.streams` by pages, and `stream(id)` for the wanted ones that have a target [B]."""
        asked = Asked.of(self.full_name, wanted)
        rows = [row for row in streams(cluedin) if row.get("connector")]
        managed = [row["id"] for row in rows if asked.paths(stream_key(row, asked.known), str(row["id"]))]
        details = dict(zip(managed, streams_of(cluedin, managed), strict=True))
        for row in rows:
            yield self._live(details.get(row["id"]) or row, asked.known)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`consume.stream(id)` [B]."""
        found = stream(cluedin, id)
        return self._live(found, Known()) if found and found.get("connector") else None

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It is called as its stream."""
        return to(f"cluedin.stream:{key}")

    def cost(self, rows: int, managed: int) -> int:
        """Pages, and one detail for each managed stream."""
        return super().cost(rows, managed) + managed

    def _live(self, row: Row, known: Known) -> Live:
        connector = row.get("connector") or {}
        target = target_key(connector) if connector.get("accountDisplay") else None
        return self.live(
            stream_key(row, known),
            str(row["id"]),
            raw=row,
            at_rest=at_rest(row),
            target=known.key_of("cluedin.export_target", str(connector.get("id")), target) if target else None,
            container=row.get("containerName"),
            export_mode=row.get("mode"),
            outgoing_edges=row.get("exportOutgoingEdges"),
            incoming_edges=row.get("exportIncomingEdges"),
            columns=[f"{item['type']}:{item['key']}" for item in _data_types(row)],
        )

    # -- writing -------------------------------------------------------------------------------------------

    def create_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[str | Failed | None]:
        """`setupConnectorStream` on streams that have no target yet [B]."""
        together = Together(cluedin, writes)
        for one, id in together.each(_its_stream):
            one.id = id
        together.send(_SET_UP, lambda one: _whole(one.write, one.id, {}), effect="set")
        return together.created

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """One export."""
        [failed] = self.update_many(cluedin, [write])
        if failed is not None:
            raise failed.error

    def update_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[Failed | None]:
        """`setupConnectorStream` with the whole export [B].

        It has no place for three members of it [B], and what becomes of those is [U]: a stream that has one of
        them set is written over REST, which takes them.
        """
        together = Together(cluedin, writes)
        read = whole_streams(cluedin, [one.write for one in together.going], "mappingConfiguration")
        wholes = dict(zip(together.going, read, strict=True))

        def given(one: Course) -> dict[str, Any] | None:
            whole = wholes[one]
            if whole is None:
                raise refuse("missing", f"the stream {one.write.key} is gone")
            export = _whole(one.write, one.id, whole)
            if not any(whole.get(name) for name in UNSENT):
                return export
            set_up(cluedin, one.write.key, one.id, whole, export["exportConfiguration"])
            return None

        together.send(_SET_UP, given, effect="set")
        return together.updated

    def problems(self, desired: Desired) -> Iterable[str]:
        """Modes [B], and the two types of columns [B]."""
        mode = desired.values.get("export_mode")
        if mode is not None and mode not in MODES:
            yield f"the mode of an export is {' or '.join(MODES)}, not {mode!r}"
        for column in desired.values.get("columns") or ():
            type, _, key = str(column).partition(":")
            if type not in TYPES or not key:
                yield f"a column is vocabkey:KEY or metadata:NAME, not {column!r}"


def _its_stream(one: Course) -> str:
    """The stream of a new export, once all is named that it needs."""
    write = one.write
    if missing := [name for name in ("target", "container", "export_mode") if not write.get(name)]:
        raise refuse("export", f"the export of {write.key} needs {', '.join(missing)}")
    return write.id_of(f"cluedin.stream:{write.key}")


def _whole(write: Write, id: str, whole: Row) -> dict[str, Any]:
    """The export as it is, with the paths of the write in it."""
    target = (whole.get("connector") or {}).get("id")
    if write.has("target"):
        target = write.id_of(f"cluedin.export_target:{write.get('target')}")
    columns = write.get("columns") or [] if write.has("columns") else None
    given = {
        "connectorProviderDefinitionId": target,
        "containerName": write.get("container", whole.get("containerName")),
        "mode": write.get("export_mode", whole.get("mode")),
        "exportOutgoingEdges": bool(write.get("outgoing_edges", whole.get("exportOutgoingEdges"))),
        "exportIncomingEdges": bool(write.get("incoming_edges", whole.get("exportIncomingEdges"))),
        "dataTypes": _data_types(whole) if columns is None else [_data_type(column) for column in columns],
    }
    return {"streamId": id, "exportConfiguration": given}


def _data_type(column: str) -> Row:
    type, _, key = column.partition(":")
    return {"key": key, "type": type}


def _data_types(row: Row) -> list[Row]:
    """The mapping as an input takes it: read and written members have other names [B]."""
    mapping = row.get("mappingConfiguration") or ()
    return [{"key": item["sourceDataType"], "type": str(item["sourceObjectType"]).lower()} for item in mapping]
