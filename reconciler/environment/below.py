"""Files of a project that an environment names: below its root, whatever links are on the way."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated

from pydantic import AfterValidator, Field


def _below_the_project(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not path.isprintable() or "\\" in path or ":" in path or path.startswith("/") or {"..", ".git"} & set(parts):
        raise ValueError("must be a file below the root of the project, written with `/`")
    return path


ProjectFile = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_below_the_project)]
"""A file from the root of the project, as an environment names it."""


def is_below(root: Path, path: str, *endings: str) -> bool:
    """Whether a file, and those beside it with the endings, are below the root, and not what Git keeps for itself.

    An ending that begins with a dot takes the place of the file's own: `x.jsonl` and `.new` are `x.new`; one that
    begins with `+` is added to the name.
    """
    file, top = root / path, root.resolve()
    if PurePosixPath(path).is_absolute() or PureWindowsPath(path).drive or ".git" in PurePosixPath(path).parts:
        return False
    if not file.name:
        return False
    beside = [Path(f"{file}{end[1:]}") if end.startswith("+") else file.with_suffix(end) for end in endings]
    try:
        return all(one.resolve().is_relative_to(top) for one in (file, *beside))
    except (OSError, RuntimeError, ValueError):
        return False
