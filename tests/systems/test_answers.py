"""What counts as an answer, how long one is waited for, and what is said when the time is over."""

from __future__ import annotations

import email.utils
import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from reconciler.questions.assets import scanned
from reconciler.systems import http, pacing
from reconciler.systems.answers import a_list, an_object, holding
from reconciler.systems.auth import Token
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.cluedin import errors as cluedin_errors
from reconciler.systems.cluedin_answers import answer_about, answer_to, selection
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler.systems.http import Connection
from reconciler.systems.purview import Purview, errors
from reconciler.systems.purview_answers import shape_of as purview_shape
from reconciler.systems.refusals import LostAnswer, Refused, Unreachable

DOCUMENT = (
    """query list($p: Int = 1) { management { id things(page: $p, kind: "a {b}") { total data { id name } } } }"""
)
GUID = "8ede58b8-a2e6-4236-965d-f5df3bc00001"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "backoff", lambda attempt: 0.001)


def connect(answers: Callable[[int], httpx.Response], **more: Any) -> tuple[Connection, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answers(len(seen))

    base, of = "https://x.purview.azure.com", more.pop("errors", errors)
    return Connection("purview", base, Token("t"), of, transport=httpx.MockTransport(handle), **more), seen


BAD = {
    "redirect": httpx.Response(302, headers={"location": "https://x.invalid/"}),
    "html": httpx.Response(200, text="<html>Sign in</html>", headers={"content-type": "application/json"}),
    "empty": httpx.Response(200),
    "no content": httpx.Response(204),
    "cut": httpx.Response(200, text='{"guid": "'),
    "null": httpx.Response(200, text="null"),
    "list": httpx.Response(200, json=[{"guid": GUID}]),
    "text": httpx.Response(200, json="OK"),
    "nan": httpx.Response(200, text=f'{{"guid": "{GUID}", "took": NaN}}'),
    "mark": httpx.Response(200, content=b'\xef\xbb\xbf{"guid": "x"}'),
    "error": httpx.Response(200, json={"guid": GUID, "errorCode": "ATLAS-500-00-001"}),
    "errors": httpx.Response(200, json={"errors": ["x"], "data": None}),
    "another": httpx.Response(200, json={"guid": GUID[:-1] + "2"}),
    "no id": httpx.Response(200, json={"name": "a"}),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_answer_is_asked_again(bad: str) -> None:
    connection, seen = connect(lambda n: BAD[bad] if n < 3 else httpx.Response(200, json={"guid": GUID.upper()}))
    assert connection.send("GET", "/x", effect="read", shape=an_object(guid=GUID)).value == {"guid": GUID.upper()}
    assert len(seen) == 3


@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_answer_to_a_create_is_a_lost_answer(bad: str) -> None:
    connection, seen = connect(lambda n: BAD[bad])
    with pytest.raises(LostAnswer, match=r"no answer to it|redirect"):
        connection.send("POST", "/x", effect="once", shape=an_object(guid=GUID))
    assert len(seen) == 1


@pytest.mark.parametrize("bad", BAD)
def test_what_stays_no_answer_is_an_error_that_names_the_call(bad: str) -> None:
    connection, seen = connect(lambda n: BAD[bad])
    elsewhere = bad in ("redirect", "html", "empty", "no content", "cut", "null", "nan", "mark")
    with pytest.raises(Unreachable if elsewhere else LostAnswer, match="GET /x: answered") as failed:
        connection.send("GET", "/x", effect="read", shape=an_object(guid=GUID))
    assert len(seen) == http.NO_ANSWER_ATTEMPTS
    assert "proxies" in failed.value.diagnostics[0].detail


@pytest.mark.parametrize("answer", [httpx.Response(204), httpx.Response(200), httpx.Response(200, json={"a": 1})])
def test_a_write_that_asks_nothing_back_takes_any_success(answer: httpx.Response) -> None:
    connection, seen = connect(lambda n: answer)
    connection.send("DELETE", "/x", effect="set")
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("shape", "value", "wrong"),
    [
        (a_list("guid"), [{"guid": "1"}], ""),
        (a_list("guid"), [], ""),
        (a_list("guid"), [{"guid": None}], "a row without guid"),
        (a_list("guid"), ["x"], "a list of something else than objects"),
        (a_list(), {"value": []}, "something else than a list"),
        (holding("value", "name"), {"value": [{"name": "a"}]}, ""),
        (holding("value"), {"value": {}}, "no list as value"),
        (holding("value"), {}, "an object without value"),
        (holding("value", optional=True), {}, ""),
    ],
)
def test_shapes(shape: Any, value: Any, wrong: str) -> None:
    assert shape(value) == wrong


# -- GraphQL ---------------------------------------------------------------------------------------------------


def test_what_a_document_selects_is_read_without_its_arguments() -> None:
    listing = {"total": None, "data": {"id": None, "name": None}}
    assert selection(DOCUMENT) == {"management": {"id": None, "things": listing}}


def things(value: Any) -> Any:
    return {"data": {"management": {"id": "m", "things": value}}}


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        (things({"total": 1, "data": [{"id": "1", "name": None}]}), ""),
        ({"data": None}, "neither data nor errors"),
        ({}, "neither data nor errors"),
        ([], "something else than an object"),
        ({"errors": ["x"]}, "errors that are none"),
        ({"errors": "x"}, "errors that are none"),
        ({"errors": [{"message": "no"}]}, ""),
        ({"data": {"management": None}}, "null as management"),
        ({"data": {"other": {}}}, "no management"),
        (things(None), ""),
        (things([]), "no rows and total in management.things"),
        (things({"total": 1, "data": None}), "no rows and total in management.things"),
        (things({"total": 1, "data": [{"id": "1"}]}), "no management.things.data.name"),
        (things({"total": 1, "data": ["1"]}), "a value as management.things.data, which has members"),
    ],
)
def test_an_answer_of_graphql_has_what_the_document_selects(value: Any, wrong: str) -> None:
    assert answer_to(DOCUMENT)(value) == wrong


