"""A service that CluedIn asks about records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.errors import Diagnostic
from reconciler.kinds.enricher.spec import Enricher
from reconciler.kinds.project.column_mapping import column_mapping
from reconciler.kinds.project.configuration_checks import configuration_findings, configuration_judgements
from reconciler.kinds.project.configuration_resources import configuration_questions, configuration_resources
from reconciler.kinds.project.configurations import Configuration
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.entities import EntityAssets
from reconciler.kinds.project.references import (
    entity_word,
    key_findings,
    key_questions,
    live_key_findings,
    refer_to_entity,
)
from reconciler.manifest.findings import Path, warning
from reconciler.questions import Question
from reconciler.questions.providers import EnricherReturns, Returned
from reconciler.resources.base import Desired

ACCEPTED = "acceptedEntityType"
"""The option that holds the entity type: of every enricher whose source is public [B]."""


class EnricherKind(Configuration[Enricher]):
    """An `Enricher`: what it asks, what is wrong with it, and what it wants."""

    manifest = Enricher
    type_name = "cluedin.enricher"
    process_type = "enrich_process"
    noun = "enricher"

    @property
    def brings(self) -> tuple[tuple[Path, str], ...]:
        """The entity types that get values, else the one that it is asked about."""
        returned = self.spec.returns.entity_types
        if returned:
            return tuple((("returns", "entity_types", at), word) for at, word in enumerate(returned))
        return ((("entity_type",), self.spec.entity_type),) if self.spec.entity_type else ()

    @property
    def code(self) -> str | None:
        """The code of the entity type that it is asked about; None where it is not known."""
        return entity_word(self.world, self.spec.entity_type).code if self.spec.entity_type else None

    @property
    def returned_keys(self) -> tuple[str, ...]:
        """The keys that it fills."""
        return self.spec.returns.keys

    def more_options(self) -> Mapping[str, Any]:
        """The entity type that it is asked about."""
        return {ACCEPTED: self.code} if self.code is not None else {}

    def more_values(self) -> Mapping[str, Any]:
        """Whether the credentials are tried first."""
        return {"tested": self.spec.test == "verify"}

    def more_needs(self) -> Iterable[str]:
        """The entity type that it is asked about."""
        return (f"cluedin.entity_type:{self.code}",) if self.code is not None else ()

    @property
    def labels(self) -> frozenset[str]:
        """The words on keys of the entity type: records with them go to somebody else."""
        rows = (row for rows in declared(self.world).keys.values() for row in rows)
        return frozenset(word for row in rows if row.code == self.code is not None for word in row.labels)

    def of_process(self, assets: EntityAssets, provider: str, codes: Sequence[str]) -> Mapping[str, Any]:
        """Which columns it fills, each from what the provider gives under the key's name."""
        if not self.returned_keys:
            return {}
        pairs = [(key, key) for key in self.returned_keys]
        source, sink = provider.partition("/")[2], assets.entity(codes[0]).partition("/")[2]
        return {"column_mapping": column_mapping(source, sink, pairs)}

    def check(self) -> Iterator[Diagnostic]:
        """Findings that need no system."""
        yield from configuration_findings(self)
        for at, key in enumerate(self.returned_keys):
            yield from key_findings(self.document, self.world, ("returns", "keys", at), key)

    def questions(self) -> Iterator[Question]:
        """The live catalogue, entity types, keys and people, and what the enricher says of itself."""
        yield from configuration_questions(self)
        if self.environment.cluedin is not None:
            yield from key_questions(self.world, self.returned_keys)
            if self.spec.returns.model_fields_set:
                yield EnricherReturns(self.provider)

    def judge(self) -> Iterator[Diagnostic]:
        """Findings that only CluedIn tells."""
        yield from configuration_judgements(self)
        for at, key in enumerate(self.returned_keys):
            yield from live_key_findings(self.document, self.world, ("returns", "keys", at), key)
        rows: tuple[Returned, ...] = self.world.answers.of(EnricherReturns(self.provider)) or ()
        for row in rows:
            for at, word in enumerate(self.spec.returns.entity_types):
                code = entity_word(self.world, word).code
                if code is not None and code not in row.words:
                    yield warning(
                        self.document,
                        ("returns", "entity_types", at),
                        "enricher.returns",
                        f"`{self.provider}` says nothing of giving back `{code}`",
                        "It is shown as you declare it; look at its page in CluedIn.",
                    )
            for at, key in enumerate(self.returned_keys):
                if not row.tells(key):
                    yield warning(
                        self.document,
                        ("returns", "keys", at),
                        "enricher.returns",
                        f"`{self.provider}` says nothing of filling `{key}`",
                        "It is shown as you declare it; look at its page in CluedIn.",
                    )

    def expand(self) -> Iterator[Desired]:
        """Both halves, and the entity type that it is asked about."""
        if self.environment.cluedin is not None and self.code is not None:
            yield from refer_to_entity(self.world, self.code, self.origin("entity_type"))
        yield from configuration_resources(self, self.spec.on_remove)
