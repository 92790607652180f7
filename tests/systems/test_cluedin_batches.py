"""Many writes in one document: each with its own result, halved where a server refuses, and nothing sent twice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from reconciler.errors import SystemFailureError
from reconciler.systems import pacing
from reconciler.systems.auth import Token
from reconciler.systems.cluedin import CluedIn, errors
from reconciler.systems.cluedin_documents import MOST
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler.systems.http import Connection
from reconciler.systems.noted import noting
from reconciler.systems.refusals import LostAnswer, Refused

DOCUMENT = """mutation makeThing($thing: InputThing!) { management { id makeThing(thing: $thing) {
  id name } } }"""
TAKEN = "Request failed with status code 409"
Answer = Callable[[dict[str, Any]], httpx.Response]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "backoff", lambda attempt: 0.001)


class Server:
    """A GraphQL server that makes things, one after the other, and takes documents of at most so many of them."""

    def __init__(self, most: int = 1000, refusal: Callable[[], httpx.Response] | None = None, taken: str = "") -> None:
        self.most, self.refusal, self.taken = most, refusal, taken
        self.made: list[str] = []
        self.sizes: list[int] = []
        self.spoil: Answer = lambda body: httpx.Response(200, json=body)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        sent = json.loads(request.content)
        document = re.sub(r"^mutation \w+\([^{]*\{", "{", sent["query"])
        asked = re.findall(r"(?:(\w+): )?management \{ (?:id )?makeThing\(thing: \$(\w+)\)", document)
        self.sizes.append(len(asked))
        if len(asked) > self.most:
            assert self.refusal is not None
            return self.refusal()
        data: dict[str, Any] = {}
        wrong: list[Any] = []
        for alias, variable in asked:
            name, field = sent["variables"][variable]["name"], alias or "management"
            if name == self.taken:
                data[field] = {"makeThing": None}
                wrong.append({"message": TAKEN, "path": [field, "makeThing"]})
                continue
            self.made.append(name)
            data[field] = {"makeThing": {"id": f"id of {name}", "name": name}}
            if not alias:
                data[field]["id"] = "m"
        return self.spoil({"data": data, **({"errors": wrong} if wrong else {})})

    def cluedin(self) -> CluedIn:
        token = Token("a-token-of-a-test")
        transport = httpx.MockTransport(self)
        return CluedIn(Connection("cluedin", "https://acme.cluedin.example", token, errors, transport=transport))


def things(count: int) -> list[dict[str, str]]:
    return [{"name": f"thing {number}"} for number in range(count)]


def given(count: int) -> list[dict[str, Any]]:
    return [{"thing": thing} for thing in things(count)]


def names(count: int) -> list[str]:
    return [thing["name"] for thing in things(count)]


def make(cluedin: CluedIn, count: int) -> list[Any]:
    return cluedin.written_each(DOCUMENT, given(count), effect="once")


def failed(results: list[Any]) -> dict[int, SystemFailureError]:
    return {at: result for at, result in enumerate(results) if isinstance(result, SystemFailureError)}


def test_fifty_are_one_request_in_order() -> None:
    server = Server()
    results = make(server.cluedin(), 2 * MOST + 1)
    assert [made["id"] for made in results] == [f"id of {name}" for name in names(2 * MOST + 1)]
    assert server.sizes == [MOST, MOST, 1]
    assert server.made == names(2 * MOST + 1)
    assert make(server.cluedin(), 0) == []


def test_one_that_is_refused_takes_no_other_with_it() -> None:
    server = Server(taken="thing 3")
    with noting() as noted:
        results = make(server.cluedin(), 7)
    refused = failed(results)
    assert list(refused) == [3]
    assert isinstance(refused[3], GraphQLRefused)
    assert refused[3].conflict
    assert not refused[3].doubtful
    assert server.sizes == [7]
    assert sorted(server.made) == sorted(set(names(7)) - {"thing 3"})
    assert noted.wrote


@pytest.mark.parametrize("count", [1, 3])
def test_where_all_are_refused_nothing_was_written(count: int) -> None:
    server = Server(taken="thing 0")
    with noting() as noted:
        results = server.cluedin().written_each(DOCUMENT, given(1) * count, effect="once")
    assert len(failed(results)) == count
    assert not noted.wrote


@pytest.mark.parametrize(
    "refusal",
    [
        lambda: httpx.Response(200, json={"errors": [{"message": "Query is too complex to execute."}]}),
        lambda: httpx.Response(413),
        lambda: httpx.Response(400, json={"errors": [{"message": "too deep"}]}),
    ],
)
@pytest.mark.parametrize("most", [20, 3, 1])
def test_what_is_too_much_is_halved_and_not_tried_again(refusal: Callable[[], httpx.Response], most: int) -> None:
    server = Server(most, refusal)
    cluedin = server.cluedin()
    assert not failed(make(cluedin, MOST))
    assert server.made == names(MOST)
    server.sizes.clear()
    make(cluedin.fresh(), MOST)
    assert max(server.sizes) <= most


def test_who_may_not_write_is_told_once_for_all() -> None:
    server = Server(0, lambda: httpx.Response(403, json={"message": "no"}))
    refused = failed(make(server.cluedin(), 8))
    assert [error.status for error in refused.values() if isinstance(error, Refused)] == [403] * 8
    assert server.sizes == [8]


def test_a_refusal_that_takes_every_answer_with_it_leaves_the_others_in_doubt() -> None:
    """A field that may not be null hands its null on to the whole of `data` (GraphQL specification, 6.4.4)."""
    server = Server(taken="thing 2")
    server.spoil = lambda body: httpx.Response(200, json={**body, "data": None} if "errors" in body else body)
    cluedin = server.cluedin()
    results = failed(make(cluedin, 4))
    assert [type(error) for error in results.values()] == [LostAnswer, LostAnswer, GraphQLRefused, LostAnswer]
    server.sizes.clear()
    make(cluedin.fresh(), 3)
    assert server.sizes == [1, 1, 1], "from now on each by itself, so that each has an answer"


def cut_off(body: dict[str, Any]) -> httpx.Response:
    raise httpx.ReadError("connection reset")


@pytest.mark.parametrize(
    "spoil",
    [
        cut_off,
        lambda body: httpx.Response(502),
        lambda body: httpx.Response(200, text="<html>"),
        lambda body: httpx.Response(200, json=None),
        lambda body: httpx.Response(200, json={"data": None}),
        lambda body: httpx.Response(200, json={"data": {"a0": body["data"]["a0"]}}),
        lambda body: httpx.Response(200, json={**body, "errors": ["words"]}),
        lambda body: httpx.Response(200, json={"data": dict.fromkeys(body["data"])}),
        lambda body: httpx.Response(200, json={"data": {key: {"makeThing": {"name": "x"}} for key in body["data"]}}),
        lambda body: httpx.Response(
            200, json={"data": dict.fromkeys(body["data"]), "errors": [{"message": "of something else"}]}
        ),
    ],
)
def test_what_no_answer_tells_of_is_lost_and_not_sent_again(spoil: Answer) -> None:
    server = Server()
    server.spoil = spoil
    results = failed(make(server.cluedin(), 3))
    assert [type(error) for error in results.values()] == [LostAnswer] * 3
    assert server.made == names(3)


def test_made_and_refused_at_once_is_for_the_live_state_to_tell() -> None:
    server = Server()
    deep = {"message": "no name for you", "path": ["a1", "makeThing", "name"]}
    server.spoil = lambda body: httpx.Response(200, json={**body, "errors": [deep]})
    [refused] = failed(make(server.cluedin(), 3)).values()
    assert isinstance(refused, GraphQLRefused)
    assert refused.doubtful


def test_what_was_carried_out_is_told_in_an_error_status_too() -> None:
    """Some servers answer 400 whatever has errors, and what did go through all the same."""
    server = Server(taken="thing 1")
    server.spoil = lambda body: httpx.Response(400 if "errors" in body else 200, json=body)
    refused = failed(make(server.cluedin(), 5))
    assert list(refused) == [1]
    assert server.sizes == [5], "nothing was sent again"
    assert sorted(server.made) == sorted(set(names(5)) - {"thing 1"})


def test_an_error_status_that_may_come_after_the_work_leaves_all_in_doubt() -> None:
    server = Server(taken="thing 1")
    server.spoil = lambda body: httpx.Response(400, json={**body, "data": None})
    results = failed(make(server.cluedin(), 4))
    assert server.sizes == [4]
    assert [type(error) for error in results.values()] == [LostAnswer, GraphQLRefused, LostAnswer, LostAnswer]


SWITCH = """mutation switch($id: ID!, $on: Boolean) { inbound {
  switch(id: $id, on: $on) } }"""


def switched(answers: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    """What came of switches, and what was sent, where the server answers these plain values."""
    sent: dict[str, Any] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        sent.update(json.loads(request.content))
        return httpx.Response(200, json={"data": {f"a{at}": {"switch": one} for at, one in enumerate(answers)}})

    transport = httpx.MockTransport(answer)
    token = Token("a-token-of-a-test")
    cluedin = CluedIn(Connection("cluedin", "https://acme.cluedin.example", token, errors, transport=transport))
    each = [{"id": f"id {at}", "on": at == 1} for at in range(len(answers))]
    return cluedin.written_each(SWITCH, each, effect="set"), sent


def test_a_write_may_have_several_variables_and_answer_a_plain_value() -> None:
    results, sent = switched([True, None, "x"])
    assert results == [True, None, "x"], "what such a value says is not known, null is no refusal"
    assert sent["variables"] == {"id0": "id 0", "on0": False, "id1": "id 1", "on1": True, "id2": "id 2", "on2": False}
    head = "mutation switch($id0: ID!, $on0: Boolean, $id1: ID!, $on1: Boolean, $id2: ID!, $on2: Boolean)"
    assert sent["query"].startswith(head)
    assert "a2: inbound { switch(id: $id2, on: $on2) }" in sent["query"]
