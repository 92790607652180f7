"""What is wrong with the environments of a project, where the words of kinds and of their fields are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.environment import checks
from reconciler.environment.spec import Environment
from reconciler.errors import Diagnostic
from reconciler.kinds import models
from reconciler.manifest.documents import Document
from reconciler.manifest.findings import Path, error
from reconciler.manifest.suggest import did_you_mean
from reconciler.resources import types


def environment_findings(environments: Iterable[Document], chosen: str) -> Iterator[Diagnostic]:
    """The findings about every environment, one against another too; all but the chosen one only against that."""
    known = list(environments)
    for document in known:
        environment = document.as_a(Environment)
        if environment is None:
            continue
        yield from checks.findings(environment, document, known, chosen)
        if checks.counts(document, chosen):
            yield from _unknown_policy_words(environment, document)


def _unknown_policy_words(environment: Environment, document: Document) -> Iterator[Diagnostic]:
    drift = environment.policy.on_drift
    yield from _unknown_words(document, ("policy", "on_drift", "kinds"), drift.kinds, models(), "kind")
    known = [f"{name}.{field}" for name, one in types().items() for field in one.fields] if drift.fields else []
    yield from _unknown_words(document, ("policy", "on_drift", "fields"), drift.fields, known, "field")


def _unknown_words(
    document: Document, path: Path, words: Iterable[str], known: Iterable[str], what: str
) -> Iterator[Diagnostic]:
    for word in words:
        if word not in known:
            yield error(
                document,
                (*path, word),
                f"policy.unknown_{what}",
                f"`{word}` is no {what}",
                did_you_mean(word, known),
            )
