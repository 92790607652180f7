"""A clean project as resources: itself, and who owns it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.kinds.base import origin_at
from reconciler.kinds.clean_project.scene import Scene
from reconciler.kinds.project.criteria_checks import criteria_questions, entity_codes
from reconciler.kinds.project.owned import owner_words
from reconciler.kinds.project.references import key_questions, refer_to_entity, refer_to_keys
from reconciler.questions import Question
from reconciler.questions.cleaning import RulesOfCleaning
from reconciler.questions.owners import Accounts
from reconciler.resources import types
from reconciler.resources.base import Desired
from reconciler.resources.keys import quote


def project_questions(scene: Scene) -> Iterator[Question]:
    """What to ask CluedIn before the project expands."""
    if scene.environment.cluedin is None:
        return
    yield from criteria_questions(scene.world, scene.criteria())
    yield from key_questions(scene.world, (key for _, key in scene.named_keys()))
    if scene.spec.rules == "verify":
        yield RulesOfCleaning(scene.key)
    if scene.spec.owners:
        yield Accounts()


def project_resources(scene: Scene) -> Iterator[Desired]:
    """The project, what it refers to, and its owners."""
    if scene.environment.cluedin is None:
        return
    spec, address = scene.spec, f"cluedin.clean_project:{scene.key}"
    codes = list(entity_codes(scene.world, scene.criteria()))
    keys = [key for _, key in scene.named_keys()]
    for path, code in codes:
        yield from refer_to_entity(scene.world, code, origin_at(scene.document, path))
    yield from refer_to_keys(scene.world, keys, origin_at(scene.document, ("fields",)))
    given: dict[str, Any] = {"description": scene.described, "include_data_parts": spec.include_data_parts}
    yield types()["cluedin.clean_project"].desired(
        scene.key,
        origin_at(scene.document),
        needs=(
            *(f"cluedin.entity_type:{code}" for _, code in codes),
            *(f"cluedin.vocabulary_key:{key}" for key in keys),
        ),
        on_remove="delete" if spec.on_remove == "delete" else "forget",
        moved_from=quote(spec.moved_from.strip()) if spec.moved_from else None,
        fields=scene.values,
        condition=scene.tree,
        **{name: value for name, value in given.items() if value is not None},
    )
    if spec.owners is not None:
        yield types()["cluedin.owners"].desired(
            address,
            origin_at(scene.document, ("owners",)),
            needs=(address,),
            owners=owner_words(scene.environment, scene.world, spec.owners),
        )
