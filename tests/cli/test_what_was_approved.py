"""What was approved is what is applied: of which commit it is, by whom, and who agreed to which label."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from reconciler.cli import main

from ..support import Project
from ..support_git import ADA, BOB, commit, git, repository
from .conftest import Ran

Run = Callable[..., Ran]
CUSTOMER, SANDBOX = "glossary/customer.yaml", "environments/sandbox.yaml"
TEXT = "Primary contact address."
LABELS = ("--approve", "PII", "--approve", "Restricted")


@pytest.fixture(autouse=True)
def kept(example: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The worked example in a repository, written by Ada; Bob runs what is run."""
    for name in ("GITHUB_ACTOR", "GITHUB_TRIGGERING_ACTOR", "GITHUB_REF", "GITHUB_EVENT_PATH", "BUILD_REQUESTEDFOR"):
        monkeypatch.delenv(name, raising=False)
    repository(example.root)
    git(example.root, "config", "user.name", "Bob")
    git(example.root, "config", "user.email", "bob@example.com")
    commit(example.root, "one", who=ADA)
    return example


def planned(run: Run, *words: str) -> dict[str, object]:
    return dict(json.loads(run("plan", "--format", "json", *words).out))


# -- where it comes from --------------------------------------------------------------------------------------------


def test_a_plan_tells_its_commit_and_author_and_an_unrelated_commit_changes_no_digest(kept: Project, run: Run) -> None:
    first = planned(run)
    assert (first["commit"], first["author"]) == (git(kept.root, "rev-parse", "HEAD"), ADA)
    assert not {"pull_request", "uncommitted"} & first.keys()
    (kept.root / "README.md").write_text("unrelated", encoding="utf-8")
    head = commit(kept.root, "unrelated", who=BOB)
    second = planned(run)
    assert (second["commit"], second["author"]) == (head, BOB)
    assert second["digest"] == first["digest"]


def test_what_is_not_committed_is_told(kept: Project, run: Run) -> None:
    kept.edit(CUSTOMER, TEXT, "Another.")
    assert planned(run)["uncommitted"] is True


