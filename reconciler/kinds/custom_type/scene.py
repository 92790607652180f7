"""One document of types: what it declares, and what is known of the types of all such documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from reconciler.kinds.base import Kind, World
from reconciler.kinds.custom_type.pasted import Unfit, of_file, pasted
from reconciler.kinds.custom_type.spec import CustomType, DefinitionsFile
from reconciler.kinds.custom_type.wire import Written, written
from reconciler.kinds.declarations import Declarations
from reconciler.kinds.project.beside import beside


class Scene(Kind[CustomType]):
    """A document with its world."""

    @cached_property
    def read(self) -> tuple[Written | Unfit, ...]:
        """Every type, spelled out or pasted, and what of the pasted ones is none."""
        return (*written(self.spec), *self._pasted())

    def _pasted(self) -> Iterator[Written | Unfit]:
        said: Any = self.spec.typedefs
        if said is None:
            return
        path: tuple[str, ...] = ("typedefs",)
        if isinstance(said, DefinitionsFile):
            said = of_file(beside(self.world, said.file), said.file)
            path = ("typedefs", "file")
        if isinstance(said, Unfit):
            yield said
        else:
            yield from pasted(said, path)

    @cached_property
    def types(self) -> tuple[Written, ...]:
        """The types that can be read."""
        return tuple(one for one in self.read if isinstance(one, Written))

    @cached_property
    def declarations(self) -> Declarations:
        """The types, for documents that have assets of them."""
        return Declarations(types={one.name: one.wire | {"category": one.category} for one in self.types})


def declared_types(world: World) -> Mapping[str, tuple[Scene, Written]]:
    """The types of all documents by name, each with the first that declares it."""
    return world.know(_gather)


def _gather(world: World) -> Mapping[str, tuple[Scene, Written]]:
    found: dict[str, tuple[Scene, Written]] = {}
    for scene in world.of(Scene):
        for one in scene.types:
            found.setdefault(one.name, (scene, one))
    return found
