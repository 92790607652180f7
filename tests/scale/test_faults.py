"""A large apply that is throttled, cut off, refused or asked to stop ends with everything there once."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import Exit

from .. import portal
from ..support import SECRETS, Project, project
from ..support_large import write_many

FAULTS = [
    {"path": "^/(datamap|graphql|api|account)", "status": 429, "headers": {"Retry-After": "0.1"}, "every": 50},
    {"path": "^/(datamap|graphql|api)", "every": 70, "after": "response"},
    {"path": "^/(datamap|graphql|api)", "status": 503, "probability": 0.05},
]


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as made:
        yield made


def live_terms(made: Project, glossary: str) -> Counter[str]:
    """How often each qualified name is there."""
    root = "/datamap/api/atlas/v2/glossary"
    guid = next(g["guid"] for g in made.http("GET", f"{root}?ignoreTermsAndCategories=true") if g["name"] == glossary)
    names: Counter[str] = Counter()
    while page := made.http("GET", f"{root}/{guid}/terms?limit=1000&offset={names.total()}"):
        names.update(term["qualifiedName"] for term in page)
    return names


def live_keys(made: Project) -> Counter[str]:
    """How often each full key is there."""
    form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
    token = made.http("POST", "/auth/connect/token", data={**form, "password": SECRETS["CLUEDIN_PASSWORD"]})

    query = """query k($p: Int) { management { vocabularyKeys(pageNumber: $p, pageSize: 1000,
        skipFilterVisibility: true, filterIsObsolete: "All") { total data { key } } } }"""
    keys: Counter[str] = Counter()
    page = 1
    while True:
        body: dict[str, Any] = {"query": query, "variables": {"p": page}}
        headers = {"authorization": f"Bearer {token['access_token']}"}
        found = portal.post(f"{made.url}/graphql", json=body, headers=headers).json()["data"]["management"]
        rows = found["vocabularyKeys"]["data"]
        if not rows:
            return Counter({key: n for key, n in keys.items() if key.startswith("large")})
        keys.update(row["key"] for row in rows)
        page += 1


@pytest.mark.long
def test_everything_is_there_exactly_once_in_spite_of_faults(large: Project) -> None:
    write_many(large, terms=2000, keys=2000)
    large.http("POST", "/_sandbox/faults", json=FAULTS)
    result = large.apply()
    large.http("DELETE", "/_sandbox/faults")
    assert [o.as_dict() for o in result.outcomes if o.status != "done"] == []
    assert result.exit_code == Exit.OK
    terms, keys = live_terms(large, "Large"), live_keys(large)
    assert (len(terms), set(terms.values())) == (2020, {1})
    assert (len(keys), set(keys.values())) == (2000, {1})
    assert large.actions() == []


def apply_in_a_process(made: Project) -> subprocess.Popen[bytes]:
    words = ["-q", "--project", str(made.root), "--env", "sandbox", "apply", "--yes"]
    environment = {**made.env, "PATH": "/usr/bin:/bin"}
    return subprocess.Popen(
        [sys.executable, "-m", "reconciler", *words],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


@pytest.mark.long
def test_asked_to_stop_at_twenty_random_moments_ends_the_same(large: Project) -> None:
    write_many(large, terms=300, keys=300)
    large.http("POST", "/_sandbox/settings", json={"latency_ms": 20})
    chance = random.Random(7)
    stopped = 0
    for _ in range(20):
        run = apply_in_a_process(large)
        time.sleep(chance.uniform(0.4, 2.0))
        if run.poll() is None:
            run.send_signal(signal.SIGTERM)
            stopped += 1
        asked = time.monotonic()
        run.wait(10)
        assert time.monotonic() - asked < 6
        assert run.returncode in {0, 130, -signal.SIGTERM}
        assert b"Traceback" not in (run.stderr.read() if run.stderr else b"")
    assert stopped >= 3, "the runs must have been cut short"
    large.http("POST", "/_sandbox/settings", json={"latency_ms": 0})
    last = apply_in_a_process(large)
    _, errors = last.communicate(timeout=120)
    assert last.returncode == 0, errors.decode()
    assert set(live_terms(large, "Large").values()) == {1}
    assert (len(live_terms(large, "Large")), len(live_keys(large))) == (303, 300)
    assert set(live_keys(large).values()) == {1}
    assert large.actions() == []
    session = large.session()
    entries = session.book(session.draft()).load().entries.values()
    assert {e.how for e in entries} - {"ensured", "referred"} == {"created"}
    assert not any(e.intent for e in entries)
