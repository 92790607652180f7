"""The links of one document: one for its asset, or one for each asset that a rule finds; and what it asks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from reconciler.kinds.base import Kind, World
from reconciler.kinds.data_source_link.scene import Link, Subject, data_sets_question
from reconciler.kinds.data_source_link.spec import ColumnMap, DataSetSpec, DataSourceLink, Fillable, SourceAsset
from reconciler.kinds.data_source_link.vocabulary import KeySource, vocabulary_called
from reconciler.kinds.project.declared import declared
from reconciler.questions.assets import AssetAt, AssetsTagged, ScannedAsset
from reconciler.questions.base import Question
from reconciler.questions.catalogue import KeyAt, VocabularyAt

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLACEHOLDERS = {
    "asset.name": lambda asset: asset.name,
    "asset.type": lambda asset: asset.type,
    "asset.qualified_name": lambda asset: asset.qualified_name,
    "asset.collection": lambda asset: asset.collection,
}
NAMES = tuple(DataSetSpec.marked(Fillable))
"""The fields of names that may hold placeholders."""


class Links(Kind[DataSourceLink]):
    """A document with its world, and the links that it makes."""

    @cached_property
    def links(self) -> list[Link]:
        """One link for the asset of the document, or one for each asset that its rule takes."""
        return list(self._links())

    def _links(self) -> Iterator[Link]:
        names, asset = self.spec.data_set.names, self.spec.asset
        if asset is not None:
            rows = self.world.answers.of(self._asset_question(asset))
            found = rows[0] if rows else None
            yield Link(self, Subject(asset.type, asset.qualified_name, names, found, rows is not None))
            return
        for one in self.selected[0]:
            group, source, name = (fill(name, one) for name in names)
            yield Link(self, Subject(one.type, one.qualified_name, (group, source, name), one, True, True))

    @cached_property
    def selected(self) -> tuple[list[ScannedAsset], list[ScannedAsset]]:
        """The assets that a rule finds: those it takes, and those that a document declares by themselves.

        Assets of our own are never selected: they would feed themselves.
        """
        rows = self.world.answers.of(self.selection) if self.selection is not None else None
        purview = self.environment.purview
        if not rows or purview is None:
            return [], []
        others = [row for row in rows if not row.type.startswith(purview.type_prefix)]
        named = (one.spec.asset for one in self.world.of(Links) if one is not self)
        written = {f"{asset.type}/{asset.qualified_name}" for asset in named if asset is not None}
        return [row for row in others if row.key not in written], [row for row in others if row.key in written]

    # -- questions -------------------------------------------------------------------------------------------

    def questions(self) -> Iterator[Question]:
        """The asset or the selection; the vocabulary, the keys and the data set as far as they are live."""
        if self.environment.purview is not None:
            if self.spec.asset is not None:
                yield self._asset_question(self.spec.asset)
            if self.selection is not None:
                yield self.selection
        if self.environment.cluedin is None:
            return
        yield data_sets_question(self.spec)
        if self.spec.map is None:
            return
        for prefix in self._prefixes(self.spec.map):
            yield VocabularyAt(prefix)
        for entry in self.spec.map.entries().values():
            if entry.key is not None and entry.key not in declared(self.world).keys:
                yield KeyAt(entry.key)

    @cached_property
    def selection(self) -> AssetsTagged | None:
        """The question for the assets of a rule."""
        select = self.spec.select
        if select is None:
            return None
        return AssetsTagged(select.glossary, select.terms, select.types, select.collection or "", self._glossaries)

    def _asset_question(self, asset: SourceAsset) -> AssetAt:
        return AssetAt(asset.type, asset.qualified_name, self._glossaries)

    @property
    def _glossaries(self) -> tuple[str, ...]:
        """Glossaries whose terms on columns lead to keys."""
        by_term = self.spec.map is not None and self.spec.map.by_term
        return KeySource(self.world).glossaries if by_term else ()

    def _prefixes(self, map: ColumnMap) -> Iterable[str]:
        """Key prefixes of the vocabularies whose live keys matter."""
        if map.vocabulary is not None:
            found = vocabulary_called(self.world, map.vocabulary)
            return [found.prefix] if found is not None else [map.vocabulary]
        if map.auto == "none" and map.unmapped != "create":
            return []
        return list(dict.fromkeys(KeySource(self.world).prefixes))


def all_links(world: World) -> Iterator[Link]:
    """The links of every document, in order."""
    for kind in world.of(Links):
        yield from kind.links


def fill(name: str, asset: ScannedAsset) -> str:
    """A name with what the asset has for its placeholders."""
    return PLACEHOLDER.sub(lambda found: PLACEHOLDERS[found[1]](asset) if found[1] in PLACEHOLDERS else found[0], name)
