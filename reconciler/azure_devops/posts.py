"""Threads and labels of pull requests, and one work item of drift (Azure DevOps' REST reference, version 7.1, [A]).

A thread begins with the mark, which as a comment of HTML is kept and not shown [B].
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import quote

from reconciler.azure_devops.api import Api, listed
from reconciler.forge.base import Post, Report
from reconciler.forge.mark import Mark

_AT_ONCE = 200
"""So many work items are answered at once."""
_ENDED = {"Completed", "Removed"}
"""The categories of states in which a work item is over, whatever a process calls them."""


class AzureDevOps:
    """The pull requests of one repository, and the work items of its project."""

    def __init__(self, api: Api, project: str, repository: str, work_item: str = "Task") -> None:
        self.api, self.work_item = api, work_item
        self._project = quote(project, safe="")
        self._git = f"{self._project}/_apis/git/repositories/{quote(repository, safe='')}"

    @cached_property
    def _me(self) -> str:
        """The id of who the token is; `connectionData` is in no reference, and what all clients ask first [B]."""
        user = self.api.get("_apis/connectionData", version="7.1-preview").get("authenticatedUser")
        found = user.get("id") if isinstance(user, dict) else None
        if not isinstance(found, str) or not found:
            raise self.api.unreachable("it does not say who the token is")
        return found

    def own_comments(self, number: int) -> Iterator[Post]:
        """The first comments of threads that the build service began; all threads are answered at once."""
        for thread in listed(self.api.get(f"{self._git}/pullRequests/{number}/threads")):
            first = next(iter(listed(thread, "comments")), {})
            if _id_of(first.get("author")) == self._me and not (thread.get("isDeleted") or first.get("isDeleted")):
                where = f"{self._git}/pullRequests/{number}/threads/{thread['id']}/comments/{first['id']}"
                yield Post(where, str(first.get("content") or ""))

    def comment(self, number: int, body: str) -> None:
        """Begins a thread, which waits for nobody: a policy may ask that all threads are resolved."""
        comment = {"parentCommentId": 0, "content": unmentioned(body), "commentType": "text"}
        self.api.send("POST", f"{self._git}/pullRequests/{number}/threads", {"comments": [comment], "status": "closed"})

    def replace(self, post: Post, body: str) -> None:
        """Gives a comment another text."""
        self.api.send("PATCH", post.where, {"content": unmentioned(body)})

    def merged_by(self, commit: str) -> int:
        """The completed pull request that a commit came by: the one whose merge it is, else one that holds it."""
        queries = [{"type": kind, "items": [commit]} for kind in ("lastMergeCommit", "commit")]
        found = self.api.send("POST", f"{self._git}/pullrequestquery", {"queries": queries})
        for result in listed(found, "results"):
            for request in listed(result, commit):
                if request.get("status") == "completed":
                    return int(request["pullRequestId"])
        return 0

    def labels(self, number: int) -> set[str]:
        """The labels of a pull request, those aside that were taken off."""
        found = listed(self.api.get(f"{self._git}/pullRequests/{number}/labels"))
        return {str(one.get("name")) for one in found if one.get("active", True)}

    def label(self, number: int, name: str, colour: str, description: str) -> None:  # noqa: ARG002 - it has neither
        """Puts a label on a pull request; the project gets it by that."""
        self.api.send("POST", f"{self._git}/pullRequests/{number}/labels", {"name": name})

    def take_label(self, number: int, name: str) -> None:
        """Takes a label off a pull request."""
        self.api.remove(f"{self._git}/pullRequests/{number}/labels/{quote(name, safe='')}")

    def open_drift(self, mark: Mark, title: str, report: Report) -> None:
        """Makes a work item, or brings the open one up to date; its description is HTML."""
        fields = {"System.Title": title, "System.Description": f"<pre>{html.escape(report.text)}</pre>"}
        for item in self._open(mark):
            self.api.patch("PATCH", f"_apis/wit/workitems/{int(item['id'])}", fields)
            return
        path = f"{self._project}/_apis/wit/workitems/${quote(self.work_item, safe='')}"
        self.api.patch("POST", path, {**fields, "System.Tags": _tag(mark)}, unknown=self._other_type)

    def close_drift(self, mark: Mark, word: str) -> None:
        """Ends the open work item with a last word, where there is one."""
        for item in self._open(mark):
            done = next((name for name, category in self._states.items() if category == "Completed"), "")
            state = {"System.State": done} if done else {}
            fields = {**state, "System.History": html.escape(word)}
            self.api.patch("PATCH", f"_apis/wit/workitems/{int(item['id'])}", fields)

    @cached_property
    def _states(self) -> dict[str, str]:
        """The states of the type of work item with their categories, which each process names in its way."""
        path = f"{self._project}/_apis/wit/workitemtypes/{quote(self.work_item, safe='')}/states"
        found = self.api.get(path, unknown=self._other_type)
        return {str(one.get("name")): str(one.get("category")) for one in listed(found)}

    @property
    def _other_type(self) -> str:
        return (
            f"Perhaps the project has no work items of type {self.work_item!r}, or ones that must have more fields: "
            "name another type with --work-item-type NAME."
        )

    def _open(self, mark: Mark) -> Iterator[dict[str, Any]]:
        """The work items with our tag that the build service made, and that are not over."""
        tag = _tag(mark)
        ours = f"[System.TeamProject] = @project AND [System.Tags] CONTAINS '{tag}'"
        query = f"SELECT [System.Id] FROM WorkItems WHERE {ours}"  # noqa: S608 - a tag is letters, digits and dashes
        found = listed(self.api.send("POST", f"{self._project}/_apis/wit/wiql", {"query": query}), "workItems")
        ids = [str(int(one["id"])) for one in found]
        for start in range(0, len(ids), _AT_ONCE):
            some = ",".join(ids[start : start + _AT_ONCE])
            for item in listed(self.api.get(f"{self._project}/_apis/wit/workitems", ids=some, errorPolicy="omit")):
                if self._is_open(item.get("fields") or {}, tag):
                    yield item

    def _is_open(self, fields: dict[str, Any], tag: str) -> bool:
        tags = [one.strip() for one in str(fields.get("System.Tags") or "").split(";")]
        ours = tag in tags and fields.get("System.WorkItemType") == self.work_item
        ours = ours and _id_of(fields.get("System.CreatedBy")) == self._me
        return ours and self._states.get(str(fields.get("System.State"))) not in _ENDED


def unmentioned(body: str) -> str:
    """The text without mentions of people: Azure DevOps takes `@<id>` for one, within code too [B]."""
    return body.replace("@<", "@\u200b<")


def _tag(mark: Mark) -> str:
    return f"reconciler-drift-{mark.slug}"


def _id_of(identity: Any) -> str:
    return str(identity.get("id") or "") if isinstance(identity, dict) else ""
