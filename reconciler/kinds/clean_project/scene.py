"""One clean project on the way to its resources: what every step looks up, found once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from reconciler.kinds.base import Kind
from reconciler.kinds.clean_project.spec import CleanProject
from reconciler.kinds.project.conditions import Node
from reconciler.kinds.project.criteria import Criterion, flat, keys_in
from reconciler.kinds.project.exported import PropertyOf
from reconciler.kinds.project.trees import tree_of
from reconciler.manifest.findings import Path
from reconciler.resources.keys import quote
from reconciler.resources.spelling import composed


class Scene(Kind[CleanProject]):
    """A document with its world, and the names that follow from both."""

    @cached_property
    def name(self) -> str:
        """The name of the project in CluedIn."""
        return composed((self.spec.name or self.document.name).strip())

    @property
    def concept(self) -> str:
        """The project."""
        return self.name

    @property
    def key(self) -> str:
        """The key of the project."""
        return quote(self.name)

    @property
    def described(self) -> str | None:
        """What it is for."""
        return self.spec.description or self.document.description or None

    def criteria(self) -> Iterator[tuple[Path, Criterion]]:
        """Every condition with its place."""
        yield from flat(self.spec.where, ("where",))

    @property
    def tree(self) -> Node:
        """The conditions as CluedIn's tree."""
        return tree_of(self.world, self.spec.where)

    @property
    def values(self) -> list[dict[str, str]]:
        """What is mended, as CluedIn names it ([B]: two words)."""
        return [
            {"property": one.property, "type": "entity"}
            if isinstance(one, PropertyOf)
            else {"property": one, "type": "vocabulary"}
            for one in self.spec.fields
        ]

    def named_keys(self) -> Iterator[tuple[Path, str]]:
        """The vocabulary keys that are mended or compared, each with its place."""
        yield from ((("fields", at), one) for at, one in enumerate(self.spec.fields) if isinstance(one, str))
        yield from keys_in(self.criteria())
