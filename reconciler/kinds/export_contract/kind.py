"""The promise to the readers of an export, and the export that keeps it."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.export_contract.asset import asset_questions
from reconciler.kinds.export_contract.checks import findings
from reconciler.kinds.export_contract.cluedin import cluedin_questions, cluedin_resources
from reconciler.kinds.export_contract.judge import judgements
from reconciler.kinds.export_contract.lineage import purview_resources, superseded
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.spec import ExportContract
from reconciler.kinds.project.exported import TOLD_BY_ANSWERS
from reconciler.questions import Question
from reconciler.resources.base import Desired


class ExportContractKind(Contract):
    """An `ExportContract`: what it asks, what is wrong with it, and what it wants."""

    manifest = ExportContract
    told_by_answers = TOLD_BY_ANSWERS

    def check(self) -> Iterator[Diagnostic]:
        """Findings that need no system: form, promises that cannot be kept, neighbours, labels, scope."""
        yield from findings(self)

    def questions(self) -> Iterator[Question]:
        """Connectors, entity types, keys, the stream's state, and assets that the export may have arrived in."""
        yield from cluedin_questions(self)
        yield from asset_questions(self)

    def judge(self) -> Iterator[Diagnostic]:
        """Findings that only the answers tell."""
        yield from judgements(self)

    def superseded(self) -> Iterator[str]:
        """The placeholder, once a scanned asset or nothing stands for the export."""
        yield from superseded(self)

    def expand(self) -> Iterator[Desired]:
        """Both halves, as far as the environment has the system; the stream starts after Purview's half."""
        if not self.wanted:
            return
        catalogued = list(purview_resources(self, self.purview)) if self.purview is not None else []
        yield from catalogued
        if self.cluedin is not None:
            shown = (one.address for one in catalogued if one.mode != "refer")
            yield from cluedin_resources(self, shown)
