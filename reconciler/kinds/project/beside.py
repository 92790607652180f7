"""Files beside the manifests that documents name: definitions, rows of a scanner."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from reconciler.kinds.base import World


def beside(world: World, file: str) -> Path | None:
    """Where a file lies that a document names by its path below the project; None for a path that leads elsewhere.

    It is remembered that the documents depend on it, so that what they expand to is made anew when it changes.
    """
    path = PurePosixPath(file)
    if world.root is None or path.is_absolute() or ".." in path.parts or "\\" in file or ":" in file:
        return None
    found = world.root / path
    if not found.resolve().is_relative_to(world.root.resolve()):
        return None
    world.beside.add(file)
    return found
