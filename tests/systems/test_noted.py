"""Which requests were sent for a piece of work, whatever threads did it."""

from __future__ import annotations

import httpx

from reconciler.systems.auth import Token
from reconciler.systems.http import Connection
from reconciler.systems.noted import note, noting
from reconciler.systems.purview import errors


def test_ids_of_answers_are_collected_over_threads_and_for_one_piece_of_work_alone() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={}, headers={"x-ms-request-id": request.url.path[1:]})

    transport = httpx.MockTransport(answer)
    connection = Connection(
        "purview", "https://x.purview.azure.com", Token("a-token-of-a-test"), errors, transport=transport
    )

    def ask(name: str) -> None:
        connection.send("GET", f"/{name}", effect="read")

    ask("before")
    with noting() as outer:
        ask("a")
        with noting() as inner:
            connection.each(ask, ["b", "c", "d"])
        ask("e")
    note("after")
    assert (outer.ids, sorted(inner.ids)) == (["a", "e"], ["b", "c", "d"])
