"""A stream without a contract as resources: stream, export and state in CluedIn, a process in Purview."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.environment.sign_in import PurviewSystem
from reconciler.kinds.base import origin_at
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
from reconciler.kinds.stream.scene import Scene
from reconciler.questions import Question
from reconciler.questions.catalogue import Connectors
from reconciler.questions.outbound import StreamNamed, StreamProperties, TargetsCalled
from reconciler.resources import types
from reconciler.resources.base import Desired
from reconciler.resources.keys import unquote
from reconciler.systems.secrecy import bare_address


def stream_questions(scene: Scene) -> Iterator[Question]:
    """What to ask CluedIn before the stream expands."""
    spec, world = scene.spec, scene.world
    if scene.environment.cluedin is None:
        return
    yield Connectors()
    yield StreamNamed(scene.key)
    if spec.entity is not None:
        yield from entity_questions(world, spec.entity)
    if not scene.has_made_target:
        yield TargetsCalled(spec.target.name.strip())
    yield from key_questions(world, scene.keys)
    yield from type_questions(world, scene.condition_keys)
    if any(isinstance(one, PropertyOf) for one in spec.columns):
        yield StreamProperties()


def stream_resources(scene: Scene) -> Iterator[Desired]:
    """Both halves, as far as the environment has the system."""
    catalogued: list[Desired] = []
    if scene.environment.purview is not None:
        catalogued = list(_lineage(scene, scene.environment.purview))
        yield from catalogued
    if scene.environment.cluedin is not None:
        yield from _outbound(scene, [one.address for one in catalogued if one.mode != "refer"])


def _outbound(scene: Scene, before_start: list[str]) -> Iterator[Desired]:
    spec, key, document = scene.spec, scene.key, scene.document
    origin, code, target = origin_at(document), scene.code, scene.target_key
    keys = [f"cluedin.vocabulary_key:{one}" for one in scene.keys]
    if code is not None:
        yield from refer_to_entity(scene.world, code, origin_at(document, ("entity",)))
    yield from refer_to_keys(scene.world, scene.keys, origin_at(document, ("columns",)))
    if not scene.has_made_target:
        where = origin_at(document, ("target",))
        yield types()["cluedin.export_target"].desired(target, where, mode="refer", on_remove="forget")
    needs = [f"cluedin.entity_type:{code}"] if code is not None else []
    needs.append(f"cluedin.export_target:{target}")  # so that the stream goes before it
    stream = types()["cluedin.stream"]
    yield stream.desired(key, origin, needs=(*needs, *keys), condition=scene.condition, **scene.described)
    yield types()["cluedin.stream_export"].desired(
        key,
        origin_at(document, ("target",)),
        needs=(f"cluedin.stream:{key}", f"cluedin.export_target:{target}", *keys),
        target=target,
        container=spec.container or scene.name,
        export_mode=MODES[spec.mode],
        outgoing_edges=spec.relations.outgoing,
        incoming_edges=spec.relations.incoming,
        columns=[_column(one) for one in spec.columns],
    )
    if _state(scene) is not None:
        yield types()["cluedin.stream_state"].desired(
            key,
            origin_at(document, ("state",)),
            needs=(f"cluedin.stream_export:{key}", f"cluedin.export_target:{target}", *before_start),
            state=spec.state,
        )


def _state(scene: Scene) -> str | None:
    """The state to bring the stream to; None for none, as for a stream that never ran and shall not run."""
    wanted: str = scene.spec.state
    live = scene.world.answers.of(StreamNamed(scene.key)) or ()
    if wanted == "started" or (wanted != "leave" and any(state != "new" for state in live)):
        return wanted
    return None


def _column(column: str | PropertyOf) -> str:
    return f"metadata:{column.property}" if isinstance(column, PropertyOf) else f"vocabkey:{column}"


def _lineage(scene: Scene, purview: PurviewSystem) -> Iterator[Desired]:
    """Entity type → stream → export target; none where the entity type is kept out of Purview."""
    code, document = scene.code, scene.document
    if code is None or declared(scene.world).keeps_out(code):
        return
    assets, origin, prefix = EntityAssets(scene.world, purview), origin_at(document), purview.type_prefix
    provider, _, account = scene.target_key.partition("/")
    yield from assets.resources(code, scene.columns, origin_at(document, ("entity",)))
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
        attributes={"stream_name": scene.name, "mode": scene.spec.mode},
        inputs=[assets.entity(code)],
        outputs=[target],
        **scene.described,
        **collection_value(purview),
    )


def _provider(scene: Scene, purview: PurviewSystem) -> Iterator[Desired]:
    """The export target as an asset; a contract that makes the target says the same."""
    name, _, account = (unquote(part) for part in scene.target_key.partition("/"))
    id = next((one.id.lower() for one in scene.connectors if one.name == name), None)
    qualified = EntityAssets(scene.world, purview).names.provider(name, account)
    yield types()["purview.entity"].desired(
        f"{purview.type_prefix}organization_provider/{qualified}",
        origin_at(scene.document, ("target",)),
        needs=(type_address(purview.type_prefix, "organization_provider"), *collection_needs(purview)),
        on_remove="delete",
        name=account,
        attributes={"provider_id": id, "provider_name": name, "account_display": bare_address(account)} if id else {},
        **collection_value(purview),
    )
