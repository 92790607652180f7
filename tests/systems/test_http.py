"""What is sent again, what is not, and how long a connection waits."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable
from urllib.parse import unquote, unquote_plus

import httpx
import pytest

from reconciler.errors import ReconcilerError, StoppedError
from reconciler.systems import http, pacing
from reconciler.systems.auth import Renewable, Token
from reconciler.systems.http import Connection
from reconciler.systems.purview import errors
from reconciler.systems.refusals import LostAnswer, Refused, Unreachable


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "backoff", lambda attempt: 0.001)


def connect(
    answer: Callable[[int, httpx.Request], httpx.Response], **more: object
) -> tuple[Connection, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer(len(seen), request)

    sign_in = more.pop("sign_in", Token("a-token-of-a-test"))
    return Connection(
        "purview", "https://x.purview.azure.com", sign_in, errors, transport=httpx.MockTransport(handle), **more
    ), seen  # type: ignore[arg-type]


def fail_first(times: int, status: int, **headers: str) -> Callable[[int, httpx.Request], httpx.Response]:
    return lambda n, request: (
        httpx.Response(status, headers=headers) if n <= times else httpx.Response(200, json={"n": n})
    )


def drop_first(times: int) -> Callable[[int, httpx.Request], httpx.Response]:
    def answer(n: int, request: httpx.Request) -> httpx.Response:
        if n <= times:
            raise httpx.RemoteProtocolError("dropped", request=request)
        return httpx.Response(200, json={"n": n})

    return answer


@pytest.mark.parametrize("effect", ["read", "set", "once"])
@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
def test_what_keeps_a_connection_from_working_names_the_host(effect: http.Effect, error: type[Exception]) -> None:
    def answer(n: int, request: httpx.Request) -> httpx.Response:
        raise error("nobody there")

    connection, _ = connect(answer)
    with pytest.raises((Unreachable, LostAnswer), match=r"x\.purview\.azure\.com: nobody there"):
        connection.send("POST", "/x", effect=effect)


def test_each_attempt_is_traced() -> None:
    told: list[str] = []
    connection, _ = connect(fail_first(1, 503), trace=told.append)
    connection.send("POST", "/graphql", effect="read", query={"a": "b c"}, json={"query": "query getOne { a }"})
    assert [line.partition(" in ")[0] for line in told] == [
        "purview POST /graphql?a=b%20c getOne: 503", "purview POST /graphql?a=b%20c getOne: 200",
    ]  # fmt: skip


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
@pytest.mark.parametrize("effect", ["read", "set"])
def test_what_is_safe_is_sent_again(status: int, effect: http.Effect) -> None:
    connection, seen = connect(fail_first(3, status))
    assert connection.send("PUT", "/x", effect=effect).json() == {"n": 4}
    assert len(seen) == 4


@pytest.mark.parametrize("status", [408, 500, 503])
def test_a_create_whose_answer_is_in_doubt_is_not_sent_again(status: int) -> None:
    connection, seen = connect(fail_first(1, status))
    with pytest.raises(LostAnswer):
        connection.send("POST", "/x", effect="once")
    assert len(seen) == 1


def test_a_create_whose_connection_broke_is_not_sent_again() -> None:
    connection, seen = connect(drop_first(1))
    with pytest.raises(LostAnswer):
        connection.send("POST", "/x", effect="once")
    assert len(seen) == 1


def test_a_read_whose_connection_broke_is_sent_again() -> None:
    connection, seen = connect(drop_first(2))
    assert connection.send("GET", "/x", effect="read").json() == {"n": 3}
    assert len(seen) == 3


def test_a_throttled_create_was_not_done_and_is_sent_again() -> None:
    connection, _ = connect(fail_first(2, 429, **{"Retry-After": "0"}))
    assert connection.send("POST", "/x", effect="once").json() == {"n": 3}
    assert connection.counts.repeated == 2


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_honoured_in_both_forms(form: str) -> None:
    later = email.utils.formatdate(time.time() + 2, usegmt=True)
    connection, _ = connect(fail_first(1, 429, **{"Retry-After": "1" if form == "seconds" else later}))
    started = time.monotonic()
    connection.send("GET", "/x", effect="read")
    assert time.monotonic() - started >= 0.9
    assert connection.counts.waited > 0.5


def test_it_gives_up_in_the_end_and_names_the_call() -> None:
    connection, seen = connect(drop_first(99))
    with pytest.raises(Unreachable, match="GET /x"):
        connection.send("GET", "/x", effect="read")
    assert len(seen) == http.ATTEMPTS


def test_where_nobody_answers_it_gives_up_sooner() -> None:
    def refuse(n: int, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Connection refused", request=request)

    connection, seen = connect(refuse)
    with pytest.raises(Unreachable, match="Connection refused"):
        connection.send("POST", "/x", effect="once")
    assert len(seen) == http.CONNECT_ATTEMPTS < http.ATTEMPTS


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412])
def test_a_refusal_is_final(status: int) -> None:
    body = {"requestId": "r", "errorCode": "ATLAS-1", "errorMessage": "no"}
    connection, seen = connect(lambda n, request: httpx.Response(status, json=body))
    with pytest.raises(Refused) as refused:
        connection.send("POST", "/x", effect="set")
    assert (refused.value.status, refused.value.code, refused.value.message) == (status, "ATLAS-1", "no")
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"requestId": "r", "errorCode": "ATLAS-404-00-005", "errorMessage": "gone"}, "ATLAS-404-00-005", "gone"),
        ({"error": {"code": "Unauthorized", "message": "Not authorized"}}, "Unauthorized", "Not authorized"),
        ({"error": {"code": "12005", "message": "in use", "target": None, "details": []}}, "12005", "in use"),
    ],
)  # fmt: skip
def test_both_error_envelopes_are_understood(body: object, code: str, message: str) -> None:
    connection, _ = connect(
        lambda n, request: httpx.Response(400, json=body, headers={"x-ms-correlation-request-id": "c-1"})
    )
    with pytest.raises(Refused) as refused:
        connection.send("GET", "/x", effect="read")
    assert (refused.value.code, refused.value.message) == (code, message)
    assert refused.value.diagnostics[0].request_id == "c-1"


def test_an_error_without_content_type_or_json_is_understood() -> None:
    connection, _ = connect(lambda n, request: httpx.Response(414, content=b"<html>URI too long</html>"))
    with pytest.raises(Refused, match="URI too long"):
        connection.send("GET", "/x", effect="read")


def test_a_401_renews_the_token_once() -> None:
    tokens = iter(["token-number-one", "token-number-two"])
    sign_in = Renewable(lambda: (next(tokens), time.time() + 3600))

    def answer(n: int, request: httpx.Request) -> httpx.Response:
        good = request.headers["authorization"] == "Bearer token-number-two"
        return httpx.Response(200 if good else 401, json={})

    connection, seen = connect(answer, sign_in=sign_in)
    connection.send("GET", "/x", effect="read")
    assert len(seen) == 2


def test_a_token_is_renewed_before_it_expires() -> None:
    made = []

    def fetch() -> tuple[str, float]:
        made.append(1)
        return f"token-number-{len(made)}", time.time() + (0.2 if len(made) == 1 else 3600)

    sign_in = Renewable(fetch)
    sign_in.token()
    time.sleep(0.25)
    assert sign_in.token() == "token-number-2"
    assert sign_in.token() == "token-number-2"


@pytest.mark.parametrize("effect", ["read", "set", "once"])
def test_no_request_after_a_stop(effect: http.Effect) -> None:
    connection, seen = connect(lambda n, request: httpx.Response(200, json={}))
    connection.stop.set()
    with pytest.raises(ReconcilerError):
        connection.send("PUT", "/x", effect=effect)
    assert seen == []


def test_a_secret_in_an_answer_is_not_repeated() -> None:
    connection, _ = connect(lambda n, request: httpx.Response(400, json={"errorMessage": "bad a-token-of-a-test"}))
    with pytest.raises(Refused) as refused:
        connection.send("GET", "/x", effect="read")
    assert "a-token-of-a-test" not in str(refused.value)


@pytest.mark.parametrize("effect", ["set", "once"])
def test_what_forbids_writing_is_asked_again_after_a_wait(effect: http.Effect) -> None:
    """The lock of a ledger may be lost while a limit keeps a request waiting."""
    connection, seen = connect(lambda n, request: httpx.Response(429, headers={"retry-after": "0.01"}))

    def lost() -> None:
        if len(seen) == 2:
            raise StoppedError.of("ledger.lock_lost", "the lock is lost")

    connection.allow_write = lost
    with pytest.raises(StoppedError):
        connection.send("PUT", "/x", effect=effect)
    assert len(seen) == 2
    assert connection.delayed > 0


# -- queries ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a b", "a+b", "100%", "%20", "a&b=c", "#one", "a;b", "?", "a/b:c@d", "'\"<>[]{}|\\^`", "Größe", "名", "\n\t",
        "~-._", "", "e\u0301", "🙂",
    ],
)  # fmt: skip
def test_every_character_of_a_query_arrives_by_either_reading(text: str) -> None:
    """Of forms, where `+` is a blank, and of RFC 3986, where it is a plus."""
    connection, seen = connect(lambda n, request: httpx.Response(200, json={}))
    connection.send("GET", "/x", effect="read", query=[("attr_0:qualifiedName", text), ("other", True), (text, 1)])
    raw = seen[0].url.raw_path.decode().partition("?")[2]
    for decode in (unquote, unquote_plus):
        pairs = [tuple(map(decode, pair.partition("=")[::2])) for pair in raw.split("&")]
        assert pairs == [("attr_0:qualifiedName", text), ("other", "true"), (text, "1")]


def test_blanks_go_out_as_percent_twenty() -> None:
    connection, seen = connect(lambda n, request: httpx.Response(200, json={}))
    connection.send("GET", "/x", effect="read", query={"q": "a b+c"})
    assert seen[0].url.raw_path == b"/x?q=a%20b%2Bc"
    connection.send("GET", "/x", effect="read")
    assert seen[1].url.raw_path == b"/x"
