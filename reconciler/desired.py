"""Manifests → resources: loads a project, checks it across documents, and expands it for one environment.

A `Draft` is what can be told offline. Where a document has to know something of the live systems first, its
questions are asked of the connected systems; then the draft becomes `Wishes`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.errors import Diagnostic, ManifestError
from reconciler.graph import combine, levels
from reconciler.kinds import kinds
from reconciler.kinds.base import World
from reconciler.resources.base import Desired
from reconciler.sources import Answers, Question

if TYPE_CHECKING:
    from reconciler.manifest.project import Document, Project


@dataclass(slots=True)
class Wishes:
    """What the manifests of a project want in one environment."""

    environment_name: str
    environment: Any
    resources: dict[str, Desired] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)
    files: int = 0
    documents: int = 0
    superseded: set[str] = field(default_factory=set)
    """Addresses of stand-ins that something else has taken the place of."""
    held: set[str] = field(default_factory=set)
    """Documents (`Kind/name`) that wait, as what they asked of a live system could not be read."""

    @property
    def ok(self) -> bool:
        """Whether a plan may be made of them: no finding is an error, and no file was left out.

        What a file that was not loaded wants would look like something that nobody wants any more.
        """
        return not any(f.severity == "error" or f.code == "manifest.not_loaded" for f in self.findings)

    def required(self) -> Wishes:
        """Itself; raises `ManifestError` with every finding when any of them is an error."""
        if not self.ok:
            raise ManifestError(*self.findings)
        return self


@dataclass(slots=True)
class Draft:
    """A project that was loaded and checked offline; what its documents ask of the live systems is open."""

    project: Project
    world: World
    files: int
    findings: list[Diagnostic]
    faulty: set[str] = field(default_factory=set)
    """Documents (`Kind/name`) that are not expanded, as what they say is wrong."""

    @property
    def environment(self) -> Any:
        """The environment's spec; None when the project has none of that name."""
        return self.world.environment

    @property
    def ok(self) -> bool:
        """Whether it is worth asking the live systems anything."""
        return not any(finding.severity == "error" for finding in self.findings)

    def required(self) -> Draft:
        """Itself; raises `ManifestError` with every finding, those of the expansion too, when one is an error."""
        if not self.ok:
            raise ManifestError(*self.wishes().findings)
        return self

    def questions(self) -> list[Question]:
        """What the documents have to know, each question once."""
        asked = (document.spec.sources(document, self.world) for document in self._expandable())
        return list(dict.fromkeys(question for questions in asked for question in questions))

    def wishes(self, answers: Answers | None = None) -> Wishes:
        """The resources and all findings; without answers only as far as it goes offline."""
        from reconciler.manifest.yaml import garbage_collection_paused

        with garbage_collection_paused():
            return self._wishes(answers)

    def _wishes(self, answers: Answers | None) -> Wishes:
        world = self.world
        wishes = Wishes(world.environment_name, world.environment, findings=list(self.findings), files=self.files)
        wishes.documents = len(self.project.documents)
        if self.environment is None:
            return wishes
        found: list[Desired] = []
        if answers is not None:
            self.world = world = replace(world, answers=answers, _indexes={})
        for document in self._expandable():
            failure = self._unanswered(document, answers)
            if failure is not None:
                wishes.held.add(_name(document))
                wishes.findings.append(failure)
                continue
            findings = list(document.spec.judge(document, world)) if answers is not None else []
            wishes.findings += findings
            if not any(finding.severity == "error" for finding in findings):
                found += document.spec.expand(document, world)
                wishes.superseded.update(document.spec.superseded(document, world))
        wishes.resources, disagreements = combine(found)
        wishes.findings += disagreements
        if wishes.ok and not wishes.held:
            wishes.levels, references = levels(wishes.resources)
            wishes.findings += references
        elif wishes.ok:
            wishes.levels, _ = levels(wishes.resources)
        wishes.findings += _problems(wishes.resources.values())
        wishes.findings = _judged(wishes.findings, self.environment)
        return wishes

    def _expandable(self) -> Iterator[Document]:
        if self.environment is None:
            return
        for document in [*self.project.environments.values(), *self.project.documents]:
            if document.spec is not None and _name(document) not in self.faulty:
                yield document

    def _unanswered(self, document: Document, answers: Answers | None) -> Diagnostic | None:
        """Why a document has to wait: something that it asked could not be read."""
        if answers is None or not answers.failures:
            return None
        asked = document.spec.sources(document, self.world)
        failure = next((answers.failures[one] for one in asked if one in answers.failures), None)
        if failure is None:
            return None
        return Diagnostic(
            "warning",
            "source.unreadable",
            f"{document.kind} {document.name} waits: what it needs to know could not be read: {failure.summary}",
            "Nothing of it is planned, and nothing is removed in this run. " + failure.detail,
            document.source(()),
        )


def load(root: Path, environment: str | None, process_env: Mapping[str, str] = os.environ) -> Wishes:
    """Loads and checks everything under `manifests/`, and expands it offline; all findings of one run together."""
    return draft(root, environment, process_env).wishes()


def draft(root: Path, environment: str | None, process_env: Mapping[str, str] = os.environ) -> Draft:
    """Loads everything under `manifests/` and checks it across documents; asks nobody anything."""
    from reconciler.manifest.project import load_project
    from reconciler.manifest.yaml import garbage_collection_paused

    with garbage_collection_paused():
        project = load_project(root, kinds(), environment=environment, process_env=process_env)
        name = environment or (project.environment.name if project.environment else "")
        spec = project.environment.spec if project.environment else None
        documents = [*project.environments.values(), *project.documents]
        made = Draft(project, World(documents, spec, name), len(project.files), list(project.findings))
        if spec is None:
            return made
        for document in documents:
            if document.spec is None:
                continue
            findings = list(document.spec.check(document, made.world))
            made.findings += findings
            if any(finding.severity == "error" for finding in findings):
                made.faulty.add(_name(document))
    return made


def _name(document: Document) -> str:
    return f"{document.kind}/{document.name}"


def _judged(findings: Iterable[Diagnostic], environment: Any) -> list[Diagnostic]:
    """The findings by place; a strict environment takes warnings for errors."""
    strict = bool(getattr(environment, "strict", False))
    raised = (replace(f, severity="error") if strict and f.severity == "warning" else f for f in findings)
    return sorted(raised, key=_by_place)


def _problems(resources: Iterable[Desired]) -> Iterable[Diagnostic]:
    for want in resources:
        for sentence in want.type.problems(want):
            source = want.origins[0].source if want.origins else None
            yield Diagnostic("error", "resource.invalid", sentence, source=source, address=want.address)


def _by_place(finding: Diagnostic) -> tuple[str, int, int, str]:
    source = finding.source
    if source is None:
        return ("", 0, 0, finding.code)
    return (source.file, source.line or 0, source.column or 0, finding.code)


def matches_target(address: str, targets: Iterable[str]) -> bool:
    """Whether an address is one of the targets; a target may end in `*`."""
    return any(re.fullmatch(re.escape(target).replace(r"\*", ".*"), address) for target in targets)
