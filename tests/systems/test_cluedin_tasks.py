"""Approval tasks, whose members nobody publishes: found by the object's id, read by their words."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import pytest

from reconciler.systems import cluedin_tasks as tasks
from reconciler.systems.auth import Token
from reconciler.systems.cluedin import CluedIn, errors
from reconciler.systems.http import Connection

THING = "9dc81b9a-0000-4000-8000-000000000001"
TASK = "11111111-0000-4000-8000-000000000002"
OTHER = "22222222-0000-4000-8000-000000000003"


class Server:
    """Answers the two paths of tasks, and keeps what it was asked."""

    def __init__(self, listed: Any = (), shown: Any = None, status: int = 200) -> None:
        self.listed, self.shown, self.status = listed, shown, status
        self.asked: list[str] = []
        transport = httpx.MockTransport(self.answer)
        connection = Connection("cluedin", "https://fake.test", Token("t"), errors, transport=transport)
        connection.stop = threading.Event()
        self.cluedin = CluedIn(connection)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path.removeprefix("/api/api/v1"))
        if self.status != 200:
            return httpx.Response(self.status)
        listing = request.url.path.endswith("/tasks/requests")
        if listing and callable(self.listed):
            return httpx.Response(200, json=self.listed(int(request.url.params["page"])))
        return httpx.Response(200, json=self.listed if listing else self.shown)


@pytest.mark.parametrize(
    "listed",
    [
        {"total": 1, "data": [{"id": TASK, "objectId": THING.upper()}]},
        {"total": 1, "items": [{"taskId": TASK, "payload": {"ids": [f"/streams/{THING}"]}}]},
        [{"Id": TASK, "detail": f'{{"vocabularyId":"{THING}"}}'}],
    ],
    ids=["plain", "nested", "as text"],
)
def test_a_task_is_known_by_the_id_of_its_object(listed: Any) -> None:
    server = Server(listed)
    assert [task.id for task in server.cluedin.tasks_for(THING)] == [TASK]
    assert not server.cluedin.tasks_for(OTHER)
    assert not server.cluedin.tasks_for("12"), "a number is in too many texts"
    assert not server.cluedin.tasks_for(TASK), "its own id names no object"
    assert server.asked == ["/tasks/requests"], "one listing a reading"


def test_all_pages_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "TAKE", 1)
    rows = [{"id": TASK, "objectId": THING}, {"id": OTHER, "objectId": THING}]
    server = Server(lambda page: {"total": 2, "data": rows[page : page + 1]})
    assert sorted(task.id for task in server.cluedin.tasks_for(THING)) == [TASK, OTHER]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_where_tasks_are_closed_to_us_nobody_asks_again(status: int) -> None:
    server = Server(status=status)
    assert not server.cluedin.tasks_for(THING)
    assert not server.cluedin.fresh().tasks_for(THING)
    assert len(server.asked) == 1
    assert server.cluedin.decision(TASK) == "unknown"


def test_what_is_no_list_of_tasks_is_none() -> None:
    for listed in ("text", {"total": 0}, {"data": [1, "x", {"no": "id"}]}, None):
        assert not Server(listed).cluedin.tasks_for(THING)


@pytest.mark.parametrize(
    ("shown", "decision"),
    [
        ({"status": "Rejected"}, "rejected"),
        ({"task": {"State": "declined by owner"}}, "rejected"),
        ({"status": "Approved"}, "approved"),
        ({"approvalStatus": "Pending"}, "open"),
        ({"status": "Complete"}, "unknown"),  # the vendor's word for decided either way
        ({"status": 2, "name": "Rejected goods"}, "unknown"),
        ({"status": "Inactive"}, "unknown"),
        (None, "unknown"),
    ],
)
def test_a_decision_is_read_from_the_words_of_a_status(shown: Any, decision: str) -> None:
    assert Server([], shown).cluedin.decision(TASK) == decision


def test_what_is_listed_as_open_is_open_whatever_else_it_says() -> None:
    server = Server([{"id": TASK, "objectId": THING}], {"status": "Rejected"})
    assert (server.cluedin.decision(TASK), server.asked) == ("open", ["/tasks/requests"])
