"""Manifests → resources: loads a project, checks it across documents, and expands it for one environment.

A `Draft` is what can be told offline. Where a document has to know something of the live systems first, its
questions are asked of the connected systems; then the draft becomes `Wishes`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.desired.called import name_of
from reconciler.desired.expansion import Expansion, digests_of, keep
from reconciler.desired.wanted import Held, Wishes, by_place
from reconciler.environment.spec import Environment
from reconciler.errors import Diagnostic, ManifestError
from reconciler.graph import combine, levels
from reconciler.kinds import kinds, models
from reconciler.kinds.base import World
from reconciler.kinds.project.environments import environment_findings
from reconciler.questions import Answers, Question
from reconciler.resources import folded
from reconciler.resources.base import Desired

if TYPE_CHECKING:
    from reconciler.manifest.project import Document, Project

NOWHERE = Environment()
"""What the documents are for of a project that has no environment, or no sound one of the name: nothing expands."""


@dataclass(slots=True)
class Draft:
    """A project that was loaded and checked offline; what its documents ask of the live systems is open."""

    project: Project
    world: World
    files: int
    findings: list[Diagnostic]
    faulty: set[str] = field(default_factory=set)
    """Documents (`Kind/name`) that are not expanded, as what they say is wrong."""
    place: Path | None = None
    """Where the expansion is kept for the next run; None where it is not."""

    @property
    def environment(self) -> Environment:
        """The environment's spec; `NOWHERE` when the project has none of that name."""
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
        asked = (self.world.kind(document).questions() for document in self.expandable())
        return list(dict.fromkeys(question for questions in asked for question in questions))

    def wishes(self, answers: Answers | None = None) -> Wishes:
        """The resources and all findings; without answers only as far as it goes offline.

        With answers, what is wrong on these systems holds the documents back that it is about, and what is wrong
        anyway stays a finding of the whole.
        """
        from reconciler.manifest.garbage import garbage_collection_paused

        with garbage_collection_paused():
            found = self._offline() if answers is None else self._answered(answers)
            if self.place is not None:
                self._keep(self.place, found, answers)
            self.world.let_go()  # a plan reads next, which takes memory, and most plans tell of few documents
            return found

    def _keep(self, place: Path, found: Wishes, answers: Answers | None) -> None:
        """Keeps what depends on no answer."""
        environment = self.project.environment
        asks = bool(self.questions())
        if found.held or not found.ok or environment is None or (asks and answers is not None):
            return
        judged = answers is not None
        made = Expansion(environment.data, found.files, found.documents, asks, judged, found.findings)
        made.resources, made.levels, made.superseded = found.resources, found.levels, found.superseded
        if self.world.root is not None:
            made.beside = digests_of(self.world.root, self.world.beside)
        keep(place, made)

    def _offline(self) -> Wishes:
        wishes = self._blank()
        parts = _Parts()
        for document in self.expandable():
            parts.expand(document, self.world)
        wishes.findings += parts.assemble(wishes)
        wishes.findings = _judged(wishes.findings, self.environment)
        return wishes

    def _answered(self, answers: Answers) -> Wishes:
        wishes, offline = self._blank(), self.world
        self.world = wishes.world = online = replace(offline, answers=answers)
        offline.let_go()
        parts = _Parts()
        for document in self.expandable():
            findings = _judged(self._judgement(document, answers, online), self.environment)
            errors = [finding for finding in findings if finding.severity == "error"]
            wishes.findings += [finding for finding in findings if finding.severity != "error"]
            if errors:
                parts.hold(document, errors)
            else:
                parts.expand(document, online)
        found = _judged(parts.assemble(wishes), self.environment)
        if (_errors(found) or parts.reasons) and not (wrong_anyway := replace(self, world=offline)._offline()).ok:
            return wrong_anyway
        while parts.hold_those_of(_errors(found)):
            found = _judged(parts.assemble(wishes), self.environment)
        wishes.findings = _judged([*wishes.findings, *found], self.environment)
        wishes.held = parts.held(offline)
        if wishes.held:
            wishes.resources |= _shared(wishes)
            wishes.levels, _ = levels(wishes.resources)
        return wishes

    def _blank(self) -> Wishes:
        wishes = Wishes(self.world.environment_name, self.environment, findings=list(self.findings), files=self.files)
        wishes.documents, wishes.world = len(self.project.documents), self.world
        return wishes

    def expandable(self) -> Iterator[Document]:
        """The documents that are valid so far."""
        if self.environment is NOWHERE:
            return
        for document in self.project.documents:
            if document.spec is not None and name_of(document) not in self.faulty:
                yield document

    def _judgement(self, document: Document, answers: Answers, world: World) -> Iterable[Diagnostic]:
        """What the answers tell of a document; that it has to wait when one of them could not be read."""
        asked = world.kind(document).questions() if answers.failures else ()
        failure = next((answers.failures[one] for one in asked if one in answers.failures), None)
        if failure is None:
            yield from world.kind(document).judge()
            return
        yield Diagnostic(
            "error",
            "source.unreadable",
            f"{document.kind} {document.name} waits: what it needs to know could not be read: {failure.summary}",
            "Nothing of it is planned, and nothing of it is removed. " + failure.detail,
            document.source(()),
        )


