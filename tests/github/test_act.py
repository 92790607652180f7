"""The workflows that `init` lays down, run by act, against two sandboxes and a stand-in for GitHub's API.

act is no runner of GitHub's: it copies instead of checking out, knows no protected environments and no permissions.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler_sandbox.server import running

from .. import portal
from ..support_git import commit, git
from ..tools import missing
from .own import LAID
from .stand_in import REPOSITORY, TOKEN, GitHub, github

pytestmark = pytest.mark.long
FIRST = "manifests/glossary/customer.yaml"
UPLOAD = "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a"
STUB = """
name: upload
inputs: {name: {required: true}, path: {required: true}, if-no-files-found: {default: warn}}
runs:
  using: composite
  steps:
    - shell: bash
      run: ls -d $WHAT && echo "uploaded $NAME"
      env: {WHAT: "${{ inputs.path }}", NAME: "${{ inputs.name }}"}
"""
ENVIRONMENT = """
apiVersion: reconciler/v1
kind: Environment
metadata: {{name: {name}}}
spec:
  variables: {{GLOSSARY: Enterprise}}
  cluedin:
    url: {url}
    organization: contoso
    sign_in: {{user: admin@contoso.test, password: {{env: CLUEDIN_PASSWORD}}}}
  purview:
    endpoint: {url}
    collection: contoso-purview/MDM/CluedIn
    sign_in: {{method: token, token: {{env: CLUEDIN_PASSWORD}}}}
