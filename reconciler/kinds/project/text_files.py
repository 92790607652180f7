"""Longer texts that documents keep in files of their own."""

from __future__ import annotations

from pathlib import PurePosixPath

from reconciler.kinds.base import World
from reconciler.manifest.documents import Document


def text_of(world: World, document: Document, file: str) -> str | None:
    """The text of a file, by its path from the folder of the manifest; None where it cannot be read.

    Ends of lines are those of Unix. A path never leads out of the folder.
    """
    path = PurePosixPath(file)
    if world.root is None or path.is_absolute() or ".." in path.parts:
        return None
    try:
        text = (world.root / document.folder / path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return text.replace("\r\n", "\n")
