"""What is wrong with a stream without a contract: offline, and by the answers of CluedIn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from reconciler.errors import Diagnostic
from reconciler.kinds.project.exported import MODES, PropertyOf
from reconciler.kinds.project.exports import streams
from reconciler.kinds.project.filters import keys_in
from reconciler.kinds.project.references import entity_findings, key_findings, live_entity_findings, live_key_findings
from reconciler.kinds.stream.scene import Scene
from reconciler.manifest.findings import error, info, where
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.catalogue import Connector, Connectors
from reconciler.questions.outbound import LiveTarget, StreamNamed, StreamProperties, TargetsCalled
from reconciler.resources import types
from reconciler.resources.cluedin.outbound import may_be_composed
from reconciler.resources.keys import quote


def findings(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that can be told offline."""
    spec = scene.spec
    if spec.entity is None and spec.condition is None and not spec.where:
        yield error(
            scene.document,
            (),
            "stream.takes_everything",
            f"The stream `{scene.name}` has no `entity`, `where` or `condition`: it would take every record",
            "Say which records go out.",
        )
    if spec.condition is not None and spec.where:
        yield error(
            scene.document,
            ("condition",),
            "stream.two_conditions",
            "The stream has `where` and `condition`",
            "Keep one of the two.",
        )
    if spec.entity is not None:
        yield from entity_findings(scene.document, scene.world, ("entity",), spec.entity)
    for at, column in enumerate(spec.columns):
        if isinstance(column, str):
            yield from key_findings(scene.document, scene.world, ("columns", at), column)
    for at, key in keys_in(spec.where):
        yield from key_findings(scene.document, scene.world, ("where", at, "key"), key)
    if may_be_composed(spec.target.provider, spec.target.name):
        yield error(
            scene.document,
            ("target", "name"),
            "provider.secret",
            "The name of the export target is an address, of which nobody can tell whether it carries a secret",
            "Rename the target in CluedIn, and write its new name.",
        )
    yield from _twins(scene)
    yield from _read_only(scene)


def judgements(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that only the answers tell."""
    spec = scene.spec
    if spec.entity is not None:
        yield from live_entity_findings(scene.document, scene.world, ("entity",), spec.entity)
    for at, column in enumerate(spec.columns):
        if isinstance(column, str):
            yield from live_key_findings(scene.document, scene.world, ("columns", at), column)
    for at, key in keys_in(spec.where):
        yield from live_key_findings(scene.document, scene.world, ("where", at, "key"), key)
    yield from _properties(scene)
    yield from _connector(scene)
    yield from _target(scene)
    yield from _state(scene)


def _properties(scene: Scene) -> Iterator[Diagnostic]:
    names: tuple[str, ...] = scene.world.answers.of(StreamProperties()) or ()
    for at, column in enumerate(scene.spec.columns) if names else ():
        if isinstance(column, PropertyOf) and column.property not in names:
            yield error(
                scene.document,
                ("columns", at),
                "stream.property",
                f"Streams have no property `{column.property}`",
                did_you_mean(column.property, names, what="Properties are"),
            )


def _connector(scene: Scene) -> Iterator[Diagnostic]:
    rows: tuple[Connector, ...] | None = scene.world.answers.of(Connectors())
    if rows is None:
        return
    word, mode = scene.spec.target.provider.strip(), MODES[scene.spec.mode]
    connector = next((one for one in rows if word.casefold() in (one.name.casefold(), one.id.casefold())), None)
    if connector is None:
        yield error(
            scene.document,
            ("target", "provider"),
            "stream.provider",
            f"CluedIn has no connector `{word}`",
            did_you_mean(word, [one.name for one in rows if one.modes], what="Installed are"),
        )
    elif mode not in connector.modes:
        modes = ", ".join(name for name, live in MODES.items() if live in connector.modes) or "none"
        yield error(
            scene.document,
            ("mode",),
            "stream.mode",
            f"`{connector.name}` takes no streams in this mode",
            f"Its modes are: {modes}.",
        )


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


def _state(scene: Scene) -> Iterator[Diagnostic]:
    live, wanted = scene.world.answers.of(StreamNamed(scene.key)), scene.spec.state
    if live is None or wanted not in ("paused", "stopped"):
        return
    if not any(state != "new" for state in live):
        yield info(
            scene.document,
            ("state",),
            "stream.never_ran",
            f"The stream `{scene.name}` never ran, so there is nothing to bring to `{wanted}`",
            "It sends nothing as it is.",
        )
    elif wanted == "paused" and "stopped" in live:
        yield error(
            scene.document,
            ("state",),
            "stream.state",
            f"The stream `{scene.name}` is stopped, and CluedIn pauses only what runs",
            "Write `state: stopped`, or start it first.",
        )


def _twins(scene: Scene) -> Iterator[Diagnostic]:
    """CluedIn keeps two streams of one name; nobody could tell them apart."""
    name = scene.name
    earlier = takewhile(lambda other: other.document is not scene.document, scene.world.of(Scene))
    streams_before = {id(other.document) for other in earlier}
    for taken, other in streams(scene.world):
        if taken == name and (other.kind != scene.document.kind or id(other) in streams_before):
            yield error(
                scene.document,
                ("name",),
                "stream.twice",
                f"The stream `{name}` is made by the {other.kind} in {where(other)} as well",
                "Give one of them another name.",
            )


def _read_only(scene: Scene) -> Iterator[Diagnostic]:
    environment = scene.environment
    systems = (
        ("CluedIn", environment.cluedin, environment.scope.cluedin.read_only),
        ("Purview", environment.purview, environment.scope.purview.read_only),
    )
    for system, present, read_only in systems:
        if present is not None and read_only:
            yield error(
                scene.document,
                (),
                "scope.read_only",
                f"The environment `{scene.world.environment_name}` may only read {system}",
                f"Remove `scope.{system.lower()}.read_only`, or keep the stream out of the environment.",
            )
