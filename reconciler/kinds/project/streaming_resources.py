"""A stream that promises nothing, as resources: stream, export and state in CluedIn, a process in Purview."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.environment.sign_in import PurviewSystem
from reconciler.kinds.project.asset_types import type_address, type_resources
from reconciler.kinds.project.collection import collection_needs, collection_value
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.entities import EntityAssets
from reconciler.kinds.project.exported import MODES, PropertyOf
from reconciler.kinds.project.references import (
    entity_questions,
    key_questions,
    refer_to_entity,
    refer_to_keys,
    type_questions,
)
from reconciler.kinds.project.streaming import Streaming
from reconciler.questions import Question
from reconciler.questions.catalogue import Connectors
from reconciler.questions.outbound import StreamNamed, StreamProperties, TargetsCalled
from reconciler.resources import types
from reconciler.resources.base import Desired
from reconciler.resources.keys import unquote
from reconciler.systems.secrecy import bare_address


def stream_questions(scene: Streaming[Any]) -> Iterator[Question]:
    """What to ask CluedIn before the stream expands."""
    world = scene.world
    if scene.environment.cluedin is None:
        return
    yield Connectors()
    yield StreamNamed(scene.key)
    if scene.entity is not None:
        yield from entity_questions(world, scene.entity)
    if not scene.has_made_target:
        yield TargetsCalled(scene.target_name.strip())
    yield from key_questions(world, scene.keys)
    yield from type_questions(world, scene.condition_keys)
    if any(isinstance(one, PropertyOf) for one in scene.written_columns):
        yield StreamProperties()


def stream_resources(scene: Streaming[Any]) -> Iterator[Desired]:
    """Both halves, as far as the environment has the system."""
    catalogued: list[Desired] = []
    if scene.environment.purview is not None:
        catalogued = list(_lineage(scene, scene.environment.purview))
        yield from catalogued
    if scene.environment.cluedin is not None:
        yield from _outbound(scene, [one.address for one in catalogued if one.mode != "refer"])


def _outbound(scene: Streaming[Any], before_start: list[str]) -> Iterator[Desired]:
    key, code, target = scene.key, scene.code, scene.target_key
    keys = [f"cluedin.vocabulary_key:{one}" for one in scene.keys]
    if code is not None:
        yield from refer_to_entity(scene.world, code, scene.origin("entity"))
    yield from refer_to_keys(scene.world, scene.keys, scene.origin("columns"))
    if not scene.has_made_target:
        where = scene.origin(*scene.target_at)
        yield types()["cluedin.export_target"].desired(target, where, mode="refer", on_remove="forget")
    needs = [f"cluedin.entity_type:{code}"] if code is not None else []
    needs.append(f"cluedin.export_target:{target}")  # so that the stream goes before it
    stream = types()["cluedin.stream"]
    yield stream.desired(
        key,
        scene.origin(),
        on_remove=scene.removal,
        needs=(*needs, *keys),
        condition=scene.condition,
        **scene.described,
    )
    yield types()["cluedin.stream_export"].desired(
        key,
        scene.origin(*scene.target_at),
        needs=(f"cluedin.stream:{key}", f"cluedin.export_target:{target}", *keys),
        approvals=scene.labels,
        labels=scene.labels,
        target=target,
        container=scene.container or scene.name,
        export_mode=MODES[scene.mode],
        outgoing_edges=scene.relations.outgoing,
        incoming_edges=scene.relations.incoming,
        columns=[_column(one) for one in scene.written_columns],
    )
    if _state(scene) is not None:
        yield types()["cluedin.stream_state"].desired(
            key,
            scene.origin("state"),
            needs=(f"cluedin.stream_export:{key}", f"cluedin.export_target:{target}", *before_start),
            approvals=scene.labels,
            state=scene.state,
        )


def _state(scene: Streaming[Any]) -> str | None:
    """The state to bring the stream to; None for none, as for a stream that never ran and shall not run."""
    wanted: str = scene.state
    live = scene.world.answers.of(StreamNamed(scene.key)) or ()
    if wanted == "started" or (wanted != "leave" and any(state != "new" for state in live)):
        return wanted
    return None


def _column(column: str | PropertyOf) -> str:
    return f"metadata:{column.property}" if isinstance(column, PropertyOf) else f"vocabkey:{column}"


def _lineage(scene: Streaming[Any], purview: PurviewSystem) -> Iterator[Desired]:
    """Entity type → stream → export target; none where the entity type is kept out of Purview."""
    code = scene.code
    if code is None or declared(scene.world).keeps_out(code):
        return
    assets, origin, prefix = EntityAssets(scene.world, purview), scene.origin(), purview.type_prefix
    provider, _, account = scene.target_key.partition("/")
    yield from assets.resources(code, scene.columns, scene.origin("entity"))
    yield from type_resources(prefix, origin, "stream_process", "organization_provider")
    yield from _provider(scene, purview)
    target = f"{prefix}organization_provider/{assets.names.provider(unquote(provider), unquote(account))}"
    yield types()["purview.entity"].desired(
        f"{prefix}stream_process/{assets.names.stream(scene.name)}",
        origin,
        needs=(
            f"purview.entity:{assets.entity(code)}",
            f"purview.entity:{target}",
            type_address(prefix, "stream_process"),
            *collection_needs(purview),
        ),
        on_remove="delete",
        name=scene.name,
        attributes={"stream_name": scene.name, "mode": scene.mode},
        inputs=[assets.entity(code)],
        outputs=[target],
        **scene.described,
        **collection_value(purview),
    )


def _provider(scene: Streaming[Any], purview: PurviewSystem) -> Iterator[Desired]:
    """The export target as an asset; a contract that makes the target says the same."""
    name, _, account = (unquote(part) for part in scene.target_key.partition("/"))
    id = next((one.id.lower() for one in scene.connectors if one.name == name), None)
    qualified = EntityAssets(scene.world, purview).names.provider(name, account)
    yield types()["purview.entity"].desired(
        f"{purview.type_prefix}organization_provider/{qualified}",
        scene.origin(*scene.target_at),
        needs=(type_address(purview.type_prefix, "organization_provider"), *collection_needs(purview)),
        on_remove="delete",
        name=account,
        attributes={"provider_id": id, "provider_name": name, "account_display": bare_address(account)} if id else {},
        **collection_value(purview),
    )
