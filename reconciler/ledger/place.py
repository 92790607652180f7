"""Which place keeps the ledger of an environment, and where its file may stand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reconciler.environment.below import is_below
from reconciler.environment.spec import BlobPlace, Environment, GitPlace
from reconciler.errors import ConfigurationError
from reconciler.ledger.book import Book
from reconciler.ledger.local import LocalLedger
from reconciler.systems.address import Address


def book_of(
    environment: Environment, name: str, root: Path, process_env: Mapping[str, str], *, ephemeral: bool = False
) -> Book:
    """The ledger of the environment called `name`, of the project at `root`.

    Where the manifest does not say: the project's repository, if it is a clone with the remote `origin`. Outside CI a
    ledger file that is there counts, and so does that the systems are on this machine: nobody shares them.
    `ephemeral` takes the file in any case. Raises `ConfigurationError` for a place that cannot be.
    """
    place = environment.ledger
    file = environment.ledger_path(name)
    if place.path is not None or ephemeral:
        return LocalLedger(ledger_file(root, file), name)
    if place.blob is not None:
        return _in_blobs(place.blob, place.lock_seconds, name, process_env)
    if place.git is None and not process_env.get("CI"):
        local = LocalLedger(ledger_file(root, file), name)
        if local.path.exists() or _is_here(environment):
            return local
    return _in_git(place.git, place.lock_seconds, name, root, process_env) or LocalLedger(ledger_file(root, file), name)


def _in_git(
    place: GitPlace | None, lock_seconds: int, name: str, root: Path, process_env: Mapping[str, str]
) -> Book | None:
    from reconciler.ledger.git import GitStore
    from reconciler.ledger.git_store import Git, clone_of
    from reconciler.ledger.sharded import ShardedBook

    told = place or GitPlace()
    clone = clone_of(root, told.remote)
    if clone is None:
        if place is None:
            return None
        raise ConfigurationError.of(
            "ledger.no_repository",
            f"the ledger is kept in Git, and the project is in no clone with a remote {told.remote}",
            "Run it in a clone, or give `ledger.path` for a file.",
        )
    store = GitStore(Git(clone, name, process_env), told.ref_of(name), lock_seconds)
    return ShardedBook(store, name, f"git:{name}")


def _in_blobs(place: BlobPlace, lock_seconds: int, name: str, process_env: Mapping[str, str]) -> Book:
    from reconciler.ledger.blob import BlobStore
    from reconciler.ledger.blob_client import Blobs
    from reconciler.ledger.sharded import ShardedBook

    store = BlobStore(Blobs(place, place.prefix_of(name), process_env), lock_seconds)
    return ShardedBook(store, name, f"blob:{name}")


def _is_here(environment: Environment) -> bool:
    """Whether every system of the environment is on this machine."""
    urls = [environment.cluedin.url] if environment.cluedin is not None else []
    urls += [environment.purview.endpoint] if environment.purview is not None else []
    return all(Address.parse(url).is_loopback for url in urls)


def ledger_file(root: Path, path: str) -> Path:
    """The file of a ledger that an environment names from the root of the project.

    Raises `ConfigurationError` when it, or a file that is written beside it, would be outside the project, or among
    what Git keeps for itself.
    """
    if not is_below(root, path, ".new", "+.lock"):
        raise ConfigurationError.of(
            "ledger.outside",
            f"the ledger {path} is outside the project",
            "Give `ledger.path` a file below the root of the project, without links that lead out of it.",
        )
    return root / path
