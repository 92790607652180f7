"""Where a team keeps its ledger: each place as the same few handles for the tests of what happens there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from ..ledger.estates import BlobEstate, blob_estate
from ..support_azurite import ACCOUNT, KEY
from ..support_git import git


class Clones:
    """A repository in which the manifests are the first commit, and clones of it."""

    def __init__(self, made: Path, root: Path) -> None:
        self.root, self.remote = root, root / "remote.git"
        self._made, self._count = made, 0

    def publish(self) -> None:
        """Pushes what stands in the folder of the manifests."""
        git(self.root, "init", "-q", "--bare", str(self.remote))
        git(self._made, "init", "-q", "-b", "main")
        git(self._made, "add", "manifests")
        git(self._made, "commit", "-q", "-m", "first")
        git(self._made, "push", "-q", self.remote.as_uri(), "main")

    def another(self) -> Path:
        """One more clone, as a job of CI makes it."""
        self._count += 1
        folder = self.root / f"clone{self._count}"
        git(self.root, "clone", "-q", "--depth=1", "-b", "main", self.remote.as_uri(), str(folder))
        return folder


class Place:
    """A place of a ledger; whoever comes to it has a clone of one repository, whose main branch has the manifests."""

    spec = ""
    """What the environment says of it."""
    held = ""
    """What is said of it while somebody else has the lock."""
    seconds = 0.0
    """How long the lock of somebody who died lasts."""

    def __init__(self, clones: Clones) -> None:
        self.clones = clones
        self.env = {"CI": "true"}
        """What an apply there finds in its process."""

    def folder(self) -> Path:
        """Where somebody works who comes to it while others may be there."""
        return self.clones.another()

    def fresh(self) -> Path:
        """A clone that nobody worked in."""
        return self.clones.another()

    def empty(self) -> None:
        """Throws the ledger away."""
        raise NotImplementedError

    def out_of_reach(self) -> AbstractContextManager[None]:
        """Nobody reaches it for a time."""
        raise NotImplementedError


class GitPlace(Place):
    """A ref of the repository."""

    seconds = 8.0
    """The least that is allowed."""
    spec = f"{{git: {{}}, lock_seconds: {seconds:.0f}}}"
    held = "holds the ledger refs/reconciler/sandbox/ledger of origin"

    def empty(self) -> None:
        for ref in git(self.clones.remote, "for-each-ref", "--format=%(refname)", "refs/reconciler/").splitlines():
            git(self.clones.remote, "update-ref", "-d", ref)

    @contextmanager
    def out_of_reach(self) -> Iterator[None]:
        away = self.clones.root / "away.git"
        self.clones.remote.rename(away)
        yield
        away.rename(self.clones.remote)


class BlobPlace(Place):
    """A container of a storage account."""

    seconds = 15.0
    """The least that Azure allows a lease."""

    def __init__(self, clones: Clones, estate: BlobEstate, url: str) -> None:
        super().__init__(clones)
        self.env["RECONCILER_BLOB_KEY"] = KEY
        self.estate, container = estate, estate.place.container
        self.spec = f"{{blob: {{account_url: '{url}', container: {container}}}, lock_seconds: {self.seconds:.0f}}}"
        self.held = f"holds the ledger {url}/{container}/reconciler/sandbox"

    def empty(self) -> None:
        for name in self.estate.names():
            self.estate.container.delete_blob(name)

    @contextmanager
    def out_of_reach(self) -> Iterator[None]:
        self.estate.cut_off()
        yield
        self.estate.between.happens = lambda asked: ""


class FilePlace(Place):
    """A file of one machine: who works on it works in one folder, and takes it along to another.

    The machine ends the lock with its holder.
    """

    file = "ledger/sandbox.jsonl"
    spec = f"{{path: {file}}}"
    held = file

    def __init__(self, clones: Clones) -> None:
        super().__init__(clones)
        self.env.clear()
        self._desk: Path | None = None

    def folder(self) -> Path:
        self._desk = self._desk or self.clones.another()
        return self._desk

    def fresh(self) -> Path:
        before, self._desk = self.folder(), self.clones.another()
        (self._desk / self.file).parent.mkdir()
        shutil.copy2(before / self.file, self._desk / self.file)
        return self._desk

    def empty(self) -> None:
        (self.folder() / self.file).unlink()


SHARED = ["git", pytest.param("blob", marks=pytest.mark.node)]
"""The places that several machines share, as `params` of a fixture."""
EVERY = ["file", *SHARED]


@contextmanager
def place(
    request: pytest.FixtureRequest, name: str, clones: Clones, *, may_be_cut_off: bool = False
) -> Iterator[Place]:
    """The place of that name; what can be cut off has a longer way to it."""
    if name == "blob":
        port = request.getfixturevalue("azurite_port")
        with blob_estate(port) as estate:
            way = estate.between.url if may_be_cut_off else f"http://127.0.0.1:{port}/{ACCOUNT}"
            yield BlobPlace(clones, estate, way)
    else:
        yield GitPlace(clones) if name == "git" else FilePlace(clones)
