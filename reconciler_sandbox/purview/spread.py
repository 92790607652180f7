"""How data flows along relationships, and what travels with it."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler_sandbox.purview.core import Core, Doc
from reconciler_sandbox.purview.graph import Graph

FLOWS = {
    "dataset_process_inputs": False,  # first end is the process, the second what it reads
    "process_dataset_outputs": True,
    "direct_lineage_dataset_dataset": True,
}
"""Relationship types along which data flows: whether from the first end to the second."""


def ends_of(relation: Doc) -> tuple[str, str]:
    """Where the data of a relationship comes from, and where it goes."""
    first, second = relation["end1"]["guid"], relation["end2"]["guid"]
    return (first, second) if FLOWS[relation["typeName"]] else (second, first)


class Spread:
    """Classifications that Apache Atlas shows on everything downstream of what has them (2.4.0, grade A).

    That they do not travel over what was deleted is grade B. Purview spreads none (documentation, grade B).
    """

    def __init__(self, core: Core, graph: Graph) -> None:
        self._core = core
        self._graph = graph

    def to(self, guids: Iterable[str]) -> dict[str, list[Doc]]:
        """What reaches each of these entities from others."""
        wanted = set(guids)
        if not self._core.atlas or not wanted:
            return {}
        above = self._above(wanted)
        sources = self._core.store.get_many("entity", {one for found in above.values() for one in found})
        found = {guid: self._of(guid, above, sources) for guid in wanted if guid in above}
        return {guid: held for guid, held in found.items() if held}

    def _above(self, guids: set[str]) -> dict[str, set[str]]:
        """What the data of each entity comes from, one step up, for these and all above them."""
        found: dict[str, set[str]] = {}
        seen, todo = set(guids), set(guids)
        while todo:
            for guid, relations in self._graph.relations_of(todo).items():
                flows = [ends_of(r) for r in relations if r["typeName"] in FLOWS and r["status"] == "ACTIVE"]
                if sources := {source for source, target in flows if target == guid}:
                    found[guid] = sources
            todo = {one for guid in todo for one in found.get(guid, ())} - seen
            seen |= todo
        return found

    @staticmethod
    def _of(guid: str, above: dict[str, set[str]], sources: dict[str, Doc]) -> list[Doc]:
        seen, todo = {guid}, [guid]
        found = []
        while todo:
            for one in sorted(above.get(todo.pop(), set()) - seen):
                seen.add(one)
                todo.append(one)
                doc = sources.get(one)
                if doc is not None and doc["status"] == "ACTIVE":
                    held = doc.get("classifications") or []
                    found += [dict(item, entityGuid=one) for item in held if item.get("propagate")]
        return found