def listing(total: int, rows: int) -> httpx.Response:
    data = [{"id": str(number), "name": "n"} for number in range(rows)]
    return httpx.Response(200, json={"data": {"management": {"id": "", "things": {"total": total, "data": data}}}})


@pytest.mark.parametrize(("total", "rows"), [(1, 0), (3, 2)])
def test_rows_are_counted_against_the_total(total: int, rows: int) -> None:
    def answers(number: int) -> httpx.Response:
        return listing(total, rows if number % 2 else 0)  # the following page of a listing is empty

    connection, _ = connect(answers, errors=cluedin_errors)
    with pytest.raises(LostAnswer, match=f"told of {total} and showed {rows}"):
        CluedIn(connection).pages(DOCUMENT, ("management", "things"))
    right = itertools.chain([listing(total, 0)], itertools.repeat(listing(total, total)))
    connection, _ = connect(lambda _: next(right), errors=cluedin_errors)
    assert len(CluedIn(connection).pages(DOCUMENT, ("management", "things"))) == total


@pytest.mark.parametrize(
    ("error", "absent"),
    [
        ({"message": "Request failed with status code 404 (Not Found): vocabulary v"}, True),
        ({"message": "Response status code does not indicate success: 404 (Not Found)."}, True),
        ({"message": "gone", "extensions": {"code": "NOT_FOUND"}}, True),
        ({"message": "The licence was not found"}, False),
        ({"message": "Error 404 in the billing service"}, False),
        ({"message": "Request failed with status code 500: 404 rows"}, False),
    ],
)
def test_absent_is_what_the_inner_status_says(error: Any, absent: bool) -> None:
    assert GraphQLRefused("vocabulary", [error]).absent is absent
    assert GraphQLRefused("vocabulary", [error, {"message": "x"}]).absent is False


