"""Files of the Open Data Contract Standard: each contract a document, or what one that is there says otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from reconciler.accept.accept import Accepted
from reconciler.contracts.odcs.imported import imported
from reconciler.errors import Source
from reconciler.kinds.export_contract.spec import ExportContract
from reconciler.kinds.pulling import Added, Pulled
from reconciler.manifest.documents import Document
from reconciler.manifest.editing import with_value
from reconciler.manifest.marks import Path, find
from reconciler.manifest.variables import literal
from reconciler.pull.sources.told import Told
from reconciler.pull.workspace import Workspace

_IS_ONE = re.compile(r"""^\s*\{?\s*["']?kind["']?\s*:\s*["']?DataContract\b""", re.MULTILINE)
_VARIABLE = re.compile(r"(?<!\$)\$\{")
_FOLDER = "exports"


def is_contract(text: str) -> bool:
    """Whether a file says that it is one of the standard; whether it is, its schema tells."""
    return _IS_ONE.search(text) is not None


def read_contract(file: FilePath, name: str, prefix: str, told: Told) -> None:
    """Tells the contracts of a file; `prefix` makes keys of the columns that do not say what they are made of."""
    found = imported(file, name, prefix or None, "--prefix")
    for finding in found.findings:
        if finding.severity == "error":
            told.errors.append(finding)
        else:
            told.leave(finding.source or Source(name), finding.summary)
    for contract in found.contracts if found.ok else ():
        metadata = dict(contract["metadata"])
        called, about = metadata.pop("name"), metadata.pop("description", "")
        spec = contract["spec"]
        told.documents.append(Pulled(ExportContract.kind, called, spec, _FOLDER, about, exact=True, more=metadata))
        told.places[f"{ExportContract.kind}/{called}"] = Source(name)


def settled(
    found: Sequence[Pulled], documents: Sequence[Document], workspace: Workspace, told: Told
) -> tuple[list[Pulled | Added], list[Accepted]]:
    """What is new of contracts, and the values that were replaced in documents that are there."""
    new: list[Pulled | Added] = []
    done: list[Accepted] = []
    known = {(one.kind, one.name): one for one in documents}
    for one in found:
        document = known.get((one.kind, one.name))
        if document is None:
            new.append(one)
        else:
            merge = _Merge(document, workspace, told)
            new += merge.spec(one.spec)
            done += merge.done
    return new, done


class _Merge:
    """One contract of a file against the document of its name."""

    def __init__(self, document: Document, workspace: Workspace, told: Told) -> None:
        self.document, self.workspace, self.told = document, workspace, told
        self.done: list[Accepted] = []

    def spec(self, spec: dict[str, Any]) -> Iterator[Added]:
        """Replaces what differs; gives the columns that are new."""
        said = dict(literal(spec))
        columns = said.pop("columns", [])
        self._compare(said, ())
        there = {_source(one): at for at, one in enumerate(self._own(("columns",)) or ()) if isinstance(one, dict)}
        for at, column in enumerate(columns):
            if _source(column) in there:
                self._compare(column, ("columns", there[_source(column)]))
            else:
                yield Added(self.document, ("columns",), spec["columns"][at])

    def _compare(self, said: Any, path: Path) -> None:
        own = self._own(path)
        if said == own:
            return
        if isinstance(said, dict) and isinstance(own, dict):
            for name, value in said.items():
                self._compare(value, (*path, name))
        elif isinstance(own, list | dict) or isinstance(said, list | dict) or own is None:
            self._leave(path, "is another in the file" if own is not None else "is not in the manifest")
        elif isinstance(own, str) and _VARIABLE.search(own):
            self._leave(path, "is written with a variable")
        else:
            self._replace(path, said)

    def _own(self, path: Path) -> Any:
        """What the document itself says at a path; nothing where only defaults do."""
        place, exact = find([self.document.top], ("spec", *path))
        return place.data if exact else None

    def _replace(self, path: Path, value: Any) -> None:
        file = self.document.file
        now = with_value(self.workspace.read(file), file, self.document.index, ("spec", *path), value)
        if now is None:
            self._leave(path, "cannot be replaced where it stands")
            return
        self.workspace.write(file, now)
        where = find([self.document.top], ("spec", *path))[0].source
        self.done.append(Accepted(self._address, ".".join(map(str, path)), replace(where, column=None)))

    def _leave(self, path: Path, why: str) -> None:
        words = ".".join(map(str, path))
        self.told.leave(self.told.places[self._address], f"`{words}` {why}: write it by hand", self._address)

    @property
    def _address(self) -> str:
        return f"{self.document.kind}/{self.document.name}"


def _source(column: dict[str, Any]) -> str:
    """What tells a column from others: where its values come from."""
    return repr(column.get("from"))
