"""Terms of CluedIn's own glossary for the concept and its keys, which are filters over records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.kinds.glossary_mapping.halves import FilterHalf
from reconciler.kinds.glossary_mapping.marks import Copied
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.spec import CluedInGlossary, TermText
from reconciler.kinds.glossary_mapping.words import EntityTypeCondition, KeyCondition
from reconciler.kinds.project.conditions import Node, all_of, entity_type_is, key_exists
from reconciler.kinds.project.references import key_type
from reconciler.manifest.fields import plain_fields
from reconciler.resources.base import Desired
from reconciler.resources.objects import Origin

_FIELDS = plain_fields(CluedInGlossary)
_COPIED = TermText.marked(Copied)


def glossary_resources(scene: Scene, filters: FilterHalf) -> Iterator[Desired]:
    """The category and the terms of CluedIn's own glossary."""
    origin, category = scene.origin_of("cluedin_glossary"), filters.glossary.category
    yield scene.type("cluedin.glossary_category").desired(category, origin, mode="ensure", on_remove="forget")
    whole, needed = _whole_condition(scene, filters), _needs_of_whole(scene, filters)
    yield _glossary_term(
        scene,
        filters,
        filters.name(),
        [filters.former_base] if filters.former_base is not None else [],
        filters.text,
        whole,
        origin,
        needed,
        moved=scene.terms_here is None,
        bearer=scene.bearer(),
    )
    for entry, key in filters.items:
        item = entry.item
        part = [*_nodes(whole), key_exists(key, data_type=key_type(scene.world, key))]
        yield _glossary_term(
            scene,
            filters,
            filters.name(entry),
            filters.former_names(entry),
            item,
            all_of(*part),
            scene.origin(entry.path),
            (*needed, f"cluedin.vocabulary_key:{key}"),
            moved=item.former.name is not None and scene.terms_here is None,
            bearer=scene.bearer(item),
        )


def condition_keys(filters: FilterHalf) -> Iterator[str]:
    """The keys that conditions of the terms of CluedIn's glossary look at."""
    if isinstance(filters.glossary.condition, KeyCondition):
        yield filters.glossary.condition.key
    yield from (key for _, key in filters.items)


def _glossary_term(
    scene: Scene,
    filters: FilterHalf,
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
    glossary = filters.glossary
    fields: dict[str, Any] = {"category": glossary.category, "condition": condition, **glossary.given(*_FIELDS)}
    if glossary.descriptions:
        said = text.given(*_COPIED)
        fields |= {_COPIED[ours].name: value for ours, value in said.items()}
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


def _whole_condition(scene: Scene, filters: FilterHalf) -> Node:
    """The records of the concept."""
    condition = filters.glossary.condition
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


def _needs_of_whole(scene: Scene, filters: FilterHalf) -> tuple[str, ...]:
    """What must be there before the condition of the concept can be saved."""
    condition = filters.glossary.condition
    if condition == "auto" and scene.code is not None:
        return (f"cluedin.entity_type:{scene.code}",)
    if isinstance(condition, KeyCondition) and condition.key in scene.declared.keys:
        return (f"cluedin.vocabulary_key:{condition.key}",)
    return ()
