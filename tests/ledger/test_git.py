"""The ledger as a ref of the repository: versions, their history, who may write, and what a clone keeps of them."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

from reconciler.errors import ReconcilerError, RefusedError
from reconciler.ledger import Entry, Ledger, LockLostError, Mark
from reconciler.ledger import git as kept
from reconciler.ledger.git import GitStore, default_ref, lock_ref
from reconciler.ledger.git_store import Git, clone_of
from reconciler.ledger.sharded import ShardedBook, shard_of

from ..tools import program

REF = default_ref("test")


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True).stdout.strip()


class Estate:
    """A remote and clones of it."""

    def __init__(self, root: Path) -> None:
        program("git", why="the ledger of a team is a ref of its repository")
        self.root, self.remote = root, root / "remote.git"
        subprocess.run(["git", "init", "-q", "--bare", str(self.remote)], check=True)
        first = root / "first"
        subprocess.run(["git", "init", "-q", str(first)], check=True)
        git(first, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "one")
        git(first, "push", "-q", str(self.remote), "HEAD:refs/heads/main")

    def clone(self, name: str, *words: str) -> Path:
        folder = self.root / name
        url = self.remote.as_uri()
        subprocess.run(["git", "clone", "-q", *words, "-b", "main", url, str(folder)], check=True)
        return folder

    def book(self, folder: Path, seconds: float = 120.0) -> ShardedBook:
        clone = clone_of(folder, "origin")
        assert clone is not None
        return ShardedBook(GitStore(Git(clone, "test", os.environ), REF, seconds), "test", "git:test")


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    return Estate(tmp_path)


def fill(book: ShardedBook, *names: str) -> Ledger:
    ledger = book.load()
    for name in names:
        ledger.put(Entry(f"purview.thing:{name}", id=f"id-{name}", fields={"text": Mark("s", "n")}))
    book.flush(ledger)
    return ledger


def test_what_one_clone_wrote_another_reads(estate: Estate) -> None:
    fill(estate.book(estate.clone("one")), "a", "b", "c")
    book = estate.book(estate.clone("two"))
    ledger = book.load()
    assert {address: entry.id for address, entry in ledger.entries.items()} == {
        f"purview.thing:{name}": f"id-{name}" for name in "abc"
    }
    ledger.drop("purview.thing:a")
    book.flush(ledger)
    again = estate.book(estate.clone("three")).load()
    assert sorted(again.entries) == ["purview.thing:b", "purview.thing:c"]
    assert again.header.serial == 2
    assert again.header.salt == ledger.header.salt


def test_a_flush_writes_the_shards_that_changed_and_no_other(estate: Estate) -> None:
    book = estate.book(estate.clone("one"))
    fill(book, *map(str, range(400)))
    before = git(estate.remote, "ls-tree", REF).splitlines()
    fill(book, "17")
    after = git(estate.remote, "ls-tree", REF).splitlines()
    changed = {line.rpartition("\t")[2] for line in set(after) - set(before)}
    assert changed <= {"header", shard_of("purview.thing:17")}
    ledger = book.load()
    ledger.entries["purview.thing:17"].id = "another"
    ledger.touch("purview.thing:17")
    book.flush(ledger)
    last = git(estate.remote, "ls-tree", REF).splitlines()
    assert {line.rpartition("\t")[2] for line in set(last) - set(after)} == {"header", shard_of("purview.thing:17")}


def test_nothing_to_write_is_no_version(estate: Estate) -> None:
    book = estate.book(estate.clone("one"))
    ledger = fill(book, "a")
    version = git(estate.remote, "rev-parse", REF)
    book.flush(ledger)
    assert git(estate.remote, "rev-parse", REF) == version


def test_who_loaded_before_another_wrote_is_refused_and_nothing_is_lost(estate: Estate) -> None:
    one, two = estate.book(estate.clone("one")), estate.book(estate.clone("two"))
    fill(one, "a")
    late = two.load()
    fill(one, "b")
    late.put(Entry("purview.thing:c"))
    with pytest.raises(ReconcilerError, match="somebody else wrote to the ledger"):
        two.flush(late)
    assert sorted(estate.book(estate.clone("three")).load().entries) == ["purview.thing:a", "purview.thing:b"]


def test_two_first_versions_are_one(estate: Estate) -> None:
    one, two = estate.book(estate.clone("one")), estate.book(estate.clone("two"))
    first, second = one.load(), two.load()
    first.put(Entry("purview.thing:a"))
    second.put(Entry("purview.thing:b"))
    one.flush(first)
    with pytest.raises(ReconcilerError, match="somebody else wrote"):
        two.flush(second)


def test_a_clone_stays_as_it_is(estate: Estate) -> None:
    folder = estate.clone("one")
    before = (git(folder, "for-each-ref"), git(folder, "status", "--porcelain"), git(folder, "config", "--list"))
    fill(estate.book(folder), "a")
    with estate.book(folder).lock(0):
        pass
    after = (git(folder, "for-each-ref"), git(folder, "status", "--porcelain"), git(folder, "config", "--list"))
    assert after == before
    assert git(folder, "rev-parse", "--is-shallow-repository") == "false"


def test_shallow_clones_and_worktrees_share_it(estate: Estate) -> None:
    shallow = estate.clone("shallow", "--depth=1")
    fill(estate.book(shallow), "a")
    git(shallow, "worktree", "add", "-q", "--detach", str(estate.root / "beside"))
    book = estate.book(estate.root / "beside")
    assert list(book.load().entries) == ["purview.thing:a"]
    fill(book, "b")
    assert len(estate.book(shallow).load().entries) == 2


def test_at_most_200_versions_are_kept(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "HISTORY", 8)
    monkeypatch.setattr(kept, "KEPT", 4)
    for number in range(11):
        fill(estate.book(estate.clone(f"clone{number}", "--depth=1")), str(number))
        assert int(git(estate.remote, "rev-list", "--count", REF)) <= 8
    assert git(estate.remote, "log", "-3", "--format=%s", REF).split("\n") == ["Serial 11", "Serial 10", "Serial 9"]
    assert int(git(estate.remote, "rev-list", "--count", REF)) == 6
    oldest = git(estate.remote, "rev-list", "--max-parents=0", REF)
    assert len(git(estate.remote, "ls-tree", oldest).splitlines()) == 1 + 6, "an old version is whole"
    assert len(estate.book(estate.clone("last")).load().entries) == 11


@pytest.mark.parametrize("damage", ["shard", "header", "gone", "more"])
def test_a_version_that_was_not_written_so_is_an_error_with_ways_out(estate: Estate, damage: str) -> None:
    book = estate.book(estate.clone("one"))
    fill(book, "a", "b")
    store = book.store.git  # type: ignore[attr-defined]
    head = book.store.head()
    assert head is not None
    files = store.files(head.token)
    name = shard_of("purview.thing:a")
    if damage == "gone":
        del files[name]
    else:
        place = {"shard": name, "header": "header", "more": "zz"}[damage]
        data = store.read({"x": files[name if damage == "more" else place]})["x"]
        files[place] = store.write({"x": data.replace(b"id-a", b"id-x").replace(b"serial", b"serious")})["x"]
    store.push(REF, head.token, store.commit(store.tree(files), "by hand", head.token))
    with pytest.raises(ReconcilerError, match=r"cannot be used") as found:
        estate.book(estate.clone("two")).load()
    assert "git push --force origin" in found.value.diagnostics[0].detail


def test_a_remote_that_is_gone_is_told(estate: Estate) -> None:
    folder = estate.clone("one")
    estate.remote.rename(estate.root / "elsewhere")
    with pytest.raises(ReconcilerError, match="Git could not ls-remote") as found:
        estate.book(folder).load()
    assert "contents: write" in found.value.diagnostics[0].detail


def test_a_remote_that_takes_no_push_is_told_with_its_words(estate: Estate) -> None:
    hook = estate.remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'refs of this kind are closed'\nexit 1\n")
    hook.chmod(0o755)
    book = estate.book(estate.clone("one"))
    ledger = book.load()
    ledger.put(Entry("purview.thing:a"))
    with pytest.raises(ReconcilerError, match="pre-receive hook declined"):
        book.flush(ledger)
    assert ledger.header.serial == 0
    hook.unlink()
    book.flush(ledger)
    assert len(estate.book(estate.clone("two")).load().entries) == 1


# -- the lock -----------------------------------------------------------------------------------------------------


def test_one_holds_it_and_the_other_says_who(estate: Estate) -> None:
    one, two = estate.book(estate.clone("one")), estate.book(estate.clone("two"))
    with one.lock(0) as held:
        held()
        assert " on " in two.holder()
        with pytest.raises(RefusedError, match=r" on .* holds the ledger"), two.lock(0):
            pass
    assert two.holder() == ""
    with two.lock(0):
        pass
    assert lock_ref(REF) not in git(estate.remote, "for-each-ref")


def test_who_waits_gets_it_when_it_is_free(estate: Estate) -> None:
    one, two = estate.book(estate.clone("one")), estate.book(estate.clone("two"))
    over = threading.Event()

    def work() -> None:
        with one.lock(0):
            over.wait(2)

    thread = threading.Thread(target=work)
    thread.start()
    while not two.holder():
        time.sleep(0.05)
    threading.Timer(0.5, over.set).start()
    with two.lock(20):
        pass
    thread.join()


def test_of_many_that_want_it_at_once_one_has_it(estate: Estate) -> None:
    books = [estate.book(estate.clone(f"clone{number}")) for number in range(4)]
    inside: list[int] = []
    most: list[int] = []

    def work(book: ShardedBook) -> None:
        with book.lock(60):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.05)
            inside.pop()

    threads = [threading.Thread(target=work, args=(book,)) for book in books]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]


def test_the_lock_of_who_died_is_taken_over_after_its_time(estate: Estate) -> None:
    """Nobody releases it: as after a kill."""
    one, two = estate.book(estate.clone("one"), 2), estate.book(estate.clone("two"), 2)
    lock = kept.GitLock(one.store.git, lock_ref(REF), 2, "x")  # type: ignore[attr-defined]
    lock._take(0)
    began = time.monotonic()
    with two.lock(None):
        assert 2 <= time.monotonic() - began < 10
    with pytest.raises(LockLostError):
        lock._require()


def test_who_is_alive_keeps_it_and_a_contender_does_not_wait_for_ever(estate: Estate) -> None:
    one, two = estate.book(estate.clone("one"), 8), estate.book(estate.clone("two"), 8)
    with one.lock(0) as held:
        began = time.monotonic()
        with pytest.raises(RefusedError), two.lock(None):
            pass
        assert time.monotonic() - began < 8, "refused as soon as it was renewed"
        held()


def test_a_holder_that_is_cut_off_writes_no_more(estate: Estate) -> None:
    one = estate.book(estate.clone("one"), 2)
    with one.lock(0) as held:
        held()
        estate.remote.rename(estate.root / "elsewhere")
        time.sleep(2)
        with pytest.raises(LockLostError, match="could not be renewed"):
            held()
        (estate.root / "elsewhere").rename(estate.remote)


def test_a_lock_can_be_taken_away(estate: Estate) -> None:
    one, two = estate.book(estate.clone("one")), estate.book(estate.clone("two"))
    with one.lock(0):
        two.unlock()
        assert two.holder() == ""


def test_a_token_signs_in_and_is_in_no_argument(estate: Estate, tmp_path: Path) -> None:
    folder = estate.clone("one")
    git(folder, "remote", "set-url", "origin", "https://git.example.test/team/repository")
    clone = clone_of(folder, "origin")
    assert clone is not None
    made = Git(clone, "test", {**os.environ, "RECONCILER_GIT_TOKEN": "a-token-of-a-job"})
    told = made.run("config", "--get-urlmatch", "http.extraheader", "https://git.example.test/team/repository").decode()
    assert told.startswith("Authorization: Basic ")
    assert "a-token-of-a-job" not in str(made._failed("push", "remote said a-token-of-a-job"))
