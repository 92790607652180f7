"""`requests`: how many requests a plan that changes nothing sends, against what the types state."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import tables
from benchmarks.processes import ROOT
from benchmarks.projects import ITEMS, sandbox_env, write_project
from benchmarks.sandboxes import sandbox
from reconciler.diff import Options
from reconciler.live import LiveState, read, wanted
from reconciler.resources.base import Resource
from reconciler.systems.base import System
from reconciler.workflow import Approval, Session, apply_plan, make_plan

TERMS = 1_000
SPARE = 10
"""Requests beyond what the types state: sign-in, and what is asked once for everything."""


@dataclass
class Count:
    """What a reading of one type came to."""

    wanted: int
    rows: int
    sent: int
    stated: int


@dataclass
class Counts:
    """What a no-op plan sent, in all and for each type."""

    sent: int = 0
    by_type: dict[str, Count] = field(default_factory=dict)

    @property
    def most(self) -> int:
        """The most requests that the types allow."""
        return sum(count.stated for count in self.by_type.values()) + SPARE


def run(terms: int) -> None:
    """Counts for the worked example and for a generated project."""
    tables.heading(
        "requests: what a plan that changes nothing sends",
        "Nothing is timed. Each project is applied to a fresh sandbox, planned again, and every request counted.",
        "A type's own requests are counted with the types that share its answers, and no others.",
    )
    with tempfile.TemporaryDirectory(prefix="reconciler-bench-") as folder:
        example, generated = Path(folder, "example"), Path(folder, "generated")
        shutil.copytree(ROOT / "manifests", example / "manifests")
        write_project(generated, [min(ITEMS, terms - at) for at in range(0, terms, ITEMS)])
        _report("the worked example", count(example, "sandbox"))
        _report(f"{terms:,} terms and {terms:,} keys", count(generated, "bench"))


def count(project: Path, environment: str) -> Counts:
    """Applies a project to a fresh sandbox and counts the requests of a plan afterwards."""
    with sandbox() as url:
        env = sandbox_env(url)
        first = Session(project, environment, env)
        result = apply_plan(first, Options(), Approval())
        assert result.exit_code == 0, [str(d) for d in result.diagnostics][:5]
        again = Session(project, environment, env)
        plan = make_plan(again, Options())
        assert not plan.executable, [f"{c.action} {c.address} {c.reason}" for c in plan.executable[:5]]
        return Counts(again.requests, _by_type(Session(project, environment, env)))


def _by_type(session: Session) -> dict[str, Count]:
    draft = session.draft()
    ledger = session.book(draft).load()
    found: dict[str, Count] = {}
    with session.connected(draft) as systems:
        keys = wanted(session.wishes(draft).resources.values(), ledger)
        for group in _groups(list(keys)):
            marks: dict[str, int] = {}
            before = _sent(systems)
            live = read(
                {type: keys[type] for type in group},
                systems,
                ledger,
                note=lambda line, marks=marks: marks.setdefault(line.partition(":")[0], _sent(systems)),  # type: ignore[misc]
            )
            for name, after in marks.items():
                type = next(one for one in group if one.full_name == name)
                found[name] = _count(type, len(keys[type]), live, after - before)
                before = after
    return found


def _count(type: Resource, managed: int, live: LiveState, sent: int) -> Count:
    rows = len(live.of(type).by_key)
    return Count(managed, rows, sent, type.cost(rows, managed))


def _groups(types: list[Resource]) -> list[list[Resource]]:
    """Types that share answers, together; in the order in which they are read."""
    found: dict[str, list[Resource]] = {}
    for type in sorted(types, key=lambda one: one.full_name):
        found.setdefault(f"{type.system}/{type.reads_with or type.name}", []).append(type)
    return list(found.values())


def _sent(systems: dict[str, System]) -> int:
    return sum(system.counts.requests for system in systems.values())


def _report(name: str, counts: Counts) -> None:
    rows = [(type, one.wanted, one.rows, one.sent, one.stated) for type, one in sorted(counts.by_type.items())]
    tables.table((name, "managed", "rows read", "sent", "stated"), rows)
    print()
    tables.goal(f"{counts.sent} requests in all; goal: at most {counts.most}", counts.sent <= counts.most)
    print()
