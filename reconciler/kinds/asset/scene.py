"""One document of assets: those that are written and those that its file tells of, with their types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from reconciler.errors import Source
from reconciler.kinds.asset.reading import Wrong, asset_of, missing
from reconciler.kinds.asset.rows import BadFile, refuse_cut, rows_of
from reconciler.kinds.asset.spec import Asset, OneAsset
from reconciler.kinds.base import Kind, origin_at
from reconciler.kinds.project.beside import beside
from reconciler.kinds.project.type_model import Model, model
from reconciler.manifest.findings import Path, place
from reconciler.resources.objects import Origin


@dataclass(frozen=True, slots=True)
class Item:
    """An asset, and where it stands."""

    asset: OneAsset
    type: str
    line: int
    """In the file; 0 for one that is written in the document."""
    at: int
    """Its place in the document."""

    @property
    def key(self) -> str:
        """That of its resource."""
        return f"{self.type}/{self.asset.qualified_name}"

    @property
    def name(self) -> str:
        """What people see."""
        if self.asset.name:
            return self.asset.name
        parts = [part for part in re.split(r"[/\\]", self.asset.qualified_name) if part]
        return parts[-1] if parts else self.asset.qualified_name

    @property
    def path(self) -> Path:
        """Its place in the document; that of the file, where a row tells of it."""
        return ("from", "file") if self.line else ("assets", self.at)


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says."""

    items: tuple[Item, ...] = ()
    wrong: tuple[tuple[int, Wrong], ...] = ()
    """What is wrong with rows, each with its line; of the file as such the line is 0."""


class Scene(Kind[Asset]):
    """A document with its world."""

    @cached_property
    def read(self) -> Read:
        """The rows of the file; nothing where there is none."""
        said = self.spec.from_
        if said is None:
            return Read()
        items: list[Item] = []
        wrong: list[tuple[int, Wrong]] = []
        seen: set[str] = set()
        path = beside(self.world, said.file)
        try:
            if said.complete:
                refuse_cut(path, said.file)
            for line, row in rows_of(path, said.file, seen):
                found = asset_of(row, said.map)
                if isinstance(found, Wrong):
                    wrong.append((line, found))
                else:
                    items.append(Item(found, found.type or self.spec.type, line, 0))
        except BadFile as bad:
            return Read(wrong=((bad.line or 0, Wrong(bad.code, bad.summary, bad.advice)),))
        lacking = list(missing(said.map, seen)) if items or wrong else []
        if lacking:
            return Read(wrong=tuple((0, one) for one in lacking))
        return Read(tuple(items), tuple(wrong))

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every asset."""
        here = (Item(one, one.type or self.spec.type, 0, at) for at, one in enumerate(self.spec.assets))
        return (*here, *self.read.items)

    @cached_property
    def model(self) -> Model:
        """What is known of types."""
        return model(self.world)

    @cached_property
    def type_names(self) -> tuple[str, ...]:
        """The types of its assets, each once; that of the document too."""
        return tuple(dict.fromkeys((self.spec.type, *(item.type for item in self.items))))

    @cached_property
    def unknown_types(self) -> tuple[str, ...]:
        """Types that no document declares."""
        return tuple(name for name in self.type_names if not self.model.is_known(name))

    def source(self, item: Item) -> Source:
        """Where an asset stands."""
        said = self.spec.from_
        return Source(said.file, item.line) if item.line and said is not None else place(self.document, item.path)

    @cached_property
    def of_file(self) -> Origin:
        """Where the file is named."""
        return origin_at(self.document, ("from", "file"))

    def origin(self, item: Item) -> Origin:
        """The manifest that wants an asset."""
        return self.of_file if item.line else origin_at(self.document, item.path)

    def speaks_for(self, item: Item) -> bool:
        """Whether a complete file tells of an asset, so that one that is missing there is gone."""
        said = self.spec.from_
        whole = said is not None and said.complete and said.scope is not None
        return whole and item.asset.qualified_name.startswith(said.scope or "")  # type: ignore[union-attr]


def each_once(names: Iterable[str]) -> Iterator[str]:
    """Names without doubles, in order."""
    yield from dict.fromkeys(names)
