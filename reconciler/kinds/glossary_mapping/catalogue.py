"""The CluedIn half of a glossary mapping: entity type, vocabulary, keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.kinds.glossary_mapping.halves import KeyHalf
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.spec import Annotations, EntityType, Item, TermText, Vocabulary
from reconciler.kinds.project.labels import code_of
from reconciler.kinds.project.people import cluedin_users
from reconciler.manifest.fields import plain_fields
from reconciler.resources.base import Desired, OnRemove
from reconciler.resources.objects import Origin

_VOCABULARY_FIELDS = plain_fields(Vocabulary)
_ENTITY_TYPE_FIELDS = plain_fields(EntityType)
_KEY_FIELDS = plain_fields(Item, beyond=TermText)
_ANNOTATIONS = plain_fields(Annotations)
_KEY_REMOVAL: dict[str, OnRemove] = {"obsolete": "retire", "delete": "delete"}


def catalogue_resources(scene: Scene, keys: KeyHalf) -> Iterator[Desired]:
    """The entity type, the vocabulary and its keys."""
    origin, entity_type = scene.origin_of("vocabulary"), keys.vocabulary.entity_type
    if entity_type is not None:
        yield scene.type("cluedin.entity_type").desired(
            entity_type.full_code,
            origin,
            mode="ensure",
            on_remove="forget",
            display_name=entity_type.name,
            **entity_type.given(*_ENTITY_TYPE_FIELDS),
        )
    yield _vocabulary(scene, keys, origin)
    yield from key_resources(scene, keys)


def key_resources(scene: Scene, keys: KeyHalf) -> Iterator[Desired]:
    """The keys of a vocabulary."""
    for entry, key in keys.items:
        yield from _key_resources(scene, keys, entry.item, key, scene.origin(entry.path))


def _vocabulary(scene: Scene, keys: KeyHalf, origin: Origin) -> Desired:
    vocabulary = keys.vocabulary
    fields = vocabulary.given(*_VOCABULARY_FIELDS)
    needs: tuple[str, ...] = ()
    if vocabulary.entity_type is not None:
        fields["entity_type"] = vocabulary.entity_type.full_code
        needs = (f"cluedin.entity_type:{vocabulary.entity_type.full_code}",)
    if "source" in vocabulary.model_fields_set:
        fields["provider"] = vocabulary.source
    if vocabulary.active is not None:
        fields["active"] = vocabulary.active
    if "owners" in vocabulary.model_fields_set:
        fields["owners"] = cluedin_users(scene.environment, vocabulary.owners)
    removal: OnRemove = "delete" if scene.spec.removed == "delete" else "forget"
    return scene.type("cluedin.vocabulary").desired(keys.prefix, origin, needs=needs, on_remove=removal, **fields)


def _key_resources(scene: Scene, keys: KeyHalf, item: Item, key: str, origin: Origin) -> Iterator[Desired]:
    needs = [keys.address]
    if item.lookup is not None:
        needs.append(f"cluedin.glossary_term:{item.lookup}")
        yield _refer(scene, "cluedin.glossary_term", item.lookup, origin)
    if item.maps_to is not None:
        needs.append(f"cluedin.vocabulary_key:{item.maps_to}")
        if item.maps_to not in scene.declared.keys:
            yield _refer(scene, "cluedin.vocabulary_key", item.maps_to, origin)
    yield _key(scene, keys, key, origin, needs, frozenset(item.labels), _key_fields(scene, keys, item))
    if item.former.key is not None:
        yield _former_key(scene, keys, keys.full(item.former.key), key, origin)


def _key(
    scene: Scene,
    keys: KeyHalf,
    key: str,
    origin: Origin,
    needs: list[str],
    labels: frozenset[str],
    fields: dict[str, Any],
) -> Desired:
    return scene.type("cluedin.vocabulary_key").desired(
        key,
        origin,
        needs=needs,
        on_remove=_KEY_REMOVAL.get(scene.spec.removed, "forget"),
        labels=labels,
        vocabulary=keys.prefix,
        **fields,
    )


def _key_fields(scene: Scene, keys: KeyHalf, item: Item) -> dict[str, Any]:
    """The fields of a key that the manifest mentions, and those that follow from them."""
    fields = {"display_name": item.display_name or item.name, **item.given(*_KEY_FIELDS)}
    group = item.group or keys.vocabulary.group
    if group is not None:
        fields["group"] = group
    if "classification" in item.model_fields_set:
        fields["classification"] = item.classification
    elif item.labels and (code := code_of(scene.world, item.labels)) is not None:
        fields["classification"] = code
    if item.annotations is not None:
        fields |= item.annotations.given(*_ANNOTATIONS)
    return fields


def _former_key(scene: Scene, keys: KeyHalf, former: str, key: str, origin: Origin) -> Desired:
    """The key that an item had before: out of use, its values taken by the new one."""
    needs = [keys.address, f"cluedin.vocabulary_key:{key}"]
    return _key(scene, keys, former, origin, needs, frozenset(), {"obsolete": True, "maps_to": key})


def _refer(scene: Scene, type_name: str, key: str, origin: Origin) -> Desired:
    return scene.type(type_name).desired(key, origin, mode="refer", on_remove="forget")
