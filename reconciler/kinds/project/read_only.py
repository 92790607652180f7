"""Systems that an environment may only read, where a document would write to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from reconciler.errors import Diagnostic
from reconciler.kinds.base import World
from reconciler.manifest.documents import Document
from reconciler.manifest.findings import Path, error

System = Literal["CluedIn", "Purview"]
SYSTEMS: tuple[System, ...] = ("CluedIn", "Purview")


def read_only(
    document: Document, world: World, system: System, otherwise: str, path: Path = ()
) -> Iterator[Diagnostic]:
    """The error of a document that writes to a system which its environment has and may only read; `otherwise` says
    what there is to do but to remove that."""
    environment, word = world.environment, system.lower()
    if getattr(environment, word) is not None and getattr(environment.scope, word).read_only:
        yield error(
            document,
            path,
            "scope.read_only",
            f"The environment `{world.environment_name}` may only read {system}",
            f"Remove `scope.{word}.read_only`, or {otherwise}.",
        )
