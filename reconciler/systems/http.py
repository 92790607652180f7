"""One HTTP connection to one system: pacing, retry by idempotency, redaction, counts.

What may be repeated depends on what a request does, so every call says so:

* `read`: changes nothing; repeated on anything that may pass.
* `set`: the same again leaves the same state; repeated likewise.
* `once`: creates or starts something; repeated only when the server said that it did nothing (429). When the
  answer is lost, `LostAnswer` is raised and the caller looks at the live state before it sends again.
"""

from __future__ import annotations

import email.utils
import random
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import quote

import orjson

from reconciler.errors import Diagnostic, StoppedError, SystemFailureError
from reconciler.systems.address import Address
from reconciler.systems.client import client_for
from reconciler.systems.redact import SECRETS

if TYPE_CHECKING:
    import httpx

    from reconciler.systems.auth import SignIn

Effect = Literal["read", "set", "once"]
T = TypeVar("T")
U = TypeVar("U")

ATTEMPTS = 8
CONNECT_ATTEMPTS = 4
"""Where nobody answers at all there is less to hope for: the address is wrong, or the system is down."""
THROTTLED_ATTEMPTS = 30
_OPERATION = re.compile(r"\s*(?:query|mutation)\s+(\w+)")
LONGEST_WAIT = 120.0
PASSING = frozenset({408, 500, 502, 503, 504})
FORBIDDEN = "The identity may not do this; `reconciler doctor` shows which rights it has."


class Refused(SystemFailureError):
    """The system answered with an error; `status`, `code` and `message` are the system's own.

    `doubtful` says that an earlier sending of the same request was not answered, or with an error that may have
    come after the work was done: what is refused now may be refused because it is in place already.
    """

    def __init__(
        self,
        system: str,
        call: str,
        status: int,
        code: str,
        message: str,
        request_id: str = "",
        advice: str = "",
        *,
        doubtful: bool = False,
    ) -> None:
        self.status, self.code, self.message, self.doubtful = status, code, message, doubtful
        named = f" {code}" if code and code not in message else ""
        super().__init__(
            Diagnostic(
                "error",
                f"{system}.refused",
                SECRETS.clean(f"{system} refused {call}: {status}{named} {message}".strip()),
                advice,
                request_id=request_id,
            )
        )

    @property
    def conflict(self) -> bool:
        """Whether it says that something else is in the way (409): the live state tells what."""
        return self.status == 409


class LostAnswer(SystemFailureError):
    """The request may have been carried out; no answer says so."""

    def __init__(self, system: str, call: str, why: str) -> None:
        super().__init__(Diagnostic("error", f"{system}.lost_answer", SECRETS.clean(f"{system} {call}: {why}")))


class Unreachable(SystemFailureError):
    """The system could not be reached, or kept failing, on a request that is safe to repeat."""

    def __init__(self, system: str, call: str, why: str) -> None:
        super().__init__(
            Diagnostic(
                "error",
                f"{system}.unreachable",
                SECRETS.clean(f"{system} {call}: {why}"),
                "Check the endpoint, the network and the system's health, then run the command again.",
            )
        )


@dataclass(slots=True)
class Counts:
    """What a connection did: requests sent, seconds waited on limits, repeated requests."""

    requests: int = 0
    repeated: int = 0
    waited: float = 0.0


class Pace:
    """How many requests may be under way at once: grows slowly, halves when the system says it is too much."""

    def __init__(self, concurrency: int, per_second: float | None = None) -> None:
        self.ceiling = concurrency
        self._limit = float(min(concurrency, 8))
        self._gap = 1 / per_second if per_second else 0.0
        self._running = 0
        self._not_before = 0.0
        self._turn = threading.Condition()

    def enter(self, stop: threading.Event) -> float:
        """Waits for a place; returns the seconds waited because of limits of the system."""
        waited = 0.0
        with self._turn:
            while True:
                if stop.is_set():
                    return waited
                wait = self._not_before - time.monotonic()
                if wait > 0:
                    started = time.monotonic()
                    self._turn.wait(min(wait, 0.5))
                    waited += time.monotonic() - started
                elif self._running >= int(self._limit):
                    self._turn.wait(0.5)
                else:
                    break
            self._running += 1
            if self._gap:
                self._not_before = max(self._not_before, time.monotonic()) + self._gap
        return waited

    def leave(self, *, throttled: float | None = None) -> None:
        """Gives the place back; `throttled` is the time that the system asked to wait."""
        with self._turn:
            self._running -= 1
            if throttled is None:
                self._limit = min(float(self.ceiling), self._limit + 1 / max(self._limit, 1))
            else:
                self._limit = max(1.0, self._limit / 2)
                self._not_before = max(self._not_before, time.monotonic() + throttled)
            self._turn.notify_all()


