"""A data set: the records of a data source that have one shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from reconciler.errors import ReconcilerError
from reconciler.resources.asked import Asked, Known
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.inbound import (
    CONFIGURE,
    SOURCE,
    TYPES,
    author,
    configuration,
    fresh_set,
    guid,
    join,
    last,
    misnamed,
    set_key,
    sets,
    source,
    sources,
    sources_of,
)
from reconciler.resources.cluedin.shared import Row, mentions, refuse
from reconciler.resources.cluedin.together import Course, Together
from reconciler.resources.keys import field_of, steps_of
from reconciler.resources.objects import Failed, Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Default, Immutable, Members, Retires
from reconciler.systems.cluedin import PAGE, CluedIn
from reconciler.systems.cluedin_documents import MOST

COLUMNS_MAX = 490
"""Most columns of a record that an endpoint takes [B]."""

_CREATE = """mutation createDataSets($dataSourceId: ID, $dataSets: [InputDataSet]) { inbound {
  createDataSets(dataSourceId: $dataSourceId, dataSets: $dataSets) { id } } }"""

_ARCHIVED = "take it out of the archive in CluedIn, which has no public call for it, or use a new name"
_QUALITY = frozenset({"source_quality"})


class DataSet(Resource):
    """Key is `group/source/name` of quoted names, which may repeat [B]; no public call deletes one [U].

    `type` is the source's: a set does not show its own [B]. `source_quality` is kept by the source, so that all
    sets of a source share it [B]. CluedIn adds `fields` by itself as records arrive [B], and by no call.
    """

    system = "cluedin"
    name = "data_set"
    right = claim("Integration: Data Source Groups")
    holds_by_id = True
    deletes = "none"
    unique = False
    batch: ClassVar[Mapping[str, int]] = {"create": MOST, "update": MOST}
    page = PAGE
    reads_with = "inbound"

    class Fields:
        type: Annotated[str, Immutable("use a new name: CluedIn has no call that changes the type of a data set")]
        fields: Annotated[list[str], Members(grows=True)]
        source_quality: Annotated[int, Default(5)]
        archived: Annotated[bool, Immutable(_ARCHIVED), Retires(True, back=None)]

    def above(self, key: str) -> str:
        """The source."""
        return key.rpartition("/")[0]

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """Groups by pages, the sources above wanted sets, and each wanted set in detail (toolkit, [B])."""
        asked = Asked.of(self.full_name, wanted)
        for key, row in sets(cluedin, asked, anew=True):
            yield self._live(cluedin, set_key(row, asked.known), row, wanted[key])

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`inbound.dataSet(id)` (toolkit, [B])."""
        row = fresh_set(cluedin, id)
        return self._live(cluedin, set_key(row, Known()), row, _QUALITY) if row is not None else None

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """Its key starts with that of its data source."""
        source, slash, own = key.rpartition("/")
        return f"{to(f'cluedin.data_source:{source}')}{slash}{own}"

    def others(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterable[str]:
        """The other data sets of the sources, which tell their names [B]."""
        above, known = {key.rpartition("/")[0] for key in wanted}, Asked.of(self.full_name, wanted).known
        found = ((key, row) for key, row in sources(cluedin, known) if key in above and row.get("dataSets") != [])
        rows = [(key, str(row["id"])) for key, row in found]
        details = sources_of(cluedin, [id for _, id in rows])
        for (key, _), detail in zip(rows, details, strict=True):
            for one in (detail or {}).get("dataSets") or ():
                if not one.get("isArchive"):
                    yield f"{key}/{join(one['name'])}"

    def cost(self, rows: int, managed: int) -> int:
        """Pages of groups, and for each managed set its source and itself."""
        return super().cost(rows, managed) + 2 * managed

    def _live(self, cluedin: CluedIn, key: str, row: Row, managed: Iterable[str]) -> Live:
        above = row.get("dataSource") or {}
        whole = source(cluedin, str(row["dataSourceId"])) if mentions(managed, _QUALITY) else None
        return self.live(
            key,
            guid(row["id"]),
            raw=row,
            type=above.get("type"),
            fields=row.get("originalFields") or [],
            archived=row.get("isArchive") or None,
            source_quality=((whole or {}).get("connectorConfiguration") or {}).get("sourceQuality"),
        )

    # -- writing -------------------------------------------------------------------------------------------

    def create_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[str | Failed | None]:
        """`createDataSets` with one set, not submitting by itself, as the toolkit makes them [B].

        Null columns break the database, the toolkit's authors say: they are an empty list [B].
        """
        me, together = author(cluedin), Together(cluedin, writes)
        together.send(_CREATE, lambda one: _new(one.write, me), effect="once", id_of=lambda made: guid(made[0]["id"]))
        _keep_quality(together, lambda one: _source_id(one.write))
        return together.created

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """One data set."""
        [failed] = self.update_many(cluedin, [write])
        if failed is not None:
            raise failed.error

    def update_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[Failed | None]:
        """The configuration of the source, which holds its quality [B]."""
        together = Together(cluedin, writes)
        _keep_quality(together, _its_source)
        return together.updated

    def problems(self, desired: Desired) -> Iterable[str]:
        """Three names, a type that can be made, and not more columns than an endpoint takes [B]."""
        yield from misnamed(desired.key, 3, "a data set")
        kind = desired.values.get("type")
        if kind is not None and kind not in TYPES and desired.mode != "refer":
            yield f"a data set is of type {' or '.join(TYPES)}, not {kind!r}: files need an upload"
        columns = [steps_of(path)[0] for path in desired.values if field_of(path) == "fields" and steps_of(path)]
        if len(columns) > COLUMNS_MAX:
            yield f"{len(columns)} columns are too many: CluedIn takes {COLUMNS_MAX}"
        if any(not column.strip() for column in columns):
            yield "a column of a data set needs a name"


def _source_id(write: Write) -> str:
    return write.id_of(f"cluedin.data_source:{write.key.rpartition('/')[0]}")


def _new(write: Write, author: str | None) -> dict[str, Any]:
    name = last(write.key)
    given = {
        "author": author,
        "store": True,
        "type": write.get("type") or TYPES[0],
        "name": name,
        "configuration": {"object": {"endPointName": name, "autoSubmit": False}},
        "originalFields": write.merged_members("fields", ()),
    }
    return {"dataSourceId": _source_id(write), "dataSets": [given]}


def _its_source(one: Course) -> str:
    """The id of the source of a set that is there, unless something of the set is to be written."""
    write = one.write
    assert write.live is not None
    columns = [steps_of(path)[0] for path in write.values if field_of(path) == "fields" and steps_of(path)]
    if columns:
        raise refuse(
            "columns",
            f"the columns of {write.key} cannot be changed by a call: {', '.join(sorted(columns))}",
            "CluedIn adds columns when records with them arrive, and takes none away: "
            "send a record, or let the manifest say what is there.",
        )
    return str(write.live.raw["dataSourceId"])


def _keep_quality(together: Together, source_of: Callable[[Course], str]) -> None:
    """Saves the quality of the sources whose sets mention it, as they are by now."""

    def given(one: Course) -> dict[str, Any] | None:
        quality = one.write.get("source_quality")
        return None if quality is None else configuration(one.row or {}, sourceQuality=int(quality))

    sources = dict(together.each(source_of))
    kept = Together(together.cluedin, [])
    kept.courses = [one for one in together.going if one.write.get("source_quality") is not None]
    if kept.courses:
        kept.read(SOURCE, sources.__getitem__, missing=_without_source)
        kept.send(CONFIGURE, given, effect="set")


def _without_source(one: Course) -> ReconcilerError:
    return refuse("missing", f"the data source of {one.write.key} is gone")
