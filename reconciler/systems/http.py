"""One HTTP connection to one system: pacing, retry by idempotency, redaction, counts.

What may be repeated depends on what a request does, so every call says so:

* `read`: changes nothing; repeated on anything that may pass.
* `set`: the same again leaves the same state; repeated likewise.
* `once`: creates or starts something; repeated only when the server said that it did nothing (429). When the
  answer is lost, `LostAnswer` is raised and the caller looks at the live state before it sends again.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import orjson

from reconciler.errors import ReconcilerError, StoppedError, SystemFailureError
from reconciler.systems import noted, pacing
from reconciler.systems.address import Address
from reconciler.systems.answer import Answer, Wrong, query_text, wrong_with
from reconciler.systems.answers import Shape, done
from reconciler.systems.client import client_for
from reconciler.systems.pacing import Counts, Pace, asked_to_wait, retry_after
from reconciler.systems.rate import Rate
from reconciler.systems.redact import SECRETS
from reconciler.systems.refusals import FORBIDDEN, IN_BETWEEN, LostAnswer, Refused, Unreachable
from reconciler.systems.sent import Sent, template

if TYPE_CHECKING:
    import httpx

    from reconciler.systems.auth import SignIn

Effect = Literal["read", "set", "once"]
T = TypeVar("T")
U = TypeVar("U")

ATTEMPTS = 8
CONNECT_ATTEMPTS = 4
"""Where nobody answers at all there is less to hope for: the address is wrong, or the system is down."""
NO_ANSWER_ATTEMPTS = 4
"""What answers in a system's place does so until somebody changes it; a server in trouble recovers."""
REQUEST_SECONDS = 300.0
RUN_SECONDS = 6 * 3600.0
"""Seconds for one request with all its repeats and waits, and for all requests of a run."""
_OPERATION = re.compile(r"\s*(?:query|mutation)\s+(\w+)")
PASSING = frozenset({408, 500, 502, 503, 504})


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
    rate: Rate | None = None
    """Shared with other connections to the same address; one of its own where none is given."""
    timeout: float = 60.0
    request_seconds: float = REQUEST_SECONDS
    run_seconds: float = RUN_SECONDS
    transport: Any = None
    attempts: int = ATTEMPTS
    connect_attempts: int = CONNECT_ATTEMPTS
    counts: Counts = field(default_factory=Counts)
    stop: threading.Event = field(default_factory=threading.Event)
    marks: Mapping[str, str] = field(default_factory=dict)
    """Headers of every request, by which the run is known in the logs of the system."""
    trace: Callable[[str], None] | None = None
    """Called with a line about each request and its answer, from any thread."""
    allow_write: Callable[[], None] = lambda: None
    """Called before each request that writes; what it raises keeps the request from being sent."""
    watch: Callable[[Sent], None] | None = None
    """Called with each request and its answer, without any value, from any thread."""

    def __post_init__(self) -> None:
        self.address = Address.parse(self.base)
        self.base = str(self.address)
        self._pace = Pace(self.concurrency, self.rate)
        self._lock = threading.Lock()
        self._opened: httpx.Client | None = None
        self._ends = time.monotonic() + self.run_seconds

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

    @property
    def delayed(self) -> float:
        """Seconds so far during which a limit of the system kept requests waiting."""
        return self._pace.delayed

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
        shape: Shape | None = done,
    ) -> Answer:
        """Sends one request and returns its answer.

        `headers` go out beside those of every request. `accept` lists error statuses that the caller
        understands; their answers are returned. `shape` judges the JSON of a success; what is a redirect, or has
        another shape, is no answer. None takes whatever comes.
        Raises `Refused`, `LostAnswer`, `Unreachable`, or `StoppedError` when a stop was asked for.
        """
        call = f"{method} {path}"
        body = None if json is None else orjson.dumps(json)
        accepted = frozenset(accept)
        attempt = throttled = 0
        renewed = doubtful = False
        begun = time.monotonic()
        while True:
            self._check_stop(call)
            credential = self.sign_in.headers()
            waited = self._enter(begun, call, effect)
            started, began = time.monotonic(), time.time_ns()
            outcome = self._attempt(method, path, query, body, form, {**(headers or {}), **credential}, throttled)
            if self.trace is not None:
                self.trace(_line(self.system, call + query_text(query), json, outcome, time.monotonic() - started))
            if self.watch is not None:
                self.watch(self._sent(method, path, json, outcome, began, time.monotonic() - started))
            with self._lock:
                self.counts.waited += waited
            if isinstance(outcome, Exception):
                why = f"{self.address.origin.partition('//')[2]}: {str(outcome) or type(outcome).__name__}"
                if effect == "once" and not _never_sent(outcome):
                    raise LostAnswer(self.system, call, why) from None
                attempt += 1
                doubtful = doubtful or not _never_sent(outcome)
                if attempt >= (self.connect_attempts if _never_sent(outcome) else self.attempts):
                    advice = _NOBODY_HERE if self.address.is_loopback and _never_sent(outcome) else ""
                    raise Unreachable(self.system, call, why, advice) from None
                self._wait(pacing.backoff(attempt), begun, call, why)
                continue
            outcome.doubtful = doubtful
            noted.note(_given_id(outcome.headers))
            if outcome.status < 400 and (wrong := wrong_with(outcome, shape)):
                attempt += 1
                doubtful = True
                if effect == "once" or attempt >= min(self.attempts, NO_ANSWER_ATTEMPTS):
                    raise self._no_answer(effect, call, wrong)
                self._wait(pacing.backoff(attempt), begun, call, wrong.text)
                continue
            if outcome.status < 400 or outcome.status in accepted:
                return outcome
            if outcome.status == 401 and not renewed:
                renewed = True
                self.sign_in.renew(credential)
                continue
            if outcome.status == 429:
                throttled += 1
                self._note_repeat()
                if self._is_over(asked_to_wait(outcome.headers, throttled), begun):
                    raise self.refusal(call, outcome, self._over(begun))
                continue
            if outcome.status in PASSING:
                if effect == "once":
                    raise LostAnswer(self.system, call, f"answered {outcome.status}")
                attempt += 1
                doubtful = True
                if attempt < self.attempts:
                    wait = max(retry_after(outcome.headers) or 0.0, pacing.backoff(attempt))
                    self._wait(wait, begun, call, f"answered {outcome.status}")
                    continue
            raise self.refusal(call, outcome)

    def each(self, work: Callable[[T], U], items: Iterable[T]) -> list[U]:
        """Does the work for every item, several at once; results in the order of the items."""
        todo = list(items)
        if len(todo) < 2:
            return [work(item) for item in todo]
        with ThreadPoolExecutor(max_workers=min(len(todo), self.concurrency)) as pool:
            return list(noted.spread(pool, work, todo))

    def _attempt(
        self,
        method: str,
        path: str,
        query: Any,
        body: bytes | None,
        form: Mapping[str, str] | None,
        more: Mapping[str, str],
        throttled_before: int,
    ) -> Answer | Exception:
        import httpx

        headers = {"accept": "application/json", **self.marks, **more}
        if body is not None:
            headers["content-type"] = "application/json"
        url = self.base + path + query_text(query)
        sent = time.monotonic()
        try:
            with self._lock:
                self.counts.requests += 1
            given: dict[str, Any] = {"content": body, "data": dict(form) if form else None, "headers": headers}
            until = sent + self.timeout
            with self.client().stream(method, url, **given) as answer:
                content = self._read(answer, until)
            answer.stream = httpx.ByteStream(b"")  # it and its stream hold each other, and with them what was sent
            headers_in = dict(answer.headers.items())  # a mapping of httpx is slow to look into
            if answer.status_code == 429:
                self._pace.refused(sent, asked_to_wait(headers_in, throttled_before + 1))
            else:
                self._pace.answered()
            return Answer(answer.status_code, headers_in, content)
        except (httpx.TransportError, httpx.DecodingError) as error:
            return error
        except RuntimeError as error:
            if not self.stop.is_set():
                raise
            return error  # the connection was closed under the request, because a stop was asked for
        finally:
            self._pace.leave()

    def _read(self, answer: httpx.Response, until: float) -> bytes:
        """The body, if all of it comes in time: the client's own limit is for one piece of it."""
        import httpx

        pieces = []
        for piece in answer.iter_bytes():
            pieces.append(piece)
            if time.monotonic() > until:
                seconds = f"{self.timeout:g} s (`timeout_seconds`)"
                raise httpx.ReadTimeout(f"the answer took longer than {seconds}", request=answer.request)
        return b"".join(pieces)

    def _sent(self, method: str, path: str, json: Any, outcome: Answer | Exception, began: int, seconds: float) -> Sent:
        status, error = (outcome.status, "") if isinstance(outcome, Answer) else (0, type(outcome).__name__)
        whole = template(self.address.path + path)
        return Sent(self.system, method, whole, _operation(json), status, error, began, seconds)

    def _no_answer(self, effect: Effect, call: str, wrong: Wrong) -> SystemFailureError:
        """What is no answer to a reading leaves it unknown; what came from elsewhere means nobody is reached."""
        if effect == "read" and wrong.foreign:
            return Unreachable(self.system, call, wrong.text, IN_BETWEEN)
        return LostAnswer(self.system, call, wrong.text, IN_BETWEEN)

    def refusal(self, call: str, answer: Answer, more: str = "") -> Refused:
        """The error that an answer with an error status stands for."""
        try:
            parsed = answer.json()
        except orjson.JSONDecodeError:
            parsed = SECRETS.clean(answer.body.decode("utf-8", "replace"))[:300]
        code, message = self.errors(answer.status, parsed)
        message = f"{message}; {more}" if more else message
        if answer.status == 401 and not message:
            message = "not signed in"
        advice = {401: self.sign_in.advice, 403: FORBIDDEN}.get(answer.status, "")
        id = _request_id(answer.headers, parsed)
        return Refused(self.system, call, answer.status, code, message, id, advice, doubtful=answer.doubtful)

    def _check_stop(self, call: str) -> None:
        if self.stop.is_set():
            raise _stopped()
        if time.monotonic() > self._ends:
            raise Unreachable(self.system, call, self._over(float("inf")), _ENOUGH)

    def _enter(self, begun: float, call: str, effect: Effect) -> float:
        """Waits for a place among the requests, and asks again whether this one may still go out.

        Raises `Unreachable` where that would take all the time there is.
        """
        try:
            waited = self._pace.enter(self.stop, min(begun + self.request_seconds, self._ends))
        except TimeoutError:
            raise Unreachable(self.system, call, f"asks to wait; {self._over(begun)}", _ENOUGH) from None
        except InterruptedError:
            raise _stopped() from None
        try:
            self._check_stop(call)
            if effect != "read":
                self.allow_write()
        except BaseException:
            self._pace.leave()
            raise
        return waited

    def _is_over(self, seconds: float, begun: float) -> bool:
        """Whether a wait would end after the time of the request, or of the run."""
        return time.monotonic() + seconds > min(begun + self.request_seconds, self._ends)

    def _over(self, begun: float) -> str:
        """Whose time is over, with the setting that gives it."""
        if begun + self.request_seconds <= self._ends:
            return f"the {self.request_seconds:g} s that a request may take (`limits.request_seconds`) are over"
        return f"the {self.run_seconds:g} s that a run may take (`limits.run_seconds`) are over"

    def _wait(self, seconds: float, begun: float, call: str, why: str) -> None:
        if self._is_over(seconds, begun):
            raise Unreachable(self.system, call, f"{why}; {self._over(begun)}", _ENOUGH)
        self._note_repeat()
        started = time.monotonic()
        self.stop.wait(seconds)
        with self._lock:
            self.counts.waited += time.monotonic() - started

    def _note_repeat(self) -> None:
        with self._lock:
            self.counts.repeated += 1


