"""The ledger as a ref of the repository: what a clone keeps of it, its history, and what a remote may say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.errors import ReconcilerError
from reconciler.ledger import Entry
from reconciler.ledger import git as kept
from reconciler.ledger.git_store import Git, clone_of
from reconciler.ledger.sharded import shard_of

from .estates import REF, GitEstate, fill, git


def test_a_flush_writes_the_shards_that_changed_and_no_other(repository: GitEstate) -> None:
    book = repository.book("one")
    fill(book, *map(str, range(400)))
    before = git(repository.remote, "ls-tree", REF).splitlines()
    fill(book, "17")
    after = git(repository.remote, "ls-tree", REF).splitlines()
    changed = {line.rpartition("\t")[2] for line in set(after) - set(before)}
    assert changed <= {"header", shard_of("purview.thing:17")}
    ledger = book.load()
    ledger.entries["purview.thing:17"].id = "another"
    ledger.touch("purview.thing:17")
    book.flush(ledger)
    last = git(repository.remote, "ls-tree", REF).splitlines()
    assert {line.rpartition("\t")[2] for line in set(last) - set(after)} == {"header", shard_of("purview.thing:17")}


def test_nothing_to_write_is_no_version(repository: GitEstate) -> None:
    book = repository.book("one")
    ledger = fill(book, "a")
    version = git(repository.remote, "rev-parse", REF)
    book.flush(ledger)
    assert git(repository.remote, "rev-parse", REF) == version


def test_a_clone_stays_as_it_is(repository: GitEstate) -> None:
    folder = repository.clone("one")
    before = (git(folder, "for-each-ref"), git(folder, "status", "--porcelain"), git(folder, "config", "--list"))
    fill(repository.book_at(folder), "a")
    with repository.book_at(folder).lock(0):
        pass
    after = (git(folder, "for-each-ref"), git(folder, "status", "--porcelain"), git(folder, "config", "--list"))
    assert after == before
    assert git(folder, "rev-parse", "--is-shallow-repository") == "false"


def test_shallow_clones_and_worktrees_share_it(repository: GitEstate) -> None:
    shallow = repository.clone("shallow", "--depth=1")
    fill(repository.book_at(shallow), "a")
    git(shallow, "worktree", "add", "-q", "--detach", str(repository.root / "beside"))
    book = repository.book_at(repository.root / "beside")
    assert list(book.load().entries) == ["purview.thing:a"]
    fill(book, "b")
    assert len(repository.book_at(shallow).load().entries) == 2


def test_at_most_200_versions_are_kept(repository: GitEstate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "HISTORY", 8)
    monkeypatch.setattr(kept, "KEPT", 4)
    for number in range(11):
        fill(repository.book_at(repository.clone(f"clone{number}", "--depth=1")), str(number))
        assert int(git(repository.remote, "rev-list", "--count", REF)) <= 8
    assert git(repository.remote, "log", "-3", "--format=%s", REF).split("\n") == ["Serial 11", "Serial 10", "Serial 9"]
    assert int(git(repository.remote, "rev-list", "--count", REF)) == 6
    oldest = git(repository.remote, "rev-list", "--max-parents=0", REF)
    assert len(git(repository.remote, "ls-tree", oldest).splitlines()) == 1 + 6, "an old version is whole"
    assert len(repository.book("last").load().entries) == 11


def test_a_remote_that_is_gone_is_told(repository: GitEstate) -> None:
    folder = repository.clone("one")
    repository.remote.rename(repository.root / "elsewhere")
    with pytest.raises(ReconcilerError, match="Git could not ls-remote") as found:
        repository.book_at(folder).load()
    assert "The remote is not reached" in found.value.diagnostics[0].detail
    assert "contents: write" not in found.value.diagnostics[0].detail


def test_a_remote_that_goes_away_before_a_flush_is_told_as_that(repository: GitEstate) -> None:
    book = repository.book("one")
    ledger = fill(book, "a")
    repository.remote.rename(repository.root / "elsewhere")
    ledger.put(Entry("purview.thing:b"))
    with pytest.raises(ReconcilerError) as found:
        book.flush(ledger)
    assert "run again when it answers" in found.value.diagnostics[0].detail


def test_a_remote_on_a_port_that_nobody_listens_on(repository: GitEstate) -> None:
    folder = repository.clone("one")
    git(folder, "remote", "set-url", "origin", "http://127.0.0.1:9/nobody/here.git")
    with pytest.raises(ReconcilerError) as found:
        repository.book_at(folder).load()
    assert "The remote is not reached" in found.value.diagnostics[0].detail


def test_a_remote_that_takes_no_push_is_told_with_its_words(repository: GitEstate) -> None:
    hook = repository.remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'refs of this kind are closed'\nexit 1\n")
    hook.chmod(0o755)
    book = repository.book("one")
    ledger = book.load()
    ledger.put(Entry("purview.thing:a"))
    with pytest.raises(ReconcilerError, match="pre-receive hook declined") as found:
        book.flush(ledger)
    assert "contents: write" in found.value.diagnostics[0].detail
    assert ledger.header.serial == 0
    hook.unlink()
    book.flush(ledger)
    assert len(repository.book("two").load().entries) == 1


def test_a_token_signs_in_and_is_in_no_argument(repository: GitEstate, tmp_path: Path) -> None:
    folder = repository.clone("one")
    git(folder, "remote", "set-url", "origin", "https://git.example.test/team/repository")
    clone = clone_of(folder, "origin")
    assert clone is not None
    made = Git(clone, "test", {**os.environ, "RECONCILER_GIT_TOKEN": "a-token-of-a-job"})
    told = made.run("config", "--get-urlmatch", "http.extraheader", "https://git.example.test/team/repository").decode()
    assert told.startswith("Authorization: Basic ")
    assert "a-token-of-a-job" not in str(made._failed("push", "remote said a-token-of-a-job"))
