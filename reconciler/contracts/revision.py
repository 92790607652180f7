"""The manifests of a project as they were at a Git revision."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.errors import ReconcilerError
from reconciler.systems.redact import SECRETS

SECONDS = 60
"""How long Git may take; an archive of manifests takes a fraction of a second."""


@contextmanager
def at_revision(root: Path, revision: str) -> Iterator[Path]:
    """A folder with `manifests/` as they stand in a revision; empty where the revision has none.

    Raises `ReconcilerError` when the project is not in a Git repository, or the revision is unknown.
    """
    commit = (
        _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    )
    with tempfile.TemporaryDirectory(prefix="reconciler-revision-") as folder:
        target = Path(folder)
        if _git(root, "ls-tree", "--name-only", commit, "--", "manifests"):
            archive = _git(root, "archive", "--format=tar", commit, "--", "manifests")
            with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
                tar.extractall(target, filter="data")
        yield target


def _git(root: Path, *words: str) -> bytes:
    """What Git answers; its complaint in one sentence otherwise."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell, fixed verbs, and the revision is only ever verified
            ["git", "-C", str(root), *words],  # noqa: S607 - Git is found where the person's is
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReconcilerError.of("revision.git", f"Git could not be asked: {error}", "Install Git.") from None
    if done.returncode == 0:
        return done.stdout
    told = " ".join(done.stderr.decode(errors="replace").split())
    if words[0] == "rev-parse" and not told:
        revision = words[-1].removesuffix("^{commit}")
        raise ReconcilerError.of(
            "revision.unknown",
            f"there is no commit {revision!r} here",
            "Name a branch, a tag or a commit; in CI, fetch enough of the history.",
        )
    told = SECRETS.cut(told, 300)
    raise ReconcilerError.of("revision.git", f"Git refuses: {told}", "Run it in a clone of the project.")
