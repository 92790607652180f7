"""A stand-in for Dataverse's Web API, as Microsoft documents it, with CluedIn's ingestion endpoint beside it.

Rows with etags; PATCH by an alternate key, with and without a condition; pages with `@odata.nextLink`; `$batch` of at
most 1,000 requests, which goes on after an error only where `Prefer: odata.continue-on-error` says so; 429 with
`Retry-After`. Other queries are refused with 400, so that no script relies on what nobody built here.
"""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "token-of-dataverse"
INGESTION = "token-of-ingestion"
_ROW = re.compile(r"^(\w+)\((.*)\)$")
_PART = re.compile(r"(\w+)=('(?:[^']|'')*'|[^,]+)(?:,|$)")

Row = dict[str, Any]
Reply = tuple[int, dict[str, str], Any]


class Gone(Exception):
    """The connection ends here, without an answer."""


@dataclass
class Posted:
    """One request that brought records to CluedIn."""

    key: str
    correlation: str
    body: bytes


@dataclass
class Estate:
    """One table, and what came to CluedIn."""

    table: str = "contacts"
    id: str = "contactid"
    key: tuple[str, ...] = ("new_customerid",)
    rows: list[Row] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    busy: int = 0
    """How many more requests are answered with 429."""
    busy_parts: int = 0
    """The same, of requests within a batch."""
    retry_after: str = "0"
    before: Callable[[int], None] = lambda number: None
    """Called with the number of the request before anything is done of it."""
    within: Callable[[int], None] = lambda number: None
    """The same, when half of a batch is done."""
    after: Callable[[int], None] = lambda number: None
    """The same, when it is done and not answered yet."""
    on_write: Callable[[str], None] = lambda key: None
    """Called before a row is written: other people."""
    version: int = 0

    # -- rows

    def add(self, **values: Any) -> Row:
        row = {self.id: str(uuid.uuid5(uuid.NAMESPACE_OID, str(len(self.rows)))), **values}
        self.rows.append(row)
        self.touch(row)
        return row

    def touch(self, row: Row, **values: Any) -> None:
        self.version += 1
        row |= values
        row["@odata.etag"] = f'W/"{self.version}"'
        row["modifiedon"] = f"2026-01-01T{self.version // 3600:02}:{self.version // 60 % 60:02}:{self.version % 60:02}Z"

    def found(self, key: Row) -> Row | None:
        return next((one for one in self.rows if all(one.get(name) == key[name] for name in key)), None)

    # -- the Web API

    def do(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """One request below the root of the Web API."""
        place, _, query = path.partition("?")
        if method == "GET" and place == self.table:
            return self._page(parse_qs(query), headers)
        row = _ROW.match(place)
        if row is None or row[1] != self.table:
            return _no(404, "no such resource")
        if re.search(r"[/<>*%&:\\?+]", unquote(row[2])):
            return _no(400, "Error in query syntax.")
        key = {name: _literal(unquote(value)) for name, value in _PART.findall(row[2])}
        if tuple(key) != self.key:
            return _no(400, "no alternate key of these columns")
        if method == "GET":
            return self._one(key, parse_qs(query))
        return self._patch(key, headers, json.loads(body)) if method == "PATCH" else _no(405, "not here")

    def _one(self, key: Row, query: dict[str, list[str]]) -> Reply:
        row = self.found(key)
        if row is None:
            return _no(404, "A record with the specified key values does not exist")
        names = query["$select"][0].split(",")
        return 200, {}, {"@odata.etag": row["@odata.etag"], self.id: row[self.id], **{n: row.get(n) for n in names}}

    def _patch(self, key: Row, headers: dict[str, str], body: Row) -> Reply:
        self.on_write(str(next(iter(key.values()))))
        row, match = self.found(key), headers.get("if-match")
        if headers.get("if-none-match") == "*" and row is not None:
            return _no(412, "A record with matching key values already exists.")
        if match is not None and row is None:
            return _no(404, "A record with the specified key values does not exist")
        if match not in (None, "*") and row is not None and row["@odata.etag"] != match:
            return _no(412, "The version of the existing record doesn't match the RowVersion property provided.")
        if row is None:
            row = self.add(**key, **body)
        else:
            self.touch(row, **body)
        return 204, {"OData-EntityId": f"{self.table}({row[self.id]})"}, None

    def _page(self, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        if not query.keys() <= {"$select", "$orderby", "$filter", "$skiptoken"}:
            return _no(400, "The query is not supported.")
        rows = list(self.rows)
        if "$filter" in query:
            since = re.fullmatch(r"modifiedon ge (\S+)", query["$filter"][0])
            if since is None:
                return _no(400, "The filter is not supported.")
            rows = [one for one in rows if one["modifiedon"] >= since[1]]
        for name in reversed(query.get("$orderby", [self.id])[0].split(",")):
            rows.sort(key=lambda one, name=name: one[name])
        size = int(re.search(r"odata\.maxpagesize=(\d+)", headers.get("prefer", ""))[1])
        at = int(query.get("$skiptoken", ["0"])[0])
        names = query["$select"][0].split(",") if "$select" in query else None
        page: Row = {"value": [_shown(one, names) for one in rows[at : at + size]]}
        if at + size < len(rows):
            rest = "&".join(f"{name}={value[0]}".replace(" ", "%20") for name, value in query.items() if name[1] != "s")
            select = f"&$select={query['$select'][0]}" if "$select" in query else ""
            page["@odata.nextLink"] = f"{headers['root']}{self.table}?{rest}{select}&$skiptoken={at + size}"
        return 200, {"preference-applied": f"odata.maxpagesize={size}"}, page

    def batch(self, number: int, headers: dict[str, str], body: bytes) -> Reply:
        """`$batch`: requests one after the other."""
        head = f"Content-Type: {headers['content-type']}\r\n\r\n".encode()
        parts = BytesParser().parsebytes(head + body).get_payload()
        if len(parts) > 1000:
            return _no(400, "The batch exceeds the maximum of 1000 requests.")
        goes_on = "odata.continue-on-error" in headers.get("prefer", "")
        replies = []
        for at, part in enumerate(parts):
            if at == len(parts) // 2:
                self.within(number)
            replies.append(self._of_batch(part.get_payload(decode=True), headers["root"]))
            if replies[-1][0] >= 400 and not goes_on:
                return replies[-1]
        mark = f"batchresponse_{uuid.uuid4()}"
        text = "".join(f"--{mark}\r\n{_as_part(*one)}" for one in replies) + f"--{mark}--\r\n"
        return 200, {"Content-Type": f"multipart/mixed; boundary={mark}"}, text.encode()

    def _of_batch(self, raw: bytes, root: str) -> Reply:
        if self.busy_parts:
            self.busy_parts -= 1
            return 429, {"Retry-After": self.retry_after}, {"error": {"message": "Number of requests exceeded"}}
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, address, _ = first.split(" ")
        assert address.startswith(root)
        named = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines)}
        return self.do(method, address.removeprefix(root), {**named, "root": root}, body)


