"""The assets of a glossary mapping in Purview: the entity type, a column a key, and what is put on them."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.spec import Item
from reconciler.kinds.project.asset_types import type_address, type_resources
from reconciler.kinds.project.collection import collection_needs, collection_resources, collection_value
from reconciler.kinds.project.labels import classify
from reconciler.resources.base import Desired, Origin


def asset_resources(scene: Scene) -> Iterator[Desired]:
    """Collection, types, the entity with its columns, and assignments of terms and classifications."""
    assert scene.purview is not None
    origin = scene.origin_of("vocabulary")
    yield from collection_resources(scene.world, scene.purview, origin)
    yield from type_resources(scene.purview.type_prefix, origin, "entity", "column")
    yield _entity(scene, origin)
    if scene.wants_terms and scene.spec.assign_terms:
        yield _assignment(scene, scene.concept_key, scene.entity_key, origin)
    for at, item in enumerate(scene.spec.terms):
        if item.key is not None:
            yield from _column_resources(scene, item, item.key, scene.origin(at))


def _entity(scene: Scene, origin: Origin) -> Desired:
    vocabulary, purview = scene.spec.vocabulary, scene.purview
    assert vocabulary is not None
    assert vocabulary.entity_type is not None
    assert purview is not None
    return scene.type("purview.entity").desired(
        scene.entity_key,
        origin,
        needs=(type_address(purview.type_prefix, "entity"), *collection_needs(purview)),
        on_remove="delete",
        name=vocabulary.entity_type.name,
        attributes={"entity_type_code": scene.code},
        **vocabulary.given("description"),
        **collection_value(purview),
    )


def _column_resources(scene: Scene, item: Item, key: str, origin: Origin) -> Iterator[Desired]:
    column = scene.column_key(key)
    labels = frozenset(item.labels)
    yield _column(scene, item, key, column, origin, labels)
    if item.term and scene.wants_terms and scene.spec.assign_terms:
        yield _assignment(scene, scene.item_key(item), column, origin, labels)
    if labels:
        yield from classify(scene.world, item.labels, "entity", f"purview.entity:{column}", origin, labels)


def _column(scene: Scene, item: Item, key: str, column: str, origin: Origin, labels: frozenset[str]) -> Desired:
    purview = scene.purview
    assert purview is not None
    full_key = scene.full_key(key)
    attributes = {"vocabulary_key": full_key, **item.given("data_type")}
    prefix = purview.type_prefix
    return scene.type("purview.entity").desired(
        column,
        origin,
        needs=(
            f"purview.entity:{scene.entity_key}",
            type_address(prefix, "column"),
            type_address(prefix, "tabular_columns"),
            *collection_needs(purview),
        ),
        on_remove="delete",
        labels=labels,
        name=full_key,
        table=scene.entity_key,
        attributes=attributes,
        **item.given("description"),
        **collection_value(purview),
    )


def _assignment(scene: Scene, term: str, asset: str, origin: Origin, labels: frozenset[str] = frozenset()) -> Desired:
    needs = (f"purview.term:{term}", f"purview.entity:{asset}")
    return scene.type("purview.assignment").desired(f"{term}@{asset}", origin, needs=needs, labels=labels)