ONE = """query one($id: ID!) { management { id thing(id: $id) { id name } } }"""


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        ({"id": "A1", "name": "n"}, ""),
        ({"id": "b2", "name": "n"}, "another object than the one that was asked for"),
        (None, ""),
        ({"id": "b2"}, "no management.thing.name"),
    ],
)
def test_an_object_read_by_its_id_is_that_one(found: Any, wrong: str) -> None:
    assert answer_about(ONE, "a1")({"data": {"management": {"id": "m", "thing": found}}}) == wrong


def entity(guid: str, name: str) -> dict[str, Any]:
    return {"guid": guid, "typeName": "t", "attributes": {"qualifiedName": name}}


BY_GUID = ("/entity/bulk", [("guid", "g1"), ("minExtInfo", True)])
BY_NAME = (
    "/entity/bulk/uniqueAttribute/type/t",
    [("attr_0:qualifiedName", "Caf\u00e9"), ("attr_1:qualifiedName", "b")],
)
OTHERS = "another entity than those that were asked for"


@pytest.mark.parametrize(
    ("asked", "answer", "wrong"),
    [
        (BY_GUID, {"entities": [entity("G1", "a")]}, ""),
        (BY_GUID, {}, ""),
        (BY_GUID, {"errors": ["x"], "data": None}, "an error in its body"),
        (BY_GUID, {"data": None}, "an object without entities"),
        (BY_NAME, {"message": "busy"}, "an object without entities"),
        (("/entity/guid/g1/labels", {}), {"errors": ["x"]}, "an error in its body"),
        (BY_GUID, {"entities": [entity("g2", "a")]}, f"{OTHERS} (guid)"),
        (BY_NAME, {"entities": [entity("g7", "cafe\u0301"), entity("g8", "b")]}, ""),
        (BY_NAME, {"entities": [entity("g7", "b"), entity("g8", "c")]}, f"{OTHERS} (qualifiedName)"),
        (("/glossary/g1/terms", {}), [{"guid": "t", "name": "n", "anchor": {"glossaryGuid": "G1"}}], ""),
        (("/glossary/g1/terms", {}), [{"guid": "t", "name": "n"}], ""),
        (("/glossary/g1/terms", {}), [{"guid": "t", "name": "n", "anchor": {"glossaryGuid": "g2"}}],
         "rows of another glossary than the one that was asked for"),
    ],
)  # fmt: skip
def test_what_was_not_asked_for_is_no_answer(asked: tuple[str, Any], answer: Any, wrong: str) -> None:
    path, query = asked
    assert purview_shape("GET", path, None, query)(answer) == wrong


@pytest.mark.parametrize("there", [True, False])
def test_a_column_that_an_asset_names_and_nobody_finds_is_not_taken_for_none(there: bool) -> None:
    file = entity("f", "a file") | {"relationshipAttributes": {"columns": [{"guid": "c"}]}}
    entities = [entity("c", "a column") | {"attributes": {"name": "a", "qualifiedName": "a column"}}] if there else []
    purview = Purview(connect(lambda n: httpx.Response(200, json={"entities": entities}))[0])
    if there:
        assert [column.name for column in scanned(purview, [file])[0].columns] == ["a"]
    else:
        with pytest.raises(LostAnswer, match="does not fit together"):
            scanned(purview, [file])


# -- 404 -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "gone"),
    [
        ({"errorCode": "ATLAS-404-00-005", "errorMessage": "Given instance guid is invalid/not found"}, True),
        ({"errorCode": "ATLAS-404-00-00A", "errorMessage": "Referenced entity is not found"}, False),
        ({"message": "The licence was not found"}, False),
        ({"error": {"code": "ResourceNotFound", "message": "not found"}}, False),
    ],
)
def test_a_404_of_purview_is_absence_by_its_code_only(body: Any, gone: bool) -> None:
    purview = Purview(connect(lambda n: httpx.Response(404, json=body))[0])
    if gone:
        assert purview.get(f"/glossary/term/{GUID}", accept=(404,)) is None
    else:
        with pytest.raises(LostAnswer, match="does not say that anything is gone"):
            purview.get(f"/glossary/term/{GUID}", accept=(404,))


