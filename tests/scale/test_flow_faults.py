"""Sources and exports under throttling, dropped connections, failures and kills: everything there once.

CluedIn takes a second data source, data set, target or stream of the same name, so a request whose answer was lost
is never repeated in the same run: its outcome is `unknown`, and the next run decides by the intent in the ledger.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.errors import Exit

from ..support import SECRETS, Project, project
from ..support_flows import live_flows, write_flows
from .test_faults import FAULTS, apply_in_a_process


@pytest.fixture
def flows(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as made:
        yield made


def expect_everything_once(made: Project, *, sources: int, exports: int) -> None:
    """Each object once, no intent left open, nothing more to do."""
    found = live_flows(made)
    assert {name: set(keys.values()) for name, keys in found.items()} == {name: {1} for name in found}
    assert {name: len(keys) for name, keys in found.items()} == {
        "data_source": sources,
        "data_set": sources,
        "annotation": sources,
        "column_mapping": 2 * sources,
        "identifier": sources,
        "export_target": exports,
        "stream": exports,
    }
    session = made.session()
    ledger = session.book(session.draft()).load()
    assert [entry.address for entry in ledger.entries.values() if entry.intent] == []
    assert made.actions() == []


def apply_until_done(made: Project, runs: int) -> list[int]:
    """Applies as a job that is run again; the exit codes."""
    codes: list[int] = []
    for _ in range(runs):
        result = made.apply()
        codes.append(int(result.exit_code))
        assert SECRETS["LAKE_KEY"] not in str(result.as_dict())
        if result.exit_code == Exit.OK:
            break
        assert result.exit_code == Exit.PARTIAL
        assert {o.status for o in result.outcomes} <= {"done", "unknown", "not_started", "failed", "skipped"}
    return codes


def test_a_lost_answer_is_decided_by_the_next_run(flows: Project) -> None:
    write_flows(flows, sources=2, exports=1)
    flows.http("POST", "/_sandbox/faults", json={"path": "^/graphql", "every": 9, "times": 6, "after": "response"})
    codes = apply_until_done(flows, 5)
    flows.http("DELETE", "/_sandbox/faults")
    assert codes[-1] == Exit.OK
    expect_everything_once(flows, sources=2, exports=1)


@pytest.mark.long
def test_everything_is_there_exactly_once_in_spite_of_faults(flows: Project) -> None:
    write_flows(flows, sources=60, exports=20)
    flows.http("POST", "/_sandbox/faults", json=FAULTS)
    codes = apply_until_done(flows, 8)
    flows.http("DELETE", "/_sandbox/faults")
    if codes[-1] != Exit.OK:
        assert flows.apply().complete, codes
    expect_everything_once(flows, sources=60, exports=20)


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "asked to stop"])
def test_killed_at_twenty_random_moments_ends_the_same(flows: Project, number: signal.Signals) -> None:
    write_flows(flows, sources=60, exports=20)
    flows.http("POST", "/_sandbox/settings", json={"latency_ms": 20})
    chance = random.Random(11)
    kills = 0
    for _ in range(20):
        run = apply_in_a_process(flows)
        time.sleep(chance.uniform(0.6, 2.5))
        if run.poll() is None:
            run.send_signal(number)
            kills += 1
        asked = time.monotonic()
        run.wait(10)
        assert time.monotonic() - asked < 6
        assert b"Traceback" not in (run.stderr.read() if run.stderr else b"")
    assert kills >= 3, "the runs must have been cut short"
    flows.http("POST", "/_sandbox/settings", json={"latency_ms": 0})
    last = apply_in_a_process(flows)
    _, errors = last.communicate(timeout=120)
    assert last.returncode == 0, errors.decode()
    expect_everything_once(flows, sources=60, exports=20)
