"""A group of data sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.inbound import author, groups, join, last, misnamed
from reconciler.resources.cluedin.together import Together
from reconciler.resources.objects import Failed, Live, Write
from reconciler.resources.rights import claim
from reconciler.systems.cluedin import PAGE, CluedIn
from reconciler.systems.cluedin_documents import MOST

_CREATE = """mutation createDataSourceSet($dataSourceSet: InputDataSourceSet) { inbound {
  createDataSourceSet(dataSourceSet: $dataSourceSet) } }"""


class DataSourceGroup(Resource):
    """Key is its quoted name, which may repeat [B]; no public call renames or deletes one [U]."""

    system = "cluedin"
    name = "data_source_group"
    right = claim("Integration: Data Source Groups")
    holds_by_id = True
    container = True
    deletes = "none"
    unique = False
    batch: ClassVar[Mapping[str, int]] = {"create": MOST}
    page = PAGE
    reads_with = "inbound"

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`inbound.dataSourceSets` by pages from 0 (toolkit, [B])."""
        for row in groups(cluedin):
            yield self.live(join(row["name"]), str(row["id"]), raw=row)

    def create_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[str | Failed | None]:
        """`createDataSourceSet` in the name of who is signed in; answers with the bare id (toolkit, [B])."""
        me, together = author(cluedin), Together(cluedin, writes)
        together.send(
            _CREATE,
            lambda one: {"dataSourceSet": {"name": last(one.write.key), "author": me}},
            effect="once",
            id_of=lambda made: made,
        )
        return together.created

    def problems(self, desired: Desired) -> Iterable[str]:
        """A name is needed."""
        yield from misnamed(desired.key, 1, "a data source group")
