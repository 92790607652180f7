"""What contracts are compared with when nobody names a revision: the manifests of the last apply, if known."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest

from reconciler.ledger import Ledger, LocalLedger
from reconciler.ledger.ledger import Header

from ..cli.conftest import Ran
from ..cli.conftest import run as run
from .conftest import Repository

Run = Callable[..., Ran]
UNKNOWN = "base unknown"


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox that nobody asks."""
    monkeypatch.setenv("RECONCILER_VAR_SANDBOX_URL", "http://127.0.0.1:1")


def applied(repository: Repository, commit: str) -> None:
    """A ledger as an apply of a commit leaves it."""
    header = Header.new("sandbox")
    header.commit = commit
    LocalLedger(repository.root / ".reconciler/ledger/sandbox.jsonl", "sandbox").flush(Ledger(header))


def head(repository: Repository) -> str:
    ran = subprocess.run(["git", "-C", str(repository.root), "rev-parse", "HEAD"], capture_output=True, check=True)
    return ran.stdout.decode().strip()


def check(run: Run, *words: str) -> Ran:
    return run("--env", "sandbox", "contracts", "check", *words)


def test_the_last_apply_is_the_base(repository: Repository, run: Run) -> None:
    commit = head(repository)
    applied(repository, commit)
    assert f"Nothing changed for readers since {commit[:12]}, the commit of the last apply." in check(run).out
    repository.edit("contract.yaml", "path: exports/customers_wide_v1/", "path: elsewhere/")
    repository.commit()
    ran = check(run)
    assert ran.code == 4
    assert "[contract.breaking.path_changed]" in ran.out
    shape = json.loads(check(run, "--format", "json").out)
    assert shape["base"] == {"known": True, "revision": commit, "from": "ledger"}


def test_a_named_revision_wins(repository: Repository, run: Run) -> None:
    applied(repository, head(repository))
    repository.edit("contract.yaml", "path: exports/customers_wide_v1/", "path: elsewhere/")
    repository.commit()
    assert check(run, "--against", "HEAD").code == 0
    shape = json.loads(check(run, "--against", "HEAD", "--format", "json").out)
    assert shape["base"] == {"known": True, "revision": "HEAD", "from": "against"}


def never_applied(repository: Repository) -> None:
    """No ledger."""


def no_commit(repository: Repository) -> None:
    applied(repository, "")


def lost_commit(repository: Repository) -> None:
    applied(repository, "0" * 40)


def no_word_of_git(repository: Repository) -> None:
    applied(repository, "--output=/tmp/x")


def no_git(repository: Repository) -> None:
    applied(repository, head(repository))
    (repository.root / ".git").rename(repository.root / "gone")


def damaged_ledger(repository: Repository) -> None:
    applied(repository, head(repository))
    (repository.root / ".reconciler/ledger/sandbox.jsonl").write_text("what?")


def of_another_project(repository: Repository) -> None:
    repository.git("checkout", "-q", "--orphan", "other")
    repository.git("rm", "-rqf", "--cached", ".")
    (repository.root / "README").write_text("other")
    repository.git("add", "README")
    repository.git("commit", "-qm", "other")
    applied(repository, head(repository))


def does_not_hold_today(repository: Repository) -> None:
    repository.edit("contract.yaml", "schedule: hourly", "schedule: [hourly]")
    repository.commit()
    applied(repository, head(repository))
    repository.edit("contract.yaml", "schedule: [hourly]", "schedule: hourly")


CASES = (
    never_applied,
    no_commit,
    lost_commit,
    no_word_of_git,
    no_git,
    damaged_ledger,
    of_another_project,
    does_not_hold_today,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_what_nobody_knows_is_never_no_break(
    repository: Repository, run: Run, case: Callable[[Repository], None]
) -> None:
    case(repository)
    repository.edit("contract.yaml", "path: exports/customers_wide_v1/", "path: elsewhere/")
    ran = check(run)
    assert ran.code == 0
    assert UNKNOWN in ran.out
    assert "[contract.base_unknown]" in ran.out
    assert "--against REV" in ran.out
    assert "Nothing changed" not in ran.out
    shape = json.loads(check(run, "--format", "json").out)
    assert shape["base"]["known"] is False
    assert shape["comparison"] is None
    assert shape["diagnostics"][0]["code"] == "contract.base_unknown"


def test_a_strict_environment_wants_to_know(repository: Repository, run: Run) -> None:
    environment = repository.root / "manifests/environments/sandbox.yaml"
    environment.write_text(f"{environment.read_text().rstrip()}\n  strict: true\n")
    ran = check(run)
    assert ran.code == 1
    assert f"Error: {UNKNOWN}" in ran.out
