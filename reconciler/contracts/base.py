"""What contracts are compared with: the revision that was named, else the manifests of the last apply."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.contracts.check import Comparison, against, unreadable
from reconciler.contracts.revision import at_revision
from reconciler.desired.wishes import draft as drafted
from reconciler.errors import Diagnostic, ManifestError, ReconcilerError
from reconciler.manifest.files import FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.desired.wishes import Draft
    from reconciler.ledger import Book

_SHORT = 12
"""Letters of a commit that people are shown."""


def since(
    revision: str, root: Path, new: Draft, process_env: Mapping[str, str], approved: Iterable[str], today: str
) -> Comparison:
    """What changed for readers since a revision that somebody named.

    Raises `ReconcilerError` when it is not known here, `ManifestError` when its contracts do not hold today.
    """
    with at_revision(root, revision) as folder:
        return _compared(folder, revision, new, process_env, approved, today)


def since_the_last_apply(
    book: Book, root: Path, new: Draft, process_env: Mapping[str, str], approved: Iterable[str], today: str
) -> Comparison | Diagnostic:
    """What changed for readers since the commit that the ledger names; a finding when that base cannot be had.

    Nobody can say then that nothing breaks, so it is never silent.
    """
    try:
        header = book.load().header
        if not header.commit:
            why = "its ledger names no commit" if header.serial else "nothing was applied to it yet"
            return _unknown(f"{new.world.environment_name}: {why}")
        with at_revision(root, header.commit) as folder:
            if not (folder / FOLDER).is_dir():
                return _unknown(f"the commit {header.commit[:_SHORT]} of the last apply has no {FOLDER} here")
            found = _compared(folder, header.commit, new, process_env, approved, today)
    except ReconcilerError as error:
        return _unknown("; ".join(one.summary for one in error.diagnostics))
    found.from_ledger = True
    return found


def _compared(
    folder: Path, revision: str, new: Draft, process_env: Mapping[str, str], approved: Iterable[str], today: str
) -> Comparison:
    old = drafted(folder, new.world.environment_name, process_env)
    if broken := unreadable(old, revision):
        raise ManifestError(*broken)
    return against(old, new, revision, approved, today)


def said(comparison: Comparison) -> str:
    """The base as people read it."""
    if comparison.from_ledger:
        return f"{comparison.revision[:_SHORT]}, the commit of the last apply"
    return comparison.revision


def _unknown(why: str) -> Diagnostic:
    return Diagnostic(
        "warning",
        "contract.base_unknown",
        f"base unknown: {why}",
        "Nothing was compared. Name what readers have with --against REV; in CI, fetch enough of the history.",
    )
