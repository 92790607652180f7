"""`requests`: how many requests a first apply sends, and a plan that changes nothing, against what the types state."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import tables
from benchmarks.flows import BY_RULE, EXPORTS, SOURCES, scan
from benchmarks.processes import ROOT
from benchmarks.projects import ITEMS, flow_project, sandbox_env, write_project
from benchmarks.sandboxes import sandbox
from reconciler.diff import Options
from reconciler.live import LiveState, read, wanted
from reconciler.resources.base import Resource
from reconciler.systems.base import System
from reconciler.workflow import Approval, Session, apply_plan, make_plan

TERMS = 1_000
MOST_OF_EXAMPLE, MOST_OF_FLOWS = 40, 110
"""The most requests of a plan that changes nothing."""
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
    """What a first apply and a plan after it sent, and what the plan sent for each type."""

    applied: int = 0
    sent: int = 0
    by_type: dict[str, Count] = field(default_factory=dict)

    @property
    def most(self) -> int:
        """The most requests that the types allow."""
        return sum(count.stated for count in self.by_type.values()) + SPARE


def run(terms: int) -> None:
    """Counts for the worked example, for a generated project, and for data sources with exports."""
    tables.heading(
        "requests: what a first apply sends, and a plan that changes nothing",
        "Nothing is timed. Each project is applied to a fresh sandbox, planned again, and every request counted.",
        "A type's own requests are counted with the types that share its answers, and no others.",
        f"Of {SOURCES} data sources and {EXPORTS} exports the assets and the concept are there before.",
        "Not measured: what a server sends one by one that takes no document of many calls, and what is refused (429).",
    )
    with tempfile.TemporaryDirectory(prefix="reconciler-bench-") as folder:
        example, generated, flows = (Path(folder, name) for name in ("example", "generated", "flows"))
        shutil.copytree(ROOT / "manifests", example / "manifests")
        write_project(generated, [min(ITEMS, terms - at) for at in range(0, terms, ITEMS)])
        found = {
            "the worked example": count(example, "sandbox"),
            f"{terms:,} terms and {terms:,} keys": count(generated, "bench"),
            f"{SOURCES} sources and {EXPORTS} exports": count(flows, "bench", prepare=_prepare),
        }
    for name, counts in found.items():
        _report(name, counts)
    tables.table(
        ("", "first apply", "plan, nothing to do"), [(n, f"{c.applied:,}", f"{c.sent:,}") for n, c in found.items()]
    )
    print()
    for (name, counts), most in zip(found.items(), (MOST_OF_EXAMPLE, most_of(terms), MOST_OF_FLOWS), strict=True):
        tables.goal(f"{name}: {counts.sent} requests; goal: at most {most}", counts.sent <= most)


def most_of(terms: int) -> int:
    """The most requests of a plan that changes nothing, for so many terms and keys."""
    return 20 + terms // 25


def count(project: Path, environment: str, prepare: Callable[[Path, str], None] | None = None) -> Counts:
    """Applies a project to a fresh sandbox and counts the requests, then those of a plan afterwards."""
    with sandbox() as url:
        env = sandbox_env(url)
        if prepare is not None:
            prepare(project, url)
        first = Session(project, environment, env)
        result = apply_plan(first, Options(), Approval())
        assert result.exit_code == 0, [str(d) for d in result.diagnostics][:5]
        again = Session(project, environment, env)
        plan = make_plan(again, Options())
        assert not plan.executable, [f"{c.action} {c.address} {c.reason}" for c in plan.executable[:5]]
        return Counts(first.requests, again.requests, _by_type(Session(project, environment, env)))


def _prepare(project: Path, url: str) -> None:
    """The assets of the data sources, and the concept that they are mapped to."""
    given = {"by_rule": BY_RULE, "documents": SOURCES - BY_RULE, "exports": EXPORTS}
    flow_project(project, **given, concept_only=True)
    assert apply_plan(Session(project, "bench", sandbox_env(url)), Options(), Approval()).complete
    scan(url, SOURCES, BY_RULE)
    flow_project(project, **given)


def _by_type(session: Session) -> dict[str, Count]:
    draft = session.draft()
    ledger = session.book(draft).load()
    found: dict[str, Count] = {}
    with session.connected(draft) as systems:
        keys = wanted(session.wishes(draft, ledger).resources.values(), ledger)
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
