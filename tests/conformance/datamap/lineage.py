"""Lineage of a table that a process reads and of the one that it writes."""

from __future__ import annotations

from typing import Any

from .world import REPORT, TABLE, World


def _edges(found: Any) -> set[tuple[str, str]]:
    return {(one["fromEntityId"], one["toEntityId"]) for one in found["relations"]}


def get(client: Any, w: World) -> None:
    found = client.lineage.get(w.extract, direction="BOTH", depth=3)
    assert _edges(found) == {(w.extract, w.load), (w.load, w.report)}
    assert set(found["guidEntityMap"]) == {w.extract, w.load, w.report}
    assert (found["baseEntityGuid"], found["lineageDirection"], found["lineageDepth"]) == (w.extract, "BOTH", 3)
    assert _edges(client.lineage.get(w.extract, direction="INPUT")) == set()


def get_next_page(client: Any, w: World) -> None:
    found = client.lineage.get_next_page(w.report, direction="INPUT", offset=0, limit=10)
    assert (w.load, w.report) in _edges(found)


def get_by_unique_attribute(client: Any, w: World) -> None:
    found = client.lineage.get_by_unique_attribute(TABLE, direction="INPUT", depth=1, attribute=REPORT)
    assert (w.load, w.report) in _edges(found)
    assert found["baseEntityGuid"] == w.report
