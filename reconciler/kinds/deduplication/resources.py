"""A deduplication project as resources: itself, its rules, their order, and who owns it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from reconciler.kinds.base import origin_at
from reconciler.kinds.deduplication.scene import Scene, wanted
from reconciler.kinds.project.criteria_checks import criteria_questions, entity_codes
from reconciler.kinds.project.owned import owner_words
from reconciler.kinds.project.references import key_questions, refer_to_entity, refer_to_keys
from reconciler.questions import Question
from reconciler.questions.deduplication import WaysToMatch
from reconciler.questions.owners import Accounts
from reconciler.resources import types
from reconciler.resources.base import Desired, OnRemove
from reconciler.resources.cluedin.dedup_order import DedupOrder
from reconciler.resources.keys import quote


def project_questions(scene: Scene) -> Iterator[Question]:
    """What to ask CluedIn before the project expands."""
    if scene.environment.cluedin is None:
        return
    yield WaysToMatch()
    yield from criteria_questions(scene.world, scene.criteria())
    yield from key_questions(scene.world, (key for _, key in scene.named_keys()))
    if scene.spec.owners:
        yield Accounts()


def project_resources(scene: Scene) -> Iterator[Desired]:
    """The project, what it refers to, its rules, their order, and its owners."""
    if scene.environment.cluedin is None:
        return
    spec, address = scene.spec, f"cluedin.dedup_project:{scene.key}"
    removal: OnRemove = "delete" if spec.on_remove == "delete" else "forget"
    codes = list(entity_codes(scene.world, scene.criteria()))
    for path, code in codes:
        yield from refer_to_entity(scene.world, code, origin_at(scene.document, path))
    yield from refer_to_keys(scene.world, (key for _, key in scene.named_keys()), origin_at(scene.document, ("rules",)))
    compared = [one.key for _, one in scene.criteria() if one.key is not None]
    given: dict[str, Any] = {} if scene.described is None else {"description": scene.described}
    yield types()["cluedin.dedup_project"].desired(
        scene.key,
        origin_at(scene.document),
        needs=(
            *(f"cluedin.entity_type:{code}" for _, code in codes),
            *(f"cluedin.vocabulary_key:{key}" for key in compared),
        ),
        on_remove=removal,
        moved_from=quote(spec.moved_from.strip()) if spec.moved_from else None,
        condition=scene.tree,
        **given,
        **spec.given("limit"),
    )
    yield from _rules(scene, address, removal)
    if spec.owners is not None:
        yield types()["cluedin.owners"].desired(
            address,
            origin_at(scene.document, ("owners",)),
            needs=(address,),
            owners=owner_words(scene.environment, scene.world, spec.owners),
        )


def _rules(scene: Scene, address: str, removal: OnRemove) -> Iterator[Desired]:
    names = [rule.name.strip() for rule in scene.spec.rules]
    keys = [f"{scene.key}/{quote(name)}" for name in names]
    for at, (rule, key) in enumerate(zip(scene.spec.rules, keys, strict=True)):
        given: dict[str, Any] = {} if rule.active is None else {"active": rule.active}
        yield types()["cluedin.dedup_rule"].desired(
            key,
            origin_at(scene.document, ("rules", at)),
            needs=(address, *(f"cluedin.vocabulary_key:{one.key}" for one in rule.match if one.key is not None)),
            on_remove=removal,
            moved_from=f"{scene.key}/{quote(rule.moved_from.strip())}" if rule.moved_from else None,
            criteria=[wanted(one) for one in rule.match],
            **given,
        )
    if len(names) > 1:
        yield types()["cluedin.dedup_order"].desired(
            scene.key,
            origin_at(scene.document, ("rules",)),
            needs=(address, *(f"cluedin.dedup_rule:{key}" for key in keys)),
            after=[DedupOrder.pair(first, second) for first, second in pairwise(names)],
        )