def _literal(text: str) -> Any:
    return text[1:-1].replace("''", "'") if text.startswith("'") else int(text)


def _shown(row: Row, names: list[str] | None) -> Row:
    return {name: value for name, value in row.items() if names is None or name in names or name == "@odata.etag"}


def _no(status: int, text: str) -> Reply:
    return status, {}, {"error": {"code": "0x80040217", "message": text}}


def _as_part(status: int, headers: dict[str, str], body: Any) -> str:
    lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary", "", f"HTTP/1.1 {status} Said"]
    lines += [f"{name}: {text}" for name, text in headers.items()]
    return "\r\n".join([*lines, "", json.dumps(body) if body is not None else "", ""])


@contextmanager
def serving(estate: Estate) -> Iterator[str]:
    """The address of both systems, for as long as it lasts."""
    lock, counted = threading.Lock(), iter(range(1, 1_000_000))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            with lock:
                number = next(counted)
                try:
                    self._answer(*self._reply(number, body))
                except (Gone, ConnectionError):
                    self.close_connection = True

        do_GET = do_PATCH = do_POST = _serve

        def _reply(self, number: int, body: bytes) -> Reply:
            place = urlsplit(self.path)
            estate.requests.append((self.command, place.path))
            estate.before(number)
            headers = {name.lower(): text for name, text in self.headers.items()}
            headers["root"] = f"{address}/api/data/v9.2/"
            if place.path.startswith("/upload/api/endpoint/"):
                if headers.get("authorization") != f"Bearer {INGESTION}":
                    return 401, {}, {}
                key, run = headers["idempotency-key"], headers["x-correlation-id"]
                estate.posted.append(Posted(key, run, body))
                reply: Reply = (200, {}, {"success": True, "warning": False, "error": False, "errorsCount": 0})
            elif headers.get("authorization") != f"Bearer {TOKEN}":
                reply = _no(401, "no token")
            elif estate.busy:
                estate.busy -= 1
                reply = (
                    429,
                    {"Retry-After": estate.retry_after},
                    {"error": {"message": "Number of requests exceeded"}},
                )
            elif place.path == "/api/data/v9.2/$batch":
                reply = estate.batch(number, headers, body)
            else:
                reply = estate.do(self.command, self.path.removeprefix("/api/data/v9.2/"), headers, body)
            estate.after(number)
            return reply

        def _answer(self, status: int, headers: dict[str, str], body: Any) -> None:
            raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, text in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_words: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
