"""A small world for the engine: wishes, a system in memory, a ledger file, plan and apply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler import resources
from reconciler.apply import Result, execute
from reconciler.desired import Wishes
from reconciler.diff import Options
from reconciler.environment.policy import Policy
from reconciler.environment.spec import Environment
from reconciler.graph import combine, levels
from reconciler.ledger import LocalLedger
from reconciler.plan import Plan, build

from .fakes import THING, FakeSystem


class World:
    """Plans and applies wishes against a system in memory."""

    def __init__(self, folder: Path) -> None:
        self.system = FakeSystem()
        self.systems = {"purview": self.system}
        self.book = LocalLedger(folder / "ledger.jsonl", "test")
        self.policy = Policy()

    def wishes(self, *wants: Any) -> Wishes:
        found, findings = combine(wants)
        order, more = levels(found)
        assert not findings + more
        return Wishes("test", Environment(policy=self.policy), found, order)

    def plan(self, *wants: Any, **options: Any) -> Plan:
        return build(self.wishes(*wants), self.book.load(), self.systems, Options(**options))

    def apply(self, *wants: Any, **options: Any) -> Result:
        wishes, ledger = self.wishes(*wants), self.book.load()
        plan = build(wishes, ledger, self.systems, Options(**options))
        return execute(plan, wishes, self.book, ledger, self.systems)

    def actions(self, *wants: Any, **options: Any) -> list[tuple[str, str, str]]:
        plan = self.plan(*wants, **options)
        return [(c.action, c.address.partition(":")[2], c.reason) for c in plan.changes]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """An empty system and an empty ledger."""
    monkeypatch.setattr(resources, "types", lambda: {THING.full_name: THING})
    return World(tmp_path)
