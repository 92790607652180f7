# Made by `reconciler handover dataverse` of this project in sandbox, digest 1539cadc2ec6f68b. Change the contract, not this file.
"""Dataverse's Web API as the scripts beside this file need it: pages, batches, and requests that are sent again.

Needed: DATAVERSE_URL (https://ORG.crm.dynamics.com), and either DATAVERSE_TOKEN or the package azure-identity, which signs in
with a managed identity, a service principal of AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or `az login`.

Whatever is sent from here may be sent twice: pages are read, and each row is written by its alternate key. So a lost answer,
429 and 5xx are simply followed by the same request: after `Retry-After` where there is one, else after a growing pause.
"""

from __future__ import annotations

import email.utils
import http.client
import json
import os
import random
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from email.parser import BytesParser
from functools import cache
from typing import NamedTuple

TRIES = 8
TIMEOUT_SECONDS = 120
LONGEST_PAUSE = 60.0
AGAIN = (408, 429, 500, 502, 503, 504)
LOST = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError)


class Failed(Exception):
    """A request that was answered with no, or not at all, as often as it was sent."""


def needed(name: str) -> str:
    """A variable of the process that has to be there."""
    return os.environ.get(name) or sys.exit(f"{name} is not set")


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> str:
        """What the server says, without more of it than one line holds."""
        try:
            return str(json.loads(self.body)["error"]["message"])[:300]
        except (ValueError, KeyError, TypeError):
            return f"HTTP {self.status}"


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_words):  # a token goes to no other address
        return None


_OPENER = urllib.request.build_opener(_Stay)


