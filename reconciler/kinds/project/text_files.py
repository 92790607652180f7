"""Longer texts that documents keep in files of their own."""

from __future__ import annotations

from pathlib import PurePosixPath

from reconciler.kinds.base import World
from reconciler.manifest.build import CONTROL
from reconciler.manifest.documents import Document

_MOST_BYTES = 1 << 20


def text_of(world: World, document: Document, file: str) -> str | None:
    """The text of a file, by its path from the folder of the manifest; None where it cannot be read.

    Ends of lines are those of Unix. Neither a path nor a link leads out of the project, and what no manifest could say
    is not read either: control characters, more than a manifest may hold, what is no file.
    """
    path = PurePosixPath(file)
    if world.root is None or path.is_absolute() or ".." in path.parts:
        return None
    try:
        found = (world.root / document.folder / path).resolve(strict=True)
        if not found.is_relative_to(world.root.resolve()) or not found.is_file() or found.stat().st_size > _MOST_BYTES:
            return None
        text = found.read_text(encoding="utf-8")
    except (OSError, RuntimeError, ValueError):
        return None
    return None if CONTROL.search(text) else text.replace("\r\n", "\n")
