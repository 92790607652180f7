"""The rules of a policy: what each gives, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.kinds.masking_policy.scene import Scene
from reconciler.kinds.project.members import member_words, role_named

Rule = dict[str, Any]
_SCOPE = ("keys", "vocabularies", "all")
NAMES = {"mask": "Mask", "view": "View", "edit": "Add or edit"}


def rules(scene: Scene) -> list[Rule]:
    """Every rule that the policy has; one that is for nobody, or about nothing that is known, is none."""
    return [rule for rule in _rules(scene) if rule["members"] and any(rule.get(name) for name in _SCOPE)]


def does(scene: Scene) -> list[str]:
    """What its members may do, besides seeing other keys."""
    if scene.masks:
        return ["mask"]
    wanted = {"read": "view", "edit": "edit", "add": "edit"}
    return list(dict.fromkeys(wanted[word] for word in scene.spec.actions))


def _rules(scene: Scene) -> Iterator[Rule]:
    members = member_words(scene.world, scene.members[1])
    for word in does(scene):
        yield {"name": NAMES[word], "does": word, "members": members, **_scope(scene)}
    excepted = [role for _, word in scene.excepted if (role := role_named(scene.world, word)) is not None]
    if excepted:
        yield {"name": "View in clear", "does": "view", "members": excepted, **_scope(scene)}
    more = scene.spec.also_view
    if more is not None:
        scope: Rule = {"keys": list(more.keys)} if more.keys else {}
        scope |= {"vocabularies": [more.vocabulary]} if more.vocabulary is not None else {}
        yield {"name": "View of other keys", "does": "view", "members": members, **scope}


def _scope(scene: Scene) -> Rule:
    if scene.is_all:
        return {"all": True}
    if scene.spec.vocabulary is not None:
        return {"vocabularies": [scene.spec.vocabulary]}
    return {"keys": [key for _, key in scene.keys]}
