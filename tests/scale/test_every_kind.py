"""An estate of every kind that is throttled, cut off, refused or killed ends as one that is applied in peace."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import Exit
from reconciler.kinds import kinds, models
from reconciler.manifest.spec import example

from ..support import Project, project
from .test_faults import FAULTS, apply_in_a_process

pytestmark = pytest.mark.long

KILLS = 20
NAMES = ("qualifiedName", "key", "type", "keyPrefix", "accountDisplay", "friendlyName", "nickName", "name")
"""What objects are called, the likeliest first; one that has none of these is counted with its like."""
NOT_OURS = {"cluedin/token", "cluedin/task", "cluedin/setting", "cluedin/ai-words"}
"""What nobody makes by a manifest: settings, and words of jobs, come with the system, some others each time."""

Things = Counter[tuple[str, str]]


def written(made: Project) -> Project:
    """The project with the examples of all kinds, found by discovery."""
    for name in kinds():
        made.write(f"{name.lower()}.yaml", example(models()[name]))
    return made


def things(made: Project) -> Things:
    """How often there is each thing, by type and name."""
    state = made.http("GET", "/_sandbox/state")
    return Counter(
        (f"{system}/{type}", _name(doc))
        for system, types in state.items()
        for type, docs in types.items()
        if f"{system}/{type}" not in NOT_OURS
        for doc in docs.values()
    )


def _name(doc: Any) -> str:
    there = {**(doc.get("attributes") or {}), **doc}
    if there.get("typeName") == "reconciler_claim":  # called after the ledger, of which each project has its own
        return "reconciler_claim"
    return next((f"{there.get('typeName', '')} {there[name]}" for name in NAMES if there.get(name)), "")


@pytest.fixture(scope="module")
def peaceful(tmp_path_factory: pytest.TempPathFactory) -> Things:
    """What an apply in peace leaves."""
    with project(tmp_path_factory.mktemp("peace")) as made:
        assert written(made).apply().complete
        return things(made)


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as made:
        yield written(made)


def test_in_spite_of_faults_each_object_is_there_once(estate: Project, peaceful: Things) -> None:
    estate.http("POST", "/_sandbox/faults", json=[{**one, "seed": 3} for one in FAULTS])
    result = estate.apply()
    estate.http("DELETE", "/_sandbox/faults")
    if result.exit_code != Exit.OK:  # where nothing may be posted twice, the next run decides
        assert {o.status for o in result.outcomes} <= {"done", "unknown", "skipped", "failed", "unverified", "pending"}
        assert estate.apply().complete
    assert things(estate) == peaceful
    assert estate.actions() == []


def test_killed_at_twenty_random_moments_it_ends_the_same(estate: Project, peaceful: Things) -> None:
    """Each time once it has written a little more, whatever that is, and while the next request is on its way."""
    chance, killed = random.Random(11), Counter[int]()
    for number in range(KILLS):
        begun, more = len(estate.writes()), chance.randint(1, 3)
        run, how = apply_in_a_process(estate), (signal.SIGTERM, signal.SIGKILL)[number % 2]
        while run.poll() is None and len(estate.writes()) < begun + more:
            time.sleep(chance.uniform(0.01, 0.1))
        if run.poll() is None:
            run.send_signal(how)
            killed[how] += 1
        _, errors = run.communicate(timeout=30)
        assert run.returncode in {0, int(Exit.PARTIAL), 130, -signal.SIGTERM, -signal.SIGKILL}, errors.decode()
        assert b"Traceback" not in errors
    assert min(killed[signal.SIGTERM], killed[signal.SIGKILL]) >= KILLS // 4, "the runs must have been cut short"
    last = apply_in_a_process(estate)
    _, errors = last.communicate(timeout=120)
    assert last.returncode == 0, errors.decode()
    assert things(estate) == peaceful
    assert estate.actions() == []
    session = estate.session()
    entries = session.book(session.draft()).load().entries
    assert {address for address, entry in entries.items() if entry.intent} == set()
