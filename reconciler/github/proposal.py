"""A pull request that takes drift into the manifests: one branch for each environment, brought up to date in place.

The commit is made by GitHub's REST API of Git's objects ([A]), so that nothing is pushed by Git, and the clone needs no
credentials. A branch on which people worked is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from reconciler.errors import ReconcilerError
from reconciler.forge.mark import Mark
from reconciler.github.api import Api
from reconciler.github.posts import is_marked

_TRAILER = "Reconciler-Drift: "
FILE = "100644"
"""The mode of a file that is not executable."""


@dataclass(frozen=True, slots=True)
class File:
    """A file as the branch shall have it."""

    path: str
    """From the top of the repository."""
    text: str
    mode: str = FILE


@dataclass(frozen=True, slots=True)
class Proposals:
    """The pull request of drift of one environment, in a repository `owner/name`."""

    api: Api
    repository: str
    mark: Mark

    @property
    def branch(self) -> str:
        """`reconciler/drift-prod`."""
        return f"reconciler/drift-{self.mark.slug}"

    def open(self, base: str, commit: str, files: Iterable[File], title: str, markdown: str) -> None:
        """Brings branch and pull request up to date: `files` on top of a commit of the branch `base`.

        Raises `ReconcilerError` where GitHub refuses, or people have commits on the branch.
        """
        head = self._head()
        below = _sha(self.api, self.api.one(f"git/commits/{commit}"), "tree")
        tree = _sha(self.api, self.api.create("git/trees", base_tree=below, tree=[_entry(one) for one in files]))
        if head is None or _sha(self.api, head, "tree") != tree or _parents(head) != [commit]:
            self._move(head is not None, self._commit(tree, commit, title))
        body = f"{self.mark}{markdown}"
        for number in self._numbers():
            return self.api.change(f"pulls/{number}", title=title, body=body)
        self.api.create("pulls", title=title, body=body, head=self.branch, base=base)
        return None

    def close(self, word: str) -> None:
        """Closes the pull request with a last word, where one is open. Raises `ReconcilerError`."""
        for number in self._numbers():
            self.api.create(f"issues/{number}/comments", body=word)
            self.api.change(f"pulls/{number}", state="closed")

    def _numbers(self) -> list[int]:
        """The open pull requests of the branch that are ours; GitHub lets there be one for each base."""
        owner = self.repository.partition("/")[0]
        found = self.api.each("pulls", state="open", head=f"{owner}:{self.branch}")
        return [int(one["number"]) for one in found if is_marked(one, self.mark)]

    def _head(self) -> dict[str, Any] | None:
        """The commit that the branch has; None where there is no branch. Raises `ReconcilerError` for one of people."""
        ref = self.api.one(f"git/ref/heads/{quote(self.branch)}")
        if ref is None:
            return None
        head = self.api.one(f"git/commits/{_sha(self.api, ref, 'object')}") or {}
        if f"\n{_TRAILER}{self.mark.slug}" not in str(head.get("message")) or len(_parents(head)) != 1:
            raise ReconcilerError.of(
                "github.branch_of_people",
                f"people have commits on the branch {self.branch}, so it is left as it is",
                "Merge or delete the branch; the next run makes it anew.",
            )
        return head

    def _commit(self, tree: str, parent: str, title: str) -> str:
        message = f"{title}\n\n{_TRAILER}{self.mark.slug}\n"
        return _sha(self.api, self.api.create("git/commits", message=message, tree=tree, parents=[parent]))

    def _move(self, there: bool, commit: str) -> None:
        if there:
            self.api.change(f"git/refs/heads/{quote(self.branch)}", sha=commit, force=True)
        else:
            self.api.create("git/refs", ref=f"refs/heads/{self.branch}", sha=commit)


def _sha(api: Api, found: dict[str, Any] | None, *path: str) -> str:
    """The id of something that GitHub answered, or of what is below a name in it. Raises `ReconcilerError`."""
    here: Any = found
    for name in (*path, "sha"):
        here = here.get(name) if isinstance(here, dict) else None
    if not isinstance(here, str):
        raise api.unreachable("an answer without an id")
    return here


def _parents(commit: dict[str, Any]) -> list[Any]:
    found = commit.get("parents")
    return [one.get("sha") for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _entry(file: File) -> dict[str, str]:
    return {"path": file.path, "mode": file.mode, "type": "blob", "content": file.text}
