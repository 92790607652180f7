"""A stand-in for Azure DevOps' REST API 7.1: one project, answering as Microsoft's reference of it tells.

What it does as the real one: a token that nobody knows gets the page of the sign-in, with 203, unless the client asks
for a refusal; a write without `api-version` is refused; threads and labels come whole, work items at most 200 at once.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

PROJECT, REPOSITORY = "Master Data", "3411ebc1-d5aa-464f-9615-0b527bc66719"
TOKEN = "eyJ0eXAi.of-the-build-service.0123456789"
ME, ADA = {"id": "b5d1-build", "displayName": "Project Build Service"}, {"id": "a1-ada", "displayName": "Ada"}
MOST = 150_000
"""The characters of a comment."""
STATES = [
    {"name": "New", "category": "Proposed"},
    {"name": "Active", "category": "InProgress"},
    {"name": "Closed", "category": "Completed"},
    {"name": "Removed", "category": "Removed"},
]
"""Those of a task of the process Agile."""
TYPES = ("Task", "Bug")
SIGN_IN = "<!DOCTYPE html><html><title>Azure DevOps Services | Sign In</title></html>"
Answer = tuple[int, Any]


@dataclass
class Azure:
    """What the project holds."""

    url: str = ""
    threads: list[dict[str, Any]] = field(default_factory=list)
    """Each with the id of its pull request in `on`."""
    labels: dict[int, list[str]] = field(default_factory=dict)
    merged: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The pull requests of a commit."""
    items: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    refuses: int = 0
    busy: int = 0
    signs_in: bool = False
    """Whether it shows its sign-in also to who asks for a refusal, as proxies and old servers do."""

    def answer(self, method: str, url: str, headers: Any, body: Any) -> Answer:
        parts = urlsplit(url)
        path, query = unquote(parts.path), {name: found[0] for name, found in parse_qs(parts.query).items()}
        self.requests.append((method, path))
        if self.busy:
            self.busy -= 1
            return 429, {"message": "TF400733: The request has been canceled: Request was blocked"}
        if headers.get("authorization") != f"Bearer {TOKEN}":
            suppressed = headers.get("x-tfs-fedauthredirect") == "Suppress" and not self.signs_in
            return (401, {"message": "TF400813: The user is not authorized"}) if suppressed else (203, SIGN_IN)
        if self.refuses:
            told = "TF401027: You need the Git 'PullRequestContribute' permission to perform this action."
            return self.refuses, {"$id": "1", "message": told, "typeKey": "GitNeedsPermissionException"}
        if "api-version" not in query and method != "GET":
            return 400, {"message": "No api-version was supplied for the request."}
        if path == "/acme/_apis/connectionData":
            return 200, {"authenticatedUser": ME, "authorizedUser": ME}
        git = f"/acme/{PROJECT}/_apis/git/repositories/{REPOSITORY}/"
        if path.startswith(git):
            return self._git(method, path.removeprefix(git), body)
        return self._work(method, path.removeprefix("/acme/"), query, headers, body)

    def _git(self, method: str, path: str, body: Any) -> Answer:
        if path == "pullrequestquery":
            asked = [
                {one: self.merged.get(f"{query['type']} {one}", []) for one in query["items"]}
                for query in body["queries"]
            ]
            return 200, {"queries": body["queries"], "results": asked}
        if found := re.fullmatch(r"pullRequests/(\d+)/threads", path):
            on = int(found[1])
            if method == "GET":
                value = [one for one in self.threads if one["on"] == on]
                return 200, {"value": value, "count": len(value)}
            comments = [{"id": at, "author": ME, **one} for at, one in enumerate(body["comments"], 1)]
            self.threads.append(
                {"id": len(self.threads) + 140, "on": on, "status": body["status"], "comments": comments}
            )
            return self._short(comments[0], self.threads[-1])
        if found := re.fullmatch(r"pullRequests/(\d+)/threads/(\d+)/comments/(\d+)", path):
            [thread] = [one for one in self.threads if one["id"] == int(found[2])]
            [comment] = [one for one in thread["comments"] if one["id"] == int(found[3])]
            comment.update(body)
            return self._short(comment, comment)
        if found := re.fullmatch(r"pullRequests/(\d+)/labels(?:/(.+))?", path):
            held = self.labels.setdefault(int(found[1]), [])
            if method == "GET":
                return 200, {"value": [{"id": one, "name": one, "active": True} for one in held], "count": len(held)}
            if method == "POST":
                held.append(body["name"])
                return 200, {"id": body["name"], "name": body["name"], "active": True}
            held.remove(found[2])
            return 200, ""
        return 404, {"message": "TF401019: The Git repository does not exist"}

    @staticmethod
    def _short(comment: dict[str, Any], answer: Any) -> Answer:
        return (200, answer) if len(comment["content"]) <= MOST else (400, {"message": "Comment is too long"})

    def _work(self, method: str, path: str, query: dict[str, str], headers: Any, body: Any) -> Answer:
        if path == f"{PROJECT}/_apis/wit/wiql":
            tag = re.search(r"\[System.Tags\] CONTAINS '([\w-]+)'", body["query"])
            assert tag is not None
            found = [one for one in self.items if tag[1] in one["fields"].get("System.Tags", "")]
            return 200, {"queryType": "flat", "workItems": [{"id": one["id"], "url": "…"} for one in found]}
        if path == f"{PROJECT}/_apis/wit/workitems":
            ids = [int(one) for one in query["ids"].split(",")]
            if len(ids) > 200:
                return 400, {"message": "VS403474: You requested more than 200 work items"}
            value = [one for one in self.items if one["id"] in ids]
            return 200, {"count": len(value), "value": value}
        if path == f"{PROJECT}/_apis/wit/workitemtypes/Task/states":
            return 200, {"count": len(STATES), "value": STATES}
        kind = re.fullmatch(rf"{PROJECT}/_apis/wit/workitems/\$(.+)", path)
        known = re.fullmatch(r"_apis/wit/workitems/(\d+)", path)
        if headers.get("content-type") != "application/json-patch+json":
            return 415, {"message": "The request indicated a Content-Type that is not supported"}
        fields = {one["path"].removeprefix("/fields/"): one["value"] for one in body}
        if kind and kind[1] not in TYPES:
            return 404, {"message": f"VS402323: Work item type {kind[1]} does not exist in project {PROJECT}"}
        if kind and method == "POST":
            made = {"System.WorkItemType": kind[1], "System.State": "New", "System.CreatedBy": ME}
            self.items.append({"id": len(self.items) + 1, "fields": {**made, **fields}})
            return 200, self.items[-1]
        if known and method == "PATCH":
            [item] = [one for one in self.items if one["id"] == int(known[1])]
            item["fields"].update(fields)
            return 200, item
        return 404, {"message": "not found"}


@contextmanager
def azure() -> Iterator[Azure]:
    """A stand-in that serves the organization `acme`."""
    held = Azure()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            data = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, answer = held.answer(self.command, self.path, self.headers, json.loads(data) if data else None)
            shown = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "text/html" if isinstance(answer, str) else "application/json")
            if status == 429:
                self.send_header("retry-after", "0")
            self.send_header("content-length", str(len(shown)))
            self.end_headers()
            self.wfile.write(shown)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.url = f"http://127.0.0.1:{server.server_port}/acme/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
