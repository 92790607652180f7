"""What only CluedIn tells of an agent: whether there are any, skills, models, and that nothing approves by itself."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from reconciler.errors import Diagnostic
from reconciler.kinds.ai_agent.scene import Scene
from reconciler.kinds.project.criteria_checks import criteria_judgements
from reconciler.kinds.project.references import live_entity_findings, live_key_findings
from reconciler.manifest.findings import error, info, warning
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.access import LivePolicy, NeededSwitch, Policies, Switch
from reconciler.questions.ai import Ai, LiveAi, PromptsKept
from reconciler.questions.settings import FeatureOn, Features

AUTO_APPROVE = NeededSwitch(("approv", "ai"))
"""The organisation's switch by which suggestions count without anybody's approval; its key is public nowhere [U]."""
FEATURE = "AI Agents"


def judgements(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that only the answers tell, or the day."""
    yield from _review(scene)
    if not scene.is_ours:
        return
    rows: Sequence[LiveAi] = scene.world.answers.of(Ai()) or ()
    for live in rows:
        yield from _there(scene, live)
        if live.is_there:
            yield from _jobs(scene, live)
    yield from _approving(scene)
    if scene.entity is not None:
        yield from live_entity_findings(scene.document, scene.world, *scene.entity)
    yield from criteria_judgements(scene.document, scene.world, scene.criteria())
    for path, key in scene.named_keys():
        yield from live_key_findings(scene.document, scene.world, path, key)
    yield from _masked(scene)
    yield from _logged(scene)


def _review(scene: Scene) -> Iterator[Diagnostic]:
    day = scene.spec.review_by
    if day is not None and datetime.date.fromisoformat(day) < datetime.datetime.now(datetime.UTC).date():
        yield error(
            scene.document,
            ("review_by",),
            "agent.review",
            f"Somebody had to look at the agent again by {day}",
            "Look at what it does, and write the next day; or remove it.",
        )


def _there(scene: Scene, live: LiveAi) -> Iterator[Diagnostic]:
    features: Sequence[FeatureOn] = scene.world.answers.of(Features()) or ()
    if any(one.name == FEATURE and not one.on for one in features):
        yield error(
            scene.document,
            (),
            "agent.feature",
            f"The feature {FEATURE} is off",
            "Have it switched on by CluedIn: no call does.",
        )
    elif not live.is_there:
        yield error(
            scene.document,
            (),
            "agent.version",
            "This CluedIn has no agents, which came with 4.6",
            "Upgrade it, or write `host: external` for an agent that runs somewhere else.",
        )
    elif live.faults and scene.spec.jobs:
        yield error(
            scene.document,
            ("jobs",),
            "agent.template",
            f"Nobody knows how this CluedIn writes jobs: the job `reconciler-template` shows it, and {live.faults[0]}",
            "Make it in CluedIn's pages, as the page on agents says: one skill, and records with one vocabulary key.",
        )


def _jobs(scene: Scene, live: LiveAi) -> Iterator[Diagnostic]:
    if scene.spec.model is not None and scene.spec.model not in live.models:
        yield error(
            scene.document,
            ("model",),
            "agent.model",
            f"No job of this CluedIn uses a model `{scene.spec.model}`",
            did_you_mean(scene.spec.model, live.models, what="Jobs use")
            or "Choose it once for the job `reconciler-template`, in CluedIn's pages.",
        )
    skills = {one.name: one for one in live.skills}
    for at, job in enumerate(scene.spec.jobs):
        for number, name in enumerate(job.skills):
            path = ("jobs", at, "skills", number)
            skill = skills.get(name)
            if skill is None:
                yield error(
                    scene.document,
                    path,
                    "agent.skill",
                    f"This CluedIn has no skill `{name}`",
                    did_you_mean(name, skills, what="Skills are"),
                )
            elif skill.types and live.type and live.type not in skill.types:
                yield error(
                    scene.document,
                    path,
                    "agent.skill_type",
                    f"The skill `{name}` does not work on the data that jobs are written with here",
                    f"It works on {', '.join(sorted(skill.types))}.",
                )
            elif skill.approves and scene.spec.mode == "suggest":
                yield from _approved_by_itself(scene, path, name)


def _approved_by_itself(scene: Scene, path: tuple[str | int, ...], name: str) -> Iterator[Diagnostic]:
    if name in scene.spec.allow_auto_approved:
        yield warning(
            scene.document,
            path,
            "agent.approves",
            f"CluedIn approves what the skill `{name}` finds by itself; it lands in a deduplication project",
            "People merge there, or do not.",
        )
    else:
        yield error(
            scene.document,
            path,
            "agent.approves",
            f"CluedIn approves what the skill `{name}` suggests by itself",
            "Leave it out. `Find Duplicates` alone may be named in `allow_auto_approved`.",
        )


def _approving(scene: Scene) -> Iterator[Diagnostic]:
    """Suggestions wait for people only where the organisation approves none by itself."""
    if scene.spec.mode != "suggest":
        return
    switches: Sequence[Switch] | None = scene.world.answers.of(AUTO_APPROVE)
    cluedin = scene.environment.cluedin
    if switches and any(one.on for one in switches):
        yield error(
            scene.document,
            ("mode",),
            "agent.auto_approve",
            f"CluedIn approves all suggestions of AI by itself (`{next(one.key for one in switches if one.on)}`)",
            "Switch that off, or write `mode: analysis`.",
        )
    elif switches == () and cluedin is not None and cluedin.ai_auto_approve != "off":
        yield error(
            scene.document,
            ("mode",),
            "agent.auto_approve",
            "Nobody knows whether CluedIn approves suggestions of AI by itself: no setting of that title is shown",
            "Look in CluedIn's settings; where it is off, write `cluedin.ai_auto_approve: off` in the environment.",
        )


def _masked(scene: Scene) -> Iterator[Diagnostic]:
    name = scene.spec.scope.masked_by
    rows: Sequence[LivePolicy] | None = scene.world.answers.of(Policies())
    if name is None or rows is None:
        return
    found = next((one for one in rows if one.name == name and one.active), None)
    covers = found is not None and any(
        grant.does == "mask" and all(grant.covers(key) for _, key in scene.keys) for grant in found.grants
    )
    if covers:
        yield info(
            scene.document,
            ("scope", "masked_by"),
            "agent.masked",
            f"Verified: the policy `{name}` is active and masks these keys; whose access an agent has nobody tells",
            "Do not take the values for masked: look at what was asked with `reconciler agents log`.",
        )
    else:
        yield error(
            scene.document,
            ("scope", "masked_by"),
            "agent.masked",
            f"No active policy `{name}` masks these keys",
            "Name one that is active and about all of them, or leave `masked_by` out.",
        )


def _logged(scene: Scene) -> Iterator[Diagnostic]:
    if scene.spec.prompt_logging != "required":
        return
    for at, job in enumerate(scene.spec.jobs):
        if scene.world.answers.of(PromptsKept(job.name.strip())) == (False,):
            yield error(
                scene.document,
                ("jobs", at),
                "agent.logging",
                f"What was asked in the last run of the job `{job.name}` cannot be read",
                "Give the account the claim Management: AI Agents, and see that CluedIn keeps the chats of runs.",
            )
