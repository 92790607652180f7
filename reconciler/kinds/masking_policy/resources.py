"""A policy as resources: itself, its place among others, and whether it counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.kinds.base import origin_at
from reconciler.kinds.masking_policy.checks import earlier
from reconciler.kinds.masking_policy.grants import rules
from reconciler.kinds.masking_policy.judge import ACCESS_CONTROL
from reconciler.kinds.masking_policy.scene import Scene
from reconciler.kinds.masking_policy.widening import gives_more, is_clear_elsewhere
from reconciler.kinds.project.criteria_checks import criteria_questions
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.references import (
    entity_questions,
    entity_word,
    key_questions,
    refer_to_entity,
    refer_to_keys,
)
from reconciler.questions import Question
from reconciler.questions.access import HowPolicies, KeysNamed, Policies
from reconciler.questions.catalogue import KeyAt, VocabularyAt
from reconciler.questions.owners import Accounts
from reconciler.resources import types
from reconciler.resources.base import Desired, OnRemove
from reconciler.resources.cluedin.policy_order import ALL
from reconciler.resources.keys import quote

_REMOVAL: dict[str, OnRemove] = {"deactivate": "retire", "delete": "delete", "keep": "forget"}


def policy_questions(scene: Scene) -> Iterator[Question]:
    """What to ask CluedIn before the policy expands."""
    if scene.environment.cluedin is None:
        return
    yield from (HowPolicies(), Policies(), Accounts(), ACCESS_CONTROL)
    yield from criteria_questions(scene.world, scene.criteria())
    yield from key_questions(scene.world, (key for _, key in scene.named_keys()))
    if scene.entity_and_field is not None:
        entity, field = scene.entity_and_field
        yield from entity_questions(scene.world, entity)
        yield KeysNamed(entity, field)
        yield KeyAt(field)
    for _, prefix in scene.vocabularies():
        if prefix.casefold() not in declared(scene.world).vocabularies:
            yield VocabularyAt(prefix)


def policy_resources(scene: Scene) -> Iterator[Desired]:
    """The policy, its order, its state; what they refer to."""
    if scene.environment.cluedin is None:
        return
    spec, address = scene.spec, f"cluedin.policy:{scene.key}"
    needs = list(_needs(scene))
    yield from _references(scene)
    granted, tree = rules(scene), scene.tree
    described: dict[str, Any] = {"description": scene.described} if scene.described is not None else {}
    yield types()["cluedin.policy"].desired(
        scene.key,
        origin_at(scene.document),
        needs=needs,
        on_remove=_REMOVAL[spec.on_remove],
        moved_from=quote(spec.moved_from.strip()) if spec.moved_from else None,
        approvals=scene.labels if gives_more(scene.live(), granted, tree) else (),
        labels=scene.labels,
        condition=tree,
        rules=granted,
        **described,
    )
    placed = list(_order(scene, address))
    yield from placed
    if spec.active is not None:
        live = scene.live()
        opens = not (live is not None and live.active) if spec.active else is_clear_elsewhere(scene.others(), granted)
        yield types()["cluedin.policy_state"].desired(
            scene.key,
            origin_at(scene.document, ("active",)),
            needs=(address, *(one.address for one in placed if one.mode == "own")),
            approvals=scene.labels if opens else (),
            labels=scene.labels,
            active=spec.active,
        )


def _needs(scene: Scene) -> Iterator[str]:
    codes = [one.entity_type for _, one in scene.criteria() if one.entity_type is not None]
    found = [code for word in codes if (code := entity_word(scene.world, word).code) is not None]
    for code in dict.fromkeys([*found, *([scene.code] if scene.code is not None else [])]):
        yield f"cluedin.entity_type:{code}"
    yield from (f"cluedin.vocabulary_key:{key}" for key in dict.fromkeys(key for _, key in scene.named_keys()))
    for _, prefix in scene.vocabularies():
        yield f"cluedin.vocabulary:{prefix}"


def _references(scene: Scene) -> Iterator[Desired]:
    """What no manifest makes."""
    for path, one in scene.criteria():
        code = entity_word(scene.world, one.entity_type).code if one.entity_type is not None else None
        if code is not None:
            yield from refer_to_entity(scene.world, code, origin_at(scene.document, (*path, "entity_type")))
    if scene.code is not None:
        yield from refer_to_entity(scene.world, scene.code, origin_at(scene.document, ("target",)))
    for path, key in scene.named_keys():
        yield from refer_to_keys(scene.world, [key], origin_at(scene.document, path))
    for path, prefix in scene.vocabularies():
        if prefix.casefold() not in declared(scene.world).vocabularies:
            origin = origin_at(scene.document, path)
            yield types()["cluedin.vocabulary"].desired(prefix, origin, mode="refer", on_remove="forget")


def _order(scene: Scene, address: str) -> Iterator[Desired]:
    """What the document says of the order of policies, and what others say by being first or last."""
    order = types()["cluedin.policy_order"]
    ours = [f"{quote(name)}/{scene.key}" for name in earlier(scene)]
    others = [f"{quote(name)}/{scene.key}" for name, made in scene.before if not made]
    if not ours and not others:
        return
    path = ("after",) if scene.spec.after else ("order",) if scene.spec.order is not None else ()
    origin = origin_at(scene.document, path)
    for name, made in scene.before:
        if not made:
            yield types()["cluedin.policy"].desired(quote(name), origin, mode="refer", on_remove="forget")
    named = (f"cluedin.policy:{pair.partition('/')[0]}" for pair in (*ours, *others))
    said: dict[str, Any] = {"after": ours, "after_others": others}
    yield order.desired(ALL, origin, needs=(address, *named), **{name: rows for name, rows in said.items() if rows})
