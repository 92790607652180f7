"""A file of the Open Data Contract Standard as manifests: an `ExportContract` for each object of its `schema`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from reconciler.contracts.odcs.export import version_of
from reconciler.contracts.odcs.left import left_behind
from reconciler.contracts.odcs.reading import Path, Told, told
from reconciler.contracts.odcs.standard import KIND, READ, problems
from reconciler.contracts.odcs.terms import (
    DISTINCT,
    FROM,
    NAME,
    OF_COLUMN,
    OF_CONTRACT,
    OURS,
    SYSTEM,
    UNWRITTEN,
    in_order,
    nested,
    own_properties,
    restored,
)
from reconciler.errors import Diagnostic
from reconciler.kinds.export_contract.spec import ExportContract
from reconciler.manifest.documents import API_VERSION, is_name
from reconciler.manifest.marks import find
from reconciler.manifest.validation import Subject, Written, validate
from reconciler.manifest.variables import literal
from reconciler.manifest.yaml import YamlDocument, position, read_yaml

MOST = 20
"""Findings about the form of one file that are told; the rest mostly follows from them."""


@dataclass(slots=True)
class Imported:
    """The manifests that a file becomes, and what was found on the way."""

    contracts: list[dict[str, Any]] = field(default_factory=list)
    """The same with texts as they are meant: a `$` in one is no variable."""
    findings: list[Diagnostic] = field(default_factory=list)

    @property
    def manifests(self) -> list[dict[str, Any]]:
        """The manifests as they have to be written."""
        return [{**contract, "spec": literal(contract["spec"])} for contract in self.contracts]

    @property
    def ok(self) -> bool:
        """Whether the manifests say what the file does, as far as a contract can."""
        return all(finding.severity != "error" for finding in self.findings)


def imported(path: FilePath, name: str, key_prefix: str | None = None, option: str = "--key-prefix") -> Imported:
    """Reads one file, called `name` in findings; what is wrong becomes findings, never an exception.

    `key_prefix` makes the vocabulary key `PREFIX.COLUMN` of each column that does not say where it comes from; people
    give it with `option`.
    """
    file = read_yaml(path, name)
    result = Imported(findings=list(file.findings))
    for document in file.documents:
        _Reader(document, key_prefix, option, result).read()
    if not file.documents and not result.findings:
        result.findings.append(Diagnostic("error", "odcs.empty", f"{name} holds no document"))
    return result


class _Reader:
    """One document of a file."""

    def __init__(self, document: YamlDocument, key_prefix: str | None, option: str, result: Imported) -> None:
        self._document, self._data = document, document.data
        self._prefix, self._option, self._result = key_prefix, option, result

    def read(self) -> None:
        if not self._is_sound():
            return
        tables: list[int | None] = [*range(len(self._data.get("schema") or ()))] or [None]
        nameless: list[Path] = []
        made = [(at, said := told(self._data, at), self._spec(said, at, nameless)) for at in tables]
        if nameless:
            self._say_nameless(nameless)
            return
        for at, said, spec in made:
            self._make(said, spec, at, single=len(tables) == 1)
        self._result.findings += left_behind(self._document, set().union(*(said.taken for _, said, _ in made)))

    # -- the form --------------------------------------------------------------------------------------------------

    def _is_sound(self) -> bool:
        kind, version = self._data.get("kind"), self._data.get("apiVersion")
        if kind != KIND:
            self._error("odcs.kind", "This is no file of the Open Data Contract Standard", _WANTED, ("kind",))
            return False
        if version not in READ:
            said = f"The version `{version}` of the standard is not read"
            self._error("odcs.version", said, f"Write the file in one of {', '.join(READ)}.", ("apiVersion",))
            return False
        found = list(problems(self._data))
        for path, sentence in found[:MOST]:
            where = ".".join(map(str, path)) or "the file"
            said = sentence if len(sentence) <= 200 else f"{sentence[:200]}…"
            self._error("odcs.invalid", f"{where}: {said}", f"See the JSON Schema of {READ[-1]}.", path)
        return not found

    # -- the contract ----------------------------------------------------------------------------------------------

    def _spec(self, said: Told, at: int | None, nameless: list[Path]) -> dict[str, Any]:
        """The `spec` of one object; columns without a source are added to `nameless`."""
        ours = self._ours((), said)
        said.spec = restored(said.spec, ours)
        columns: list[dict[str, Any]] = []
        for number, column in enumerate(said.columns):
            here: Path = ("schema", at or 0, "properties", number)
            own = self._ours(here, said)
            if own.get(SYSTEM):
                said.taken.add(here)
                continue
            if FROM not in own and self._prefix:
                own = {FROM: f"{self._prefix}.{column['name']}"} | own
            elif FROM not in own:
                nameless.append(here)
            said.places["columns", len(columns)] = here
            columns.append(restored(column, own))
        spec = nested({name: value for name, value in said.spec.items() if name not in (NAME, DISTINCT)})
        if columns:
            spec["columns"] = [in_order(one, OF_COLUMN) for one in columns]
        return in_order(spec, OF_CONTRACT)

    def _ours(self, here: Path, said: Told) -> dict[str, Any]:
        part = self._value(here)
        found = {}
        for number, name, value in own_properties(part.get("customProperties") or ()):
            place: Path = (*here, "customProperties", number)
            found[name] = value
            said.taken.add(place)
            if not here and name != UNWRITTEN:
                said.places[tuple(name.split("."))] = place
        return found

    def _make(self, said: Told, spec: dict[str, Any], at: int | None, *, single: bool) -> None:
        name = self._name(said, at, single=single)
        metadata: dict[str, Any] = {"name": name}
        if said.description:
            metadata["description"] = said.description
        if said.tags:
            metadata["tags"] = said.tags
        if DISTINCT in said.spec:
            metadata["distinct"] = said.spec[DISTINCT]
        _, found = validate(Subject(ExportContract, spec, [self._document.place], Written({})))
        for path, finding in found:
            self._result.findings.append(replace(finding, source=self._source(said, path)))
        self._result.contracts.append(
            {"apiVersion": API_VERSION, "kind": ExportContract.kind, "metadata": metadata, "spec": spec}
        )

    def _name(self, said: Told, at: int | None, *, single: bool) -> str:
        if NAME in said.spec and is_name(str(said.spec[NAME])):
            found = str(said.spec[NAME])
        else:
            found = self._called(said, at, single=single)
        said.taken |= {(key,) for key in ("id", "name") if said.ours or self._data.get(key) == found}
        said.taken |= {("version",)} if version_of(found) == self._data["version"] else set()
        return found

    def _called(self, said: Told, at: int | None, *, single: bool) -> str:
        """The name that the file has, the object's where it has several, and the first number of its version."""
        words = [str(self._data.get(key) or "") for key in ("name", "id")]
        word = next(filter(is_name, words), "") or next(filter(None, words), "")
        said.taken |= {(key,) for key in ("id", "name") if self._data.get(key) == word}
        name = word if is_name(word) else _plain(word)
        if not single and at is not None:
            name = f"{name}_{_plain(str(self._data['schema'][at]['name']))}"
            said.taken.add(("schema", at, "name"))
        major = str(self._data["version"]).lstrip("v").partition(".")[0]
        return name if _VERSIONED.search(name) or not major.isdigit() else f"{name}_v{major}"

    # -- places ----------------------------------------------------------------------------------------------------

    def _source(self, said: Told, path: Path) -> Any:
        """Where in the file the value at a path of the `spec` comes from."""
        for length in range(len(path), 0, -1):
            if path[:length] in said.places:
                return position(self._document, said.places[path[:length]])
        return position(self._document)

    def _value(self, path: Path) -> Mapping[str, Any]:
        found: Mapping[str, Any] = find([self._document.place], path)[0].data
        return found

    def _say_nameless(self, nameless: list[Path]) -> None:
        names = [str(self._value(path)["name"]) for path in nameless]
        shown = ", ".join(f"`{name}`" for name in names[:3]) + (", …" if len(names) > 3 else "")
        many = f"{len(names)} columns do" if len(names) > 1 else "1 column does"
        self._error(
            "odcs.no_source",
            f"{many} not say which vocabulary key the values are of: {shown}",
            f"Give {self._option} PREFIX for keys such as `PREFIX.{names[0]}`, or add the custom property"
            f" `{OURS}{FROM}` to each.",
            nameless[0],
        )

    def _error(self, code: str, summary: str, detail: str, path: Path) -> None:
        self._result.findings.append(Diagnostic("error", code, summary, detail, position(self._document, path)))


_WANTED = f"It has `kind: {KIND}` and an `apiVersion` of {READ[0]} or later."
_VERSIONED = re.compile(r"_v\d+$")


def _plain(text: str) -> str:
    """A name for a document, of any text."""
    return re.sub("[^A-Za-z0-9._-]+", "_", text).strip("._-")[:80] or "contract"
