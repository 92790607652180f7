"""A stand-in for GitHub's REST API: what a job asks of one repository, in pages, as its reference tells it."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

REPOSITORY = "acme/mdm"
TOKEN = "ghs_of-the-job-0123456789"
BOT = {"login": "github-actions[bot]", "type": "Bot"}
MOST = 65_536
"""The characters of a body that GitHub takes."""


@dataclass
class GitHub:
    """What the repository holds."""

    url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    """Each with the number of its issue in `on`."""
    issues: list[dict[str, Any]] = field(default_factory=list)
    labels: dict[int, list[str]] = field(default_factory=dict)
    """Of each pull request."""
    known_labels: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Those of the repository."""
    merged: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The pull requests of a commit."""
    pulls: list[dict[str, Any]] = field(default_factory=list)
    refs: dict[str, str] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Commits and trees, by their ids."""
    requests: list[tuple[str, str]] = field(default_factory=list)
    refuses: int = 0
    """The status that every request gets, where it is not 0."""
    busy: int = 0
    """So many requests are too many."""

    def answer(self, method: str, url: str, body: dict[str, Any], token: str) -> tuple[int, Any]:
        parts = urlsplit(url)
        path = parts.path.removeprefix(f"/repos/{REPOSITORY}/")
        self.requests.append((method, path))
        if self.busy:
            self.busy -= 1
            return 429, {"message": "API rate limit exceeded"}
        if self.refuses:
            return self.refuses, {"message": "Resource not accessible by integration"}
        if token != f"Bearer {TOKEN}":
            return 401, {"message": "Bad credentials"}
        if len(body.get("body", "")) > MOST:
            return 422, {"message": "Validation Failed"}
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return (
            self._of_pulls(method, path, query, body)
            or self._of_git(method, path, body)
            or self._of(method, path, query, body)
        )

    def _of_pulls(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any] | None:
        """Pull requests and labels."""
        if method == "GET" and (found := re.fullmatch(r"commits/(\w+)/pulls", path)):
            return 200, _page(self.merged.get(found[1], []), query)
        if found := re.fullmatch(r"issues/(\d+)/labels(?:/(.+))?", path):
            held = self.labels.setdefault(int(found[1]), [])
            if method == "GET":
                return 200, _page([{"name": one} for one in held], query)
            if method == "POST":
                held += [one for one in body["labels"] if one not in held]
                return 200, [{"name": one} for one in held]
            if unquote(found[2]) not in held:
                return 404, {"message": "Label does not exist"}
            held.remove(unquote(found[2]))
            return 200, [{"name": one} for one in held]
        if method == "POST" and path == "labels":
            if any(body["name"].casefold() == one.casefold() for one in self.known_labels):
                return 422, {"message": "Validation Failed", "errors": [{"code": "already_exists", "field": "name"}]}
            if len(body["name"]) > 50 or len(body["description"]) > 100:
                return 422, {"message": "Validation Failed", "errors": [{"code": "too_long"}]}
            self.known_labels[body["name"]] = body
            return 201, body
        if path == "pulls" and method == "GET":
            owner, _, head = query["head"].partition(":")
            mine = [one for one in self.pulls if one["head"] == head and owner == REPOSITORY.partition("/")[0]]
            return 200, _page([one for one in mine if one["state"] == query["state"]], query)
        if path == "pulls":
            if f"refs/heads/{body['head']}" not in self.refs:
                return 422, {"message": "Validation Failed"}
            self.pulls.append({"number": len(self.pulls) + 500, "state": "open", "user": BOT, **body})
            return 201, self.pulls[-1]
        if found := re.fullmatch(r"pulls/(\d+)", path):
            [one] = [one for one in self.pulls if one["number"] == int(found[1])]
            one.update(body)
            return 200, one
        return None

    def _of_git(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any] | None:
        """Git's objects, of which the id is a digest of what they are, as Git has it."""
        if found := re.fullmatch(r"git/refs?/(heads/.+)", path):
            ref = f"refs/{unquote(found[1])}"
            if method == "PATCH":
                assert body["force"] is True
                self.refs[ref] = body["sha"]
            return (200, {"ref": ref, "object": {"sha": self.refs[ref]}}) if ref in self.refs else (404, {})
        if path == "git/refs":
            if body["ref"] in self.refs:
                return 422, {"message": "Reference already exists"}
            self.refs[body["ref"]] = body["sha"]
            return 201, body
        if found := re.fullmatch(r"git/commits/(\w+)", path):
            one = self.objects.get(found[1], {"message": "by people", "tree": {"sha": f"of-{found[1]}"}, "parents": []})
            return 200, {"sha": found[1], **one}
        if path in ("git/trees", "git/commits"):
            sha = hashlib.sha1(json.dumps(body, sort_keys=True).encode()).hexdigest()
            made = {"tree": body["tree"], "below": body.get("base_tree")}
            if path == "git/commits":
                parents = [{"sha": one} for one in body["parents"]]
                made = {"message": body["message"], "tree": {"sha": body["tree"]}, "parents": parents}
            self.objects[sha] = made
            return 201, {"sha": sha}
        return None

    def _of(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        if method == "GET" and path == "issues":
            return 200, _page([one for one in self.issues if one["state"] == query["state"]], query)
        if method == "POST" and path == "issues":
            self.issues.append({"number": len(self.issues) + 100, "state": "open", "user": BOT, **body})
            return 201, self.issues[-1]
        if found := re.fullmatch(r"issues/(\d+)/comments", path):
            on = int(found[1])
            if method == "GET":
                return 200, _page([one for one in self.comments if one["on"] == on], query)
            self.comments.append({"id": len(self.comments) + 1, "on": on, "user": BOT, **body})
            return 201, self.comments[-1]
        for pattern, key, held in (
            (r"issues/comments/(\d+)", "id", self.comments),
            (r"issues/(\d+)", "number", self.issues),
        ):
            if method == "PATCH" and (found := re.fullmatch(pattern, path)):
                [one] = [one for one in held if one[key] == int(found[1])]
                one.update(body)
                return 200, one
        return 404, {"message": "Not Found"}


def _page(found: list[dict[str, Any]], query: dict[str, str]) -> list[dict[str, Any]]:
    size, page = int(query["per_page"]), int(query["page"])
    return found[(page - 1) * size : page * size]


@contextmanager
def github() -> Iterator[GitHub]:
    """A stand-in that serves."""
    held = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            data = self.rfile.read(int(self.headers.get("content-length") or 0))
            told = json.loads(data) if data else {}
            status, answer = held.answer(self.command, self.path, told, self.headers.get("authorization", ""))
            shown = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            if status == 429:
                self.send_header("retry-after", "0")
            self.send_header("content-length", str(len(shown)))
            self.end_headers()
            self.wfile.write(shown)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
