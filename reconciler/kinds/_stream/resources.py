"""A stream without a contract as resources: stream, export and state in CluedIn, a process in Purview."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from reconciler.environment.sign_in import PurviewSystem
from reconciler.kinds._conditions import all_of, entity_type_is
from reconciler.kinds._contract.cluedin import MODES
from reconciler.kinds._contract.model import PropertyOf
from reconciler.kinds._contract.scene import contracts_in
from reconciler.kinds._entities import EntityAssets
from reconciler.kinds._purview import collection_needs, collection_value
from reconciler.kinds._references import (
    entity_questions,
    entity_word,
    key_questions,
    key_type,
    refer_to_entity,
    refer_to_keys,
    type_questions,
)
from reconciler.kinds._types import type_address, type_resources
from reconciler.kinds.base import World, origin_at
from reconciler.resources import types
from reconciler.resources.base import Desired, quote, unquote
from reconciler.sources import Question
from reconciler.sources.catalogue import Connector, Connectors
from reconciler.sources.outbound import StreamNamed, StreamProperties, TargetsCalled
from reconciler.systems.secrecy import bare_address

if TYPE_CHECKING:
    from reconciler.kinds.stream import Stream
    from reconciler.manifest.project import Document


def stream_name(document: Document) -> str:
    """The name of the stream in CluedIn."""
    return (document.spec.name or document.name).strip()


def target_key(document: Document, world: World) -> str:
    """The key of the export target, with the connector as the live catalogue spells it."""
    target, word = document.spec.target, document.spec.target.provider.strip()
    rows: tuple[Connector, ...] = world.answers.of(Connectors()) or ()
    live = next((one.name for one in rows if word.casefold() in (one.name.casefold(), one.id.casefold())), word)
    return f"{quote(live)}/{quote(target.name.strip())}"


def keys_of(spec: Stream) -> list[str]:
    """The vocabulary keys of columns and conditions, each once."""
    columns = [one for one in spec.columns if isinstance(one, str)]
    return list(dict.fromkeys([*columns, *(one.key for one in spec.where if one.key is not None)]))


def code_of(document: Document, world: World) -> str | None:
    """The code of the entity type, when the stream names one that is known."""
    word = document.spec.entity
    return entity_word(world, word).code if word is not None else None


def stream_questions(document: Document, world: World) -> Iterator[Question]:
    """What to ask CluedIn before the stream expands."""
    spec: Stream = document.spec
    if world.environment.cluedin is None:
        return
    yield Connectors()
    yield StreamNamed(quote(stream_name(document)))
    if spec.entity is not None:
        yield from entity_questions(world, spec.entity)
    if not is_made(world, target_key(document, world)):
        yield TargetsCalled(spec.target.name.strip())
    yield from key_questions(world, keys_of(spec))
    yield from type_questions(world, (one.key for one in spec.where if one.key is not None))
    if any(isinstance(one, PropertyOf) for one in spec.columns):
        yield StreamProperties()


def stream_resources(document: Document, world: World) -> Iterator[Desired]:
    """Both halves, as far as the environment has the system."""
    environment = world.environment
    catalogued: list[Desired] = []
    if environment.purview is not None:
        catalogued = list(_lineage(document, world, environment.purview))
        yield from catalogued
    if environment.cluedin is not None:
        yield from _outbound(document, world, [one.address for one in catalogued if one.mode != "refer"])


def condition_of(document: Document, world: World) -> dict[str, Any]:
    """The condition of the stream: the entity type, and `where` or `condition`."""
    spec, code = document.spec, code_of(document, world)
    nodes = [entity_type_is(code)] if code is not None else []
    if spec.condition is not None:
        nodes.append(spec.condition)
    return all_of(*nodes, *(one.node(key_type(world, one.key)) for one in spec.where))


def _outbound(document: Document, world: World, before_start: list[str]) -> Iterator[Desired]:
    spec, key, origin = document.spec, quote(stream_name(document)), origin_at(document)
    code, target = code_of(document, world), target_key(document, world)
    keys = [f"cluedin.vocabulary_key:{one}" for one in keys_of(spec)]
    if code is not None:
        yield from refer_to_entity(world, code, origin_at(document, ("entity",)))
    yield from refer_to_keys(world, keys_of(spec), origin_at(document, ("columns",)))
    if not is_made(world, target):
        where = origin_at(document, ("target",))
        yield types()["cluedin.export_target"].desired(target, where, mode="refer", on_remove="forget")
    described: dict[str, Any] = {"description": document.description} if document.description else {}
    needs = [f"cluedin.entity_type:{code}"] if code is not None else []
    needs.append(f"cluedin.export_target:{target}")  # so that the stream goes before it
    condition = condition_of(document, world)
    yield types()["cluedin.stream"].desired(key, origin, needs=(*needs, *keys), condition=condition, **described)
    yield types()["cluedin.stream_export"].desired(
        key,
        origin_at(document, ("target",)),
        needs=(f"cluedin.stream:{key}", f"cluedin.export_target:{target}", *keys),
        target=target,
        container=spec.container or stream_name(document),
        export_mode=MODES[spec.mode],
        outgoing_edges=spec.relations.outgoing,
        incoming_edges=spec.relations.incoming,
        columns=[_column(one) for one in spec.columns],
    )
    if _state(document, world) is not None:
        yield types()["cluedin.stream_state"].desired(
            key,
            origin_at(document, ("state",)),
            needs=(f"cluedin.stream_export:{key}", f"cluedin.export_target:{target}", *before_start),
            state=spec.state,
        )


def _state(document: Document, world: World) -> str | None:
    """The state to bring the stream to; None for none, as for a stream that never ran and shall not run."""
    wanted: str = document.spec.state
    live = world.answers.of(StreamNamed(quote(stream_name(document)))) or ()
    if wanted == "started" or (wanted != "leave" and any(state != "new" for state in live)):
        return wanted
    return None


def is_made(world: World, target: str) -> bool:
    """Whether a contract of the project makes the export target."""
    return any(
        one.wanted and one.delivery.target.manage and one.target_key.casefold() == target.casefold()
        for one in contracts_in(world)
    )


def _column(column: str | PropertyOf) -> str:
    return f"metadata:{column.property}" if isinstance(column, PropertyOf) else f"vocabkey:{column}"


def _lineage(document: Document, world: World, purview: PurviewSystem) -> Iterator[Desired]:
    """Entity type → stream → export target."""
    spec, code = document.spec, code_of(document, world)
    if code is None:
        return
    assets, origin, prefix = EntityAssets(world, purview), origin_at(document), purview.type_prefix
    provider, _, account = target_key(document, world).partition("/")
    columns = [one for one in spec.columns if isinstance(one, str)]
    yield from assets.resources(code, columns, origin_at(document, ("entity",)))
    yield from type_resources(prefix, origin, "stream_process", "organization_provider")
    yield from _provider(document, world, purview)
    target = f"{prefix}organization_provider/{assets.names.provider(unquote(provider), unquote(account))}"
    described: dict[str, Any] = {"description": document.description} if document.description else {}
    yield types()["purview.entity"].desired(
        f"{prefix}stream_process/{assets.names.stream(stream_name(document))}",
        origin,
        needs=(
            f"purview.entity:{assets.entity(code)}",
            f"purview.entity:{target}",
            type_address(prefix, "stream_process"),
            *collection_needs(purview),
        ),
        on_remove="delete",
        name=stream_name(document),
        attributes={"stream_name": stream_name(document), "mode": spec.mode},
        inputs=[assets.entity(code)],
        outputs=[target],
        **described,
        **collection_value(purview),
    )


def _provider(document: Document, world: World, purview: PurviewSystem) -> Iterator[Desired]:
    """The export target as an asset; a contract that makes the target says the same."""
    key = target_key(document, world)
    name, _, account = (unquote(part) for part in key.partition("/"))
    rows: tuple[Connector, ...] = world.answers.of(Connectors()) or ()
    id = next((one.id.lower() for one in rows if one.name == name), None)
    qualified = EntityAssets(world, purview).names.provider(name, account)
    yield types()["purview.entity"].desired(
        f"{purview.type_prefix}organization_provider/{qualified}",
        origin_at(document, ("target",)),
        needs=(type_address(purview.type_prefix, "organization_provider"), *collection_needs(purview)),
        on_remove="delete",
        name=account,
        attributes={"provider_id": id, "provider_name": name, "account_display": bare_address(account)} if id else {},
        **collection_value(purview),
    )