"""
"""The workflows know one secret, and the sandbox takes any token."""


def act() -> str:
    found = shutil.which("act", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    return found if found is not None else missing("act is not installed: pip install -e '.[conformance]'")


@dataclass
class Project:
    """A project at GitHub, with its clone on a machine."""

    clone: Path
    hub: GitHub
    sandboxes: dict[str, Any]

    def runs(self, event: str, **more: Any) -> str:
        """The log of all workflows of an event, which succeed unless `code` says otherwise."""
        home = self.clone.parent
        code, variables = more.pop("code", 0), more.pop("variables", ())
        (home / "event.json").write_text(json.dumps(more))
        command = [act(), event, "--eventpath", str(home / "event.json"), "--platform", "ubuntu-latest=-self-hosted"]
        command += ["--action-offline-mode", "--no-cache-server", "--action-cache-path", str(home / "cache")]
        command += ["--local-repository", f"{UPLOAD}={home / 'upload'}", "--actor", "ada", "--defaultbranch", "main"]
        command += ["-s", "CLUEDIN_PASSWORD", "-s", "GITHUB_TOKEN", "--env", f"GITHUB_API_URL={self.hub.url}"]
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        # The remote is GitHub for act, and a folder for Git.
        (home / "gitconfig").write_text(f'[url "{home / "hub.git"}"]\n  insteadOf = https://github.com/{REPOSITORY}\n')
        command += ["--env", f"GIT_CONFIG_GLOBAL={home / 'gitconfig'}"]
        command += [word for name in variables for word in ("--var", f"{name}=true")]
        env = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "RECONCILER_"))}
        env |= {"PATH": path, "CLUEDIN_PASSWORD": "sandbox-password", "GITHUB_TOKEN": TOKEN}
        ran = subprocess.run(
            command, cwd=self.clone, env=env, stdout=-1, stderr=subprocess.STDOUT, text=True, timeout=300, check=False
        )
        assert ran.returncode == code, ran.stdout
        assert "sandbox-password" not in ran.stdout
        assert TOKEN not in ran.stdout
        return ran.stdout

    def pull_request(self, head: str = REPOSITORY, code: int = 0) -> str:
        """A push to the branch of a pull request."""
        request = {"number": 7, "base": {"sha": git(self.clone, "rev-parse", "main")}, "user": {"login": "ada"}}
        request["head"] = {"repo": {"full_name": head}, "sha": git(self.clone, "rev-parse", "HEAD")}
        return self.runs("pull_request", number=7, pull_request=request, code=code)

    def merge(self) -> str:
        """What the branch has goes to `main`."""
        git(self.clone, "checkout", "-q", "main")
        before = git(self.clone, "rev-parse", "HEAD")
        git(self.clone, "merge", "-q", "--no-ff", "-m", "merged", "work")
        after = git(self.clone, "rev-parse", "HEAD")
        self.hub.merged[after] = [{"number": 7, "merged_at": "2026-01-02", "merge_commit_sha": after}]
        log = self.runs("push", ref="refs/heads/main", before=before, after=after)
        git(self.clone, "checkout", "-q", "work")
        return log

    def edit(self, old: str, new: str) -> None:
        """A commit on the branch."""
        path = self.clone / FIRST
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
        commit(self.clone)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    act()
    clone = tmp_path / "mdm"
    made = [sys.executable, "-m", "reconciler", "init", str(clone), "--yes"]
    subprocess.run(made, check=True, capture_output=True, timeout=60)
    for path in (clone / ".github/workflows").iterdir():  # the tool as it is here, instead of a release of it
        text = path.read_text()
        path.write_text(
            text.replace(
                "        with:\n          command:", "        with:\n          version: present\n          command:"
            )
        )
    (tmp_path / "upload").mkdir()
    (tmp_path / "upload/action.yml").write_text(STUB)
    with ExitStack() as stack:
        sandboxes = {name: stack.enter_context(running(seed="demo")) for name in ("test", "prod")}
        for name, one in sandboxes.items():
            (clone / f"manifests/environments/{name}.yaml").write_text(ENVIRONMENT.format(name=name, url=one.url))
        (clone / "manifests/environments/sandbox.yaml").unlink()
        subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "hub.git")], check=True)
        git(clone, "init", "-q", "-b", "main")
        git(clone, "remote", "add", "origin", f"https://github.com/{REPOSITORY}")
        commit(clone, "the project")
        git(clone, "checkout", "-q", "-b", "work")
        yield Project(clone, stack.enter_context(github()), sandboxes)


def in_portal(project: Project, environment: str, method: str, path: str, **more: Any) -> Any:
    """What somebody does, or sees, in the portal."""
    url = f"{project.sandboxes[environment].url}/datamap/api/atlas/v2/glossary{path}"
    answer = portal.request(method, url, headers={"authorization": "Bearer of-a-person"}, timeout=30, **more)
    answer.raise_for_status()
    return answer.json()


def term(project: Project, environment: str) -> dict[str, Any]:
    """The term Email as Purview has it; nothing where it is not there."""
    for glossary in in_portal(project, environment, "GET", ""):
        if glossary["name"] == "Enterprise":
            for one in in_portal(project, environment, "GET", f"/{glossary['guid']}/terms?limit=1000"):
                if one.get("nickName", one["name"]) == "Email":
                    return dict(one)
    return {}


def test_from_a_pull_request_to_drift(project: Project) -> None:
    hub = project.hub
    project.edit("Primary contact address", "Where we write to")
    log = project.pull_request()
    assert "uploaded plan-test" in log
    assert [one["on"] for one in hub.comments] == [7, 7]
    assert sorted(one["body"].partition("## Plan for `")[2][:4] for one in hub.comments) == ["prod", "test"]
    assert all("Where we write to" in one["body"] for one in hub.comments)
    assert term(project, "test") == {}, "a plan writes nothing"

    project.edit("Where we write to", "Where letters go")
    project.pull_request()
    assert len(hub.comments) == 2
    assert all("Where letters go" in one["body"] and "Where we write" not in one["body"] for one in hub.comments)

    log = project.merge()
    assert log.index("uploaded result-test") < log.index("uploaded plan-prod") < log.index("uploaded result-prod")
    assert [term(project, name)["longDescription"] for name in ("test", "prod")] == ["Where letters go."] * 2
    results = [one["body"] for one in hub.comments if "## Apply to" in one["body"]]
    assert len(results) == 2
    for told in results:
        assert "✅ Same as in pull request #7." in told
        assert "What changed in the manifests" in told
        assert "Where letters go" in told

    project.runs("schedule")
    assert hub.issues == []
    by_hand = {"longDescription": "By hand."}
    in_portal(project, "prod", "PUT", f"/term/{term(project, 'prod')['guid']}/partial", json=by_hand)
    for _ in range(2):
        project.runs("schedule", variables=["RECONCILER_DRIFT_PULL_REQUEST"])
        git(
            project.clone, "checkout", "-q", "--", "."
        )  # act works in the clone itself, hosted runners in one of theirs
    [issue] = hub.issues
    [pull] = hub.pulls
    assert (pull["head"], pull["state"]) == ("reconciler/drift-prod", "open")
    [file] = hub.objects[hub.objects[hub.refs[f"refs/heads/{pull['head']}"]]["tree"]["sha"]]["tree"]
    assert (file["path"], "By hand." in file["content"]) == (FIRST, True)
    assert (issue["title"], issue["state"], "By hand." in issue["body"]) == ("Drift in prod", "open", True)

    git(project.clone, "checkout", "-q", "main")
    log = project.runs("push", ref="refs/heads/main")
    assert "uploaded result-prod" in log
    assert "uploaded result-test" not in log, "where nothing changes nobody is asked"
    project.runs("schedule")
    assert (len(hub.issues), issue["state"]) == (1, "closed")


def test_a_fork_gets_no_plan_and_is_told_so(project: Project) -> None:
    log = project.pull_request(head="somebody/mdm")
    assert "No plan: this pull request comes from a fork" in log
    assert "No errors, no warnings." in log, "it is validated"
    assert "uploaded findings-test" in log
    assert project.hub.requests == []


def test_a_fork_with_a_mistake_fails(project: Project) -> None:
    project.edit("kind: GlossaryMapping", "kind: Glossary")
    log = project.pull_request(head="somebody/mdm", code=1)
    assert "::error file=manifests/glossary/customer.yaml" in log or "customer.yaml" in log


def test_by_hand_only_the_digest_that_was_read_is_applied(project: Project) -> None:
    git(project.clone, "checkout", "-q", "main")
    asked = {"environment": "test", "digest": "sha256:" + "0" * 64, "approve": ""}
    log = project.runs("workflow_dispatch", inputs=asked, ref="refs/heads/main", code=1)
    assert "approval.digest" in log
    assert term(project, "test") == {}


def test_the_workflows_are_those_that_are_laid_down(project: Project) -> None:
    """But for the version, which the fixture writes to each use of the action."""
    for path in (project.clone / ".github/workflows").iterdir():
        laid = (LAID / "workflows" / path.name).read_text()
        assert path.read_text().replace("          version: present\n", "") == laid
        assert path.read_text().count("version: present") == laid.count("uses: ./")
