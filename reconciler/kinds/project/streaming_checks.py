"""What is wrong with a stream that promises nothing: offline, and by the answers of CluedIn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.errors import Diagnostic
from reconciler.kinds.project.exported import MODES, PropertyOf
from reconciler.kinds.project.exports import streams
from reconciler.kinds.project.filters import keys_in
from reconciler.kinds.project.read_only import SYSTEMS, read_only
from reconciler.kinds.project.references import entity_findings, key_findings, live_entity_findings, live_key_findings
from reconciler.kinds.project.streaming import Streaming
from reconciler.manifest.findings import error, info, where
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.catalogue import Connector, Connectors
from reconciler.questions.outbound import StreamNamed, StreamProperties


def stream_findings(scene: Streaming[Any]) -> Iterator[Diagnostic]:
    """Everything that can be told offline."""
    if scene.entity is None and scene.own_condition is None and not scene.where:
        yield error(
            scene.document,
            (),
            "stream.takes_everything",
            f"The stream `{scene.name}` has no condition: it would take every record",
            "Say which records go out: `entity`, `where`.",
        )
    if scene.entity is not None:
        yield from entity_findings(scene.document, scene.world, ("entity",), scene.entity)
    for at, column in enumerate(scene.written_columns):
        if isinstance(column, str):
            yield from key_findings(scene.document, scene.world, ("columns", at), column)
    for at, key in keys_in(scene.where):
        yield from key_findings(scene.document, scene.world, ("where", at, "key"), key)
    yield from _twins(scene)
    yield from _read_only(scene)


def stream_judgements(scene: Streaming[Any]) -> Iterator[Diagnostic]:
    """Everything that only the answers tell."""
    if scene.entity is not None:
        yield from live_entity_findings(scene.document, scene.world, ("entity",), scene.entity)
    for at, column in enumerate(scene.written_columns):
        if isinstance(column, str):
            yield from live_key_findings(scene.document, scene.world, ("columns", at), column)
    for at, key in keys_in(scene.where):
        yield from live_key_findings(scene.document, scene.world, ("where", at, "key"), key)
    yield from _properties(scene)
    yield from _connector(scene)
    yield from _state(scene)


def _properties(scene: Streaming[Any]) -> Iterator[Diagnostic]:
    names: tuple[str, ...] = scene.world.answers.of(StreamProperties()) or ()
    for at, column in enumerate(scene.written_columns) if names else ():
        if isinstance(column, PropertyOf) and column.property not in names:
            yield error(
                scene.document,
                ("columns", at),
                "stream.property",
                f"Streams have no property `{column.property}`",
                did_you_mean(column.property, names, what="Properties are"),
            )


def _connector(scene: Streaming[Any]) -> Iterator[Diagnostic]:
    rows: tuple[Connector, ...] | None = scene.world.answers.of(Connectors())
    if rows is None:
        return
    word, mode = scene.provider.strip(), MODES[scene.mode]
    connector = next((one for one in rows if word.casefold() in (one.name.casefold(), one.id.casefold())), None)
    if connector is None:
        yield error(
            scene.document,
            (*scene.target_at, "provider"),
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


def _state(scene: Streaming[Any]) -> Iterator[Diagnostic]:
    live, wanted = scene.world.answers.of(StreamNamed(scene.key)), scene.state
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


def _twins(scene: Streaming[Any]) -> Iterator[Diagnostic]:
    """CluedIn keeps two streams of one name; nobody could tell them apart. Of two of a kind the later one is told."""
    before = True
    for taken, other in streams(scene.world):
        if other is scene.document:
            before = False
        elif taken == scene.name and (before or other.kind != scene.document.kind):
            yield error(
                scene.document,
                ("name",),
                "stream.twice",
                f"The stream `{taken}` is made by the {other.kind} in {where(other)} as well",
                "Give one of them another name.",
            )


def _read_only(scene: Streaming[Any]) -> Iterator[Diagnostic]:
    for system in SYSTEMS:
        yield from read_only(scene.document, scene.world, system, "keep the stream out of the environment")