@dataclass(slots=True)
class Answer:
    """A successful answer: status, headers in lower case, and the body as bytes.

    `doubtful`: an earlier sending of the same request may have been carried out already.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    doubtful: bool = False

    def json(self) -> Any:
        """The body as JSON whatever its content type; None when empty."""
        return orjson.loads(self.body) if self.body.strip() else None


@dataclass
class Connection:
    """Sends requests to one base address of one system.

    `errors` turns a failed answer into (code, message); each system has its own envelopes.
    """

    system: str
    base: str
    sign_in: SignIn
    errors: Callable[[int, Any], tuple[str, str]]
    concurrency: int = 12
    per_second: float | None = None
    timeout: float = 60.0
    transport: Any = None
    attempts: int = ATTEMPTS
    connect_attempts: int = CONNECT_ATTEMPTS
    counts: Counts = field(default_factory=Counts)
    stop: threading.Event = field(default_factory=threading.Event)
    trace: Callable[[str], None] | None = None
    """Called with a line about each request and its answer, from any thread."""

    def __post_init__(self) -> None:
        self.address = Address.parse(self.base)
        self.base = str(self.address)
        self._pace = Pace(self.concurrency, self.per_second)
        self._lock = threading.Lock()
        self._opened: httpx.Client | None = None

    def client(self) -> httpx.Client:
        """The HTTP client behind the connection, made at the first request."""
        with self._lock:
            if self._opened is None:
                import httpx

                limits = httpx.Limits(
                    max_connections=self.concurrency + 4, max_keepalive_connections=self.concurrency + 4
                )
                self._opened = client_for(
                    self.address,
                    timeout=httpx.Timeout(self.timeout, connect=10.0),
                    limits=limits,
                    transport=self.transport,
                )
            return self._opened

    def close(self) -> None:
        """Closes the HTTP client."""
        if self._opened is not None:
            self._opened.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        effect: Effect,
        query: Sequence[tuple[str, Any]] | Mapping[str, Any] = (),
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: Iterable[int] = (),
    ) -> Answer:
        """Sends one request and returns its answer.

        `headers` go out beside those of every request. `accept` lists error statuses that the caller
        understands; their answers are returned.
        Raises `Refused`, `LostAnswer`, `Unreachable`, or `StoppedError` when a stop was asked for.
        """
        call = f"{method} {path}"
        body = None if json is None else orjson.dumps(json)
        accepted = frozenset(accept)
        attempt = throttled = 0
        renewed = doubtful = False
        while True:
            self._check_stop()
            credential = self.sign_in.headers()
            started = time.monotonic()
            outcome = self._attempt(method, path, query, body, form, {**(headers or {}), **credential})
            if self.trace is not None:
                self.trace(_line(self.system, call + query_text(query), json, outcome, time.monotonic() - started))
            if isinstance(outcome, Exception):
                why = f"{self.address.origin.partition('//')[2]}: {str(outcome) or type(outcome).__name__}"
                if effect == "once" and not _never_sent(outcome):
                    raise LostAnswer(self.system, call, why) from None
                attempt += 1
                doubtful = doubtful or not _never_sent(outcome)
                if attempt >= (self.connect_attempts if _never_sent(outcome) else self.attempts):
                    raise Unreachable(self.system, call, why) from None
                self._wait(_backoff(attempt))
                continue
            outcome.doubtful = doubtful
            if outcome.status < 400 or outcome.status in accepted:
                return outcome
            if outcome.status == 401 and not renewed:
                renewed = True
                self.sign_in.renew(credential)
                continue
            if outcome.status == 429 and throttled < THROTTLED_ATTEMPTS:
                throttled += 1
                self._note_repeat()
                continue
            if outcome.status in PASSING:
                if effect == "once":
                    raise LostAnswer(self.system, call, f"answered {outcome.status}")
                attempt += 1
                doubtful = True
                if attempt < self.attempts:
                    self._wait(max(_retry_after(outcome.headers) or 0.0, _backoff(attempt)))
                    continue
            raise self._refusal(call, outcome)

    def each(self, work: Callable[[T], U], items: Iterable[T]) -> list[U]:
        """Does the work for every item, several at once; results in the order of the items."""
        todo = list(items)
        if len(todo) < 2:
            return [work(item) for item in todo]
        with ThreadPoolExecutor(max_workers=min(len(todo), self.concurrency)) as pool:
            return list(pool.map(work, todo))

    def _attempt(
        self,
        method: str,
        path: str,
        query: Any,
        body: bytes | None,
        form: Mapping[str, str] | None,
        more: Mapping[str, str],
    ) -> Answer | Exception:
        import httpx

        headers = {"accept": "application/json", **more}
        if body is not None:
            headers["content-type"] = "application/json"
        url = self.base + path + query_text(query)
        waited = self._pace.enter(self.stop)
        throttled: float | None = None
        try:
            with self._lock:
                self.counts.requests += 1
                self.counts.waited += waited
            answer = self.client().request(
                method,
                url,
                content=body,
                data=dict(form) if form else None,
                headers=headers,
            )
            headers_in = {key.lower(): value for key, value in answer.headers.items()}
            if answer.status_code == 429:
                throttled = _retry_after(headers_in) or _backoff(1)
            return Answer(answer.status_code, headers_in, answer.content)
        except (httpx.TransportError, httpx.DecodingError) as error:
            return error
        except RuntimeError as error:
            if not self.stop.is_set():
                raise
            return error  # the connection was closed under the request, because a stop was asked for
        finally:
            self._pace.leave(throttled=throttled)

    def _refusal(self, call: str, answer: Answer) -> Refused:
        try:
            parsed = answer.json()
        except orjson.JSONDecodeError:
            parsed = SECRETS.clean(answer.body.decode("utf-8", "replace"))[:300]
        code, message = self.errors(answer.status, parsed)
        if answer.status == 401 and not message:
            message = "not signed in"
        advice = {401: self.sign_in.advice, 403: FORBIDDEN}.get(answer.status, "")
        id = _request_id(answer.headers, parsed)
        return Refused(self.system, call, answer.status, code, message, id, advice, doubtful=answer.doubtful)

    def _check_stop(self) -> None:
        if self.stop.is_set():
            raise StoppedError.of("interrupted", "stopped before the next request")

    def _wait(self, seconds: float) -> None:
        self._note_repeat()
        started = time.monotonic()
        self.stop.wait(min(seconds, LONGEST_WAIT))
        with self._lock:
            self.counts.waited += time.monotonic() - started

    def _note_repeat(self) -> None:
        with self._lock:
            self.counts.repeated += 1


def _line(system: str, call: str, json: Any, outcome: Answer | Exception, seconds: float) -> str:
    """What was sent and what came of it, in a line: `purview GET /glossary: 200 in 35 ms`."""
    document = json.get("query") if isinstance(json, dict) else None
    operation = _OPERATION.match(document) if isinstance(document, str) else None
    called = f" {operation[1]}" if operation else ""
    result = outcome.status if isinstance(outcome, Answer) else type(outcome).__name__
    return f"{system} {call}{called}: {result} in {seconds * 1000:.0f} ms"


def _request_id(headers: Mapping[str, str], body: Any) -> str:
    """What to quote to the vendor: recorded refusals carry it in a header, Atlas' envelope in its body too."""
    named = headers.get("x-ms-correlation-request-id") or headers.get("x-ms-request-id")
    return str(named or (body.get("requestId") if isinstance(body, dict) else None) or "")


def _never_sent(error: Exception) -> bool:
    import httpx

    return isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)


def _backoff(attempt: int) -> float:
    return min(10.0, 0.2 * 2.0 ** (attempt - 1)) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait: `Retry-After` is a number of seconds or an HTTP date (RFC 9110, 10.2.3)."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.replace(".", "", 1).isdigit():
        return min(float(value), LONGEST_WAIT)
    try:
        when = email.utils.parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError):
        return None
    return min(max(0.0, when - time.time()), LONGEST_WAIT)


def query_text(query: Sequence[tuple[str, Any]] | Mapping[str, Any]) -> str:
    """A query as it goes out, with its `?`; empty where there is nothing to ask.

    Everything but letters, digits and `-._~` is percent-encoded, which every server reads alike. A blank as `+`
    is the way of HTML forms: where a gateway takes addresses by RFC 3986 alone, it stays a `+`, and a qualified
    name with a blank is not found (a user of Purview quotes such a log; grade C).
    """
    pairs = query.items() if isinstance(query, Mapping) else query
    text = "&".join(f"{quote(key, safe='')}={quote(_text(value), safe='')}" for key, value in pairs)
    return f"?{text}" if text else ""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
