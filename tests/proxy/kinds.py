"""Forty kinds of bad answer, each with a sentence: what a proxy, a gateway or a server in trouble may say.

A kind either stands in the way (the request does not reach the system), or is put in place of the true answer.
Some of them lie about nothing that matters: those must be taken for what they are.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from reconciler_sandbox.web import Request

GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
JSON = "application/json; charset=utf-8"
PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>"
PROSE = "The licence of this gateway was not found."


@dataclass(slots=True)
class Exchange:
    """A request, and the true answer to it; `status` 0 while it has not been forwarded."""

    request: Request
    status: int = 0
    body: bytes = b""

    @property
    def value(self) -> Any:
        """The true answer as JSON; None when it is none."""
        try:
            return json.loads(self.body) if self.body else None
        except ValueError:
            return None

    @property
    def is_graphql(self) -> bool:
        return self.request.path.lower().endswith("/graphql")


@dataclass(slots=True)
class Bad:
    """A bad answer as it goes out; `drip` is the seconds between its bytes, `closes` where it breaks off."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str | bytes] = field(default_factory=dict)
    length: int | None = None
    drip: float = 0.0
    closes: bool = False


Make = Callable[[Exchange, random.Random], Bad | None]
"""The bad answer to an exchange; None when the kind has nothing to spoil there."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `forwards`: the request reaches the system: always, never, or by chance (None)."""

    name: str
    sentence: str
    make: Make
    forwards: bool | None = None

    def fits(self, exchange: Exchange) -> bool:
        """Whether there is anything to spoil in an exchange."""
        return self.make(exchange, random.Random(0)) is not None


def _says(status: int, body: bytes = b"", **headers: str | bytes) -> Make:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda exchange, chance: Bad(status, body, {"content-type": JSON, **named})


def _json(status: int, value: Any, **headers: str | bytes) -> Make:
    return _says(status, json.dumps(value).encode(), **headers)


def _spoilt(change: Callable[[Any, random.Random], Any]) -> Make:
    """The true answer with its value changed; None where the change changes nothing, or there is no value."""

    def make(exchange: Exchange, chance: random.Random) -> Bad | None:
        value = exchange.value
        if value is None or not 200 <= exchange.status < 300:
            return None
        spoilt = change(json.loads(exchange.body), chance)
        return None if spoilt is None or spoilt == value else Bad(exchange.status, json.dumps(spoilt).encode())

    return make


def _text(change: Callable[[bytes], bytes | None]) -> Make:
    """The true answer with its bytes changed."""

    def make(exchange: Exchange, chance: random.Random) -> Bad | None:
        if exchange.value is None or not 200 <= exchange.status < 300:
            return None
        spoilt = change(exchange.body)
        return None if spoilt is None else Bad(exchange.status, spoilt, {"content-type": JSON})

    return make