def once(method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
    """One request; raises one of LOST where no whole answer came."""
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    try:
        with _OPENER.open(request, timeout=TIMEOUT_SECONDS) as got:
            return Answer(got.status, {name.lower(): text for name, text in got.headers.items()}, got.read())
    except urllib.error.HTTPError as got:
        with got:
            return Answer(got.code, {name.lower(): text for name, text in got.headers.items()}, got.read())


def send(method: str, url: str, headers, body: bytes | None = None) -> Answer:
    """A request that is sent until it is answered; `headers` is called anew for each, as tokens end."""
    told = ""
    for tried in range(TRIES):
        after = None
        try:
            answer = once(method, url, headers(), body)
        except LOST as error:
            told = f"no answer: {error}"
        else:
            if answer.status not in AGAIN:
                return answer
            told, after = answer.told, answer.headers.get("retry-after")
        if tried + 1 < TRIES:
            time.sleep(pause(tried, after))
    raise Failed(f"{method} {urllib.parse.urlsplit(url).path}: {told}")


def pause(tried: int, after: str | None) -> float:
    """Seconds until the next try: those that the server asks for, else twice as many each time, never quite the same."""
    if after and after.strip().isdigit():
        return float(after)
    if after and (moment := email.utils.parsedate_tz(after)):
        return max(0.0, email.utils.mktime_tz(moment) - time.time())
    return random.uniform(0.5, 1.0) * min(LONGEST_PAUSE, 2.0**tried)


def address(table: str, key: dict[str, object]) -> str:
    """A row by its alternate key, relative to the root of the Web API.

    Raises `ValueError` for a key without a value, and for one that Dataverse takes in no address.
    """
    return f"{table}({','.join(f'{name}={_key(name, value)}' for name, value in key.items())})"


def _key(name: str, value: object) -> str:
    if value is None or value == "":
        raise ValueError(f"{name} is empty")
    if isinstance(value, bool) or not isinstance(value, str):
        return str(value).lower()
    if found := sorted(set(value) & set("/<>*%&:\\?+")):
        raise ValueError(f"{name} has {' '.join(found)}, which no alternate key may have in an address")
    return "'" + urllib.parse.quote(value.replace("'", "''"), safe="'") + "'"


class Dataverse:
    """One environment of Dataverse."""

    def __init__(self) -> None:
        self.url = needed("DATAVERSE_URL").rstrip("/")
        place = urllib.parse.urlsplit(self.url)
        if place.scheme != "https" and place.hostname not in ("localhost", "127.0.0.1"):
            raise SystemExit("DATAVERSE_URL has to begin with https://, as a token goes there")
        self.root = f"{self.url}/api/data/v9.2/"

    def headers(self, **more: str) -> dict[str, str]:
        """The headers of a request, with a token that still counts."""
        known = {"OData-MaxVersion": "4.0", "OData-Version": "4.0", "Accept": "application/json"}
        return {**known, "Authorization": f"Bearer {self.token()}", **more}

    def token(self) -> str:
        if given := os.environ.get("DATAVERSE_TOKEN"):
            return given
        try:
            from azure.core.exceptions import AzureError

            return _credential().get_token(f"{self.url}/.default").token
        except ImportError:
            raise SystemExit("DATAVERSE_TOKEN is not set, and the package azure-identity is not installed") from None
        except AzureError as error:
            raise Failed(f"no token for Dataverse: {str(error).partition(chr(10))[0]}") from None

    def pages(self, table: str, query: dict[str, str], size: int) -> Iterator[list[dict]]:
        """The rows of a table, page by page, until no `@odata.nextLink` leads on."""
        link = f"{self.root}{table}?{urllib.parse.urlencode(query, quote_via=urllib.parse.quote, safe='$,')}"
        prefer = {"Prefer": f"odata.maxpagesize={size}"}
        while link:
            if not link.startswith(f"{self.url}/"):
                raise Failed(f"the next page of {table} lies at another address")
            answer = send("GET", link, lambda: self.headers(**prefer))
            if answer.status != 200:
                raise Failed(f"{table}: {answer.told}")
            try:
                page = json.loads(answer.body)
                rows = page["value"]
            except (ValueError, KeyError, TypeError):
                raise Failed(f"{table}: what answered is no page of rows: is DATAVERSE_URL right?") from None
            yield rows
            link = page.get("@odata.nextLink")

    def batch(self, requests: list[tuple[str, str, dict[str, str], dict | None]]) -> list[Answer]:
        """Answers of requests that are sent as one, each with an end of its own.

        Those that the server was too busy for are sent again, without the others.
        """
        found: dict[int, Answer] = {}
        for tried in range(TRIES):
            open_ones = [at for at in range(len(requests)) if at not in found]
            answers = self._batch([requests[at] for at in open_ones])
            found |= {at: one for at, one in zip(open_ones, answers) if one.status not in AGAIN}
            if len(found) == len(requests):
                return [found[at] for at in range(len(requests))]
            busy = [one.headers.get("retry-after") for one in answers if one.status in AGAIN]
            if tried + 1 < TRIES:
                time.sleep(pause(tried, next(filter(None, busy), None)))
        raise Failed("some requests of a batch were never answered")

    def _batch(self, requests: list[tuple[str, str, dict[str, str], dict | None]]) -> list[Answer]:
        mark = f"batch_{uuid.uuid4()}"
        parts = "".join(f"--{mark}\r\n{_part(self.root, *one)}" for one in requests)
        kind = f'multipart/mixed; boundary="{mark}"'
        ways = {"Content-Type": kind, "Prefer": "odata.continue-on-error", "Accept": "multipart/mixed"}
        body = f"{parts}--{mark}--\r\n".encode()
        answer = send("POST", f"{self.root}$batch", lambda: self.headers(**ways), body)
        if answer.status != 200:
            raise Failed(f"a batch: {answer.told}")
        head = f"Content-Type: {answer.headers.get('content-type', '')}\r\n\r\n".encode()
        whole = BytesParser().parsebytes(head + answer.body)
        return [_answer(part.get_payload(decode=True)) for part in whole.get_payload()] if whole.is_multipart() else []


def _part(root: str, method: str, path: str, headers: dict[str, str], body: dict | None) -> str:
    lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary", ""]
    lines += [f"{method} {root}{path} HTTP/1.1", "Accept: application/json"]
    lines += [f"{name}: {text}" for name, text in headers.items()]
    if body is not None:
        lines.append("Content-Type: application/json")
    return "\r\n".join([*lines, "", "" if body is None else json.dumps(body), ""])


def _answer(raw: bytes) -> Answer:
    head, _, body = raw.lstrip().partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Answer(int(first.split()[1]), {name.strip().lower(): text.strip() for name, _, text in pairs}, body.strip())


@cache
def _credential():
    from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential()
