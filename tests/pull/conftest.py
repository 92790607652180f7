"""A project with nothing but its environment, beside a live estate."""

from __future__ import annotations

import shutil
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.desired import load
from reconciler.errors import Diagnostic
from reconciler.kinds.pulling import Limits
from reconciler.plan import Plan
from reconciler.pull.from_files import NOBODY, STAND_IN
from reconciler.pull.pull import Result
from reconciler.workflow import pull_estate

from .. import portal
from ..support import Project, project


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Project]:
    """The sandbox's own estate."""
    with project(tmp_path) as made:
        yield made


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Project]:
    """A sandbox with nothing in it."""
    with project(tmp_path, seed="empty") as made:
        yield made


def pull(subject: Project, out: Path | None = None, **limits: Any) -> Result:
    """Pulls as the verb does."""
    return pull_estate(subject.session(), Limits(**limits), out)


def files(subject: Project) -> dict[str, bytes]:
    """The manifests but for the environment, by name."""
    top = subject.root / "manifests"
    found = {path.relative_to(top).as_posix(): path.read_bytes() for path in sorted(top.rglob("*.yaml"))}
    return {name: content for name, content in found.items() if not name.startswith("environments/")}


def start_anew(subject: Project) -> None:
    """Forgets manifests and ledger; what is live stays."""
    for name in files(subject):
        (subject.root / "manifests" / name).unlink()
    shutil.rmtree(subject.root / ".reconciler", ignore_errors=True)


def only_adopts(subject: Project) -> int:
    """Checks that a plan with an empty ledger does nothing but adopt, and says nothing; returns how much it adopts."""
    return is_only_adopting(subject.plan(adopt="matching"))


def is_only_adopting(plan: Plan, always_said: Container[str] = ()) -> int:
    """Checks that a plan does nothing but adopt, and says nothing but some codes; returns how much it adopts."""
    told = [(c.action, c.address, c.message, [(f.path, f.before, f.after) for f in c.fields]) for c in plan.changes]
    assert [one for one in told if one[0] != "adopt" or one[3]] == []
    assert [str(finding) for finding in plan.diagnostics if finding.code not in always_said] == []
    return len(plan.changes)


def findings_of(root: Path) -> list[Diagnostic]:
    """What `validate` says of a project without environments, beside one that knows nobody."""
    place = root / "manifests/environments/unnamed.yaml"
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(STAND_IN)
    found = load(root, NOBODY, {}).findings
    place.unlink()
    return found


def errors_of(root: Path) -> list[Diagnostic]:
    """The errors among them."""
    return [one for one in findings_of(root) if one.severity == "error"]


def asked(subject: Project, query: str) -> dict[str, Any]:
    """What the sandbox's CluedIn answers to a query."""
    form = {"grant_type": "password", "username": "admin@contoso.test", "password": "sandbox-password"}
    token = portal.post(f"{subject.url}/auth/connect/token", data=form | {"client_id": "contoso"}).json()
    headers = {"authorization": f"Bearer {token['access_token']}"}
    found: dict[str, Any] = portal.post(f"{subject.url}/graphql", json={"query": query}, headers=headers).json()
    return found