def _maps(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _maps(item)
    elif isinstance(value, list):
        for item in value:
            yield from _maps(item)


def _listings(value: Any) -> list[tuple[dict[str, Any], str]]:
    """The parts of an answer that hold a total beside their rows, with the name of the rows."""
    found = []
    for part in _maps(value):
        if isinstance(part.get("total"), int):
            found += [(part, name) for name, rows in part.items() if isinstance(rows, list)]
    return found


def _total_without_rows(value: Any, chance: random.Random) -> Any:
    for part, name in _listings(value):
        part["total"], part[name] = max(1, part["total"]), []
    return value


def _fewer_rows(value: Any, chance: random.Random) -> Any:
    for part, name in _listings(value):
        if part[name]:
            del part[name][chance.randrange(len(part[name]))]
    return value


def _no_rows(value: Any, chance: random.Random) -> Any:
    """Every list of rows is empty, and its total says so too: well formed, and untrue."""
    if isinstance(value, list):
        return [] if all(isinstance(row, dict) for row in value) else None
    for part, name in _listings(value):
        part["total"], part[name] = 0, []
    return value


def _null_inside(value: Any, chance: random.Random) -> Any:
    """Null where the asked part should be: below `data` in GraphQL, at one member elsewhere."""
    if not isinstance(value, dict) or not value:
        return None
    inner = value.get("data") if isinstance(value.get("data"), dict) else value
    if not isinstance(inner, dict) or not inner:
        return None
    inner[chance.choice(sorted(inner))] = None
    return value


def _without_ids(value: Any, chance: random.Random) -> Any:
    """No member of an answer says of which object it is."""
    for part in _maps(value):
        for name in [name for name in part if re.fullmatch(r"(id|guid|\w+Id)", name)]:
            del part[name]
    return value


def _of_another(value: Any, chance: random.Random) -> Any:
    """Every id in it is the id of something else."""
    text = json.dumps(value)
    return json.loads(GUID.sub(lambda found: found[0][:-12] + "00000000dead", text))


def _data_null(exchange: Exchange, chance: random.Random) -> Bad | None:
    return Bad(body=b'{"data": null}') if exchange.is_graphql else None


def _errors_of_words(exchange: Exchange, chance: random.Random) -> Bad | None:
    return Bad(body=b'{"errors": ["x"], "data": null}')


def _errors_not_found(exchange: Exchange, chance: random.Random) -> Bad | None:
    if not exchange.is_graphql:
        return Bad(400, json.dumps({"message": PROSE}).encode())
    return Bad(body=json.dumps({"data": None, "errors": [{"message": PROSE}]}).encode())


def _conflict(exchange: Exchange, chance: random.Random) -> Bad | None:
    words = "Request failed with status code 409 (Conflict): the tenant is being moved."
    if exchange.is_graphql:
        return Bad(body=json.dumps({"data": None, "errors": [{"message": words}]}).encode())
    return Bad(409, json.dumps({"errorMessage": words, "detail": words}).encode())


def _cut(body: bytes) -> bytes | None:
    return body[: len(body) // 2] if len(body) > 3 else None


def _as_list(value: Any, chance: random.Random) -> Any:
    return [value] if isinstance(value, dict) else None


def _as_object(value: Any, chance: random.Random) -> Any:
    """An object where a list is asked for, at the top or at the first list inside."""
    if isinstance(value, list):
        return {"value": value}
    for part in _maps(value):
        for name, inner in part.items():
            if isinstance(inner, list):
                part[name] = {"value": inner}
                return value
    return None


def _nan(body: bytes) -> bytes | None:
    return b'{"took": NaN, ' + body.lstrip()[1:] if body.lstrip()[:1] == b"{" and len(body) > 2 else None


def _twice(body: bytes) -> bytes | None:
    """Its first member twice: first with null, then as it is, which is what every parser that keeps the last sees."""
    found = re.match(rb'\{"(\w+)":', body.lstrip())
    return b'{"' + found[1] + b'": null, ' + body.lstrip()[1:] if found else None


def _slow(exchange: Exchange, chance: random.Random) -> Bad | None:
    return Bad(exchange.status, exchange.body, {"content-type": JSON}, drip=0.05) if len(exchange.body) > 40 else None


def _closed(exchange: Exchange, chance: random.Random) -> Bad | None:
    return Bad(closes=True)


def _half_a_body(exchange: Exchange, chance: random.Random) -> Bad | None:
    body = exchange.body
    return Bad(exchange.status, body[: len(body) // 2], {"content-type": JSON}, len(body)) if len(body) > 3 else None


def _wrong_type(exchange: Exchange, chance: random.Random) -> Bad | None:
    return Bad(exchange.status, exchange.body, {"content-type": "text/html"}) if exchange.value is not None else None


def _not_gzip(exchange: Exchange, chance: random.Random) -> Bad | None:
    headers: dict[str, str | bytes] = {"content-type": JSON, "content-encoding": "gzip"}
    return Bad(exchange.status, exchange.body, headers) if exchange.body else None


def _empty(exchange: Exchange, chance: random.Random) -> Bad | None:
    return Bad(chance.choice([200, 201]), b"", {"content-type": JSON})


_ERROR = {"errorCode": "ATLAS-500-00-001", "errorMessage": "Internal", "error": {"code": "500", "message": "Internal"}}

KINDS: tuple[Kind, ...] = (
    Kind("redirect_to_sign_in", "302 to the sign-in page of a portal", _says(302, PAGE, location="https://x.invalid/")),
    Kind("redirect_with_slash", "301 to the same place with a slash", _says(301, b"", location="/elsewhere/"), False),
    Kind("empty_ok", "200 or 201 without a body", _empty),
    Kind("no_content", "204 to whatever was asked", _says(204)),
    Kind("html", "200 and a page of HTML that asks to sign in", _says(200, PAGE, content_type="text/html")),
    Kind("cut_json", "the first half of the JSON, as if it were all", _text(_cut), True),
    Kind("null", "200 and null", _says(200, b"null")),
    Kind("list_for_object", "the object inside a list", _spoilt(_as_list), True),
    Kind("object_for_list", "an object where a list belongs", _spoilt(_as_object), True),
    Kind("data_null", "GraphQL's data is null, without an error", _data_null),
    Kind("null_inside", "null where the asked part belongs", _spoilt(_null_inside), True),
    Kind("errors_of_words", "200 with errors that are bare words", _errors_of_words),
    Kind("total_without_rows", "a total of at least 1 and no rows", _spoilt(_total_without_rows), True),
    Kind("fewer_rows", "one row fewer than the total says", _spoilt(_fewer_rows), True),
    Kind("no_rows", "an empty list, and a total that agrees", _spoilt(_no_rows), True),
    Kind("not_found_prose", "404 by a gateway, about something of its own", _json(404, {"message": PROSE}), False),
    Kind("errors_not_found", "an error about something else, whose words are 'not found'", _errors_not_found, False),
    Kind("conflict", "409 for a reason that is not ours", _conflict, False),
    Kind("precondition", "412, as if somebody had been faster", _json(412, {"errorMessage": "stale"}), False),
    Kind("throttled", "429 that does not say for how long", _json(429, {"message": "slow down"}), False),
    Kind("throttled_digits", "429 for '²' seconds", _json(429, {}, retry_after="²".encode()), False),
    Kind("throttled_negative", "429 for -5 seconds", _json(429, {}, retry_after="-5"), False),
    Kind("throttled_huge", "429 for longer than anybody waits", _json(429, {}, retry_after="9" * 30), False),
    Kind("throttled_date", "429 until a date that is none", _json(429, {}, retry_after="Mon, 99 Foo 0000"), False),
    Kind("failed_500", "500", _json(500, _ERROR)),
    Kind("failed_502", "502 with a page", _says(502, PAGE, content_type="text/html")),
    Kind("failed_503", "503 for a moment", _says(503, b"", retry_after="0")),
    Kind("failed_504", "504", _says(504)),
    Kind("slow", "byte by byte, each in time, all of it too late", _slow, True),
    Kind("closed_before", "closed before the request was passed on", _closed, False),
    Kind("closed_after", "closed when the work was done", _closed, True),
    Kind("half_a_body", "half of the body that its length promises", _half_a_body, True),
    Kind("wrong_type", "the true answer, called HTML", _wrong_type, True),
    Kind("not_gzip", "called gzip, and not so", _not_gzip, True),
    Kind(
        "byte_order_mark", "the true answer behind a byte order mark", _text(lambda body: b"\xef\xbb\xbf" + body), True
    ),
    Kind("nan", "a number that is none, which JSON does not have", _text(_nan), True),
    Kind("duplicate_members", "a member twice", _text(_twice), True),
    Kind("of_another", "the answer about another object", _spoilt(_of_another), True),
    Kind("without_ids", "an answer that does not say about which object", _spoilt(_without_ids), True),
    Kind("error_as_ok", "an error body with status 200", _json(200, _ERROR), False),
)
"""All of them, in the order in which they are met."""