class _Parts:
    """What each document wants, and which documents are held back: a project on the way to its wishes."""

    def __init__(self) -> None:
        self.wanted: dict[str, list[Desired]] = {}
        self.superseded: dict[str, set[str]] = {}
        self.documents: dict[str, Document] = {}
        self.reasons: dict[str, list[Diagnostic]] = {}

    def expand(self, document: Document, world: World) -> None:
        """Takes in what a document wants."""
        name = name_of(document)
        self.documents[name] = document
        self.wanted[name] = list(_wants(document, world))
        self.superseded[name] = set(world.kind(document).superseded())

    def hold(self, document: Document, errors: Iterable[Diagnostic]) -> None:
        """Leaves a document alone."""
        name = name_of(document)
        self.documents[name] = document
        self.wanted.pop(name, None)
        self.superseded.pop(name, None)
        self.reasons.setdefault(name, []).extend(replace(error, document=name) for error in errors)

    def hold_those_of(self, faults: Iterable[Diagnostic]) -> bool:
        """Holds every document back that wants a resource which a finding is about; False when there is none."""
        faults = list(faults)
        if not faults:
            return False
        by_address: dict[str, set[str]] = {}
        for name, wishes in self.wanted.items():
            for wish in wishes:
                by_address.setdefault(folded(wish.address), set()).add(name)
        any_held = False
        for fault in faults:
            for name in sorted(by_address.get(folded(fault.address), ())):
                self.hold(self.documents[name], [fault])
                any_held = True
        return any_held

    def assemble(self, wishes: Wishes) -> list[Diagnostic]:
        """Makes one resource out of many wishes, in order; returns what is wrong with them together."""
        wishes.resources, findings = combine(wish for part in self.wanted.values() for wish in part)
        wishes.superseded = set().union(*self.superseded.values())
        if not _errors(findings) and not _errors(wishes.findings):
            wishes.levels, references = levels(wishes.resources)
            # what a held document would declare is missing, which is no fault of those that need it
            findings += [one for one in references if not self.reasons or one.code != "reference.dangling"]
        return [*findings, *_problems(wishes.resources.values())]

    def held(self, offline: World) -> dict[str, Held]:
        """The documents that are held back, with what is known of their wishes."""
        found = {}
        for name, reasons in self.reasons.items():
            document = self.documents[name]
            wants, _ = combine(_wants(document, offline))
            found[name] = Held(reasons, wants, offline.kind(document).told_by_answers)
        return found


def _shared(wishes: Wishes) -> dict[str, Desired]:
    """What held documents want together with others: planned as all of them want it, so that nobody loses a part."""
    found: dict[str, Desired] = {}
    for held in wishes.held.values():
        for address, wish in held.wants.items():
            other = found.get(address) or wishes.resources.get(address)
            united, disagreements = combine([other, wish]) if other is not None else ({}, [])
            if united and not disagreements:
                found |= united
    return found


def draft(
    root: Path,
    environment: str | None,
    process_env: Mapping[str, str] = os.environ,
    today: Environment | None = None,
    place: Path | None = None,
) -> Draft:
    """Loads everything under `manifests/` and checks it across documents; asks nobody anything.

    `today` is the environment as it is now, where the manifests are of an older revision. `place` is where what they
    expand to is kept for the next run.
    """
    from reconciler.manifest.allowed import hide_allowed
    from reconciler.manifest.garbage import garbage_collection_paused
    from reconciler.manifest.project import load_project
    from reconciler.manifest.suggest import few_suggestions

    hide_allowed(process_env)
    with garbage_collection_paused(), few_suggestions():
        project = load_project(root, models(), environment=environment, process_env=process_env)
        world = _world(project, environment or "", today)
        made = Draft(project, world, len(project.files), list(project.findings), place=place)
        if world.environment is NOWHERE:
            return made
        made.findings += environment_findings(project.environments.values(), world.environment_name)
        made.faulty |= _with_open_variables(project)
        for document in project.documents:
            if document.spec is None or name_of(document) in made.faulty:
                continue
            findings = list(world.kind(document).check())
            made.findings += findings
            if _errors(findings):
                made.faulty.add(name_of(document))
    return made


def _with_open_variables(project: Project) -> set[str]:
    """Documents (`Kind/name`) of files in which a variable has no value: the rest would be told of its name."""
    wrong = [one for one in _errors(project.findings) if one.code.startswith("variable.")]
    files = {one.source.file for one in wrong if one.source is not None}
    return {name_of(document) for document in project.documents if document.file in files}


def _world(project: Project, environment: str, today: Environment | None) -> World:
    """The documents of a project, for the environment of the name."""
    spec = project.environment.as_a(Environment) if project.environment is not None else None
    if spec is not None and today is not None:
        spec = spec.reached_as(today)
    documents = [*project.environments.values(), *project.documents]
    return World(
        documents, NOWHERE if spec is None else spec, kinds(), environment, root=project.root, unread=project.unread
    )


def _wants(document: Document, world: World) -> Iterator[Desired]:
    """What a document wants, marked where it says that a name is another than one that looks like it."""
    for want in world.kind(document).expand():
        if document.distinct and not want.type.single(want.key) and document.means(want.address):
            want.distinct = True
        yield want


def _errors(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    return [finding for finding in findings if finding.severity == "error"]


def _judged(findings: Iterable[Diagnostic], environment: Environment) -> list[Diagnostic]:
    """The findings by place; a strict environment takes warnings for errors."""
    strict = environment.strict
    raised = (replace(f, severity="error") if strict and f.severity == "warning" else f for f in findings)
    return sorted(raised, key=by_place)


def _problems(resources: Iterable[Desired]) -> Iterable[Diagnostic]:
    for want in resources:
        for sentence in want.type.problems(want):
            source = want.origins[0].source if want.origins else None
            yield Diagnostic("error", "resource.invalid", sentence, source=source, address=want.address)
