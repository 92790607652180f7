"""Places that many machines share, each as its own kind of test estate with the same few handles."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from azure.storage.blob import ContainerClient

from reconciler.environment.spec import BlobPlace, GitPlace
from reconciler.ledger import Entry, Ledger, Mark
from reconciler.ledger.blob import BlobStore
from reconciler.ledger.blob_client import Blobs
from reconciler.ledger.git import GitStore
from reconciler.ledger.git_store import Git, clone_of
from reconciler.ledger.sharded import ShardedBook, shard_of

from ..support_azurite import ACCOUNT, KEY, Between
from ..tools import program

REF = GitPlace().ref_of("test")
PREFIX = "reconciler/test"


class Estate(Protocol):
    """A place, and machines that share it."""

    shortest: float
    """Seconds of the shortest lock that the place knows."""
    way_out: str
    """What is said of a version that does not read."""

    def book(self, machine: str, seconds: float = 120.0) -> ShardedBook:
        """The ledger as a machine of that name sees it."""

    def damage(self, what: str) -> None:
        """Makes the newest version one that was not written so; the entries `a` and `b` are in it."""

    def cut_off(self) -> None:
        """Lets nobody reach the place any more."""


def fill(book: ShardedBook, *names: str) -> Ledger:
    ledger = book.load()
    for name in names:
        ledger.put(Entry(f"purview.thing:{name}", id=f"id-{name}", fields={"text": Mark("s", "n")}))
    book.flush(ledger)
    return ledger


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True).stdout.strip()


class GitEstate:
    """A remote and clones of it."""

    shortest = 2.0
    way_out = "git push --force origin"

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

    def book(self, machine: str, seconds: float = 120.0) -> ShardedBook:
        folder = self.root / machine
        return self.book_at(folder if folder.exists() else self.clone(machine), seconds)

    def book_at(self, folder: Path, seconds: float = 120.0) -> ShardedBook:
        clone = clone_of(folder, "origin")
        assert clone is not None
        return ShardedBook(GitStore(Git(clone, "test", os.environ), REF, seconds), "test", "git:test")

    def damage(self, what: str) -> None:
        store = self.book("by-hand").store
        assert isinstance(store, GitStore)
        head = store.head()
        assert head is not None
        files = store.git.files(head.token)
        name = shard_of("purview.thing:a")
        if what == "gone":
            del files[name]
        else:
            place = {"shard": name, "header": "header", "more": "zz"}[what]
            data = store.git.read({"x": files[name if what == "more" else place]})["x"]
            files[place] = store.git.write({"x": damaged(data)})["x"]
        store.git.push(REF, head.token, store.git.commit(store.git.tree(files), "by hand", head.token))

    def cut_off(self) -> None:
        self.remote.rename(self.root / "elsewhere")


class BlobEstate:
    """A container of its own in Azurite, and machines on the way to it."""

    shortest = 15.0
    way_out = "versions/` in the container"

    def __init__(self, between: Between, port: int) -> None:
        self.between = between
        self.place = BlobPlace(account_url=between.url, container=f"ledgers-{uuid.uuid4().hex[:8]}")
        key = {"account_name": ACCOUNT, "account_key": KEY}
        self.container = ContainerClient(f"http://127.0.0.1:{port}/{ACCOUNT}", self.place.container, credential=key)
        self.container.create_container()

    def store(self, seconds: float = 120.0) -> BlobStore:
        return BlobStore(Blobs(self.place, PREFIX, {"RECONCILER_BLOB_KEY": KEY}), seconds)

    def book(self, machine: str, seconds: float = 120.0) -> ShardedBook:
        return ShardedBook(self.store(seconds), "test", "blob:test")

    def names(self) -> list[str]:
        return sorted(str(one.name) for one in self.container.list_blobs())

    def read(self, name: str) -> bytes:
        return self.container.download_blob(name).readall()

    def write(self, name: str, data: bytes) -> None:
        self.container.upload_blob(name, data, overwrite=True)

    def damage(self, what: str) -> None:
        shard = shard_of("purview.thing:a")
        place = next(name for name in self.names() if f"/shards/{shard}-" in name)
        if what == "gone":
            self.container.delete_blob(place)
        elif what == "more":
            header, one = f"{PREFIX}/header", place.rpartition("/")[2].encode()
            self.write(header, self.read(header).replace(b'"shards":{"', b'"shards":{"0a":"' + one + b'","'))
        else:
            place = {"shard": place, "header": f"{PREFIX}/header"}[what]
            self.write(place, damaged(self.read(place)))

    def cut_off(self) -> None:
        self.between.happens = lambda asked: "dropped"


def damaged(data: bytes) -> bytes:
    return data.replace(b"id-a", b"id-x").replace(b"serial", b"serious")


@contextmanager
def blob_estate(port: int) -> Iterator[BlobEstate]:
    """An estate on an Azurite at a port."""
    with Between(port).serving() as between:
        yield BlobEstate(between, port)
