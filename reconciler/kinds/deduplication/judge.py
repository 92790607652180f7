"""What only CluedIn tells of a deduplication project: how values are compared, and what only live projects show."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.deduplication.scene import Scene, normalizers
from reconciler.kinds.project.criteria_checks import criteria_judgements
from reconciler.kinds.project.owned import owner_judgements
from reconciler.kinds.project.references import live_key_findings
from reconciler.manifest.findings import error
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.deduplication import Ways, WaysToMatch
from reconciler.resources.cluedin.duplicates import folded, is_simple


def judgements(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that only the answers tell."""
    yield from criteria_judgements(scene.document, scene.world, scene.criteria())
    for path, key in scene.named_keys():
        yield from live_key_findings(scene.document, scene.world, path, key)
    yield from owner_judgements(scene.document, scene.environment, scene.world, scene.spec.owners or ())
    rows: tuple[Ways, ...] | None = scene.world.answers.of(WaysToMatch())
    for ways in rows or ():
        yield from _unknown(scene, ways)
        yield from _unlearnt(scene, ways)


def _unknown(scene: Scene, ways: Ways) -> Iterator[Diagnostic]:
    """Functions and normalisations that this server does not have."""
    for path, one in scene.matches():
        if folded(one.by) not in map(folded, ways.functions):
            yield error(
                scene.document,
                (*path, "by"),
                "dedup.function",
                f"This CluedIn has no matching function `{one.by}`",
                did_you_mean(one.by, ways.functions, what="It has"),
            )
        for at, (word, _) in enumerate(normalizers(one)):
            if folded(word) not in map(folded, ways.normalizers):
                yield error(
                    scene.document,
                    (*path, "normalize", at),
                    "dedup.normalizer",
                    f"This CluedIn has no normalisation `{word}`",
                    did_you_mean(word, ways.normalizers, what="It has"),
                )


def _unlearnt(scene: Scene, ways: Ways) -> Iterator[Diagnostic]:
    """Words of CluedIn's that are public nowhere, and that no project shows: nothing is written on a guess."""
    lacking = []
    if not ways.advanced and not (ways.simple and is_simple(scene.tree)):
        lacking.append("with an advanced filter")
    used = [one for _, one in scene.matches()]
    if not ways.keys and any(one.key is not None for one in used):
        lacking.append("with a rule that compares a vocabulary key")
    if not ways.properties and any(one.property is not None for one in used):
        lacking.append("with a rule that compares a property of records")
    if lacking:
        yield error(
            scene.document,
            (),
            "dedup.unlearnt",
            f"No deduplication project shows how CluedIn writes what `{scene.name}` needs, and nothing public does",
            f"Make one in CluedIn {' and '.join(lacking)}; it may be removed once this one is there.",
        )
