"""The CluedIn half of a glossary mapping: entity type, vocabulary, keys, terms of CluedIn's own glossary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.kinds.glossary_mapping.declares import base_name, cluedin_term_name, has_cluedin_term
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.spec import EntityTypeCondition, Item, KeyCondition, TermText
from reconciler.kinds.project.conditions import Node, all_of, entity_type_is, key_exists
from reconciler.kinds.project.labels import code_of
from reconciler.kinds.project.names import path_parts
from reconciler.kinds.project.people import cluedin_users
from reconciler.kinds.project.references import key_type
from reconciler.resources.base import Desired, OnRemove, Origin

_KEY_FIELDS = (
    "description",
    "data_type",
    "storage",
    "visible",
    "value_change_insignificant",
    "lookup",
    "maps_to",
    "obsolete",
)
_ANNOTATIONS = ("primary_key", "required", "editable", "nullable", "min_length", "max_length")
_KEY_REMOVAL: dict[str, OnRemove] = {"obsolete": "retire", "delete": "delete"}


def catalogue_resources(scene: Scene) -> Iterator[Desired]:
    """The entity type, the vocabulary and its keys."""
    vocabulary = scene.spec.vocabulary
    assert vocabulary is not None
    origin = scene.origin_of("vocabulary")
    entity_type = vocabulary.entity_type
    if entity_type is not None:
        yield scene.type("cluedin.entity_type").desired(
            entity_type.full_code,
            origin,
            mode="ensure",
            on_remove="forget",
            display_name=entity_type.name,
            **entity_type.given("icon", "route"),
        )
    yield _vocabulary(scene, origin)
    for at, item in enumerate(scene.spec.terms):
        if item.key is not None:
            yield from _key_resources(scene, item, item.key, scene.origin(at))


def glossary_resources(scene: Scene) -> Iterator[Desired]:
    """The category and the terms of CluedIn's own glossary."""
    glossary, base = scene.spec.cluedin_glossary, base_name(scene.spec)
    assert glossary is not None
    if base is None:
        return
    origin = scene.origin_of("cluedin_glossary")
    category = scene.type("cluedin.glossary_category")
    yield category.desired(glossary.category, origin, mode="ensure", on_remove="forget")
    text = scene.spec.term or TermText()
    former = _former_base(scene)
    whole = _whole_condition(scene)
    before = [former] if former is not None else []
    needed = _needs_of_whole(scene)
    yield _glossary_term(
        scene,
        cluedin_term_name(base),
        before,
        text,
        whole,
        origin,
        needed,
        moved=not scene.wants_terms,
        bearer=scene.bearer(),
    )
    for at, item in enumerate(scene.spec.terms):
        if not has_cluedin_term(scene.spec, item):
            continue
        key = scene.full_key(item.key or "")
        part = [*_nodes(whole), key_exists(key, data_type=key_type(scene.world, key))]
        needs = (*_needs_of_whole(scene), f"cluedin.vocabulary_key:{key}")
        yield _glossary_term(
            scene,
            cluedin_term_name(base, item),
            _former_names(former, base, item),
            item,
            all_of(*part),
            scene.origin(at),
            needs,
            moved=item.former.name is not None and not scene.wants_terms,
            bearer=scene.bearer(item),
        )


def condition_keys(scene: Scene) -> Iterator[str]:
    """The keys that conditions of the terms of CluedIn's glossary look at."""
    glossary = scene.spec.cluedin_glossary
    if glossary is None or scene.environment.cluedin is None:
        return
    if isinstance(glossary.condition, KeyCondition):
        yield glossary.condition.key
    yield from (scene.full_key(item.key or "") for item in scene.spec.terms if has_cluedin_term(scene.spec, item))


def _vocabulary(scene: Scene, origin: Origin) -> Desired:
    vocabulary = scene.spec.vocabulary
    assert vocabulary is not None
    fields = vocabulary.given("name", "description")
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
    return scene.type("cluedin.vocabulary").desired(
        vocabulary.key_prefix, origin, needs=needs, on_remove=removal, **fields
    )


def _key_resources(scene: Scene, item: Item, key: str, origin: Origin) -> Iterator[Desired]:
    needs = [_vocabulary_address(scene)]
    if item.lookup is not None:
        needs.append(f"cluedin.glossary_term:{item.lookup}")
        yield _refer(scene, "cluedin.glossary_term", item.lookup, origin)
    if item.maps_to is not None:
        needs.append(f"cluedin.vocabulary_key:{item.maps_to}")
        if item.maps_to not in scene.declared.keys:
            yield _refer(scene, "cluedin.vocabulary_key", item.maps_to, origin)
    yield _key(scene, key, origin, needs, frozenset(item.labels), _key_fields(scene, item))
    if item.former.key is not None:
        yield _former_key(scene, item.former.key, key, origin)


