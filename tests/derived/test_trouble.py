"""Rules whose apply is killed, or whose systems are not well: one healthy run finishes, and nothing is there twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ReconcilerError
from reconciler_sandbox.web import Request, Response

from ..histories.alone import Alone
from ..histories.direct import HERE, Doors, doors
from ..support_many import numbers
from .people import Portals
from .terms_oracle import TermStory
from .test_oracle import OF_TERMS, OF_VOCABULARIES, held, project, told

FAULTS = (
    {"path": ".*", "status": 429, "probability": 0.2},
    {"path": ".*", "status": 503, "probability": 0.2},
    {"path": "glossary|graphql|vocabs", "after": "response", "probability": 0.2},
)


class KilledError(BaseException):
    """The machine is gone; nothing in it can do anything about that."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Doors, Path, Any]]:
    with doors() as made:
        made.open(HERE)
        yield made, tmp_path_factory.mktemp("trouble"), made.keep()


def killed(made: Alone, chance: random.Random) -> None:
    """An apply whose machine dies at one of its writes, before or after the system has carried it out."""
    left, after, known = [chance.randrange(1, 8)], chance.random() < 0.5, list[bytes]()

    def watch(request: Request, answer: Callable[[], Response | None]) -> Response | None:
        if known:
            raise KilledError
        writes = b"mutation" in request.body if request.path.endswith("graphql") else request.method != "GET"
        left[0] -= writes and "token" not in request.path
        if left[0] > 0:
            return answer()
        if after:
            answer()
        known.append(made.ledger.read_bytes() if made.ledger.exists() else b"")
        raise KilledError

    made.doors.watch = watch
    with suppress(KilledError, ReconcilerError):
        made.apply()
    made.doors.watch = lambda request, answer: answer()
    if known and known[0]:
        made.ledger.write_bytes(known[0])  # what a dead machine does afterwards, it does not do


def unwell(made: Alone, chance: random.Random) -> None:
    """An apply while the systems refuse, or answer and break off."""
    for fault in chance.sample(FAULTS, 2):
        made.http("POST", "/_sandbox/faults", json={**fault, "seed": chance.randrange(1000)})
    with suppress(ReconcilerError):
        made.apply(skip_refused=True)
    made.http("DELETE", "/_sandbox/faults")


@pytest.mark.parametrize("number", numbers(40, quick=2, long=12))
def test_one_healthy_run_finishes(ground: tuple[Doors, Path, Any], number: int) -> None:
    made, portals = project(ground, f"trouble-{number}", OF_TERMS)
    made.write("back.yaml", OF_VOCABULARIES.replace("name: rule", "name: back").replace("V.*", "Product"))
    story = TermStory(portals, portals.glossary("Words"), random.Random(number))
    story.begin()
    for _ in range(3):
        story.step()
        if story.collides:
            story.mend()
        story.twin = ""
        left = story.changes()[1]
        if left and not story.wanted():
            return
        (killed if number % 2 else unwell)(made, story.chance)
        plan = made.plan()
        assert held(plan) == set()
        assert not {one.action for one in plan.changes} & {"delete", "retire", "conflict"}
        result = made.apply()
        assert [(one.change.address, one.message) for one in result.outcomes if one.status != "done"] == []
        story.applied(prune=False)
        assert told(made.plan()) == (set(), left)
        assert doubles(portals) == []


def doubles(portals: Portals) -> list[str]:
    """Names that are there twice, of what rules make."""
    state = portals.state()
    names = [one["keyPrefix"].casefold() for one in state["cluedin"]["vocabulary"].values()]
    names += [one["key"] for one in state["cluedin"]["key"].values()]
    names += [one["name"] for one in state["cluedin"]["term"].values()]
    names += [one["qualifiedName"] for one in state["purview"]["term"].values()]
    return [name for name, count in Counter(names).items() if count > 1]
