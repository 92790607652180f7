"""A data source: an endpoint or a database from which data sets come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated

from reconciler.resources.asked import Asked
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.inbound import (
    TYPES,
    author,
    configure,
    fresh_source,
    join,
    last,
    misnamed,
    sources,
)
from reconciler.resources.cluedin.shared import Row, refuse, until_visible
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Immutable
from reconciler.systems.cluedin import PAGE, CluedIn

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

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """`createDataSource`, then its configuration with its own name and number, as the toolkit does [B]."""
        name = last(write.key)
        group = write.id_of(f"cluedin.data_source_group:{write.key.partition('/')[0]}")
        given = {"author": author(cluedin), "type": write.get("type") or TYPES[0], "name": name}
        data = cluedin.graphql(_CREATE, {"dataSourceSetId": group, "dataSource": given}, effect="once")
        id = str(data["inbound"]["createDataSource"]["id"])
        found: list[Row] = []

        def probe() -> bool:
            row = fresh_source(cluedin, id)
            found[:] = [row] if row is not None else []
            return row is not None

        if not until_visible(cluedin, probe):
            raise refuse("invisible", f"the data source {name} was created, but CluedIn does not show it yet")
        options = {"EndpointName": name, "DataSourceId": int(id) if id.isdigit() else id}
        configure(cluedin, found[0], accountDisplay=name, helperConfiguration=options)
        return id

    def problems(self, desired: Desired) -> Iterable[str]:
        """Two names, and a type that can be made without an upload."""
        yield from misnamed(desired.key, 2, "a data source")
        kind = desired.values.get("type")
        if kind is not None and kind not in TYPES and desired.mode != "refer":
            yield f"a data source is of type {' or '.join(TYPES)}, not {kind!r}: files need an upload"
