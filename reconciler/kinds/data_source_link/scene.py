"""One asset on its way into one data set: what every step looks up, found once.

A document with `asset` is one link; a rule with `select` is a link for each asset that it finds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from reconciler.environment.sign_in import PurviewSystem
from reconciler.kinds.base import Kind, origin_at
from reconciler.kinds.data_source_link.columns import (
    Matching,
    Seen,
    Target,
    Way,
    by_name,
    by_term,
    calls,
    former_key_name,
    key_name,
    match,
)
from reconciler.kinds.data_source_link.spec import DataSourceLink
from reconciler.kinds.data_source_link.vocabulary import (
    VocabularyInUse,
    keys_of_terms,
    prefix_of,
    vocabulary_called,
)
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.names import QualifiedNames
from reconciler.resources import types
from reconciler.resources.base import Origin, Resource, quote
from reconciler.resources.cluedin.arrival import arrived
from reconciler.sources.assets import ScannedAsset, ScannedColumn
from reconciler.sources.inbound import DataSetsNamed, LiveDataSet


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

    # -- systems -------------------------------------------------------------------------------------------

    @property
    def purview(self) -> PurviewSystem | None:
        """The Purview of the environment, if it has one."""
        return self.environment.purview

    @property
    def wants_data_set(self) -> bool:
        """Whether the half in CluedIn is made here."""
        return self.environment.cluedin is not None

    @property
    def wants_lineage(self) -> bool:
        """Whether the half in Purview is made here."""
        return self.purview is not None and self.spec.lineage

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

    @cached_property
    def names(self) -> QualifiedNames:
        """The qualified names of the environment."""
        assert self.purview is not None
        return QualifiedNames(self.purview.name_prefix)

    @cached_property
    def data_set_name(self) -> str:
        """The qualified name of the data set as an asset."""
        return self.names.data_set(*self.subject.names)

    @cached_property
    def data_set_asset(self) -> str:
        """The key of the data set as an asset."""
        assert self.purview is not None
        return f"{self.purview.type_prefix}dataset/{self.data_set_name}"

    def column_asset(self, column: str) -> str:
        """The key of a column of the data set as an asset."""
        assert self.purview is not None
        return f"{self.purview.type_prefix}column/{self.names.column(self.data_set_name, column)}"

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
    def vocabulary(self) -> VocabularyInUse | None:
        """The vocabulary that the columns fill, as far as it is known."""
        spec = self.spec.map
        if spec is None:
            return None
        if spec.vocabulary is not None:
            return vocabulary_called(self.world, spec.vocabulary)
        keys = [entry.key for entry in spec.entries().values() if entry.key is not None]
        if spec.by_term:
            way = by_term(keys_of_terms(self.world))
            keys += [key for column in self.seen for key in way(column)]
        prefixes = {prefix for key in keys if (prefix := prefix_of(self.world, key)) is not None}
        return vocabulary_called(self.world, prefixes.pop()) if len(prefixes) == 1 else None

    @cached_property
    def matching(self) -> Matching:
        """What becomes of the columns."""
        spec = self.spec.map
        if spec is None:
            return Matching()
        ways: list[Way] = []
        if spec.by_term:
            ways.append(by_term(keys_of_terms(self.world)))
        if spec.by_name and self.vocabulary is not None:
            ways.append(by_name(self.vocabulary.prefix, self.vocabulary.keys))
        found = match(self.seen, spec.entries(), ways)
        if spec.unmapped != "error":
            rest, found.unmapped = found.unmapped, []
            for column in rest:
                target = self._left(column)
                if target is None:
                    found.unmapped.append(column)
                else:
                    found.targets[column.name] = target
        return found

    def _left(self, column: Seen) -> Target | None:
        """What becomes of a column that nothing maps."""
        assert self.spec.map is not None
        if self.spec.map.unmapped == "ignore":
            return Target(column.name, None, "ignored")
        key = self.own_key(column.name)
        return Target(column.name, key, "created", type=column.type) if key is not None else None

    def own_key(self, column: str) -> str | None:
        """The full key that `unmapped: create` makes of a column; None when no name is left of it.

        A key that was made of it under the rules of before, and that it fills now, stays.
        """
        if self.vocabulary is None:
            return None
        prefix = self.vocabulary.prefix
        former = f"{prefix}.{former_key_name(column)}"
        if any(pair in self._filled for pair in ((column, former), (arrived(column), former))):
            return former
        name = key_name(column)
        return f"{prefix}.{name}" if name else None

    @cached_property
    def _filled(self) -> frozenset[tuple[str, str]]:
        """Columns of the live data set with the keys that they fill."""
        return frozenset(pair for live in self.live_sets for pair in live.mapped)

    def makes(self, target: Target) -> bool:
        """Whether the key of a column is made here: it was created, by this run or by one before."""
        if target.key is None or self.spec.map is None or self.spec.map.unmapped != "create":
            return False
        if target.how == "explicit" or target.key in declared(self.world).keys:
            return False
        return target.how == "created" or target.key == self.own_key(target.column)

    @cached_property
    def code(self) -> str | None:
        """The code of the records' entity type, as far as it is known."""
        spec = self.spec.map
        if spec is None:
            return None
        if spec.entity_type is not None:
            return spec.entity_type
        return self.vocabulary.code if self.vocabulary is not None else None

    def mapped_key(self, column: str | None) -> str | None:
        """The full key that a column fills."""
        return self.matching.mapped.get(column) if column is not None else None


def data_sets_question(spec: DataSourceLink) -> DataSetsNamed:
    """The data sets that may be meant."""
    return DataSetsNamed(spec.data_set.group, spec.data_set.source, spec.data_set.name)
