"""Comments, labels and one issue at GitHub (its REST reference, version 2022-11-28, [A])."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from reconciler.forge.base import Post, Report
from reconciler.forge.mark import Mark
from reconciler.github.api import Api


class GitHub:
    """The pull requests and issues of one repository."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def own_comments(self, number: int) -> Iterator[Post]:
        """The comments that an app posted."""
        for post in self.api.each(f"issues/{number}/comments"):
            if is_of_an_app(post):
                yield Post(str(post["id"]), str(post.get("body") or ""))

    def comment(self, number: int, body: str) -> None:
        """Puts a new comment on a pull request."""
        self.api.create(f"issues/{number}/comments", body=body)

    def replace(self, post: Post, body: str) -> None:
        """Gives a comment another text."""
        self.api.change(f"issues/comments/{int(post.where)}", body=body)

    def merged_by(self, commit: str) -> int:
        """The merged pull request that a commit came by: the one whose merge it is, else one that holds it."""
        merged = [one for one in self.api.each(f"commits/{quote(commit, safe='')}/pulls") if one.get("merged_at")]
        of_it = [one for one in merged if one.get("merge_commit_sha") == commit] or merged
        return int(of_it[0]["number"]) if of_it else 0

    def labels(self, number: int) -> set[str]:
        """The labels of a pull request."""
        return {str(one.get("name")) for one in self.api.each(f"issues/{number}/labels")}

    def label(self, number: int, name: str, colour: str, description: str) -> None:
        """Puts a label on a pull request; one that the repository has stays as people made it."""
        self.api.create("labels", there=True, name=name, color=colour, description=description)
        self.api.create(f"issues/{number}/labels", labels=[name])

    def take_label(self, number: int, name: str) -> None:
        """Takes a label off a pull request."""
        self.api.remove(f"issues/{number}/labels/{quote(name, safe='')}")

    def open_drift(self, mark: Mark, title: str, report: Report) -> None:
        """Opens an issue, or brings the open one up to date."""
        body = f"{mark}{report.markdown}"
        for issue in self._open(mark):
            return self.api.change(f"issues/{int(issue['number'])}", title=title, body=body)
        self.api.create("issues", title=title, body=body)
        return None

    def close_drift(self, mark: Mark, word: str) -> None:
        """Closes the open issue with a last word, where there is one."""
        for issue in self._open(mark):
            path = f"issues/{int(issue['number'])}"
            self.api.create(f"{path}/comments", body=word)
            self.api.change(path, state="closed", state_reason="completed")

    def _open(self, mark: Mark) -> Iterator[dict[str, Any]]:
        """The open issues with the mark; GitHub lists pull requests as issues, too."""
        found = [*self.api.each("issues", state="open")]
        return (one for one in found if "pull_request" not in one and is_marked(one, mark))


def is_of_an_app(post: dict[str, Any]) -> bool:
    """Whether an app posted it: people may quote a mark."""
    user = post.get("user")
    return isinstance(user, dict) and user.get("type") == "Bot"


def is_marked(post: dict[str, Any], mark: Mark) -> bool:
    """Whether a post of an app begins with a mark."""
    return is_of_an_app(post) and mark.begins(str(post.get("body") or ""))
