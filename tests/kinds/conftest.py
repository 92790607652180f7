"""Projects written in a few lines of YAML, checked and expanded as the tool does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent

import pytest

from reconciler.errors import Diagnostic
from reconciler.kinds import kinds, models
from reconciler.kinds.base import World
from reconciler.kinds.project.environments import environment_findings
from reconciler.manifest.project import Project, load_project
from reconciler.resources.base import Desired

TEST_ENVIRONMENT = """\
cluedin:
  url: https://acme.cluedin.test
  organization: acme
  sign_in: {user: me, password: {env: CLUEDIN_PASSWORD}}
purview:
  endpoint: https://acme.purview.azure.com
  collection: acme/MDM
people:
  ada: {object_id: 30435FF9-9b96-44af-a5a9-e05c8b1ae2df, email: ada@acme.test, cluedin_user: ada@cluedin.test}
  bob: {object_id: 7c0e5d0e-2f0b-4a0e-8a39-0a3f6f2b9a11}
"""
ONLY_PURVIEW = TEST_ENVIRONMENT[TEST_ENVIRONMENT.index("purview:") :]
ONLY_CLUEDIN = TEST_ENVIRONMENT[: TEST_ENVIRONMENT.index("purview:")]


@dataclass
class Outcome:
    """What a project amounts to."""

    project: Project
    findings: list[Diagnostic]
    resources: list[Desired]

    @property
    def by_address(self) -> dict[str, Desired]:
        """The resources; of those wanted twice the strongest wish."""
        strength = {"refer": 0, "ensure": 1, "own": 2}
        ordered = sorted(self.resources, key=lambda one: strength[one.mode])
        return {one.address: one for one in ordered}

    @property
    def addresses(self) -> list[str]:
        """The addresses in order, each once."""
        return sorted(self.by_address)

    def addresses_of(self, *types: str) -> list[str]:
        """The addresses of some types."""
        return [one for one in self.addresses if one.partition(":")[0] in types]

    @property
    def codes(self) -> list[str]:
        """The codes of all findings."""
        return [finding.code for finding in self.findings]

    def only(self, code: str) -> Diagnostic:
        """The one finding; it has this code."""
        assert self.codes == [code], [str(finding) for finding in self.findings]
        return self.findings[0]


def document(kind: str, name: str, spec: str) -> str:
    """The text of a manifest."""
    head = f"apiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n"
    return head + indent(dedent(spec).strip() + "\n", "  ")


def outcome_of(root: Path, environment: str) -> Outcome:
    """Loads, checks and expands what stands below `root`."""
    project = load_project(root, models(), environment=environment, process_env={})
    findings, resources = list(project.findings), []
    if project.environment is not None and project.environment.spec is not None:
        documents = [*project.environments.values(), *project.documents]
        world = World(documents, project.environment.spec, kinds(), environment)
        findings += environment_findings(project.environments.values(), environment)
        for one in project.documents:
            found = list(world.kind(one).check()) if one.spec is not None else []
            findings += found
            if one.spec is not None and not any(finding.severity == "error" for finding in found):
                resources += world.kind(one).expand()
    return Outcome(project, findings, resources)


@pytest.fixture
def expand(tmp_path: Path):
    """A function from specs to their outcome: glossary mappings by name, and texts of other files."""

    def run(
        *mappings: str,
        environment: str = TEST_ENVIRONMENT,
        labels: str = "",
        files: Mapping[str, str] = {},
    ) -> Outcome:
        texts = {"environments/test.yaml": document("Environment", "test", environment), **files}
        for at, spec in enumerate(mappings):
            texts[f"m{at}.yaml"] = document("GlossaryMapping", f"m{at}", spec)
        if labels:
            texts["labels.yaml"] = document("LabelMap", "labels", labels)
        for name, text in texts.items():
            path = tmp_path / "manifests" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return outcome_of(tmp_path, "test")

    return run
