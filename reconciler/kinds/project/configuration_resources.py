"""A crawler or an enricher as resources: configuration and state in CluedIn, provider and process in Purview."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.environment.sign_in import PurviewSystem
from reconciler.kinds.project.asset_types import type_address, type_resources
from reconciler.kinds.project.collection import collection_needs, collection_resources, collection_value
from reconciler.kinds.project.configurations import Configuration
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.entities import EntityAssets
from reconciler.kinds.project.owned import owner_words
from reconciler.kinds.project.people import cluedin_users
from reconciler.kinds.project.references import entity_questions, entity_word
from reconciler.questions import Question
from reconciler.questions.catalogue import Connectors, Users
from reconciler.questions.outbound import TargetNamed
from reconciler.questions.owners import Accounts
from reconciler.questions.providers import Enrichers
from reconciler.resources import types
from reconciler.resources.base import Desired, OnRemove
from reconciler.systems.secrecy import bare_address


def configuration_questions(scene: Configuration[Any]) -> Iterator[Question]:
    """What to ask CluedIn before the document expands."""
    if scene.environment.cluedin is None:
        return
    yield from (Connectors(), Enrichers(), TargetNamed(scene.key))
    for _, word in scene.brings:
        yield from entity_questions(scene.world, word)
    if scene.spec.users:
        yield Users()
    if scene.spec.owners:
        yield Accounts()


def configuration_resources(scene: Configuration[Any], on_remove: str) -> Iterator[Desired]:
    """Both halves, as far as the environment has the system; what is shown in Purview comes first."""
    purview = scene.environment.purview
    shown = list(_lineage(scene, purview)) if purview is not None and scene.spec.lineage else []
    yield from shown
    if scene.environment.cluedin is not None:
        made = [one.address for one in shown if one.mode != "refer"]
        # What is kept would keep what it needs: then Purview shows it at the same time, and not before.
        before = made if scene.spec.active is not False and on_remove != "keep" else []
        yield from _configuration(scene, on_remove, before)


def codes_of(scene: Configuration[Any]) -> Iterator[str]:
    """The codes of the entity types that it brings, as far as they are known."""
    for _, word in scene.brings:
        code = entity_word(scene.world, word).code
        if code is not None:
            yield code


def _configuration(scene: Configuration[Any], on_remove: str, before: list[str]) -> Iterator[Desired]:
    spec = scene.spec
    approvals = scene.labels if spec.active is not False else frozenset()
    removal: OnRemove = {"disable": "retire", "delete": "delete"}.get(on_remove, "forget")  # type: ignore[assignment]
    want = types()[scene.type_name].desired(
        scene.key,
        scene.origin(),
        needs=(*before, *scene.more_needs()),
        on_remove=removal,
        approvals=approvals,
        labels=scene.labels,
        config=scene.options,
        **_mentioned(scene),
        **scene.more_values(),
    )
    want.members = frozenset()  # nobody can take a user away by a call: one that is not named any more stays
    yield want
    if spec.owners is not None:
        yield types()["cluedin.owners"].desired(
            scene.address,
            scene.origin("owners"),
            needs=(scene.address,),
            owners=owner_words(scene.environment, scene.world, spec.owners),
        )
    if spec.active is not None:
        yield types()["cluedin.provider_state"].desired(
            scene.key,
            scene.origin("active"),
            needs=(scene.address,),
            approvals=approvals,
            labels=scene.labels,
            active=spec.active,
        )


def _mentioned(scene: Configuration[Any]) -> dict[str, Any]:
    """The fields beside the options that the document mentions."""
    spec = scene.spec
    found: dict[str, Any] = spec.given("source", "source_quality")
    if spec.secrets:
        found["secrets"] = dict(spec.secrets)
    if spec.users:
        found["users"] = _users(scene)
    return found


def _users(scene: Configuration[Any]) -> list[str]:
    return [user.casefold() for user in cluedin_users(scene.environment, scene.spec.users or ())]


def _lineage(scene: Configuration[Any], purview: PurviewSystem) -> Iterator[Desired]:
    """Provider → process → entity types; none where it is not said what it brings, or that is kept out of Purview."""
    codes = [code for code in codes_of(scene) if not declared(scene.world).keeps_out(code)]
    if not codes:
        return
    assets, prefix, origin = EntityAssets(scene.world, purview), purview.type_prefix, scene.origin()
    yield from collection_resources(scene.world, purview, origin)
    yield from type_resources(prefix, origin, scene.process_type, "organization_provider")
    for code in codes:
        yield from assets.resources(code, _keys_of(scene, code), origin)
    yield _provider(scene, purview)
    provider = f"{prefix}organization_provider/{assets.names.provider(scene.provider, scene.name)}"
    qualified = getattr(assets.names, scene.process_type.removesuffix("_process"))(scene.provider, scene.name)
    yield types()["purview.entity"].desired(
        f"{prefix}{scene.process_type}/{qualified}",
        origin,
        needs=(
            f"purview.entity:{provider}",
            *(f"purview.entity:{assets.entity(code)}" for code in codes),
            type_address(prefix, scene.process_type),
            *collection_needs(purview),
        ),
        on_remove="delete",
        name=scene.name,
        inputs=[provider],
        outputs=[assets.entity(code) for code in codes],
        **scene.of_process(assets, provider, codes),
        **collection_value(purview),
    )


def _keys_of(scene: Configuration[Any], code: str) -> tuple[str, ...]:
    return scene.returned_keys if code == next(codes_of(scene), None) else ()


def _provider(scene: Configuration[Any], purview: PurviewSystem) -> Desired:
    """The configuration as an asset; what an address in its name carries stays out of the catalogue."""
    qualified = EntityAssets(scene.world, purview).names.provider(scene.provider, scene.name)
    attributes = {
        "provider_id": scene.connector.id.lower() if scene.connector is not None else None,
        "provider_name": scene.provider,
        "account_display": bare_address(scene.name),
    }
    return types()["purview.entity"].desired(
        f"{purview.type_prefix}organization_provider/{qualified}",
        scene.origin("provider"),
        needs=(type_address(purview.type_prefix, "organization_provider"), *collection_needs(purview)),
        on_remove="delete",
        name=scene.name,
        attributes={name: value for name, value in attributes.items() if value},
        **collection_value(purview),
    )
