"""Diagnostics and one small tree of errors, each with its exit code.

A `Diagnostic` is what a person reads: one sentence of what is wrong, where, and what to do. The same shape
serves validation findings, plan diagnostics and failures of an apply, in every output format.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, cast

from reconciler.saved.words import Severity

if TYPE_CHECKING:
    from reconciler.saved import parts as saved


class Exit(IntEnum):
    """The exit codes promised to users and to CI; where several hold, see `worst`."""

    OK = 0
    ERROR = 1
    CHANGES = 2
    STALE = 3
    REFUSED = 4
    PARTIAL = 5
    INTERRUPTED = 130


PRECEDENCE = (Exit.INTERRUPTED, Exit.ERROR, Exit.STALE, Exit.REFUSED, Exit.PARTIAL, Exit.CHANGES, Exit.OK)


def worst(codes: Iterable[Exit]) -> Exit:
    """The exit code that wins where several hold."""
    present = set(codes) or {Exit.OK}
    return next(code for code in PRECEDENCE if code in present)


@dataclass(frozen=True, slots=True)
class Source:
    """A place in a file: path as the user knows it, line and column from 1, or none known."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """`file`, `file:line` or `file:line:column`, as editors and terminals link it."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    `code` is a stable dotted word (`manifest.duplicate_key`), `summary` one sentence, `detail` what to do,
    `source` where in the manifests, `address` which resource, `request_id` what to quote to the vendor,
    `document` the document (`Kind/name`) that is held back because of it.
    """

    severity: Severity
    code: str
    summary: str
    detail: str = ""
    source: Source | None = None
    address: str = ""
    request_id: str = ""
    document: str = ""

    @classmethod
    def of_dict(cls, shape: saved.Diagnostic) -> Diagnostic:
        """The finding that `as_dict` has put into a shape."""
        place = Source(shape["file"], shape.get("line"), shape.get("column")) if "file" in shape else None
        more = {name: shape.get(name, "") for name in ("detail", "address", "request_id", "document")}
        return cls(shape["severity"], shape["code"], shape["summary"], source=place, **cast("Any", more))

    def as_dict(self) -> saved.Diagnostic:
        """The JSON shape of plan, result and `validate --format json`; empty members left out."""
        shape: saved.Diagnostic = {"severity": self.severity, "code": self.code, "summary": self.summary}
        if self.detail:
            shape["detail"] = self.detail
        if self.source is not None:
            shape["file"] = self.source.file
            if self.source.line is not None:
                shape["line"] = self.source.line
            if self.source.column is not None:
                shape["column"] = self.source.column
        if self.address:
            shape["address"] = self.address
        if self.request_id:
            shape["request_id"] = self.request_id
        if self.document:
            shape["document"] = self.document
        return shape


class ReconcilerError(Exception):
    """The root of every error that the tool raises on purpose; carries what a person should read."""

    exit_code: Exit = Exit.ERROR

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(d.summary for d in diagnostics))
        self.diagnostics: Sequence[Diagnostic] = diagnostics

    @classmethod
    def of(cls, code: str, summary: str, detail: str = "", **more: Any) -> ReconcilerError:
        """An error of one diagnostic."""
        return cls(Diagnostic("error", code, summary, detail, **more))


class ManifestError(ReconcilerError):
    """Invalid manifests or environments; carries every finding of the run."""


class ConfigurationError(ReconcilerError):
    """A setting outside the manifests is missing or not allowed: a secret, a host, a ledger."""


class SystemFailureError(ReconcilerError):
    """A system refused or could not be reached."""


class StaleError(ReconcilerError):
    """What was approved is not what would happen now; nothing written."""

    exit_code = Exit.STALE


class RefusedError(ReconcilerError):
    """A conflict, a guard or ownership stands in the way; nothing written."""

    exit_code = Exit.REFUSED


class StoppedError(ReconcilerError):
    """The user or the machine asked to stop."""

    exit_code = Exit.INTERRUPTED
