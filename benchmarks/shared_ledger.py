"""`ledger`: a ledger in Git at scale: what a flush costs beside a plain push, what the remote grows, how it loads.

All against a bare repository on this machine, so that no network is measured.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

from benchmarks import tables
from benchmarks.processes import measure
from benchmarks.recorded import ENVIRONMENT, read_ledger
from reconciler.environment.spec import GitPlace
from reconciler.ledger import Ledger
from reconciler.ledger.exchange import put_in_place
from reconciler.ledger.git import GitStore
from reconciler.ledger.git_store import Git, clone_of
from reconciler.ledger.sharded import ShardedBook

RESOURCES = 100_000
CHANGED = 500
VERSIONS = 5
AT_MOST = {"flush beside push": 3.0, "load beside plan": 0.15}


def run(size: int) -> None:
    """Measures at one size and holds the outcome against the goals."""
    tables.heading(
        "ledger: in Git, shared by a team",
        f"{VERSIONS} flushes of {CHANGED} changed entries each; the median counts. `plain push` sends the same objects",
        "to a second remote that has all versions before. A remote keeps what it receives with the whole shards beside",
        "the differences, until it packs anew. `load` is what an apply does first, with the clone's store warm.",
    )
    with tempfile.TemporaryDirectory(prefix="reconciler-bench-") as root:
        project = Path(root, "project")
        measure([sys.executable, "-m", "benchmarks.recorded", str(project), str(size)])
        plan = orjson.loads(measure([sys.executable, "-m", "benchmarks.noop_plan", str(project)]).output)
        book, remote, other = _place(Path(root))
        given = read_ledger(project)
        put_in_place(book, book.load(), given, force=False)
        _push(book, other)
        flushes, pushes, grown = [], [], []
        for number in range(VERSIONS):
            ledger = book.load()
            _change(ledger, number)
            before = _bytes(remote)
            flushes.append(_timed(lambda: book.flush(ledger)))  # noqa: B023 - called at once
            grown.append(_bytes(remote) - before)
            pushes.append(_timed(lambda: _push(book, other)))
        packed = [_packed(remote)]
        for number in range(VERSIONS, 2 * VERSIONS):
            ledger = book.load()
            _change(ledger, number)
            book.flush(ledger)
        packed.append(_packed(remote))
        load = statistics.median(_timed(book.load) for _ in range(3))
    flush, push = statistics.median(flushes), statistics.median(pushes)
    rows = [
        ("entries", f"{len(given.entries):,}"),
        ("flush, with its push", f"{flush:.2f} s"),
        ("plain push", f"{push:.2f} s"),
        ("the remote receives", f"{statistics.median(grown) / 1024:,.0f} kB a version"),
        ("of which it keeps, packed", f"{(packed[1] - packed[0]) / VERSIONS / 1024:,.0f} kB a version"),
        ("load", f"{load:.2f} s"),
        ("no-op plan, with a ledger in a file", f"{plan['seconds']:.2f} s"),
    ]
    tables.table(("", "measured"), rows)
    print()
    for what, ratio in (("flush beside push", flush / push), ("load beside plan", load / plan["seconds"])):
        verdict = "meets" if ratio <= AT_MOST[what] else "misses"
        print(f"{what}: {ratio:.2f}, {verdict} the goal of at most {AT_MOST[what]:g}")


def _place(root: Path) -> tuple[ShardedBook, Path, Path]:
    """A ledger in a clone, its remote, and another remote that knows nothing yet."""
    remote, other, clone = root / "remote.git", root / "other.git", root / "clone"
    for words in (
        ("init", "-q", "--bare", str(remote)),
        ("init", "-q", "--bare", str(other)),
        ("init", "-q", str(clone)),
    ):
        subprocess.run(["git", *words], check=True)
    subprocess.run(["git", "-C", str(clone), "remote", "add", "origin", remote.as_uri()], check=True)
    found = clone_of(clone, "origin")
    assert found is not None
    store = GitStore(Git(found, ENVIRONMENT, os.environ), GitPlace().ref_of(ENVIRONMENT), 120.0)
    return ShardedBook(store, ENVIRONMENT, f"git:{ENVIRONMENT}"), remote, other


def _push(book: ShardedBook, other: Path) -> None:
    """What the newest version holds, pushed plainly from the same store."""
    git = book.store.git  # type: ignore[attr-defined]
    ref = GitPlace().ref_of(ENVIRONMENT)
    subprocess.run(
        ["git", "--git-dir", str(git.folder), "push", "-q", other.as_uri(), f"refs/held/{ref[5:]}:{ref}"], check=True
    )


def _change(ledger: Ledger, number: int) -> None:
    """Other digests for some entries, as after an update."""
    for address in random.Random(number).sample(sorted(ledger.entries), CHANGED):
        entry = ledger.entries[address]
        entry.fields = {path: mark._replace(seen=ledger.digest([path, number])) for path, mark in entry.fields.items()}
        ledger.touch(address)


def _timed(work: object) -> float:
    assert callable(work)
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _packed(remote: Path) -> int:
    """The size of a remote once its host has packed it anew."""
    subprocess.run(["git", "-C", str(remote), "repack", "-adfq"], check=True)
    return _bytes(remote)


def _bytes(remote: Path) -> int:
    return sum(path.stat().st_size for path in (remote / "objects").rglob("*") if path.is_file())
