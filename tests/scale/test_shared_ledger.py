"""Applies that share a ledger, wherever it is kept: killed, at once, and cut off from the place."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reconciler.ledger import Entry
from reconciler.resources import type_of

from ..support import Project, project
from ..support_large import write_many
from .places import EVERY, SHARED, Clones, Place, place
from .test_faults import live_keys, live_terms

pytestmark = pytest.mark.long
MANY = 170
"""Terms, and keys with their columns: 500 changes and some."""
KILLS = 20
LATENCY = 20
"""Milliseconds that a system takes for each answer while an apply is to be killed."""


class Apply:
    """An apply in a process; what it says goes to a file, so that nobody has to read it while it runs."""

    def __init__(self, words: list[str], env: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("w") as file:
            self.process = subprocess.Popen(words, env=env, stdout=file, stderr=subprocess.STDOUT)

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def begins(self) -> bool:
        """Waits until it has the lock and applies; whether it came to that."""
        while self.runs and "  applying " not in self.log.read_text(encoding="utf-8"):
            time.sleep(0.05)
        return self.runs

    def killed(self) -> bool:
        """Ends it at once; whether it was still at work."""
        self.process.send_signal(signal.SIGKILL)
        return self.end()[0] == -signal.SIGKILL

    def end(self, timeout: float = 240) -> tuple[int, str]:
        """Its exit code, and what it said."""
        code = self.process.wait(timeout)
        said = self.log.read_text(encoding="utf-8")
        assert "Traceback" not in said, said
        return code, said


class Team:
    """A sandbox, the place of a ledger, and who works with both."""

    def __init__(self, made: Project, clones: Clones, kept: Place) -> None:
        self.made, self.kept = made, kept
        self._runs = 0
        write_many(made, terms=MANY, keys=MANY)
        made.edit("environments/sandbox.yaml", "spec:\n", f"spec:\n  ledger: {kept.spec}\n")
        clones.publish()

    def apply(self, folder: Path, *words: str) -> Apply:
        self._runs += 1
        command = [sys.executable, "-m", "reconciler", "--project", str(folder), "--env", "sandbox", "apply", "--yes"]
        home = str(self.made.root.parent)
        env = {**self.made.env, **self.kept.env, "PATH": os.environ["PATH"], "HOME": home}
        return Apply([*command, *words], env, self.made.root.with_name(f"apply{self._runs}.log"))

    def slowly(self, milliseconds: int) -> None:
        self.made.http("POST", "/_sandbox/settings", json={"latency_ms": milliseconds})

    def starts_over(self) -> None:
        """Nothing is there, and nothing is known, as before the first apply."""
        self.made.http("POST", "/_sandbox/reset")
        self.kept.empty()

    def in_folder(self, folder: Path) -> Project:
        """The project as it stands in a clone."""
        made = Project.__new__(Project)
        made.__dict__.update(self.made.__dict__)
        made.root, made.env = folder, {**self.made.env, **self.kept.env}
        return made

    def outcome(self, folder: Path) -> dict[str, Any]:
        """What is there, object by object where we made it, and what the ledger knows of it."""
        book = self.in_folder(folder).session().ledger_place()
        assert book.holder() == ""
        entries = book.load().entries
        assert not any(entry.intent for entry in entries.values())
        state = self.made.http("GET", "/_sandbox/state")
        return {
            "terms": live_terms(self.made, "Large"),
            "keys": live_keys(self.made),
            "objects": {(system, name): len(all_) for system, types in state.items() for name, all_ in types.items()},
            "ledger": {at: (one.how, fields(one), one.origins, one.depends_on) for at, one in entries.items()},
        }

    def in_order(self, undisturbed: dict[str, Any]) -> None:
        """Everything is as after a run that nobody disturbed, and a fresh clone finds nothing left to do."""
        folder = self.kept.fresh()
        outcome = self.outcome(folder)
        assert set((outcome["terms"] | outcome["keys"]).values()) == {1}
        assert {how for how, *_ in outcome["ledger"].values()} - {"ensured", "referred"} == {"created"}
        for part, found in outcome.items():
            known = undisturbed[part]
            others = {at: (found.get(at), known.get(at)) for at in found | known if found.get(at) != known.get(at)}
            assert dict([*others.items()][:3]) == {}, f"{len(others)} of {part} are not as undisturbed"
        assert self.in_folder(folder).actions() == []


def fields(entry: Entry) -> list[str]:
    """The fields that are compared: what is told at a create alone is not looked at where an object is in place."""
    type = type_of(entry.address)
    return sorted(path for path in entry.fields if type.field(path).compared)


@contextmanager
def team_at(request: pytest.FixtureRequest, root: Path, name: str, **more: bool) -> Iterator[Team]:
    (root / "first").mkdir()
    clones = Clones(root / "first", root)
    with project(root / "first") as made, place(request, name, clones, **more) as kept:
        yield Team(made, clones, kept)


@pytest.fixture(scope="module")
def undisturbed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """How everything is after one apply that nobody disturbs."""
    with team_at(request, tmp_path_factory.mktemp("undisturbed"), "file") as team:
        folder = team.kept.folder()
        assert team.apply(folder).end()[0] == 0
        outcome = team.outcome(folder)
    assert len(outcome["ledger"]) > 500
    return outcome


@pytest.fixture(params=EVERY)
def team(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Team]:
    with team_at(request, tmp_path, request.param) as made:
        yield made


@pytest.fixture(params=SHARED)
def apart(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Team]:
    """A team on several machines, whose place may be cut off."""
    with team_at(request, tmp_path, request.param, may_be_cut_off=True) as made:
        yield made


def test_killed_at_twenty_random_moments_and_finished_from_a_fresh_clone(
    team: Team, undisturbed: dict[str, Any]
) -> None:
    """Each run goes on from where the one before was killed; one that came to its end begins another story.

    The locks of the dead are taken away by hand, but for the last: that one runs out by itself.
    """
    chance = random.Random(11)
    kills = 0
    while kills < KILLS:
        folder = team.kept.folder()
        run = team.apply(folder)
        if not run.begins():
            code, said = run.end()
            assert code == 0, said[-900:]
            team.starts_over()
            continue
        team.slowly(LATENCY)
        time.sleep(chance.uniform(0.0, 1.5))
        kills += run.killed()
        team.slowly(0)
        if kills < KILLS:
            team.in_folder(folder).session().ledger_place().unlock()
    code, said = team.apply(team.kept.fresh(), "--lock-timeout", f"{team.kept.seconds + 10}").end()
    assert code == 0, said[-900:]
    team.in_order(undisturbed)


def test_of_two_at_once_one_applies_and_the_other_says_who(team: Team, undisturbed: dict[str, Any]) -> None:
    team.slowly(10)
    runs = [team.apply(team.kept.folder(), "--lock-timeout", "0") for _ in range(2)]
    ends = [run.end() for run in runs]
    assert sorted(code for code, _ in ends) in ([0, 4], [0, 3], [0, 0]), ends
    refused = [said for code, said in ends if code == 4]
    assert all(team.kept.held in said for said in refused)
    team.slowly(0)
    team.in_order(undisturbed)


def test_of_two_at_once_both_end_well_where_there_is_time(team: Team, undisturbed: dict[str, Any]) -> None:
    runs = [team.apply(team.kept.folder(), "--lock-timeout", "200") for _ in range(2)]
    ends = [run.end() for run in runs]
    assert sorted(code for code, _ in ends) in ([0, 0], [0, 3]), ends
    team.in_order(undisturbed)


def test_a_holder_that_is_cut_off_writes_no_more_and_the_next_finishes(
    apart: Team, undisturbed: dict[str, Any]
) -> None:
    apart.slowly(150)
    run = apart.apply(apart.kept.folder())
    assert run.begins()
    while len(apart.made.writes()) < 10:  # past the claim, which comes before the first change
        time.sleep(0.05)
    with apart.kept.out_of_reach():
        code, said = run.end()
        assert code == 5, said[-900:]
        assert re.search("nothing more is written|could not push|could not be written", said), said[-900:]
        writes = len(apart.made.writes())
        time.sleep(1)
        assert len(apart.made.writes()) == writes
    apart.slowly(0)
    code, said = apart.apply(apart.kept.fresh()).end()
    assert code == 0, said[-900:]
    apart.in_order(undisturbed)
