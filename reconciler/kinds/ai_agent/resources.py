"""An agent as resources: itself with its registry, its jobs, and whether these are on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.kinds.ai_agent.judge import AUTO_APPROVE
from reconciler.kinds.ai_agent.scene import Scene
from reconciler.kinds.ai_agent.spec import Job
from reconciler.kinds.base import origin_at
from reconciler.kinds.project.criteria_checks import criteria_questions
from reconciler.kinds.project.references import (
    entity_questions,
    entity_word,
    key_questions,
    refer_to_entity,
    refer_to_keys,
)
from reconciler.questions import Question
from reconciler.questions.access import Policies
from reconciler.questions.ai import Ai, PromptsKept
from reconciler.questions.settings import Features
from reconciler.resources import types
from reconciler.resources.base import Desired, OnRemove
from reconciler.resources.keys import quote
from reconciler.resources.spelling import composed

_REMOVAL: dict[str, OnRemove] = {"disable": "retire", "delete": "delete", "keep": "forget"}


def agent_questions(scene: Scene) -> Iterator[Question]:
    """What to ask CluedIn before the agent expands."""
    if not scene.is_ours:
        return
    yield from (Ai(), Features())
    if scene.spec.mode == "suggest":
        yield AUTO_APPROVE
    if scene.spec.scope.masked_by is not None:
        yield Policies()
    if scene.spec.prompt_logging == "required":
        yield from (PromptsKept(job.name.strip()) for job in scene.spec.jobs)
    if scene.entity is not None:
        yield from entity_questions(scene.world, scene.entity[1])
    yield from criteria_questions(scene.world, scene.criteria())
    yield from key_questions(scene.world, (key for _, key in scene.named_keys()))


def agent_resources(scene: Scene) -> Iterator[Desired]:
    """The agent, then its jobs, then whether they are on; what they refer to."""
    if not scene.is_ours:
        return
    spec, words = scene.spec, scene.words
    yield from _references(scene)
    told: dict[str, Any] = {"description": scene.document.description} if scene.document.description else {}
    instructions = scene.text(spec.instructions)
    told |= {"instructions": instructions} if instructions is not None else {}
    yield types()["cluedin.ai_agent"].desired(
        scene.key,
        origin_at(scene.document),
        on_remove="delete" if spec.on_remove == "delete" else "forget",
        moved_from=quote(spec.moved_from.strip()) if spec.moved_from else None,
        registry=scene.registry,
        **told,
    )
    for at, job in enumerate(spec.jobs):
        yield from _job(scene, at, job, words)


def _job(scene: Scene, at: int, job: Job, words: frozenset[str]) -> Iterator[Desired]:
    spec, key = scene.spec, quote(composed(job.name.strip()))
    told: dict[str, Any] = {"model": spec.model} if spec.model is not None else {}
    told |= {"sample": scene.taken} if scene.taken is not None else {}
    # An analysis has no schedule; of a suggestion it is people's where it is not said.
    told |= {"schedule": job.schedule} if job.schedule is not None or spec.mode == "analysis" else {}
    yield types()["cluedin.ai_job"].desired(
        key,
        origin_at(scene.document, ("jobs", at)),
        needs=(f"cluedin.ai_agent:{scene.key}", *_needs(scene)),
        on_remove=_REMOVAL[spec.on_remove],
        approvals=words,
        labels=words,
        agent=scene.name,
        prompt=scene.text(job.prompt) or "",
        skills=list(job.skills),
        keys=[key for _, key in scene.keys],
        records=scene.records,
        **told,
    )
    yield types()["cluedin.ai_job_state"].desired(
        key,
        origin_at(scene.document, ("mode",)),
        needs=(f"cluedin.ai_job:{key}",),
        approvals=words if spec.mode == "suggest" else (),
        labels=words,
        enabled=spec.mode == "suggest",
    )


def _needs(scene: Scene) -> Iterator[str]:
    for code in dict.fromkeys(code for _, code in _codes(scene)):
        yield f"cluedin.entity_type:{code}"
    yield from (f"cluedin.vocabulary_key:{key}" for key in dict.fromkeys(key for _, key in scene.named_keys()))


def _references(scene: Scene) -> Iterator[Desired]:
    """What no manifest makes."""
    for path, code in _codes(scene):
        yield from refer_to_entity(scene.world, code, origin_at(scene.document, path))
    for path, key in scene.named_keys():
        yield from refer_to_keys(scene.world, [key], origin_at(scene.document, path))


def _codes(scene: Scene) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if scene.entity is not None and scene.code is not None:
        yield scene.entity[0], scene.code
    for path, one in scene.criteria():
        code = entity_word(scene.world, one.entity_type).code if one.entity_type is not None else None
        if code is not None:
            yield (*path, "entity_type"), code
