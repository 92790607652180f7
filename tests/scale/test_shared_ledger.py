"""Applies from several clones that share a ledger in Git: killed, at once, and cut off from the remote."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..support import Project, project
from ..support_large import write_many
from ..tools import program
from .test_faults import live_keys, live_terms

pytestmark = pytest.mark.long
SECONDS = 8
"""How long a lock lives, the least that is allowed."""


class Apply:
    """An apply in a process; what it says goes to a file, so that nobody has to read it while it runs."""

    def __init__(self, words: list[str], env: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("w") as file:
            self.process = subprocess.Popen(words, env=env, stdout=file, stderr=subprocess.STDOUT)

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)

    def end(self, timeout: float = 240) -> tuple[int, str]:
        """Its exit code, and what it said."""
        code = self.process.wait(timeout)
        said = self.log.read_text(encoding="utf-8")
        assert "Traceback" not in said, said
        return code, said


class Team:
    """A sandbox, a remote with the manifests, and clones."""

    def __init__(self, made: Project, root: Path) -> None:
        program("git", why="the ledger of a team is a ref of its repository")
        self.made, self.root, self.remote = made, root, root / "remote.git"
        self._clones = 0
        write_many(made, terms=250, keys=250)
        made.edit("environments/sandbox.yaml", "spec:\n", f"spec:\n  ledger: {{git: {{}}, lock_seconds: {SECONDS}}}\n")
        git(root, "init", "-q", "--bare", str(self.remote))
        git(made.root, "init", "-q", "-b", "main")
        git(made.root, "add", "manifests")
        git(made.root, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-q", "-m", "first")
        git(made.root, "push", "-q", self.remote.as_uri(), "main")

    def clone(self) -> Path:
        self._clones += 1
        folder = self.root / f"clone{self._clones}"
        git(self.root, "clone", "-q", "--depth=1", "-b", "main", self.remote.as_uri(), str(folder))
        return folder

    def apply(self, folder: Path, *words: str) -> Apply:
        command = [sys.executable, "-m", "reconciler", "--project", str(folder), "--env", "sandbox", "apply", "--yes"]
        env = {**self.made.env, "PATH": os.environ["PATH"], "CI": "true", "HOME": str(self.root)}
        return Apply([*command, *words], env, folder.with_suffix(".log"))

    def slowly(self, milliseconds: int) -> None:
        self.made.http("POST", "/_sandbox/settings", json={"latency_ms": milliseconds})

    def in_order(self) -> None:
        """Everything once, all of it known as created, nothing open, nothing left to plan, no lock."""
        terms, keys = live_terms(self.made, "Large"), live_keys(self.made)
        assert (len(terms), set(terms.values())) == (253, {1})
        assert (len(keys), set(keys.values())) == (250, {1})
        book = self._project(self.clone()).session().ledger_place()
        entries = book.load().entries.values()
        assert {e.how for e in entries} - {"ensured", "referred"} == {"created"}
        assert not any(e.intent for e in entries)
        assert book.holder() == ""

    def _project(self, folder: Path) -> Project:
        made = Project.__new__(Project)
        made.__dict__.update(self.made.__dict__)
        made.root = folder
        return made


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    (tmp_path / "first").mkdir()
    with project(tmp_path / "first") as made:
        yield Team(made, tmp_path)


def test_killed_at_twenty_random_moments_and_finished_from_fresh_clones(team: Team) -> None:
    team.slowly(20)
    chance = random.Random(11)
    kills = 0
    for _ in range(20):
        folder = team.clone()
        run = team.apply(folder, "--lock-timeout", "60")
        began = time.monotonic()
        while run.runs and not _has_begun(team) and time.monotonic() - began < 60:
            time.sleep(0.05)
        time.sleep(chance.uniform(0.0, 2.5))
        if run.runs:
            run.kill()
            kills += 1
        code, said = run.end()
        assert code in (0, -signal.SIGKILL), said
        shutil.rmtree(folder)
    assert kills >= 3, "the runs must have been cut short"
    team.slowly(0)
    code, said = team.apply(team.clone()).end()
    assert code == 0, said[-900:]
    team.in_order()


def _has_begun(team: Team) -> bool:
    """Whether somebody holds the lock: kills before it would try the reading again and again."""
    shown = subprocess.run(["git", "-C", str(team.remote), "for-each-ref"], check=True, capture_output=True, text=True)
    return "/lock" in shown.stdout


def test_of_two_at_once_one_applies_and_the_other_says_who(team: Team) -> None:
    team.slowly(10)
    runs = [team.apply(team.clone(), "--lock-timeout", "0") for _ in range(2)]
    ends = [run.end() for run in runs]
    assert sorted(code for code, _ in ends) in ([0, 4], [0, 3], [0, 0]), ends
    refused = [said for code, said in ends if code == 4]
    assert all("holds the ledger refs/reconciler/sandbox/ledger of origin" in said for said in refused)
    team.slowly(0)
    team.in_order()


def test_of_two_at_once_both_end_well_where_there_is_time(team: Team) -> None:
    runs = [team.apply(team.clone(), "--lock-timeout", "200") for _ in range(2)]
    ends = [run.end() for run in runs]
    assert sorted(code for code, _ in ends) in ([0, 0], [0, 3]), ends
    team.in_order()


def test_a_holder_that_is_cut_off_writes_no_more_and_the_next_finishes(team: Team) -> None:
    team.slowly(150)
    run = team.apply(team.clone())
    while run.runs and not _has_begun(team):
        time.sleep(0.05)
    time.sleep(2)
    assert run.runs
    away = team.root / "away.git"
    team.remote.rename(away)
    code, said = run.end()
    assert code == 5, said[-900:]
    assert "nothing more is written" in said or "Git could not push" in said, said[-900:]
    writes = len(team.made.writes())
    time.sleep(1)
    assert len(team.made.writes()) == writes
    away.rename(team.remote)
    team.slowly(0)
    code, said = team.apply(team.clone()).end()
    assert code == 0, said[-900:]
    team.in_order()
