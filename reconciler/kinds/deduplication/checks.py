"""What is wrong with a deduplication project, as far as it can be told offline."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.deduplication.scene import Scene
from reconciler.kinds.project.criteria_checks import criteria_findings
from reconciler.kinds.project.owned import owner_findings
from reconciler.kinds.project.read_only import read_only
from reconciler.kinds.project.references import key_findings
from reconciler.kinds.project.twins import earlier_twins
from reconciler.manifest.findings import error, warning, where


def findings(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that can be told offline."""
    if not scene.spec.where:
        yield warning(
            scene.document,
            (),
            "dedup.every_record",
            f"The deduplication project `{scene.name}` has no `where`: it compares every record with every other",
            "Say which records it is about.",
        )
    if not scene.spec.rules:
        yield warning(
            scene.document,
            (),
            "dedup.no_rule",
            f"The deduplication project `{scene.name}` has no rule, so that nothing in it is the same",
            "Write one, or leave them to people.",
        )
    yield from criteria_findings(scene.document, scene.world, scene.criteria())
    for path, key in scene.named_keys():
        yield from key_findings(scene.document, scene.world, path, key)
    yield from owner_findings(scene.document, scene.environment, scene.spec.owners or ())
    yield from _twins(scene)
    yield from read_only(scene.document, scene.world, "CluedIn", "keep the project out of the environment")


def _twins(scene: Scene) -> Iterator[Diagnostic]:
    """CluedIn keeps two projects, or two rules, of one name; nobody could tell them apart."""
    for other in earlier_twins(scene, scene.world.of(Scene)):
        yield error(
            scene.document,
            ("name",),
            "dedup.twice",
            f"The deduplication project `{other.name}` is made in {where(other.document)} as well",
            "Give one of them another name.",
        )
    seen: set[str] = set()
    for at, rule in enumerate(scene.spec.rules):
        if rule.name.strip().casefold() in seen:
            yield error(
                scene.document,
                ("rules", at, "name"),
                "dedup.rule_twice",
                f"The project has two rules `{rule.name}`",
                "Give one of them another name.",
            )
        seen.add(rule.name.strip().casefold())
