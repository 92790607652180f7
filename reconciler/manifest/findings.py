"""Findings about documents: a place in one, one sentence of what is wrong, one of what to do."""

from __future__ import annotations

from reconciler.errors import Diagnostic, Source
from reconciler.manifest.documents import Document
from reconciler.saved.words import Severity

Path = tuple[str | int, ...]


def place(document: Document, path: Path = ()) -> Source:
    """Where a value of the `spec` stands, or its nearest ancestor."""
    return document.source(path)


def where(document: Document, path: Path = ()) -> str:
    """The same as people link it: `glossary/customer.yaml:12`."""
    source = place(document, path)
    return str(Source(source.file, source.line))


def finding(
    severity: Severity, document: Document, path: Path, code: str, summary: str, detail: str = ""
) -> Diagnostic:
    """A finding at a value of the `spec`."""
    return Diagnostic(severity, code, summary, detail, place(document, path))


def error(document: Document, path: Path, code: str, summary: str, detail: str = "") -> Diagnostic:
    """A finding that stands in the way of a plan."""
    return finding("error", document, path, code, summary, detail)


def warning(document: Document, path: Path, code: str, summary: str, detail: str = "") -> Diagnostic:
    """A finding that a person should look at; an error in a `strict` environment."""
    return finding("warning", document, path, code, summary, detail)


def info(document: Document, path: Path, code: str, summary: str, detail: str = "") -> Diagnostic:
    """A finding that is only worth knowing."""
    return finding("info", document, path, code, summary, detail)
