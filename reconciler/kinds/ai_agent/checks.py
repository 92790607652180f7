"""What is wrong with an agent, as far as it can be told offline."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.ai_agent.scene import Scene
from reconciler.kinds.project.criteria_checks import criteria_findings
from reconciler.kinds.project.labels import unknown_labels
from reconciler.kinds.project.read_only import read_only
from reconciler.kinds.project.references import entity_findings, key_findings
from reconciler.manifest.findings import error, info, warning, where
from reconciler.manifest.suggest import did_you_mean
from reconciler.resources.cluedin.ai import MOST
from reconciler.systems.redact import SECRETS
from reconciler.systems.secrecy import carries_secret

_LETTERS = 10


def findings(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that can be told offline."""
    yield from _registry(scene)
    yield from _scope(scene)
    yield from _labels(scene)
    yield from _texts(scene)
    yield from _jobs(scene)
    yield from criteria_findings(scene.document, scene.world, scene.criteria())
    for path, key in scene.named_keys():
        yield from key_findings(scene.document, scene.world, path, key)
    if scene.is_ours:
        yield from read_only(scene.document, scene.world, "CluedIn", "keep the agent out of the environment")
    if scene.spec.host == "external":
        yield info(
            scene.document,
            ("host",),
            "agent.external",
            "The agent runs somewhere else: scope, labels and owner are checked here, and enforced by nobody",
            "Whoever runs it sees to it that it reads no more than is said here.",
        )


def _registry(scene: Scene) -> Iterator[Diagnostic]:
    spec = scene.spec
    if spec.agent is not None and spec.agent.strip() != scene.document.name:
        yield error(
            scene.document,
            ("agent",),
            "agent.name",
            f"The agent is called `{spec.agent}`, and the document `{scene.document.name}`",
            "Give both one name, or leave `agent` out.",
        )
    if spec.owner is None:
        yield error(
            scene.document,
            (),
            "agent.owner",
            "Nobody is in charge of the agent",
            "Write `owner:` with an alias of spec.people in the environment.",
        )
    elif scene.environment.person(spec.owner) is None:
        yield error(
            scene.document,
            ("owner",),
            "agent.owner",
            f"Nobody is known as `{spec.owner}`",
            f"{did_you_mean(spec.owner, scene.environment.people)} Write an alias of spec.people.".strip(),
        )
    if sum(letter.isalpha() for letter in spec.purpose or "") < _LETTERS:
        yield error(
            scene.document,
            ("purpose",) if spec.purpose is not None else (),
            "agent.purpose",
            "The agent does not say what it is for",
            f"Write `purpose:` in a sentence of {_LETTERS} letters or more.",
        )


def _scope(scene: Scene) -> Iterator[Diagnostic]:
    if not scene.keys:
        yield error(
            scene.document,
            ("scope",) if "scope" in scene.spec.model_fields_set else (),
            "agent.keys",
            "The agent does not say which keys it reads, which would be all of them",
            "Name them in `scope.keys`.",
        )
    if scene.entity is None:
        yield error(
            scene.document,
            ("scope",) if "scope" in scene.spec.model_fields_set else (),
            "agent.entity",
            "The agent does not say which records it reads",
            "Name their entity type in `scope.entity`.",
        )
    else:
        yield from entity_findings(scene.document, scene.world, *scene.entity)
    if scene.sample is not None and scene.sample[1] > MOST:
        yield warning(
            scene.document,
            scene.sample[0],
            "agent.sample",
            f"CluedIn takes {MOST:,} records of a sample at most: {MOST:,} are read, not {scene.sample[1]:,}",
            f"Write {MOST}.",
        )


def _labels(scene: Scene) -> Iterator[Diagnostic]:
    yield from unknown_labels(scene.document, scene.world, ("allow_labels",), scene.spec.allow_labels)
    for path, key in scene.keys:
        forbidden = [word for word in scene.labels.get(key, ()) if word not in scene.spec.allow_labels]
        if forbidden:
            yield error(
                scene.document,
                path,
                "agent.labelled_key",
                f"`{key}` carries {' and '.join(f'`{word}`' for word in forbidden)}, and would be sent to a model",
                "Take it out of `scope.keys`, or name the label in `allow_labels`, which somebody then approves.",
            )
    if scene.labels and scene.spec.prompt_logging == "off":
        yield error(
            scene.document,
            ("prompt_logging",),
            "agent.logging",
            "The agent reads labelled keys, and nobody would see what was asked about them",
            "Write `prompt_logging: required`.",
        )


def _texts(scene: Scene) -> Iterator[Diagnostic]:
    for path, given in scene.texts():
        text = scene.text(given)
        if text is None:
            yield error(
                scene.document,
                path,
                "agent.file",
                f"The file `{getattr(given, 'file', given)}` cannot be read",
                "Write its path from the folder of the manifest: a text in UTF-8, inside the project.",
            )
        elif not text.strip():
            yield error(scene.document, path, "agent.text", "The text is empty", "Write it, or leave the field out.")
        elif SECRETS.knows(text) or any(carries_secret(line) for line in text.splitlines()):
            yield error(
                scene.document,
                path,
                "agent.secret",
                "The text carries a secret, which would be sent to a model",
                "Take it out; everybody who may see the agent would see it as well.",
            )


_CRON = re.compile(r"[\w*,/?#-]+", re.ASCII)
_HIGHEST = (59, 23, 31, 12, 7)


def _is_cron(text: str) -> bool:
    """Whether it may be a cron expression: five fields, or six with seconds before.

    Which words of it CluedIn takes is in no description [U], so that they are not looked at.
    """
    fields = text.split()
    if len(fields) not in (5, 6) or not all(map(_CRON.fullmatch, fields)):
        return False
    numbers = [[int(number) for number in re.findall(r"\d+", field.partition("/")[0])] for field in fields[-5:]]
    return all(max(given, default=0) <= highest for given, highest in zip(numbers, _HIGHEST, strict=True))


def _jobs(scene: Scene) -> Iterator[Diagnostic]:
    for at, job in enumerate(scene.spec.jobs):
        if job.schedule is not None and not _is_cron(job.schedule):
            yield error(
                scene.document,
                ("jobs", at, "schedule"),
                "agent.cron",
                f"`{job.schedule[:60]}` is no cron expression",
                "Write five fields: minute, hour, day of the month, month, day of the week, as in `0 6 * * 1`.",
            )
        if job.schedule is not None and scene.spec.mode == "analysis":
            yield error(
                scene.document,
                ("jobs", at, "schedule"),
                "agent.schedule",
                "What has a schedule runs by itself, and an analysis only when it is asked to",
                "Leave `schedule` out and run `reconciler agents analyse`, or write `mode: suggest`.",
            )
    seen: dict[str, str] = {}
    for other in scene.world.of(Scene):
        for at, job in enumerate(other.spec.jobs):
            name = job.name.strip().casefold()
            if other is scene and name in seen:
                yield error(
                    scene.document,
                    ("jobs", at, "name"),
                    "agent.job_twice",
                    f"The job `{job.name}` is made in {seen[name]} as well",
                    "Give one of them another name: CluedIn keeps two jobs of one name.",
                )
            seen.setdefault(name, where(other.document, ("jobs", at)))
        if other is scene:
            return
