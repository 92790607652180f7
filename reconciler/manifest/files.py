"""Which files are manifests: everything under `manifests/`, in any layout, in a stable order."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from reconciler.errors import Diagnostic, Source
from reconciler.saved.words import Severity

FOLDER = "manifests"
_SUFFIXES = (".yaml", ".yml")
_SILENT = (".md", ".js", ".csv", ".jsonl", ".parquet")
"""Text about the manifests, and scripts and rows that documents name."""


@dataclass(slots=True)
class Found:
    """The manifests of a project, by the names that findings use, and what cannot be loaded."""

    files: dict[str, Path] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)


def find_manifests(root: Path) -> Found:
    """Every manifest under the project's `manifests/` folder, sorted by name."""
    found = Found()
    top = root / FOLDER
    if not root.is_dir():
        _say(
            found,
            "error",
            "manifest.no_project",
            f"There is no folder `{root}` for a project to be in",
            "Name the project's folder with --project.",
            FOLDER,
        )
        return found
    if not top.is_dir():
        _say(
            found,
            "error",
            "manifest.no_folder",
            f"There is no folder `{FOLDER}` in the project",
            f"Create `{FOLDER}/`, or name the project's folder with --project.",
            FOLDER,
        )
        return found
    if not _is_inside(top, root):
        _link_outside(found, FOLDER)
        return found
    _collect(found, root)
    found.files = dict(sorted(found.files.items()))
    return found


def _collect(found: Found, root: Path) -> None:
    def unreadable(error: OSError) -> None:
        _say(
            found,
            "error",
            "manifest.unreadable",
            f"The folder cannot be read: {error.strerror or error}",
            "Check that you may read it.",
            _name(Path(error.filename or root / FOLDER), root),
        )

    for folder, folders, names in os.walk(root / FOLDER, onerror=unreadable):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            _check_folder(found, here / name, root)
        for name in names:
            if not name.startswith("."):
                _check_file(found, here / name, root)


def _check_folder(found: Found, path: Path, root: Path) -> None:
    if path.is_symlink():
        _say(
            found,
            "error",
            "manifest.linked_folder",
            "Links to folders are not followed",
            "Put the manifests into the folder itself.",
            _name(path, root),
        )
    elif path.suffix.lower() in _SUFFIXES:
        _say(
            found,
            "error",
            "manifest.not_a_file",
            "This is a folder with the name of a manifest",
            "Rename the folder.",
            _name(path, root),
        )


def _check_file(found: Found, path: Path, root: Path) -> None:
    name = _name(path, root)
    if path.suffix.lower() not in _SUFFIXES:
        if path.suffix.lower() not in _SILENT:
            # What it may want would look like something that nobody wants any more.
            _say(
                found,
                "error",
                "manifest.not_loaded",
                "This file is not loaded: its name must end with .yaml",
                "Rename it, move it out of the folder, or start its name with a dot.",
                name,
            )
    elif not name.isprintable():
        _say(
            found,
            "error",
            "manifest.file_name",
            "The file's name has characters that cannot be shown",
            "Rename the file.",
            name.encode("utf-8", "backslashreplace").decode(),
        )
    elif path.is_symlink() and not path.exists():
        _say(
            found,
            "error",
            "manifest.broken_link",
            "This link points to nothing",
            "Remove the link, or restore the file.",
            name,
        )
    elif path.is_symlink() and not _is_inside(path, root):
        _link_outside(found, name)
    else:
        found.files[name] = path


def _is_inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return False


def _link_outside(found: Found, name: str) -> None:
    _say(
        found,
        "error",
        "manifest.link_outside",
        "This link leaves the project",
        "Copy the file into the project, so that Git sees what it says.",
        name,
    )


def _name(path: Path, root: Path) -> str:
    return str(PurePosixPath(path.relative_to(root))) if path.is_relative_to(root) else path.name


def _say(found: Found, severity: Severity, code: str, summary: str, detail: str, name: str) -> None:
    found.findings.append(Diagnostic(severity, code, summary, detail, Source(name)))


def replace_file(path: Path, before: bytes | None, after: bytes) -> None:
    """Writes a file whole or not at all; `before` is what it held, None where there was none.

    Raises `FileExistsError` when somebody edited or made it meanwhile.
    """
    from tempfile import mkstemp

    path = path.resolve()
    if (path.read_bytes() if path.exists() else None) != before:
        raise FileExistsError(0, "was edited meanwhile: run the command again", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, path.stat().st_mode & 0o777 if before is not None else 0o666 & ~umask)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
