"""Many objects in one document: in order, halved where a server refuses, one by one in the end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from reconciler.systems import pacing
from reconciler.systems.auth import Token
from reconciler.systems.cluedin import CluedIn, errors
from reconciler.systems.cluedin_documents import MOST
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler.systems.http import Connection
from reconciler.systems.refusals import LostAnswer, Refused

DOCUMENT = """query getThing($id: ID!) { management { id thing(id: $id) {
  id name } } }"""
GONE = "Request failed with status code 404 (Not Found)"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "backoff", lambda attempt: 0.001)


class Server:
    """A GraphQL server that reads `thing(id:)`, and takes documents of at most so many of them."""

    def __init__(self, most: int = 1000, gone: str = "", refusal: Callable[[], httpx.Response] | None = None) -> None:
        self.most, self.gone, self.refusal = most, gone, refusal
        self.sizes: list[int] = []
        self.swapped = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        asked = re.findall(r"(?:(\w+): )?thing\(id: \$(\w+)\)", body["query"])
        self.sizes.append(len(asked))
        if len(asked) > self.most:
            assert self.refusal is not None
            return self.refusal()
        found: dict[str, Any] = {}
        for alias, variable in asked:
            id = body["variables"][variable]
            if id == self.gone:
                return httpx.Response(200, json={"data": None, "errors": [{"message": GONE}]})
            found[alias or "thing"] = {"id": id.upper(), "name": f"the {id}"}
        if self.swapped:
            found = dict(zip(found, reversed(found.values()), strict=True))
        return httpx.Response(200, json={"data": {"management": {"id": "m", **found}}})

    def cluedin(self) -> CluedIn:
        return CluedIn(
            Connection(
                "cluedin",
                "https://acme.cluedin.example",
                Token("a-token-of-a-test"),
                errors,
                transport=httpx.MockTransport(self),
            )
        )


def too_complex() -> httpx.Response:
    return httpx.Response(200, json={"errors": [{"message": "Query is too complex to execute."}]})


def ids(count: int) -> list[str]:
    return [f"thing-{number}" for number in range(count)]


def test_fifty_are_one_request_and_come_in_order() -> None:
    server = Server()
    found = server.cluedin().each_of(DOCUMENT, ids(2 * MOST + 1))
    assert [row["name"] for row in found] == [f"the {id}" for id in ids(2 * MOST + 1)]
    assert sorted(server.sizes) == [1, MOST, MOST]
    assert server.cluedin().each_of(DOCUMENT, []) == []


@pytest.mark.parametrize("refusal", [too_complex, lambda: httpx.Response(413), lambda: httpx.Response(400, json={})])
@pytest.mark.parametrize("most", [20, 3, 1])
def test_what_is_too_much_is_halved_and_not_tried_again(refusal: Callable[[], httpx.Response], most: int) -> None:
    server = Server(most, refusal=refusal)
    cluedin = server.cluedin()
    assert [row["id"] for row in cluedin.each_of(DOCUMENT, ids(MOST))] == [id.upper() for id in ids(MOST)]
    server.sizes.clear()
    cluedin.fresh().each_of(DOCUMENT, ids(MOST))
    assert max(server.sizes) <= most


def test_one_that_is_gone_is_none_and_no_reason_for_small_documents() -> None:
    server = Server(gone="thing-7")
    cluedin = server.cluedin()
    found = cluedin.each_of(DOCUMENT, ids(MOST))
    assert [number for number, row in enumerate(found) if row is None] == [7]
    server.gone = ""
    server.sizes.clear()
    cluedin.each_of(DOCUMENT, ids(MOST))
    assert server.sizes == [MOST]


def test_who_may_not_ask_is_told_at_once() -> None:
    server = Server(0, refusal=lambda: httpx.Response(403, json={"message": "no"}))
    with pytest.raises(Refused, match="403"):
        server.cluedin().each_of(DOCUMENT, ids(8))
    assert server.sizes == [8]


def test_what_even_one_document_is_refused_for_is_raised() -> None:
    with pytest.raises(GraphQLRefused, match="too complex"):
        Server(0, refusal=too_complex).cluedin().each_of(DOCUMENT, ids(4))


def test_an_answer_about_others_is_none() -> None:
    server = Server()
    server.swapped = True
    with pytest.raises(LostAnswer, match="another object"):
        server.cluedin().each_of(DOCUMENT, ids(4))
