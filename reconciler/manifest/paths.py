"""Paths that people type: names with `/` between them, and nothing before the first or after the last."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.manifest.documents import Document
from reconciler.manifest.findings import Path, error


def path_findings(document: Document, path: Path, written: str | None) -> Iterator[Diagnostic]:
    """An empty name in a path, mostly from a slash at an end, and blanks around a name: with what to write."""
    if written is None or ("/" not in written and written == written.strip()):
        return
    parts = written.split("/")
    if all(part and part == part.strip() for part in parts):
        return
    meant = "/".join(filter(None, map(str.strip, parts)))
    if not parts[0] or not parts[-1]:
        what = "begins or ends with a slash"
    elif not all(parts):
        what = "has two slashes with no name between them"
    else:
        what = "has blanks around a name"
    advice = f"Write `{meant}`." if meant else "Write the names from the top, with `/` between them."
    yield error(document, path, "path.form", f"The path `{written}` {what}", advice)
