"""A data source: an endpoint or a database from which data sets come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from reconciler.errors import ReconcilerError
from reconciler.resources.asked import Asked
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.inbound import (
    CONFIGURE,
    SOURCE,
    TYPES,
    author,
    configuration,
    fresh_source,
    join,
    last,
    misnamed,
    sources,
)
from reconciler.resources.cluedin.shared import refuse
from reconciler.resources.cluedin.together import Course, Together
from reconciler.resources.objects import Failed, Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Immutable
from reconciler.systems.cluedin import PAGE, CluedIn
from reconciler.systems.cluedin_documents import MOST

_CREATE = """mutation createDataSource($dataSourceSetId: ID, $dataSource: InputDataSource) { inbound {
  createDataSource(dataSourceSetId: $dataSourceSetId, dataSource: $dataSource) { id } } }"""


class DataSource(Resource):
    """Key is `group/source` of quoted names, which may repeat [B]; no public call renames or deletes one [U]."""

    system = "cluedin"
    name = "data_source"
    right = claim("Integration: Data Source Groups")
    holds_by_id = True
    deletes = "none"
    unique = False
    batch: ClassVar[Mapping[str, int]] = {"create": MOST}
    page = PAGE
    reads_with = "inbound"

    class Fields:
        type: Annotated[str, Immutable("use a new name: CluedIn has no call that changes the type of a data source")]

    def above(self, key: str) -> str:
        """The group."""
        return key.rpartition("/")[0]

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """The list of groups shows the sources of each with their types (toolkit, [B])."""
        for key, row in sources(cluedin, Asked.of(self.full_name, wanted).known):
            yield self.live(key, str(row["id"]), raw=row, type=row.get("type"))

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`inbound.dataSource(id)` (toolkit, [B])."""
        row = fresh_source(cluedin, id)
        if row is None:
            return None
        group = (row.get("dataSourceSet") or {}).get("name") or ""
        return self.live(join(group, row["name"]), str(row["id"]), raw=row, type=row.get("type"))

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """Its key starts with that of its group."""
        group, slash, own = key.partition("/")
        return f"{to(f'cluedin.data_source_group:{group}')}{slash}{own}"

    def create_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[str | Failed | None]:
        """`createDataSource`, then its configuration with its own name and number, as the toolkit does [B]."""
        me, together = author(cluedin), Together(cluedin, writes)
        together.send(_CREATE, lambda one: _new(one.write, me), effect="once", id_of=lambda made: made["id"])
        together.read(SOURCE, lambda one: one.id, missing=_invisible, wait=True)
        together.send(CONFIGURE, _configured, effect="set")
        return together.created

    def problems(self, desired: Desired) -> Iterable[str]:
        """Two names, and a type that can be made without an upload."""
        yield from misnamed(desired.key, 2, "a data source")
        kind = desired.values.get("type")
        if kind is not None and kind not in TYPES and desired.mode != "refer":
            yield f"a data source is of type {' or '.join(TYPES)}, not {kind!r}: files need an upload"


def _new(write: Write, author: str | None) -> dict[str, Any]:
    group = write.id_of(f"cluedin.data_source_group:{write.key.partition('/')[0]}")
    given = {"author": author, "type": write.get("type") or TYPES[0], "name": last(write.key)}
    return {"dataSourceSetId": group, "dataSource": given}


def _configured(one: Course) -> dict[str, Any]:
    name = last(one.write.key)
    options = {"EndpointName": name, "DataSourceId": int(one.id) if one.id.isdigit() else one.id}
    return configuration(one.row or {}, accountDisplay=name, helperConfiguration=options)


def _invisible(one: Course) -> ReconcilerError:
    name = last(one.write.key)
    return refuse("invisible", f"the data source {name} was created, but CluedIn does not show it yet")
