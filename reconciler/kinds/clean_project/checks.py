"""What is wrong with a clean project, as far as it can be told offline; and what only CluedIn tells."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.clean_project.scene import Scene
from reconciler.kinds.project.criteria_checks import criteria_findings, criteria_judgements
from reconciler.kinds.project.exported import PropertyOf
from reconciler.kinds.project.owned import owner_findings, owner_judgements
from reconciler.kinds.project.read_only import read_only
from reconciler.kinds.project.references import key_findings, live_key_findings
from reconciler.kinds.project.twins import earlier_twins
from reconciler.manifest.findings import error, warning, where
from reconciler.questions.cleaning import MadeRule, RulesOfCleaning


def findings(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that can be told offline."""
    if not scene.spec.where:
        yield warning(
            scene.document,
            (),
            "clean.every_record",
            f"The clean project `{scene.name}` has no `where`: it loads every record",
            "Say which records it is about.",
        )
    yield from criteria_findings(scene.document, scene.world, scene.criteria())
    for path, key in scene.named_keys():
        yield from key_findings(scene.document, scene.world, path, key)
    yield from _properties(scene)
    yield from owner_findings(scene.document, scene.environment, scene.spec.owners or ())
    yield from _twins(scene)
    yield from read_only(scene.document, scene.world, "CluedIn", "keep the project out of the environment")


def _properties(scene: Scene) -> Iterator[Diagnostic]:
    """Properties of records have small letters in clean projects, and capital ones in conditions ([B])."""
    for at, one in enumerate(scene.spec.fields):
        if isinstance(one, PropertyOf) and one.property != one.property.lower():
            yield error(
                scene.document,
                ("fields", at, "property"),
                "clean.property",
                f"Clean projects have no property `{one.property}`",
                f"Did you mean `{one.property.lower()}`? They are written in lower case here.",
            )


def _twins(scene: Scene) -> Iterator[Diagnostic]:
    """CluedIn keeps two projects of one name; nobody could tell them apart."""
    for other in earlier_twins(scene, scene.world.of(Scene)):
        yield error(
            scene.document,
            ("name",),
            "clean.twice",
            f"The clean project `{other.name}` is made in {where(other.document)} as well",
            "Give one of them another name.",
        )


def judgements(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that only the answers tell."""
    yield from criteria_judgements(scene.document, scene.world, scene.criteria())
    for path, key in scene.named_keys():
        yield from live_key_findings(scene.document, scene.world, path, key)
    yield from owner_judgements(scene.document, scene.environment, scene.world, scene.spec.owners or ())
    rows: tuple[MadeRule, ...] | None = scene.world.answers.of(RulesOfCleaning(scene.key))
    if rows:
        active = sum(row.active for row in rows)
        yield warning(
            scene.document,
            ("rules",),
            "clean.rules",
            f"Cleaning in `{scene.name}` made {len(rows)} {'rule' if len(rows) == 1 else 'rules'}, "
            f"of which {active} {'runs' if active == 1 else 'run'}: {', '.join(f'`{row.name}`' for row in rows)}",
            "To keep one in Git, pull it as a Rule; `rules: none` leaves them uncounted.",
        )
