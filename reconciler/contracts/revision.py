"""The manifests of a project as they were at a Git revision."""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.repository import commit_of, required


@contextmanager
def at_revision(root: Path, revision: str) -> Iterator[Path]:
    """A folder with `manifests/` as they stand in a revision; empty where the revision has none.

    Raises `ReconcilerError` when the project is not in a Git repository, or the revision is unknown.
    """
    commit = commit_of(root, revision)
    with tempfile.TemporaryDirectory(prefix="reconciler-revision-") as folder:
        target = Path(folder)
        if required(root, "ls-tree", "--name-only", commit, "--", "manifests"):
            archive = required(root, "archive", "--format=tar", commit, "--", "manifests")
            with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
                tar.extractall(target, filter="data")
        yield target