def _key(
    scene: Scene, key: str, origin: Origin, needs: list[str], labels: frozenset[str], fields: dict[str, Any]
) -> Desired:
    assert scene.spec.vocabulary is not None
    return scene.type("cluedin.vocabulary_key").desired(
        scene.full_key(key),
        origin,
        needs=needs,
        on_remove=_KEY_REMOVAL.get(scene.spec.removed, "forget"),
        labels=labels,
        vocabulary=scene.spec.vocabulary.key_prefix,
        **fields,
    )


def _key_fields(scene: Scene, item: Item) -> dict[str, Any]:
    """The fields of a key that the manifest mentions, and those that follow from them."""
    assert scene.spec.vocabulary is not None
    fields = {"display_name": item.display_name or item.name, **item.given(*_KEY_FIELDS)}
    group = item.group or scene.spec.vocabulary.group
    if group is not None:
        fields["group"] = group
    if "classification" in item.model_fields_set:
        fields["classification"] = item.classification
    elif item.labels and (code := code_of(scene.world, item.labels)) is not None:
        fields["classification"] = code
    if item.annotations is not None:
        fields |= item.annotations.given(*_ANNOTATIONS)
    return fields


def _former_key(scene: Scene, former: str, key: str, origin: Origin) -> Desired:
    """The key that an item had before: out of use, its values taken by the new one."""
    needs = [_vocabulary_address(scene), f"cluedin.vocabulary_key:{scene.full_key(key)}"]
    fields = {"obsolete": True, "maps_to": scene.full_key(key)}
    return _key(scene, former, origin, needs, frozenset(), fields)


def _vocabulary_address(scene: Scene) -> str:
    assert scene.spec.vocabulary is not None
    return f"cluedin.vocabulary:{scene.spec.vocabulary.key_prefix}"


def _refer(scene: Scene, type_name: str, key: str, origin: Origin) -> Desired:
    return scene.type(type_name).desired(key, origin, mode="refer", on_remove="forget")


def _glossary_term(
    scene: Scene,
    name: str,
    former: Iterable[str],
    text: TermText,
    condition: Node,
    origin: Origin,
    needs: tuple[str, ...],
    *,
    moved: bool,
    bearer: str,
) -> Desired:
    glossary = scene.spec.cluedin_glossary
    assert glossary is not None
    fields: dict[str, Any] = {
        "category": glossary.category,
        "condition": condition,
        **glossary.given("active"),
    }
    for ours, theirs in (("definition", "description"), ("summary", "short_description")):
        if glossary.descriptions and ours in text.model_fields_set:
            fields[theirs] = getattr(text, ours)
    return scene.type("cluedin.glossary_term").desired(
        name,
        origin,
        needs=(f"cluedin.glossary_category:{glossary.category}", *needs),
        on_remove="delete",
        moved_from=former,
        moved=moved,
        bearer=bearer,
        **fields,
    )


def _whole_condition(scene: Scene) -> Node:
    """The records of the concept."""
    assert scene.spec.cluedin_glossary is not None
    condition = scene.spec.cluedin_glossary.condition
    if isinstance(condition, EntityTypeCondition):
        return all_of(entity_type_is(condition.entity_type))
    if isinstance(condition, KeyCondition):
        return all_of(key_exists(condition.key, condition.exists, key_type(scene.world, condition.key)))
    if isinstance(condition, dict):
        return dict(condition)
    return all_of(entity_type_is(scene.code or ""))


def _nodes(root: Node) -> list[Node]:
    """The nodes that a narrower condition keeps: those of an AND one by one, anything else as a whole."""
    conjunction = root.get("condition") == "AND" and root.get("rules") and not root.get("field")
    return list(root["rules"]) if conjunction else [root]


def _needs_of_whole(scene: Scene) -> tuple[str, ...]:
    """What must be there before the condition of the concept can be saved."""
    assert scene.spec.cluedin_glossary is not None
    condition = scene.spec.cluedin_glossary.condition
    if condition == "auto" and scene.code is not None:
        return (f"cluedin.entity_type:{scene.code}",)
    if isinstance(condition, KeyCondition) and condition.key in scene.declared.keys:
        return (f"cluedin.vocabulary_key:{condition.key}",)
    return ()


def _former_base(scene: Scene) -> str | None:
    term = scene.spec.term
    return path_parts(term.moved_from)[-1] if term is not None and term.moved_from is not None else None


def _former_names(former_base: str | None, base: str, item: Item) -> list[str]:
    """Names that an item's term may have had: its own may be new, or the concept's, or both."""
    above = dict.fromkeys(filter(None, (former_base, base)))
    names = dict.fromkeys(filter(None, (item.former.name, item.name)))
    elsewhere = ["_".join(item.former.path[-2:])] if item.former.path else []
    return [*(f"{concept}_{name}" for name in names for concept in above), *elsewhere]
