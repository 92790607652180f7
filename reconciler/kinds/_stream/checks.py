"""What is wrong with a stream without a contract: offline, and by the answers of CluedIn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.errors import Diagnostic
from reconciler.kinds._contract.cluedin import MODES
from reconciler.kinds._contract.model import PropertyOf
from reconciler.kinds._contract.scene import contracts_in
from reconciler.kinds._filters import keys_in
from reconciler.kinds._references import entity_findings, key_findings, live_entity_findings, live_key_findings
from reconciler.kinds._stream.resources import is_made, stream_name, target_key
from reconciler.kinds.base import World
from reconciler.manifest.findings import error, info, where
from reconciler.manifest.suggest import did_you_mean
from reconciler.resources import types
from reconciler.resources.base import quote
from reconciler.resources.cluedin._outbound import may_be_composed
from reconciler.sources.catalogue import Connector, Connectors
from reconciler.sources.outbound import LiveTarget, StreamNamed, StreamProperties, TargetsCalled

if TYPE_CHECKING:
    from reconciler.manifest.project import Document


def findings(document: Document, world: World) -> Iterator[Diagnostic]:
    """Everything that can be told offline."""
    spec = document.spec
    if spec.entity is None and spec.condition is None and not spec.where:
        yield error(
            document,
            (),
            "stream.takes_everything",
            f"The stream `{stream_name(document)}` has no `entity`, `where` or `condition`: it would take every record",
            "Say which records go out.",
        )
    if spec.condition is not None and spec.where:
        yield error(
            document,
            ("condition",),
            "stream.two_conditions",
            "The stream has `where` and `condition`",
            "Keep one of the two.",
        )
    if spec.entity is not None:
        yield from entity_findings(document, world, ("entity",), spec.entity)
    for at, column in enumerate(spec.columns):
        if isinstance(column, str):
            yield from key_findings(document, world, ("columns", at), column)
    for at, key in keys_in(spec.where):
        yield from key_findings(document, world, ("where", at, "key"), key)
    if may_be_composed(spec.target.provider, spec.target.name):
        yield error(
            document,
            ("target", "name"),
            "provider.secret",
            "The name of the export target is an address, of which nobody can tell whether it carries a secret",
            "Rename the target in CluedIn, and write its new name.",
        )
    yield from _twins(document, world)
    yield from _read_only(document, world)


def judgements(document: Document, world: World) -> Iterator[Diagnostic]:
    """Everything that only the answers tell."""
    spec = document.spec
    if spec.entity is not None:
        yield from live_entity_findings(document, world, ("entity",), spec.entity)
    for at, column in enumerate(spec.columns):
        if isinstance(column, str):
            yield from live_key_findings(document, world, ("columns", at), column)
    for at, key in keys_in(spec.where):
        yield from live_key_findings(document, world, ("where", at, "key"), key)
    yield from _properties(document, world)
    yield from _connector(document, world)
    yield from _target(document, world)
    yield from _state(document, world)


def _properties(document: Document, world: World) -> Iterator[Diagnostic]:
    names: tuple[str, ...] = world.answers.of(StreamProperties()) or ()
    for at, column in enumerate(document.spec.columns) if names else ():
        if isinstance(column, PropertyOf) and column.property not in names:
            yield error(
                document,
                ("columns", at),
                "stream.property",
                f"Streams have no property `{column.property}`",
                did_you_mean(column.property, names, what="Properties are"),
            )


def _connector(document: Document, world: World) -> Iterator[Diagnostic]:
    rows: tuple[Connector, ...] | None = world.answers.of(Connectors())
    if rows is None:
        return
    word, mode = document.spec.target.provider.strip(), MODES[document.spec.mode]
    connector = next((one for one in rows if word.casefold() in (one.name.casefold(), one.id.casefold())), None)
    if connector is None:
        yield error(
            document,
            ("target", "provider"),
            "stream.provider",
            f"CluedIn has no connector `{word}`",
            did_you_mean(word, [one.name for one in rows if one.modes], what="Installed are"),
        )
    elif mode not in connector.modes:
        modes = ", ".join(name for name, live in MODES.items() if live in connector.modes) or "none"
        yield error(
            document,
            ("mode",),
            "stream.mode",
            f"`{connector.name}` takes no streams in this mode",
            f"Its modes are: {modes}.",
        )


def _target(document: Document, world: World) -> Iterator[Diagnostic]:
    """A target that no contract makes must be there, once."""
    name, key = document.spec.target.name.strip(), target_key(document, world)
    rows: tuple[LiveTarget, ...] | None = world.answers.of(TargetsCalled(name))
    if rows is None or is_made(world, key):
        return
    fold = types()["cluedin.export_target"].fold
    mine = [row for row in rows if fold(f"{quote(row.connector)}/{quote(row.name)}") == fold(key)]
    if len(mine) == 1:
        return
    others = sorted({(row.name, row.connector) for row in rows})
    elsewhere = "" if mine else "".join(f" `{called}` is a target of `{one}`." for called, one in others)
    ids = ", ".join(sorted(row.id for row in mine))
    yield error(
        document,
        ("target",),
        "stream.target",
        f"CluedIn has {len(mine)} export targets `{name}` of `{document.spec.target.provider}`: {ids}"
        if mine
        else f"CluedIn has no export target `{name}` of `{document.spec.target.provider}`, and no contract makes one",
        "Their names must differ; rename one in CluedIn."
        if mine
        else f"Correct the name, create it in CluedIn, or let an ExportContract make it.{elsewhere}",
    )


def _state(document: Document, world: World) -> Iterator[Diagnostic]:
    live, wanted = world.answers.of(StreamNamed(quote(stream_name(document)))), document.spec.state
    if live is None or wanted not in ("paused", "stopped"):
        return
    if not any(state != "new" for state in live):
        yield info(
            document,
            ("state",),
            "stream.never_ran",
            f"The stream `{stream_name(document)}` never ran, so there is nothing to bring to `{wanted}`",
            "It sends nothing as it is.",
        )
    elif wanted == "paused" and "stopped" in live:
        yield error(
            document,
            ("state",),
            "stream.state",
            f"The stream `{stream_name(document)}` is stopped, and CluedIn pauses only what runs",
            "Write `state: stopped`, or start it first.",
        )


def _twins(document: Document, world: World) -> Iterator[Diagnostic]:
    """CluedIn keeps two streams of one name; nobody could tell them apart."""
    name = stream_name(document)
    others = [(one.name, one.document) for one in contracts_in(world) if one.wanted]
    for other in world.of("Stream"):
        if other is document:
            break
        if other.spec is not None:
            others.append((stream_name(other), other))
    for taken, other in others:
        if taken == name:
            yield error(
                document,
                ("name",),
                "stream.twice",
                f"The stream `{name}` is made by the {other.kind} in {where(other)} as well",
                "Give one of them another name.",
            )


def _read_only(document: Document, world: World) -> Iterator[Diagnostic]:
    environment = world.environment
    systems = (
        ("CluedIn", environment.cluedin, environment.scope.cluedin.read_only),
        ("Purview", environment.purview, environment.scope.purview.read_only),
    )
    for system, present, read_only in systems:
        if present is not None and read_only:
            yield error(
                document,
                (),
                "scope.read_only",
                f"The environment `{world.environment_name}` may only read {system}",
                f"Remove `scope.{system.lower()}.read_only`, or keep the stream out of the environment.",
            )
