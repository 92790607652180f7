"""The assets of a glossary mapping in Purview: the entity type, a column a key, and what is put on them."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.glossary_mapping.halves import AssetHalf
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.spec import Item
from reconciler.kinds.project.asset_types import type_address, type_resources
from reconciler.kinds.project.collection import collection_needs, collection_resources, collection_value
from reconciler.kinds.project.labels import classify
from reconciler.resources.base import Desired
from reconciler.resources.objects import Origin


def asset_resources(scene: Scene, assets: AssetHalf) -> Iterator[Desired]:
    """Collection, types, the entity with its columns, and assignments of terms and classifications."""
    origin, terms = scene.origin_of("vocabulary"), scene.terms_here if scene.spec.assign_terms else None
    yield from collection_resources(scene.world, assets.purview, origin)
    yield from type_resources(assets.purview.type_prefix, origin, "entity", "column")
    yield _entity(scene, assets, origin)
    if terms is not None:
        yield _assignment(scene, terms.key, assets.entity_key, origin)
    for entry, key in assets.keys.items:
        item, origin, column = entry.item, scene.origin(entry.path), assets.column_key(key)
        labels = frozenset(item.labels)
        yield _column(scene, assets, item, key, origin)
        if item.term and terms is not None:
            yield _assignment(scene, terms.item_key(entry), column, origin, labels)
        if labels:
            yield from classify(scene.world, item.labels, "entity", f"purview.entity:{column}", origin, labels)


def _entity(scene: Scene, assets: AssetHalf, origin: Origin) -> Desired:
    purview = assets.purview
    return scene.type("purview.entity").desired(
        assets.entity_key,
        origin,
        needs=(type_address(purview.type_prefix, "entity"), *collection_needs(purview)),
        on_remove="delete",
        name=assets.entity.name,
        attributes={"entity_type_code": assets.entity.full_code},
        **assets.keys.vocabulary.given("description"),
        **collection_value(purview),
    )


def _column(scene: Scene, assets: AssetHalf, item: Item, full_key: str, origin: Origin) -> Desired:
    prefix = assets.purview.type_prefix
    return scene.type("purview.entity").desired(
        assets.column_key(full_key),
        origin,
        needs=(
            f"purview.entity:{assets.entity_key}",
            type_address(prefix, "column"),
            type_address(prefix, "tabular_columns"),
            *collection_needs(assets.purview),
        ),
        on_remove="delete",
        labels=frozenset(item.labels),
        name=full_key,
        table=assets.entity_key,
        attributes={"vocabulary_key": full_key, **item.given("data_type")},
        **item.given("description"),
        **collection_value(assets.purview),
    )


def _assignment(scene: Scene, term: str, asset: str, origin: Origin, labels: frozenset[str] = frozenset()) -> Desired:
    needs = (f"purview.term:{term}", f"purview.entity:{asset}")
    return scene.type("purview.assignment").desired(f"{term}@{asset}", origin, needs=needs, labels=labels)
