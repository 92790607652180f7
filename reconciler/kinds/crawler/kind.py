"""A system that CluedIn fetches records from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.errors import Diagnostic
from reconciler.kinds.crawler.spec import Crawler
from reconciler.kinds.project.configuration_checks import configuration_findings, configuration_judgements
from reconciler.kinds.project.configuration_resources import configuration_questions, configuration_resources
from reconciler.kinds.project.configurations import Configuration
from reconciler.kinds.project.entities import EntityAssets
from reconciler.manifest.findings import Path, info
from reconciler.questions import Question
from reconciler.resources.base import Desired


class CrawlerKind(Configuration[Crawler]):
    """A `Crawler`: what it asks, what is wrong with it, and what it wants."""

    manifest = Crawler
    type_name = "cluedin.crawler"
    process_type = "crawl_process"
    noun = "crawler"

    @property
    def brings(self) -> tuple[tuple[Path, str], ...]:
        """The entity types that are declared."""
        return tuple((("entities", at), word) for at, word in enumerate(self.spec.entities))

    def of_process(self, assets: EntityAssets, provider: str, codes: Sequence[str]) -> Mapping[str, Any]:  # noqa: ARG002
        """The schedule, where one is declared."""
        return {"attributes": {"schedule": self.spec.schedule}} if self.spec.schedule else {}

    def check(self) -> Iterator[Diagnostic]:
        """Findings that need no system."""
        yield from configuration_findings(self)
        if self.spec.schedule:
            yield info(
                self.document,
                ("schedule",),
                "provider.schedule",
                "`schedule` is declared only: the crawler's own code decides when it fetches",
                "Purview shows what stands here.",
            )

    def questions(self) -> Iterator[Question]:
        """The live catalogue, entity types and people."""
        yield from configuration_questions(self)

    def judge(self) -> Iterator[Diagnostic]:
        """Findings that only the live catalogue tells."""
        yield from configuration_judgements(self)

    def expand(self) -> Iterator[Desired]:
        """Both halves."""
        yield from configuration_resources(self, self.spec.on_remove)
