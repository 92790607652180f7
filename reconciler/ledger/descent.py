"""Whether the commit of an apply descends from the one that was applied last: an older one is a silent rollback."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reconciler.errors import Diagnostic, ReconcilerError
from reconciler.ledger.git_store import Git, clone_of
from reconciler.provenance import Provenance
from reconciler.repository import answer, ask, is_ancestor, is_shallow

WHOLE_HISTORY = (
    "Give the job the whole history: `fetch-depth: 0` of actions/checkout, `fetchDepth: 0` in Azure Pipelines."
)
_STORE = "_commits"
"""The name of the store for commits alone; no environment has it. In the ledger's, Git would from then on leave out
of each fetch what commits hold."""


class UnknownError(Exception):
    """It cannot be found out; why, in words."""


def finding(
    root: Path, process_env: Mapping[str, str], remote: str, here: Provenance, applied: str
) -> Diagnostic | None:
    """What stands against applying these manifests after a commit that was `applied`; nothing where they may be."""
    if not applied:
        return None
    if not here.commit and not here.unreadable:
        return Diagnostic(
            "warning",
            "apply.commit_unknown",
            f"commit {applied[:12]} was applied last, and these manifests are in no Git repository: whether they are "
            "older is not known",
        )
    try:
        if here.unreadable:
            raise UnknownError(here.unreadable)
        if descends(root, process_env, remote, here.commit, applied):
            return None
    except UnknownError as unknown:
        return Diagnostic(
            "error",
            "apply.commit_unknown",
            f"whether these manifests are newer than commit {applied[:12]}, which was applied last, cannot be found "
            f"out: {unknown}",
            WHOLE_HISTORY,
        )
    return Diagnostic(
        "error",
        "apply.commit_behind",
        f"commit {here.commit[:12]} does not descend from {applied[:12]}, which was applied last: to apply it would "
        "take back what came since",
        f"Apply a commit that has {applied[:12]} in its history; if going back is meant, plan and apply with "
        f"--ref {here.commit[:12]}.",
    )


def descends(root: Path, process_env: Mapping[str, str], remote: str, commit: str, earlier: str) -> bool:
    """Whether a commit is an earlier one or came after it.

    A shallow clone does not know all that came before: the commits that it lacks, without what they hold, are
    fetched beside it. Raises `UnknownError` when they are not to be had.
    """
    if commit == earlier or is_ancestor(root, earlier, commit):
        return True
    if not is_shallow(root):
        listed = ask(root, "rev-list", "--max-count=1", commit)
        if listed.code != 0:
            raise UnknownError(listed.told or f"commit {commit[:12]} is not in the clone")
        return False
    oldest = answer(root, "rev-list", "--max-parents=0", commit).split()
    clone = clone_of(root, remote)
    if clone is None:
        raise UnknownError(f"the clone is shallow and has no remote {remote}")
    try:
        store = Git(clone, _STORE, process_env)
        store.fetch_commits(*oldest)
        return any(store.comes_before(earlier, one) for one in oldest)
    except ReconcilerError as error:
        raise UnknownError(f"the clone is shallow, and {error}") from None
