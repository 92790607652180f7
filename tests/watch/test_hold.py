"""What people do at random is told: each event once, after a kill at least once, and nothing that did not happen."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from ..support import Project
from .conftest import Watch
from .people import Happened, People

STREAM = """
apiVersion: reconciler/v1
kind: ExportContract
metadata: {name: people_wide_v1}
spec:
  entity: /Person
  delivery:
    type: file-parquet
    connection: abfss://mdm@contosolake.dfs.core.windows.net
    path: exports/people/
    schedule: hourly
    state: started
    target: {secrets: {AccountKey: {env: LAKE_KEY, version: "1"}}}
  columns: [{from: person.email}, {from: person.fullName}]
"""


def told(events: Iterable[dict[str, Any]]) -> Counter[Happened]:
    """What a watcher told, in the words of people; our own drift and applies are not theirs."""
    return Counter(
        (one["type"], one["data"]["object_id"], one["data"].get("action", ""))
        for one in events
        if one["type"] not in ("drift.detected", "apply.finished")
    )


@pytest.fixture
def at_work(made: Project, people: People, watch: Watch) -> People:
    """People, and one export of ours that can be run; what was there before was seen."""
    made.write("contract.yaml", STREAM)
    assert made.apply().complete
    [stream] = [one for one in people.rest("GET", "/streams")["data"] if one["name"] == "people_wide_v1"]
    people.runnable[stream["id"]] = stream["connectorProviderDefinitionId"]
    people.known["stream"] = [stream["id"]]
    people.state[stream["id"]] = "started"
    first = watch()
    assert (first.code, first.events) == (0, [])
    return people


def happens(people: People, rng: random.Random, most: int) -> Counter[Happened]:
    """A handful of deeds between two looks."""
    people.touched.clear()
    found: Counter[Happened] = Counter()
    for _ in range(rng.randint(1, most)):
        found.update(people.act(rng))
    return found


@pytest.mark.parametrize("number", [25, pytest.param(200, marks=pytest.mark.long)])
def test_each_event_once_and_none_invented(at_work: People, watch: Watch, number: int) -> None:
    rng = random.Random(number)
    seen: Counter[str] = Counter()
    ids: Counter[str] = Counter()
    while seen.total() < number:
        wanted = happens(at_work, rng, 8)
        ran = watch()
        assert ran.code == 0, ran.err
        assert told(ran.events) == wanted
        seen.update(kind for kind, _, _ in wanted.elements())
        ids.update(one["id"] for one in ran.events)
        quiet = watch()
        assert quiet.events == []
    assert max(ids.values()) == 1
    if number == 200:
        assert set(seen) == {
            "target.changed", "target.unhealthy", "crawler.changed", "enricher.changed", "stream.changed",
            "source.changed", "rule.changed", "export.succeeded",
        }  # fmt: skip
