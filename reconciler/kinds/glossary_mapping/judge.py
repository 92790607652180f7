"""What only the live systems tell about a glossary mapping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.glossary_mapping.filters import condition_keys
from reconciler.kinds.glossary_mapping.halves import KeyHalf
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.templates import template_findings, template_questions
from reconciler.kinds.project.people import cluedin_users
from reconciler.kinds.project.references import type_questions
from reconciler.manifest.findings import Path, error
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.base import Question
from reconciler.questions.catalogue import Connectors, DataClassifications, Users
from reconciler.resources.cluedin.key_values import NO_CLASSIFICATION


def questions(scene: Scene) -> Iterator[Question]:
    """What is asked of the systems: only lists in which the document names something."""
    yield from template_questions(scene)
    if scene.filters_here is not None:
        yield from type_questions(scene.world, condition_keys(scene.filters_here))
    keys = scene.keys_here
    if keys is None:
        return
    if keys.vocabulary.source:
        yield Connectors()
    if keys.vocabulary.owners:
        yield Users()
    if any(True for _ in _classified(keys)):
        yield DataClassifications()


def judgements(scene: Scene) -> Iterator[Diagnostic]:
    """Names that the systems do not know: templates and what they hold, connectors, users, classifications."""
    yield from template_findings(scene)
    keys, answers = scene.keys_here, scene.world.answers
    if keys is None:
        return
    vocabulary = keys.vocabulary
    connectors, users = answers.of(Connectors()), answers.of(Users())
    if connectors is not None and vocabulary.source:
        names = [one.name for one in connectors]
        known = {*names, *(one.id for one in connectors)}
        yield from _unknown(
            scene, ("vocabulary", "source"), "vocabulary.no_source", "connector", vocabulary.source, known, names
        )
    for at, user in enumerate(vocabulary.owners) if users is not None else ():
        for name in cluedin_users(scene.environment, [user]):
            path: Path = ("vocabulary", "owners", at)
            yield from _unknown(scene, path, "vocabulary.no_user", "user", name, users or (), users or (), fold=True)
    codes = answers.of(DataClassifications())
    for where, code in _classified(keys) if codes is not None else ():
        yield from _unknown(
            scene, where, "key.no_classification", "data classification", code, codes or (), codes or ()
        )


def _classified(keys: KeyHalf) -> Iterator[tuple[Path, str]]:
    """The data classifications that items name themselves."""
    for entry, _ in keys.items:
        code = entry.item.classification
        if code and code not in NO_CLASSIFICATION:
            yield (*entry.path, "classification"), code


def _unknown(
    scene: Scene,
    path: Path,
    code: str,
    what: str,
    name: str,
    known: Iterable[str],
    names: Iterable[str],
    *,
    fold: bool = False,
) -> Iterator[Diagnostic]:
    if (name.casefold() if fold else name) not in known:
        advice = did_you_mean(name, list(names), what="There are")
        yield error(scene.document, path, code, f"CluedIn has no {what} `{name}`", f"{advice} Correct it.".strip())
