"""Where processes of ours lead, as the Data Map has it now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from reconciler.questions.assets import ScannedAsset, scanned
from reconciler.questions.base import Question
from reconciler.resources.purview import common
from reconciler.resources.purview.references import References
from reconciler.systems.purview import Purview


@dataclass(frozen=True, slots=True)
class OutputsOf(Question):
    """The assets that a process leads to; none when there is no such process.

    What search does not find today may still be there: what lineage already leads to is read directly.
    """

    system = "purview"

    type: str
    qualified_name: str

    @classmethod
    def ask(cls, purview: Purview, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[ScannedAsset, ...]]]:
        """The processes and their outputs by unique attribute, in bulk [A]."""
        processes = purview.entities([(one.type, one.qualified_name) for one in questions])
        references = References(purview, processes.values())
        outputs = {key: references.keys(references.flow(found, "outputs")) for key, found in processes.items()}
        keys = dict.fromkeys(common.entity_key(key) for keys in outputs.values() for key in keys)
        entities = purview.entities(list(keys))
        assets = dict(zip(entities, scanned(purview, entities.values()), strict=True))
        for one in questions:
            mine = (common.entity_key(key) for key in outputs.get((one.type, one.qualified_name), ()))
            yield one, tuple(sorted((assets[key] for key in mine if key in assets), key=lambda row: row.key))
