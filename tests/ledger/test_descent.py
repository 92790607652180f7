"""Whether a commit descends from the one that was applied last, also in clones that do not have the history."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reconciler.ledger.descent import UnknownError, descends, finding
from reconciler.provenance import Provenance, provenance_of

from ..support_git import commit, git, repository


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A project of four commits, and a branch that left after the first."""
    folder = tmp_path / "remote"
    (folder / "manifests").mkdir(parents=True)
    (folder / "manifests" / "a.yaml").write_text("a: 1\n", encoding="utf-8")
    repository(folder)
    for number in range(4):
        commit(folder, f"number {number}")
        git(folder, "tag", f"n{number}")
    git(folder, "checkout", "-q", "-b", "beside", "n0")
    commit(folder, "beside")
    git(folder, "checkout", "-q", "main")
    return folder


def clone(remote: Path, *words: str) -> Path:
    folder = remote.parent / "clone"
    subprocess.run(["git", "clone", "-q", *words, remote.as_uri(), str(folder)], check=True)
    return folder


def revision(remote: Path, name: str) -> str:
    return git(remote, "rev-parse", name)


def told(folder: Path, applied: str) -> str:
    found = finding(folder, {}, "origin", provenance_of(folder, {}), applied)
    return f"{found.severity} {found.code}" if found is not None else ""


DEPTHS = [(), ("--depth=1",), ("--depth=2",), ("--filter=blob:none",), ("--depth=1", "--filter=blob:none")]


@pytest.mark.parametrize("words", DEPTHS, ids=lambda words: "".join(words) or "whole")
@pytest.mark.parametrize(
    ("applied", "expected"),
    [("n3", True), ("n2", True), ("n0", True), ("beside", False)],
)
def test_in_every_kind_of_clone(remote: Path, words: tuple[str, ...], applied: str, expected: bool) -> None:
    folder = clone(remote, *words)
    assert descends(folder, {}, "origin", revision(remote, "main"), revision(remote, applied)) is expected
    assert told(folder, revision(remote, applied)) == ("" if expected else "error apply.commit_behind")


@pytest.mark.parametrize("words", [(), ("--depth=1",)], ids=["whole", "shallow"])
def test_an_older_checkout_is_behind(remote: Path, words: tuple[str, ...]) -> None:
    folder = clone(remote, *words, "--branch=n1")
    assert told(folder, revision(remote, "n3")) == "error apply.commit_behind"
    assert told(folder, revision(remote, "n0")) == ""


@pytest.mark.parametrize("words", [(), ("--depth=1",)], ids=["whole", "shallow"])
def test_a_commit_that_nobody_has_is_no_ancestor(remote: Path, words: tuple[str, ...]) -> None:
    assert told(clone(remote, *words), "0123456789" * 4) == "error apply.commit_behind"


def test_commits_of_ones_own_above_a_shallow_clone(remote: Path) -> None:
    folder = clone(remote, "--depth=1")
    commit(folder, "not pushed")
    assert told(folder, revision(remote, "n1")) == ""
    assert told(folder, revision(remote, "beside")) == "error apply.commit_behind"


def test_the_clone_stays_as_it_is_and_what_is_fetched_is_commits(remote: Path) -> None:
    git(remote, "config", "uploadpack.allowFilter", "true")
    folder = clone(remote, "--depth=1")
    before = [git(folder, *words) for words in LOOKS]
    assert told(folder, revision(remote, "n0")) == ""
    assert [git(folder, *words) for words in LOOKS] == before
    store = folder / ".git" / "reconciler" / "_commits.git"
    listed = git(store, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)").split()
    assert set(listed) == {"commit"}


LOOKS = [
    ("for-each-ref",),
    ("config", "--local", "--list"),
    ("rev-parse", "--is-shallow-repository"),
    ("count-objects", "-v"),
    ("status", "--porcelain"),
]


def test_where_it_cannot_be_found_out_it_is_refused_with_advice(remote: Path) -> None:
    folder = clone(remote, "--depth=1")
    git(folder, "remote", "set-url", "origin", (remote.parent / "gone").as_uri())
    found = finding(folder, {}, "origin", provenance_of(folder, {}), revision(remote, "n1"))
    assert found is not None
    assert (found.severity, found.code) == ("error", "apply.commit_unknown")
    assert "fetch-depth: 0" in found.detail
    git(folder, "remote", "remove", "origin")
    with pytest.raises(UnknownError, match="no remote origin"):
        descends(folder, {}, "origin", revision(remote, "main"), revision(remote, "n1"))
    assert told(folder, revision(remote, "main")) == "", "the very commit needs no history"


def test_a_repository_that_does_not_read_is_refused(tmp_path: Path) -> None:
    found = finding(tmp_path, {}, "origin", Provenance(unreadable="dubious ownership"), "0" * 40)
    assert found is not None
    assert (found.severity, found.code) == ("error", "apply.commit_unknown")
    assert "dubious ownership" in found.summary


def test_outside_git_it_is_said_and_not_refused(tmp_path: Path) -> None:
    assert told(tmp_path, "0" * 40) == "warning apply.commit_unknown"
    assert told(tmp_path, "") == ""
