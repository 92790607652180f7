"""A copy of the manifests, in which documents are tried out; what changed is written back at the end."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path, PurePosixPath

from reconciler.errors import ConfigurationError
from reconciler.kinds.pulling import Pulled
from reconciler.manifest import layout
from reconciler.manifest.files import FOLDER, find_manifests, replace_file
from reconciler.manifest.project import ENVIRONMENTS

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass
class Workspace:
    """The copy in `folder` of the project in `root`; new files go to `out`, by default to the folder of manifests.

    An `out` outside that folder stands by itself: what is there is taken for the manifests, with the environments
    of the project.
    """

    root: Path
    folder: Path
    out: Path
    _first: dict[str, bytes | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        home = (self.root / FOLDER).resolve()
        self._inside = self.out.resolve().is_relative_to(home)
        self.base = PurePosixPath(FOLDER)
        if self._inside:
            self.base /= self.out.resolve().relative_to(home).as_posix()
        if ENVIRONMENTS in (self.base, *self.base.parents):
            raise ConfigurationError.of("pull.out", f"{self.out} is the folder of environments", "Name another folder.")
        (self.folder / FOLDER).mkdir(parents=True, exist_ok=True)
        for name, path in find_manifests(self.root).files.items():
            if self._inside or ENVIRONMENTS in PurePosixPath(name).parents:
                self._copy(name, path)
        if not self._inside and self.out.is_dir():
            for path in sorted(self.out.rglob("*.y*ml")):
                self._copy(str(self.base / path.relative_to(self.out).as_posix()), path)

    def _copy(self, name: str, path: Path) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(path.read_bytes())
        self._first[name] = path.read_bytes()

    def lend(self, name: str, content: bytes) -> None:
        """A file of the copy alone, which is not written back."""
        self.write(name, content)
        self._first[name] = content

    def read(self, name: str) -> bytes:
        """A file as it is in the copy."""
        return (self.folder / name).read_bytes()

    def write(self, name: str, content: bytes | None) -> None:
        """Another content of a file of the copy; None takes it away."""
        path = self.folder / name
        if content is None:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def free_file(self, folder: str, name: str, taken: set[str]) -> str:
        """The name of a file that is not there yet."""
        for number in range(1, 10_000):
            tail = "" if number == 1 else f"-{number}"
            found = str(self.base / folder / f"{name}{tail}.yaml")
            if found not in taken and not (self.folder / found).exists():
                return found
        raise ConfigurationError.of("pull.files", f"there are too many files {name}.yaml", "Name another folder.")

    def real(self, name: str) -> Path:
        """Where a file of the copy belongs."""
        return self.root / name if self._inside else self.out / PurePosixPath(name).relative_to(self.base)

    def head(self, name: str, kind: str) -> list[str]:
        """The first line of a new file: where editors find the schema, if the project has it."""
        schema = self.root / "schemas" / f"{kind}.schema.json"
        if not self._inside or not schema.is_file():
            return []
        return [f"# yaml-language-server: $schema={os.path.relpath(schema, self.real(name).parent)}"]

    def text(self, name: str, of: Pulled, document: str, spec: dict[str, object], *, wide: bool) -> bytes:
        """The bytes of a new file with one document."""
        metadata = {"name": document, **({"description": of.description} if of.description else {}), **of.more}
        envelope = {"apiVersion": "reconciler/v1", "kind": of.kind, "metadata": metadata}
        head = [*self.head(name, of.kind), *(f"# {line}" for line in of.remarks)]
        lines = [*head, *layout.block(envelope), "spec:", *layout.block(spec, 2, wide=wide)]
        return ("\n".join(lines) + "\n").encode()

    def changed(self) -> dict[str, tuple[bytes | None, bytes]]:
        """The files that are another now, or new, by name."""
        now = {name: self.read(name) for name in find_manifests(self.folder).files}
        return {name: (self._first.get(name), text) for name, text in now.items() if self._first.get(name) != text}

    def write_back(self) -> None:
        """Writes what changed where it belongs; raises `FileExistsError` when somebody edited it meanwhile."""
        for name, (before, after) in self.changed().items():
            replace_file(self.real(name), before, after)


def free_name(kind: str, name: str, taken: set[tuple[str, str]]) -> str:
    """A name that no other document of the kind has."""
    numbered = (f"{name}-{number}" for number in count(2))
    return next(one for one in chain((name,), numbered) if (kind, one) not in taken)


def document_name(text: str) -> str:
    """A name that a document may have, of any text."""
    found = _NOT_IN_NAMES.sub("-", text.strip()).strip("-._").lower()[:90]
    return found or "unnamed"
