"""One asset on its way into one data set: what every step looks up, found once.

A document with `asset` is one link; a rule with `select` is a link for each asset that it finds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from reconciler.kinds.base import Kind, origin_at
from reconciler.kinds.data_source_link.columns import Matching, Seen, calls
from reconciler.kinds.data_source_link.mapping import MappingHalf
from reconciler.kinds.data_source_link.purview import PurviewHalf
from reconciler.kinds.data_source_link.spec import DataSourceLink
from reconciler.questions.assets import ScannedAsset, ScannedColumn
from reconciler.questions.inbound import DataSetsNamed, LiveDataSet
from reconciler.resources import types
from reconciler.resources.base import Resource
from reconciler.resources.cluedin.arrival import arrived
from reconciler.resources.keys import quote
from reconciler.resources.objects import Origin


@dataclass(frozen=True, slots=True)
class Subject:
    """What a link is about: the asset, as it is written or found, and the names of its data set."""

    type: str
    qualified_name: str
    names: tuple[str, str, str]
    asset: ScannedAsset | None
    """The asset as a scan found it."""
    asked: bool
    """Whether it was looked for: without an asset there is none, and offline nobody knows."""
    selected: bool = False
    """Whether a rule found it."""


class Link:
    """One asset and its data set with the document that wants them, and the names that follow from both."""

    def __init__(self, kind: Kind[DataSourceLink], subject: Subject) -> None:
        self.spec, self.document, self.world, self.environment = kind.spec, kind.document, kind.world, kind.environment
        self.subject = subject
        self._origins: dict[tuple[str | int, ...], Origin] = {}

    def type(self, name: str) -> Resource:
        """A resource type by `system.name`."""
        return types()[name]

    def origin(self, *path: str | int) -> Origin:
        """Where a part of the document stands; all of a rule stands where it selects."""
        if self.subject.selected:
            path = ("select",)
        found = self._origins.get(path)
        if found is None:
            found = self._origins[path] = origin_at(self.document, path)
        return found

    # -- halves --------------------------------------------------------------------------------------------

    @cached_property
    def purview(self) -> PurviewHalf | None:
        """The half in Purview, where the environment has one and the document wants to be seen there."""
        system = self.environment.purview
        return PurviewHalf(system, self.subject.names) if system is not None and self.spec.lineage else None

    @cached_property
    def mapping(self) -> MappingHalf | None:
        """What becomes of the columns, where the document says it."""
        if self.spec.map is None:
            return None
        filled = frozenset(pair for live in self.live_sets for pair in live.mapped)
        return MappingHalf(self.world, self.spec.map, self.seen, filled)

    @property
    def wants_data_set(self) -> bool:
        """Whether the half in CluedIn is made here."""
        return self.environment.cluedin is not None

    # -- names ---------------------------------------------------------------------------------------------

    @property
    def group_key(self) -> str:
        """The key of the data source group."""
        return quote(self.subject.names[0])

    @cached_property
    def source_key(self) -> str:
        """The key of the data source."""
        return "/".join(map(quote, self.subject.names[:2]))

    @cached_property
    def set_key(self) -> str:
        """The key of the data set, and of its annotation."""
        return "/".join(map(quote, self.subject.names))

    @cached_property
    def asset_key(self) -> str:
        """The key of the asset: `<type>/<QN>`."""
        return f"{self.subject.type}/{self.subject.qualified_name}"

    # -- the asset and the data set as they are ------------------------------------------------------------

    @property
    def waits(self) -> bool:
        """Whether the asset was looked for and is not there."""
        return self.subject.asked and self.subject.asset is None

    @cached_property
    def live_sets(self) -> list[LiveDataSet]:
        """The data sets of this name that are there."""
        rows = self.world.answers.of(data_sets_question(self.spec)) or ()
        return [row for row in rows if row.key == self.set_key]

    # -- columns -------------------------------------------------------------------------------------------

    @cached_property
    def seen(self) -> list[Seen]:
        """The columns that are known to come: those listed, else the asset's, else the live data set's.

        A column is called as the manifest calls it, by its own name or by the one under which it arrives.
        """
        asset, listed = self.subject.asset, self.spec.data_set.fields
        if not isinstance(listed, str):
            called = self._calls(listed)
            return [self._seen(called.get(name, name)) for name in dict.fromkeys(listed)]
        if asset is not None and asset.columns:
            called = self._calls(one.name for one in asset.columns)
            return [Seen(called.get(one.name, one.name), one.type, one.terms) for one in asset.columns]
        live = self.live_sets[0].fields if self.live_sets else ()
        # A set that was told a name before it arrived under another one knows both.
        one_each = {arrived(name): name for name in reversed(live)}.values()
        called = self._calls(one_each)
        return [Seen(called.get(name, name)) for name in sorted(one_each, key=live.index)]

    def _calls(self, columns: Iterable[str]) -> dict[str, str]:
        """What the manifest calls columns that it names by the names under which they arrive, or arrived before."""
        return calls(columns, self.spec.map.entries() if self.spec.map is not None else ())

    def _seen(self, name: str) -> Seen:
        column = self.scanned(name)
        return Seen(name, column.type, column.terms) if column is not None else Seen(name)

    def scanned(self, name: str) -> ScannedColumn | None:
        """The column of the asset that the manifest calls so: by its name, else by the one under which it arrives."""
        asset = self.subject.asset
        if asset is None:
            return None
        if (column := asset.column(name)) is not None:
            return column
        close = [one for one in asset.columns if arrived(one.name) == arrived(name)]
        return close[0] if len(close) == 1 else None

    @property
    def judges_unmapped(self) -> bool:
        """Whether every column that comes is known: listed, or scanned."""
        asset, listed = self.subject.asset, self.spec.data_set.fields
        return not isinstance(listed, str) or bool(asset is not None and asset.columns)

    @cached_property
    def columns(self) -> list[str]:
        """The names of all columns of the data set, in order: those that come, and those that are mapped."""
        return list(dict.fromkeys([*(one.name for one in self.seen), *self.matching.targets]))

    @cached_property
    def matching(self) -> Matching:
        """What becomes of the columns; of none anything, where the document does not say it."""
        return self.mapping.matching if self.mapping is not None else Matching()


def data_sets_question(spec: DataSourceLink) -> DataSetsNamed:
    """The data sets that may be meant."""
    return DataSetsNamed(spec.data_set.group, spec.data_set.source, spec.data_set.name)
