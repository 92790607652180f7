"""A misbehaving proxy between product and systems: forty kinds of bad answer at random moments of small applies."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from .kinds import KINDS
from .rounds import Rounds, rounds

MOMENTS = int(os.environ.get("RECONCILER_PROXY_MOMENTS", "5"))
"""Random moments for each kind, one of each stage; 200 once by hand."""
SECONDS = float(os.environ.get("RECONCILER_PROXY_SECONDS", "0"))
"""Where given, no round begins after so many seconds of one kind."""
LOOKS = (
    ("plan", "--detailed-exitcode"),
    ("drift",),
    ("doctor",),
    ("contracts", "check", "--live"),
    ("exports", "history", "people_wide_v1"),
)
"""The verbs that read and write nothing."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rounds]:
    with rounds(tmp_path_factory.mktemp("proxy") / "project") as made:
        yield made


@pytest.mark.long
def test_a_few_bad_answers(world: Rounds) -> None:
    """One at each stage and one for each verb that looks; one test, as it is one world."""
    assert len({kind.name for kind in KINDS}) == 40
    for kind in KINDS:
        assert kind.sentence
        assert sum(world.moments(stage, kind) for stage in world.stages) > 0, kind.name
    wrong = []
    for number, (stage, kind) in enumerate(zip(world.stages, KINDS[::7], strict=True)):
        wrong += world.round(kind, stage, number)
    world.settled()
    for number, words in enumerate(LOOKS):
        wrong += world.look(KINDS[3 + 8 * number], words, number)
    assert wrong == []


@pytest.mark.long
@pytest.mark.parametrize("words", LOOKS, ids=" ".join)
def test_verbs_that_look_write_nothing_and_end_well(world: Rounds, words: tuple[str, ...]) -> None:
    """Each kind of bad answer, once or six times in a row."""
    world.settled()
    wrong = []
    for number, kind in enumerate(KINDS):
        wrong += world.look(kind, words, number, times=6 if number % 2 else 1)
    assert wrong == []


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_nothing_is_doubled_lost_or_taken_for_something_else(world: Rounds, kind) -> None:
    began, wrong = time.monotonic(), []
    done = 0
    for moment in range(MOMENTS):
        if SECONDS and time.monotonic() - began > SECONDS:
            break
        stage = world.stages[moment % len(world.stages)]
        wrong += world.round(kind, stage, moment, times=6 if moment % 5 == 4 else 1)
        done += 1
    print(f"{kind.name}: {done} rounds, {dict(Counter(one.split(': ')[1] for one in wrong))}")
    assert wrong == []
