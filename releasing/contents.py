"""What is inside a wheel and a source distribution: what Git tracks, all of it and nothing else."""

from __future__ import annotations

import subprocess
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, cast

NEEDED = (
    "reconciler/py.typed",
    "reconciler_sandbox/py.typed",
    "reconciler/contracts/odcs/odcs-json-schema-v3.1.0.json",
    "reconciler/starter/files/manifests/glossary/customer.yaml",
    "reconciler_sandbox/cluedin/schema/base.graphql",
    "reconciler_sandbox/example/environments/sandbox.yaml",
)
"""Files that no module imports, and without which the installed product fails."""
LICENSES = ("licenses/LICENSE", "licenses/reconciler/contracts/odcs/NOTICE")
"""Below the wheel's `.dist-info`."""
MADE = frozenset({"PKG-INFO"})
"""What a build adds to a source distribution."""


def faults(root: Path, folder: Path) -> Iterator[str]:
    """What is wrong with the wheel and the source distribution in a folder; each must be there once."""
    for pattern, judge in (("*.whl", of_wheel), ("*.tar.gz", of_sdist)):
        found = sorted(folder.glob(pattern))
        if len(found) != 1:
            yield f"{folder} has {len(found)} files {pattern}, and needs one"
            continue
        yield from (f"{found[0].name}: {fault}" for fault in judge(root, found[0]))


def of_wheel(root: Path, wheel: Path) -> Iterator[str]:
    """What a wheel lacks, and what it has too much."""
    built = _build(root)["wheel"]
    folders = {name: built["sources"].get(name, name) for name in built["only-include"]}
    wanted = {
        f"{inside}{name.removeprefix(folder)}" for folder, inside in folders.items() for name in _tracked(root, folder)
    }
    names = set(names_of_wheel(wheel))
    about = {name for name in names if PurePosixPath(name).parts[0].endswith(".dist-info")}
    yield from _compared(wanted, names - about)
    yield from (f"lacks {name}" for name in NEEDED if name not in names)
    yield from (f"lacks {name}" for name in LICENSES if not any(one.endswith(f".dist-info/{name}") for one in about))


def of_sdist(root: Path, sdist: Path) -> Iterator[str]:
    """What a source distribution lacks, and what it has too much."""
    wanted = set(_tracked(root, *_build(root)["sdist"]["include"], "pyproject.toml", ".gitignore"))
    yield from _compared(wanted, set(names_of_sdist(sdist)) - MADE)


def names_of_wheel(wheel: Path) -> list[str]:
    """The files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return [name for name in archive.namelist() if not name.endswith("/")]


def names_of_sdist(sdist: Path) -> list[str]:
    """The files of a source distribution, below its only folder."""
    with tarfile.open(sdist) as archive:
        return [one.name.partition("/")[2] for one in archive if not one.isdir()]


def _compared(wanted: set[str], found: set[str]) -> Iterator[str]:
    yield from (f"lacks {name}" for name in sorted(wanted - found))
    yield from (f"has {name}, which Git does not track there" for name in sorted(found - wanted))


def _build(root: Path) -> Mapping[str, Any]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return cast(Mapping[str, Any], project["tool"]["hatch"]["build"]["targets"])


def _tracked(root: Path, *paths: str) -> list[str]:
    words = ["git", "-C", str(root), "ls-files", "-z", "--", *(path.lstrip("/") for path in paths)]
    ran = subprocess.run(words, capture_output=True, text=True, check=True)
    return [name for name in ran.stdout.split("\0") if name]
