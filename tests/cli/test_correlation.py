"""One id on every request of a run: told first and last, and in the result."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from reconciler.systems.correlation import AZURE, HEADER, VARIABLE

from ..support import Project
from .conftest import Ran

Run = Callable[..., Ran]
ID = "0b6ad6a6-8a57-4a5d-9d3c-0e7a4f0f2b11"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """Path and headers of every request from here on."""
    found: list[tuple[str, dict[str, str]]] = []
    stream = httpx.Client.stream

    def recorded(self: httpx.Client, method: str, url: str, **more: Any) -> Any:
        found.append((httpx.URL(url).path, dict(more["headers"])))
        return stream(self, method, url, **more)

    monkeypatch.setattr(httpx.Client, "stream", recorded)
    return found


def told(ran: Ran) -> list[str]:
    return [line for line in ran.err.splitlines() if line.startswith("correlation id: ")]


@pytest.mark.parametrize("words", [("plan",), ("apply", "--yes"), ("drift",)])
def test_every_request_to_every_system_carries_it(
    example: Project,
    run: Run,
    sent: list[tuple[str, dict[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    monkeypatch.setenv(VARIABLE, ID)
    ran = run(*words)
    assert ran.code == 0
    assert told(ran) == [f"correlation id: {ID}"] * 2
    lines = ran.err.splitlines()
    assert (lines[1], lines[-1]) == (f"correlation id: {ID}",) * 2
    paths = {path for path, _ in sent}
    assert {"/auth/connect/token", "/graphql"} < paths
    assert any(path.startswith("/datamap/") for path in paths)
    for path, headers in sent:
        assert headers[HEADER] == ID, path
        assert headers.get(AZURE) == (ID if path.startswith(("/datamap", "/account", "/collections")) else None), path


def test_each_run_makes_one_where_none_is_given(example: Project, run: Run) -> None:
    ids = {told(run("plan"))[0] for _ in range(2)}
    assert len(ids) == 2
    assert all(uuid.UUID(one.removeprefix("correlation id: ")).version == 4 for one in ids)
    assert run("-q", "plan").err == ""


def test_it_is_in_the_result_and_told_of_a_run_that_fails(
    example: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, ID.upper())
    assert json.loads(run("apply", "--yes", "--format", "json").out)["correlation_id"] == ID
    ran = run("plan", "--target", "purview.term:Nothing")
    assert ran.code == 1
    assert told(ran) == [f"correlation id: {ID}"] * 2


@pytest.mark.parametrize("given", ["run 42", "a\r\nx: y", f"{{{ID}}}", f"urn:uuid:{ID}", "::add-mask::x"])
def test_what_is_no_uuid_is_not_used_and_said(
    example: Project, run: Run, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv(VARIABLE, given)
    ran = run("plan")
    assert ran.code == 0
    assert ran.err.count(f"{VARIABLE} is no UUID") == 1
    assert given not in ran.err
    assert uuid.UUID(told(ran)[0].removeprefix("correlation id: ")).version == 4


def test_a_command_that_is_used_wrongly_is_no_run(example: Project, run: Run) -> None:
    ran = run("drift", "purview.term:*")
    assert (ran.code, told(ran)) == (1, [])
    late = run("apply")
    assert "give --yes" in late.err
    ids = told(late)
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert late.err.index("Error: ") > late.err.rindex(ids[0]), "what is wrong stands last, as after every failure"
