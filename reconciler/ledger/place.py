"""Where the ledger's file may stand: below the project, whatever links are on the way."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

from reconciler.errors import ConfigurationError


def ledger_file(root: Path, path: str) -> Path:
    """The file of a ledger that an environment names from the root of the project.

    Raises `ConfigurationError` when it, or a file that is written beside it, would be outside the project, or among
    what Git keeps for itself.
    """
    file, top = root / path, root.resolve()
    outside = PurePosixPath(path).is_absolute() or PureWindowsPath(path).drive or ".git" in PurePosixPath(path).parts
    beside = (file, file.with_suffix(".new"), Path(f"{file}.lock")) if file.name else ()
    try:
        outside = outside or not beside or not all(one.resolve().is_relative_to(top) for one in beside)
    except (OSError, RuntimeError, ValueError):
        outside = True
    if outside:
        raise ConfigurationError.of(
            "ledger.outside",
            f"the ledger {path} is outside the project",
            "Give `ledger.path` a file below the root of the project, without links that lead out of it.",
        )
    return file
