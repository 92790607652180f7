"""`contracts check --live` looks at the keys beneath the columns, whoever manages them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler_sandbox.cluedin import world

from ..cli.conftest import Ran
from ..cli.conftest import run as run
from ..invariants.estate import Estate, estate


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Estate]:
    """The estate, applied and not promising any freshness."""
    with estate(tmp_path) as applied:
        applied.edit("exportcontract.yaml", "  sla: {freshness_p95_minutes: 60}\n", "")
        for name, value in applied.env.items():
            monkeypatch.setenv(name, value)
        yield applied


def test_keys_that_people_put_away_break_a_contract(made: Estate, run: Callable[..., Ran]) -> None:
    words = ("--env", "sandbox", "contracts", "check", "--live")
    found = run(*words)
    assert (found.code, "contract.key" in found.out) == (0, False)
    [email] = [doc for doc in made.world.all(world.KEY) if doc["key"] == "person.email"]
    other = next(doc for doc in made.world.all(world.KEY) if doc["key"] == "person.fullName")
    for change, said in (
        ({"isObsolete": True}, "the key person.email of the column person_email is obsolete"),
        ({"mapsToOtherKeyId": other["vocabularyKeyId"]}, "is mapped to person.fullName, which takes its values"),
        ({"key": "person.elsewhere"}, "the key person.email of the column person_email is not there in CluedIn"),
    ):
        made.put_back(world.KEY, {**email, **change})
        found = run(*words)
        assert found.code == 1, said
        assert said in found.out + found.err
        assert "exportcontract.yaml" in found.out + found.err