def _stopped() -> ReconcilerError:
    return StoppedError.of("interrupted", "stopped before the next request")


def _line(system: str, call: str, json: Any, outcome: Answer | Exception, seconds: float) -> str:
    """What was sent and what came of it, in a line: `purview GET /glossary: 200 in 35 ms`."""
    called = f" {name}" if (name := _operation(json)) else ""
    result = outcome.status if isinstance(outcome, Answer) else type(outcome).__name__
    return f"{system} {call}{called}: {result} in {seconds * 1000:.0f} ms"


def _operation(json: Any) -> str:
    """The name of the GraphQL document in a body; empty for another body."""
    document = json.get("query") if isinstance(json, dict) else None
    operation = _OPERATION.match(document) if isinstance(document, str) else None
    return operation[1] if operation else ""


_NOBODY_HERE = "Start what listens there: `reconciler sandbox serve` prints its address, and what to paste."
_ENOUGH = "Run the command again when the system is well; or give it more time."


def _request_id(headers: Mapping[str, str], body: Any) -> str:
    """What to quote to the vendor: recorded refusals carry it in a header, Atlas' envelope in its body too."""
    named = _given_id(headers)
    return str(named or (body.get("requestId") if isinstance(body, dict) else None) or "")


def _given_id(headers: Mapping[str, str]) -> str:
    """The id that a system gave a request in the headers of its answer; empty where it gave none."""
    return headers.get("x-ms-correlation-request-id") or headers.get("x-ms-request-id") or ""


def _never_sent(error: Exception) -> bool:
    import httpx

    return isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