@pytest.mark.parametrize(
    ("answer", "gone"),
    [
        (httpx.Response(404), True),
        (httpx.Response(404, json={"title": "Not Found", "status": 404}), True),
        (httpx.Response(404, json={"message": "The licence was not found"}), False),
        (httpx.Response(404, text="<html>404</html>"), False),
    ],
)
def test_a_404_of_cluedin_is_problem_details_or_nothing(answer: httpx.Response, gone: bool) -> None:
    cluedin = CluedIn(connect(lambda n: answer, errors=cluedin_errors)[0])
    if gone:
        assert cluedin.rest("GET", "/vocabs/key/1", effect="read", accept=(404,)) is None
    else:
        with pytest.raises(LostAnswer, match="does not come from CluedIn"):
            cluedin.rest("GET", "/vocabs/key/1", effect="read", accept=(404,))


# -- time ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2", 2.0), ("0", 0.0), ("1.5", 1.5), (" 3 ", 3.0), ("²", None), ("٣", None), ("-5", None), ("1e9", None),
        ("9" * 30, None), ("Mon, 99 Foo 0000", None), ("soon", None), ("", None), ("+1", None), ("1_0", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("Fri, 31 Dec 99999 23:59:59 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_is_digits_or_a_date(text: str, seconds: float | None) -> None:
    assert pacing.retry_after({"retry-after": text}) == seconds


def test_a_date_to_come_is_waited_for() -> None:
    later = email.utils.formatdate(time.time() + 30, usegmt=True)
    assert 28 < (pacing.retry_after({"retry-after": later}) or 0) <= 30


def test_throttling_that_says_nothing_is_met_with_growing_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(pacing.random, "uniform", lambda low, high: high)
    waits = [pacing.asked_to_wait({}, times) for times in range(1, 8)]
    assert waits == sorted(waits)
    assert waits[-1] >= 8 * waits[0]


@pytest.mark.parametrize("effect", ["read", "set", "once"])
def test_throttling_ends_with_the_time_of_the_request_and_says_so(effect: http.Effect) -> None:
    connection, seen = connect(lambda n: httpx.Response(429), request_seconds=0.2)
    began = time.monotonic()
    with pytest.raises(Refused, match=r"0.2 s that a request may take \(`limits.request_seconds`\)") as refused:
        connection.send("POST", "/x", effect=effect)
    assert time.monotonic() - began < 20, "and not after the 300 s of other requests"
    assert refused.value.status == 429
    assert len(seen) > 3


@pytest.mark.parametrize("status", [429, 503])
def test_what_asks_for_longer_than_there_is_time_ends_at_once(status: int) -> None:
    connection, seen = connect(lambda n: httpx.Response(status, headers={"retry-after": "4000"}))
    with pytest.raises((Refused, Unreachable), match="300 s that a request may take"):
        connection.send("GET", "/x", effect="read")
    assert len(seen) == 1


def test_the_time_of_a_run_is_one_for_all_requests_and_said() -> None:
    connection, seen = connect(lambda n: httpx.Response(200, json={}), run_seconds=0.05)
    connection.send("GET", "/x", effect="read")
    time.sleep(0.06)
    with pytest.raises(Unreachable, match=r"0.05 s that a run may take \(`limits.run_seconds`\) are over"):
        connection.send("GET", "/x", effect="read")
    assert len(seen) == 1


class Dripping(httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        for _ in range(200):
            time.sleep(0.01)
            yield b" "


def test_a_slow_answer_is_bounded_as_a_whole() -> None:
    """Each piece comes in time; the answer does not."""
    connection, seen = connect(lambda n: httpx.Response(200, stream=Dripping()), timeout=0.05, attempts=2)
    with pytest.raises(Unreachable, match=r"longer than 0.05 s \(`timeout_seconds`\)"):
        connection.send("GET", "/x", effect="read")
    assert len(seen) == 2
