"""A project in a Git repository: commits, as a person makes them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .support import Project, project
from .tools import program

ADA, BOB = "Ada <ada@example.com>", "Bob <bob@example.com>"


def git(folder: Path, *words: str, who: str = ADA) -> str:
    """What Git answers; without the settings of whoever runs the tests."""
    name, _, email = who.partition(" <")
    program("git", why="manifests are kept in a repository")
    said = ["-c", f"user.name={name}", "-c", f"user.email={email.rstrip('>')}", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", "-C", str(folder), *said, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def repository(folder: Path) -> None:
    """Makes the folder of a project a repository; what an apply keeps there is none of it."""
    git(folder, "init", "-q", "-b", "main")
    (folder / ".gitignore").write_text(".reconciler/\n", encoding="utf-8")


def commit(folder: Path, message: str = "a change", who: str = ADA) -> str:
    """Commits all that is there, also nothing; returns the commit."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message, who=who)
    return git(folder, "rev-parse", "HEAD")


def applied(made: Project, **options: Any) -> None:
    """Applies; afterwards nothing is left to do."""
    result = made.apply(**options)
    assert [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"] == []
    assert made.actions(**options) == []


@contextmanager
def committed(root: Path, **manifests: str) -> Iterator[Project]:
    """A project whose manifests are committed, tagged `first`, and applied."""
    with project(root) as made:
        for name, text in manifests.items():
            made.write(f"{name}.yaml", text)
        repository(made.root)
        commit(made.root)
        git(made.root, "tag", "first")
        applied(made)
        yield made
