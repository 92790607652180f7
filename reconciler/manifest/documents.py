"""Documents: the envelope that all manifests share, and what is kept of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from reconciler.errors import Diagnostic, Source
from reconciler.manifest.marks import Path, Place, find, own_mark
from reconciler.manifest.shapes import field_names
from reconciler.manifest.spec import Manifest
from reconciler.manifest.suggest import did_you_mean
from reconciler.manifest.validation import Subject, Written, validate
from reconciler.manifest.yaml import YamlDocument
from reconciler.resources.spelling import composed

M = TypeVar("M", bound=Manifest)
API_VERSION = "reconciler/v1"
DEFAULTS = "Defaults"
ENVIRONMENT = "Environment"
_OF_THE_STANDARD = "DataContract"
"""The `kind` of every file of the Open Data Contract Standard."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def _supported(version: str) -> str:
    if version != API_VERSION:
        raise PydanticCustomError(
            "manifest.unknown_version",
            "The version `{version}` is not known",
            {"version": version[:80], "detail": f"Write `apiVersion: {API_VERSION}`."},
        )
    return version


def is_name(text: str) -> bool:
    """Whether a document may have this name."""
    return _NAME.fullmatch(text) is not None


def _well_formed(name: str) -> str:
    if not is_name(name):
        raise PydanticCustomError(
            "manifest.invalid_name",
            "`{name}` is not a name for a document",
            {
                "name": name[:110],
                "detail": "Use letters, digits, `.`, `_` and `-`, a letter or digit first, at most 100.",
            },
        )
    return name


class _Metadata(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, AfterValidator(_well_formed)]
    description: str | None = None
    tags: list[str] | None = None
    distinct: bool | list[str] | None = None


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    api_version: Annotated[str, AfterValidator(_supported), Field(alias="apiVersion")]
    kind: str
    metadata: _Metadata
    spec: dict[str, Any] | None


class _DefaultsMetadata(_Metadata):
    name: Annotated[str, AfterValidator(_well_formed)] = DEFAULTS


class _DefaultsEnvelope(_Envelope):
    metadata: _DefaultsMetadata = _DefaultsMetadata()


@dataclass(slots=True)
class Document:
    """One manifest: its envelope, its spec as a validated model, and where each value stands.

    `data` is the spec as plain dicts and lists, after defaults and variables; `spec` is None when it is not
    valid. `distinct` says which names, or that all of them, are others than those that look like them. `line` is
    where the document starts.
    """

    kind: str
    name: str
    description: str
    tags: tuple[str, ...]
    distinct: bool | frozenset[str]
    spec: Manifest | None
    data: dict[str, Any]
    file: str
    line: int
    index: int
    top: Place = field(repr=False)
    layers: Sequence[Place] = field(repr=False, default=())

    def as_a(self, model: type[M]) -> M | None:
        """Its spec where it is valid and of this model."""
        return self.spec if isinstance(self.spec, model) else None

    def means(self, address: str) -> bool:
        """Whether the name in an address is meant as another than one that looks like it."""
        if isinstance(self.distinct, bool):
            return self.distinct
        return bool(self.distinct & {address, address.partition(":")[2]})

    def source(self, path: Path = ()) -> Source:
        """Where the value at `path` of the spec stands, or its nearest ancestor; the document without a path.

        A value that comes from folder defaults stands in the defaults' file.
        """
        return find(self.layers, path)[0].source if path else Source(self.file, self.line, 1)

    @property
    def name_source(self) -> Source:
        """Where `metadata.name` stands."""
        return find([self.top], ("metadata", "name"))[0].source

    @property
    def folder(self) -> PurePosixPath:
        """The folder of the document's file."""
        return PurePosixPath(self.file).parent


def read_document(
    written: YamlDocument, kinds: Mapping[str, object], words: Written
) -> tuple[Document | None, list[Diagnostic]]:
    """The document behind the envelope, its spec not yet validated; None when its kind or name is unknown."""
    data, top = written.data, written.place
    if data and not data.keys() & {"apiVersion", "kind", "metadata", "spec"}:
        return None, [_no_envelope(data, kinds, top)]
    kind = data.get("kind")
    if kind == _OF_THE_STANDARD and data.get("apiVersion") != API_VERSION:
        return None, [_of_the_standard(data, top)]
    envelope = _DefaultsEnvelope if kind == DEFAULTS else _Envelope
    _, findings = validate(Subject(envelope, data, [top], words, prefix=()))
    problems = [finding for _, finding in findings]
    if not isinstance(kind, str):
        return None, problems
    if kind not in kinds and kind not in (DEFAULTS, ENVIRONMENT):
        known = (getattr(one, "instead_of", {}).get(kind) for one in kinds.values())
        advice = next(filter(None, known), "") or did_you_mean(kind, [*kinds, DEFAULTS, ENVIRONMENT], what="Kinds are")
        source = find([top], ("kind",))[0].source
        summary = f"The kind `{kind[:80]}` is not known"
        problems.append(Diagnostic("error", "manifest.unknown_kind", summary, advice, source))
        return None, problems
    metadata = data.get("metadata") if isinstance(data.get("metadata"), dict) else {}
    name = metadata.get("name", DEFAULTS if kind == DEFAULTS else None)
    spec = {} if "spec" in data and data["spec"] is None else data.get("spec")
    if not isinstance(name, str) or not isinstance(spec, dict):
        return None, problems
    tags = metadata.get("tags")
    document = Document(
        kind=kind,
        name=name,
        description=str(metadata.get("description") or ""),
        tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
        distinct=_distinct(metadata.get("distinct")),
        spec=None,
        data=spec,
        file=written.file,
        line=written.line,
        index=written.index,
        top=top,
    )
    document.layers = [_place_of_spec(top)]
    return document, problems


def _distinct(given: Any) -> bool | frozenset[str]:
    return frozenset(composed(str(name)) for name in given) if isinstance(given, list) else given is True


def _no_envelope(data: Mapping[str, Any], kinds: Mapping[str, object], top: Place) -> Diagnostic:
    """One finding for what was pasted as it is, with the kinds that it may be the `spec` of."""
    fitting = [f"`{name}`" for name, kind in kinds.items() if data.keys() <= _words_of(kind)]
    above = f"`apiVersion: {API_VERSION}`, `kind:` and `metadata: {{name: …}}`"
    detail = f"Write {above}, and put what stands here below `spec:`."
    if fitting:
        detail += f" It looks like the `spec` of {' or '.join(fitting)}."
    return Diagnostic(
        "error", "manifest.no_envelope", "The document has no envelope", detail, find([top], ())[0].source
    )


def _of_the_standard(data: Mapping[str, Any], top: Place) -> Diagnostic:
    """One finding for a file of the Open Data Contract Standard, which is `contracts import`'s to read."""
    version = str(data.get("apiVersion") or "without a version")[:20]
    return Diagnostic(
        "error",
        "manifest.data_contract",
        f"This is a file of the Open Data Contract Standard ({version}), and no manifest",
        f"Move it out of the folder, and make an ExportContract of it with `reconciler contracts import {top.file}`.",
        find([top], ("kind",))[0].source,
    )


def _words_of(kind: object) -> set[str]:
    return field_names([kind]) | set(getattr(kind, "elsewhere", ()))


def _place_of_spec(top: Place) -> Place:
    below = top.child("spec")
    if below is None:
        return Place(top.file, {}, (own_mark(top.marks),))
    return below if isinstance(below.data, dict) else Place(top.file, {}, (below.marks,), below.key)