def test_a_pull_request_is_told(kept: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    event = kept.root.parent / "event.json"
    event.write_bytes(orjson.dumps({"pull_request": {"number": 5, "user": {"login": "eve"}}}))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    monkeypatch.setenv("GITHUB_REF", "refs/pull/5/merge")
    shape = planned(run)
    assert (shape["pull_request"], shape["author"]) == (5, "eve")
    run("apply", "--yes")
    session = kept.session()
    header = session.book(session.draft()).load().header
    assert (header.pull_request, header.author) == (5, "eve")


@pytest.mark.long
def test_the_ledger_keeps_the_commit_of_what_an_apply_changes(kept: Project, run: Run) -> None:
    first = git(kept.root, "rev-parse", "HEAD")
    run("apply", "--yes")
    kept.edit(CUSTOMER, TEXT, "Another.")
    second = commit(kept.root, "two", who=BOB)
    assert run("apply", "--yes").code == 0
    session = kept.session()
    ledger = session.book(session.draft()).load()
    assert (ledger.header.commit, ledger.header.author) == (second, BOB)
    commits = {address: entry.commit for address, entry in ledger.entries.items()}
    assert commits["purview.term:Enterprise/Party/Customer/Email"] == second
    assert commits["purview.term:Enterprise/Party/Customer"] == first
    assert set(commits.values()) == {first, second}


@pytest.mark.long
def test_a_commit_that_changes_nothing_is_the_newest_all_the_same(kept: Project, run: Run) -> None:
    first = git(kept.root, "rev-parse", "HEAD")
    run("apply", "--yes")
    commit(kept.root, "nothing")
    assert run("apply", "--yes").code == 0
    git(kept.root, "checkout", "-q", first)
    assert run("apply", "--yes").code == 4


# -- older commits --------------------------------------------------------------------------------------------------


def test_an_older_checkout_is_refused_by_plan_and_apply_and_ref_goes_back(kept: Project, run: Run) -> None:
    first = git(kept.root, "rev-parse", "HEAD")
    run("apply", "--yes")
    kept.edit(CUSTOMER, TEXT, "Another.")
    second = commit(kept.root, "two")
    run("apply", "--yes")
    git(kept.root, "checkout", "-q", first)
    writes = len(kept.writes())
    for words in (("plan",), ("plan", "--detailed-exitcode"), ("apply", "--yes"), ("apply", "--yes", "--skip-refused")):
        ran = run(*words)
        assert ran.code == 4, words
        assert f"commit {first[:12]} does not descend from {second[:12]}" in ran.out + ran.err
        assert f"--ref {first[:12]}" in ran.out + ran.err
    assert len(kept.writes()) == writes
    git(kept.root, "checkout", "-q", "main")

    saved = kept.root.parent / "plan.json"
    assert run("plan", "--ref", "main~1", "--out", str(saved)).code == 0
    shape = json.loads(saved.read_text())
    assert (shape["options"]["ref"], shape["commit"]) == (first, first)
    assert shape["digest"] != planned(run)["digest"]
    assert run("apply", str(saved)).code == 0
    assert planned(run, "--ref", first)["changes"] == []
    assert run("plan", "--detailed-exitcode").code == 2, "main goes on from there"
    assert run("apply", "--yes").code == 0


@pytest.mark.long
def test_in_ci_clones_of_one_commit_are_enough(
    kept: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As a job of GitHub has it: the newest commit alone, and the ledger in a ref of the repository."""
    monkeypatch.setenv("CI", "true")

    def job(name: str, *words: str) -> int:
        folder = tmp_path / "jobs" / name
        clone = ["git", "clone", "-q", "--depth=1", "--branch", name, kept.root.as_uri(), str(folder)]
        subprocess.run(clone, check=True, capture_output=True)
        with pytest.raises(SystemExit) as left:
            main(["--project", str(folder), *words])
        return int(left.value.code or 0)

    for number in range(3):
        kept.edit(CUSTOMER, TEXT if number == 0 else f"Text {number - 1}.", f"Text {number}.")
        commit(kept.root, str(number))
        git(kept.root, "branch", f"job{number}")
    assert [job("job0", "apply", "--yes"), job("job2", "apply", "--yes")] == [0, 0]
    capsys.readouterr()
    assert job("job1", "apply", "--yes") == 4
    assert "does not descend from" in "".join(capsys.readouterr())


@pytest.mark.long
def test_a_saved_plan_of_another_revision_is_another_plan(kept: Project, run: Run, tmp_path: Path) -> None:
    saved = tmp_path / "plan.json"
    run("plan", "--ref", "HEAD", "--out", str(saved))
    shape = json.loads(saved.read_text())
    shape["options"].pop("ref")
    saved.write_text(json.dumps(shape))
    assert run("apply", str(saved)).code == 1, "it is not as it was saved"


def test_a_revision_that_is_not_there_is_one_sentence(run: Run) -> None:
    ran = run("plan", "--ref", "nowhere")
    assert ran.code == 1
    assert "there is no commit 'nowhere' here" in ran.err


def test_outside_git_there_is_no_older_revision(kept: Project, run: Run) -> None:
    (kept.root / ".git").rename(kept.root.parent / "gone.git")
    try:
        assert run("plan", "--ref", "main").code == 1
        assert run("apply", "--yes").code == 0, "and all else is as ever"
    finally:
        (kept.root.parent / "gone.git").rename(kept.root / ".git")


# -- who agreed -----------------------------------------------------------------------------------------------------


@pytest.fixture
def asking(kept: Project) -> Project:
    """An environment in which somebody has to agree, and who wrote it does not count."""
    kept.edit(SANDBOX, "    approved_labels: [PII]", "    separation_of_duties: true\n    #")
    commit(kept.root, "asks", who=ADA)
    return kept


def test_an_approval_in_ci_is_of_a_plan_that_was_read(
    kept: Project, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept.edit(SANDBOX, "    approved_labels: [PII]", "    #")
    commit(kept.root, "asks")
    saved = tmp_path / "plan.json"
    digest = json.loads((run("plan", "--out", str(saved)), saved.read_text())[1])["digest"]
    monkeypatch.setenv("CI", "true")
    words = ("apply", "--yes", "--ephemeral-ledger", *LABELS)
    ran = run(*words)
    assert ran.code == 4
    assert "--approve PII does not count: in CI nobody has read the plan" in ran.err
    assert "--expect-digest" in ran.err
    assert kept.writes() == []
    assert run(*words, "--expect-digest", digest).code == 0
    assert run("apply", str(saved), "--ephemeral-ledger", *LABELS).code == 0


def test_where_no_approval_is_needed_ci_may_give_one(kept: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert run("apply", "--yes", "--ephemeral-ledger", "--approve", "PII").code == 0


def test_somebody_else_approves_and_the_result_tells_who(asking: Project, run: Run) -> None:
    ran = run("apply", "--yes", "--format", "json", *LABELS, "--approve", "NotAsked")
    assert ran.code == 0
    assert json.loads(ran.out)["approvals"] == [{"label": "PII", "by": BOB}]
    assert json.loads(run("apply", "--yes", "--format", "json", *LABELS).out)["approvals"] == []


def test_an_approval_that_counts_is_not_asked_for_again_where_something_else_refuses(
    asking: Project, run: Run, tmp_path: Path
) -> None:
    told = tmp_path / "plan.txt"
    other = ("apply", "--yes", "--expect-digest", f"sha256:{'0' * 64}", "--also", f"text={told}")
    assert run(*other, *LABELS).code == 3
    assert "1 approval given (PII), 1 guard in the way" in told.read_text(encoding="utf-8")
    git(asking.root, "config", "user.email", "ADA@example.com")
    assert run(*other, *LABELS).code == 3
    assert "1 approval needed (PII)" in told.read_text(encoding="utf-8"), "of the author it does not count"
    assert asking.writes() == []


def test_who_wrote_the_commit_does_not_approve_it(asking: Project, run: Run) -> None:
    git(asking.root, "config", "user.email", "ADA@example.com")
    ran = run("apply", "--yes", *LABELS)
    assert ran.code == 4
    head = git(asking.root, "rev-parse", "--short=12", "HEAD")
    assert f"--approve PII does not count: Bob <ADA@example.com> wrote commit {head}" in ran.err
    assert asking.writes() == []


def test_who_opened_the_pull_request_does_not_approve_it(
    asking: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = asking.root.parent / "event.json"
    event.write_bytes(orjson.dumps({"pull_request": {"number": 5, "user": {"login": "eve"}}}))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    monkeypatch.setenv("GITHUB_ACTOR", "Eve")
    ran = run("apply", "--yes", *LABELS)
    assert ran.code == 4
    assert "--approve PII does not count: Eve wrote pull request 5" in ran.err
    monkeypatch.setenv("GITHUB_ACTOR", "bob")
    assert run("apply", "--yes", *LABELS).code == 0


def test_who_wrote_an_earlier_commit_that_is_applied_now_does_not_approve_it(asking: Project, run: Run) -> None:
    """Also where somebody else put another commit on top; what was applied before does not count."""
    asking.edit(CUSTOMER, TEXT, "Bob's words.")
    commit(asking.root, "words", who=BOB)
    git(asking.root, "commit", "-q", "--allow-empty", "-m", "on top", f"--author={ADA}")
    ran = run("apply", "--yes", *LABELS)
    assert ran.code == 4
    assert f"{BOB} wrote manifests that are applied now for the first time" in ran.err


def test_who_opened_the_pull_request_of_a_saved_plan_does_not_approve_it(
    asking: Project, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    event, saved = tmp_path / "event.json", tmp_path / "plan.json"
    event.write_bytes(orjson.dumps({"pull_request": {"number": 5, "user": {"login": "eve"}}}))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    monkeypatch.setenv("GITHUB_ACTOR", "eve")
    assert run("plan", "--out", str(saved)).code == 0
    monkeypatch.delenv("GITHUB_EVENT_PATH")
    assert run("apply", str(saved), *LABELS).code == 4
    monkeypatch.setenv("GITHUB_ACTOR", "bob2")
    monkeypatch.setenv("GITHUB_TRIGGERING_ACTOR", "eve")
    assert run("apply", str(saved), *LABELS).code == 4, "running it again is no way round"
    monkeypatch.delenv("GITHUB_TRIGGERING_ACTOR")
    assert run("apply", str(saved), *LABELS).code == 0


def test_nobody_approves_what_nobody_is_known_to_have_written(asking: Project, run: Run) -> None:
    asking.edit(CUSTOMER, TEXT, "Another.")
    ran = run("apply", "--yes", *LABELS)
    assert ran.code == 4
    assert f"{BOB} applies manifests that are not committed" in ran.err
    (asking.root / ".git").rename(asking.root.parent / "gone.git")
    ran = run("apply", "--yes", *LABELS)
    assert ran.code == 4
    assert "nobody knows who wrote these manifests" in ran.err
