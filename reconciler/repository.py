"""Git as a tool to read with: what it says of the clone that a folder is in. Nothing of the clone is ever changed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import ReconcilerError
from reconciler.systems.redact import SECRETS

SECONDS = 60.0
"""How long one command may take; an archive of manifests takes a fraction of a second."""
SHOWN = 300
"""So much of what Git complains about is told."""
_OF_A_HOOK = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_QUARANTINE_PATH",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a command: its exit code (-1 where Git could not be run), its answer, its complaint in a line."""

    code: int
    out: bytes
    told: str

    @property
    def text(self) -> str:
        """The answer without what surrounds it."""
        return self.out.decode("utf-8", "surrogateescape").strip()


def outside_hooks(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables without those that a hook of Git sets for the repository that it runs in."""
    return {name: value for name, value in environment.items() if name not in _OF_A_HOOK}


def ask(root: Path, *words: str, lazily: bool = False) -> Said:
    """What Git says of the clone that a folder is in; `lazily` a partial clone may fetch what it lacks for it."""
    import subprocess

    try:
        done = subprocess.run(  # noqa: S603 - no shell, fixed verbs, and revisions are only ever verified
            ["git", "-C", str(root), "--no-optional-locks", *words],  # noqa: S607 - Git is found where the person's is
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={**outside_hooks(os.environ), "LC_ALL": "C", "GIT_NO_LAZY_FETCH": "0" if lazily else "1"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Said(-1, b"", f"Git could not be asked: {error}")
    return Said(done.returncode, done.stdout, " ".join(done.stderr.decode(errors="replace").split()))


def answer(root: Path, *words: str) -> str:
    """What Git answers, without what surrounds it; empty where it has no answer."""
    said = ask(root, *words)
    return said.text if said.code == 0 else ""


def required(root: Path, *words: str) -> bytes:
    """What Git answers. Raises `ReconcilerError` with its complaint in one sentence."""
    said = ask(root, *words, lazily=True)
    if said.code == 0:
        return said.out
    if said.code < 0:
        raise ReconcilerError.of("revision.git", said.told, "Install Git.")
    told = SECRETS.cut(said.told, SHOWN)
    raise ReconcilerError.of("revision.git", f"Git refuses: {told}", "Run it in a clone of the project.")


def commit_of(root: Path, revision: str) -> str:
    """The commit that a revision names. Raises `ReconcilerError` when it is unknown, or the folder in no clone."""
    said = ask(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if said.code == 0:
        return said.text
    if said.code < 0 or said.told:
        required(root, "rev-parse", "--git-dir")
    raise ReconcilerError.of(
        "revision.unknown",
        f"there is no commit {revision!r} here",
        "Name a branch, a tag or a commit; in CI, fetch enough of the history.",
    )


def why_unreadable(root: Path) -> str:
    """Why Git tells nothing of a folder that is in a repository; empty where it tells, or there is none."""
    said = ask(root, "rev-parse", "--git-dir")
    if said.code == 0 or "not a git repository (or any" in said.told:
        return ""
    folder = root.absolute()
    if said.code < 0 and not any((one / ".git").exists() for one in (folder, *folder.parents)):
        return ""
    return SECRETS.cut(said.told, SHOWN)


def is_shallow(root: Path) -> bool:
    """Whether the clone was made without all of its history."""
    return answer(root, "rev-parse", "--is-shallow-repository") == "true"


def is_ancestor(root: Path, earlier: str, later: str) -> bool:
    """Whether, as far as the clone knows, a commit is another one or came before it."""
    return ask(root, "merge-base", "--is-ancestor", earlier, later).code == 0
