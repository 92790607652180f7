"""What is wrong with a stream without a contract beyond what is wrong with any: its two conditions, its target."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.project.streaming_checks import stream_findings, stream_judgements
from reconciler.kinds.stream.scene import Scene
from reconciler.manifest.findings import error
from reconciler.questions.outbound import LiveTarget, TargetsCalled
from reconciler.resources import types
from reconciler.resources.cluedin.outbound import may_be_composed
from reconciler.resources.keys import quote


def findings(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that can be told offline."""
    spec = scene.spec
    if spec.condition is not None and spec.where:
        yield error(
            scene.document,
            ("condition",),
            "stream.two_conditions",
            "The stream has `where` and `condition`",
            "Keep one of the two.",
        )
    if may_be_composed(spec.target.provider, spec.target.name):
        yield error(
            scene.document,
            ("target", "name"),
            "provider.secret",
            "The name of the export target is an address, of which nobody can tell whether it carries a secret",
            "Rename the target in CluedIn, and write its new name.",
        )
    yield from stream_findings(scene)


def judgements(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that only the answers tell."""
    yield from stream_judgements(scene)
    yield from _target(scene)


def _target(scene: Scene) -> Iterator[Diagnostic]:
    """A target that no contract makes must be there, once."""
    name, key = scene.spec.target.name.strip(), scene.target_key
    rows: tuple[LiveTarget, ...] | None = scene.world.answers.of(TargetsCalled(name))
    if rows is None or scene.has_made_target:
        return
    fold = types()["cluedin.export_target"].fold
    mine = [row for row in rows if fold(f"{quote(row.connector)}/{quote(row.name)}") == fold(key)]
    if len(mine) == 1:
        return
    others = sorted({(row.name, row.connector) for row in rows})
    elsewhere = "" if mine else "".join(f" `{called}` is a target of `{one}`." for called, one in others)
    ids = ", ".join(sorted(row.id for row in mine))
    yield error(
        scene.document,
        ("target",),
        "stream.target",
        f"CluedIn has {len(mine)} export targets `{name}` of `{scene.spec.target.provider}`: {ids}"
        if mine
        else f"CluedIn has no export target `{name}` of `{scene.spec.target.provider}`, and no contract makes one",
        "Their names must differ; rename one in CluedIn."
        if mine
        else f"Correct the name, create it in CluedIn, or let an ExportContract make it.{elsewhere}",
    )
