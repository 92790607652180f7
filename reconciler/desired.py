"""Manifests → resources: loads a project, checks it across documents, and expands it for one environment."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.errors import Diagnostic, ManifestError
from reconciler.graph import combine, levels
from reconciler.kinds import kinds
from reconciler.kinds.base import World
from reconciler.resources.base import Desired

if TYPE_CHECKING:
    from reconciler.manifest.project import Project


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


def load(root: Path, environment: str | None, process_env: Mapping[str, str] = os.environ) -> Wishes:
    """Loads and checks everything under `manifests/`, and expands it; all findings of one run together."""
    from reconciler.manifest.yaml import garbage_collection_paused

    with garbage_collection_paused():
        return _loaded(root, environment, process_env)


def _loaded(root: Path, environment: str | None, process_env: Mapping[str, str]) -> Wishes:
    from reconciler.manifest.project import load_project

    project = load_project(root, kinds(), environment=environment, process_env=process_env)
    name = environment or (project.environment.name if project.environment else "")
    spec = project.environment.spec if project.environment else None
    wishes = Wishes(name, spec, findings=list(project.findings), files=len(project.files))
    wishes.documents = len(project.documents)
    if project.environment is None or spec is None:
        return wishes
    _expand(project, wishes)
    wishes.findings.sort(key=_by_place)
    return wishes


def _expand(project: Project, wishes: Wishes) -> None:
    world = World([*project.environments.values(), *project.documents], wishes.environment, wishes.environment_name)
    found: list[Desired] = []
    for document in [*project.environments.values(), *project.documents]:
        if document.spec is None:
            continue
        findings = list(document.spec.check(document, world))
        wishes.findings += findings
        if not any(finding.severity == "error" for finding in findings):
            found += document.spec.expand(document, world)
    wishes.resources, disagreements = combine(found)
    wishes.findings += disagreements
    if wishes.ok:
        wishes.levels, references = levels(wishes.resources)
        wishes.findings += references
    wishes.findings += _problems(wishes.resources.values())


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
