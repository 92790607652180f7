"""Which CluedIn it is: learnt once, compared with one table, said in one word."""

from __future__ import annotations

import threading
from collections.abc import Callable

import httpx
import pytest

from reconciler.systems import cluedin_versions as versions
from reconciler.systems.auth import Token
from reconciler.systems.cluedin import CluedIn, errors
from reconciler.systems.http import Connection


def server(answer: Callable[[httpx.Request], httpx.Response]) -> tuple[CluedIn, list[str]]:
    """A CluedIn whose answers the test makes, and the paths that it was asked for."""
    asked: list[str] = []

    def heard(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return answer(request)

    connection = Connection("cluedin", "https://fake.test", Token("t"), errors, transport=httpx.MockTransport(heard))
    connection.stop = threading.Event()
    return CluedIn(connection), asked


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("4.8.0", (4, 8)), ("4.6", (4, 6)), ("4.5.0-beta1", (4, 5)), (" v4.10.2", (4, 10)), ("5.0.0.0", (5, 0)),
        ("", None), ("latest", None), ("4", None),
    ],
)  # fmt: skip
def test_a_version_is_its_first_two_numbers(text: str, known: tuple[int, int] | None) -> None:
    assert versions.parse(text) == known


def test_it_is_asked_once_a_connection_by_however_many_readings() -> None:
    cluedin, asked = server(lambda _: httpx.Response(200, json={}, headers={versions.HEADER: "4.7.0"}))
    assert [one.version() for one in (cluedin, cluedin.fresh(), cluedin)] == ["4.7.0"] * 3
    assert asked == ["/api/status"]


def test_an_answer_that_told_it_saves_the_question() -> None:
    cluedin, asked = server(
        lambda _: httpx.Response(200, json={"data": {"me": None}}, headers={versions.HEADER: "4.6.1"})
    )
    cluedin.fresh().graphql("query { me }", effect="read")
    assert (cluedin.version(), asked) == ("4.6.1", ["/graphql"])
    other, asked = server(lambda _: httpx.Response(200, json=[], headers={versions.HEADER: "4.6.1"}))
    other.rest("GET", "/streams", effect="read")
    assert (other.version(), asked) == ("4.6.1", ["/api/api/v1/streams"])


def test_a_server_in_trouble_tells_its_version_all_the_same() -> None:
    cluedin, asked = server(
        lambda _: httpx.Response(500, json={"ServiceStatus": "Red"}, headers={versions.HEADER: "4.8.0"})
    )
    assert (cluedin.version(), len(asked)) == ("4.8.0", 1)


@pytest.mark.parametrize("status", [200, 401, 403, 404])
def test_a_server_that_does_not_tell_is_asked_once_and_nothing_is_said(status: int) -> None:
    cluedin, asked = server(lambda _: httpx.Response(status, text="<html>"))
    assert [cluedin.version(), cluedin.version()] == [None, None]
    assert (len(asked), list(cluedin.findings()), cluedin.has("identifiers")) == (1, [], None)


def test_looking_something_up_in_the_table_asks_nothing() -> None:
    cluedin, asked = server(lambda _: httpx.Response(200, headers={versions.HEADER: "4.3.0"}))
    assert cluedin.has("connector_properties") is None
    assert not asked
    cluedin.version()
    assert (cluedin.has("connector_properties"), cluedin.has("stream_connector")) == (False, True)


@pytest.mark.parametrize("told", ["4.6.0", "4.7.3", "4.8.0", None, "latest"])
def test_of_what_is_known_or_unknown_there_is_nothing_to_say(told: str | None) -> None:
    assert versions.finding(told) is None


def test_below_it_is_an_error_that_names_what_is_lacking() -> None:
    found = versions.finding("4.0.0")
    assert found is not None
    assert found.severity == "error"
    assert found.summary == "CluedIn 4.0.0 is older than this tool writes to, which is 4.6 (2025.09) to 4.8 (2026.02)"
    assert "identifiers of annotations" in found.detail
    assert "connector properties" in found.detail
    nearer = versions.finding("4.5.2")
    assert nearer is not None
    assert nearer.detail.endswith("It lacks exports on request (connectorActions).")


def test_above_it_is_a_remark() -> None:
    found = versions.finding("4.10.0")
    assert found is not None
    assert (found.severity, "newer" in found.summary) == ("info", True)


def test_every_difference_has_a_graded_source_and_lies_in_known_releases() -> None:
    for name, entry in versions.TABLE.items():
        assert any(grade in entry.source for grade in ("[B]", "[C]", "[U]")), name
        assert (4, 0) <= entry.since <= versions.NEWEST, name
    assert {versions.OLDEST, versions.NEWEST} <= versions.RELEASES.keys()
