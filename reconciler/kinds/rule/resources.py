"""A rule as resources: itself, its place among others, and whether it runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.kinds.base import origin_at
from reconciler.kinds.project.criteria_checks import criteria_questions, entity_codes
from reconciler.kinds.project.references import key_questions, refer_to_entity, refer_to_keys
from reconciler.kinds.rule.actions import meant
from reconciler.kinds.rule.scene import Scene, values
from reconciler.questions import Question
from reconciler.questions.rules import RuleActions, RulesOf
from reconciler.resources import types
from reconciler.resources.base import Desired, OnRemove
from reconciler.resources.keys import quote

_REMOVAL: dict[str, OnRemove] = {"deactivate": "retire", "delete": "delete", "keep": "forget"}


def rule_questions(scene: Scene) -> Iterator[Question]:
    """What to ask CluedIn before the rule expands."""
    if scene.environment.cluedin is None:
        return
    yield RuleActions()
    yield from criteria_questions(scene.world, scene.criteria())
    if scene.spec.after:
        yield RulesOf(scene.scope)
    yield from key_questions(scene.world, (key for _, key in scene.named_keys()))


def rule_resources(scene: Scene) -> Iterator[Desired]:
    """The rule, its order, its state; what they refer to."""
    if scene.environment.cluedin is None:
        return
    spec, key, address = scene.spec, scene.key, f"cluedin.rule:{scene.key}"
    codes = [code for _, code in entity_codes(scene.world, scene.criteria())]
    keys = [one for _, one in scene.named_keys()]
    for path, code in entity_codes(scene.world, scene.criteria()):
        yield from refer_to_entity(scene.world, code, origin_at(scene.document, path))
    yield from refer_to_keys(scene.world, keys, origin_at(scene.document, ("do",)))
    yield types()["cluedin.rule"].desired(
        key,
        origin_at(scene.document),
        needs=(*(f"cluedin.entity_type:{one}" for one in codes), *(f"cluedin.vocabulary_key:{one}" for one in keys)),
        on_remove=_REMOVAL[spec.on_remove],
        moved_from=f"{scene.scope}/{quote(spec.moved_from.strip())}" if spec.moved_from else None,
        **values(description=scene.described),
        **_filter_and_actions(scene),
    )
    yield from _order(scene)
    if spec.active is not None:
        placed = (f"cluedin.rule_order:{scene.scope}",) if spec.after else ()
        yield types()["cluedin.rule_state"].desired(
            key, origin_at(scene.document, ("active",)), needs=(address, *placed), active=spec.active
        )


def _filter_and_actions(scene: Scene) -> dict[str, Any]:
    """Both, under the names that say whether records go along."""
    more = "_and_records" if scene.spec.reprocess == "on_change" else ""
    steps = [
        {
            "name": step.name or f"Actions {at}",
            "conditions": scene.tree(step.when),
            "actions": [action.wanted for action in actions],
        }
        for at, (step, actions) in enumerate(zip(scene.spec.do, meant(scene), strict=True), 1)
    ]
    return {f"condition{more}": scene.tree(scene.spec.where), f"actions{more}": steps}


def _order(scene: Scene) -> Iterator[Desired]:
    """What the document says of the order of its scope, which others say more of."""
    if not scene.spec.after:
        return
    origin, scope = origin_at(scene.document, ("after",)), scene.scope
    for _, name, made in scene.before:
        if not made:
            yield types()["cluedin.rule"].desired(f"{scope}/{quote(name)}", origin, mode="refer", on_remove="forget")
    said: dict[str, Any] = {"after": scene.pairs(ours=True), "after_others": scene.pairs(ours=False)}
    named = (f"cluedin.rule:{scope}/{quote(name)}" for _, name, _ in scene.before)
    yield types()["cluedin.rule_order"].desired(
        scope,
        origin,
        needs=(f"cluedin.rule:{scene.key}", *named),
        **{name: pairs for name, pairs in said.items() if pairs},
    )
