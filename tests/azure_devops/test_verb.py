"""`reconciler azure-devops VERB`: exit code, variables of the step, a summary, a thread, a work item."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.cli import main
from reconciler.errors import Diagnostic, Source
from reconciler.forge.mark import Mark
from reconciler.report import azure as commands
from reconciler.report.github import OUTPUTS

from ..support import Project, project
from ..support_git import commit, repository
from .stand_in import PROJECT, REPOSITORY, TOKEN, Azure, azure

CUSTOMER = """
    apiVersion: reconciler/v1
    kind: GlossaryMapping
    metadata: {name: customer}
    spec:
      glossary: Enterprise
      term: {name: Customer, definition: Who buys.}
"""
Go = Callable[..., int]
_COMMAND = re.compile(r"##vso\[([\w.]+)((?: [^\]]*)?)\](.*)")


@pytest.fixture
def held() -> Iterator[Azure]:
    with azure() as served:
        yield served


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path / "project") as made:
        made.write("customer.yaml", CUSTOMER)
        repository(made.root)
        commit(made.root, "the project")
        yield made


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What was said since somebody asked; never the token."""

    def told() -> str:
        out, err = capsys.readouterr()
        assert TOKEN not in out + err
        assert "Traceback" not in err
        return out + err

    return told


@pytest.fixture
def go(here: Project, held: Azure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Go:
    """Runs the verb in a build of a pull request."""
    job = {
        **here.env,
        "TF_BUILD": "True",
        "SYSTEM_COLLECTIONURI": held.url,
        "SYSTEM_TEAMPROJECT": PROJECT,
        "BUILD_REPOSITORY_ID": REPOSITORY,
        "BUILD_REPOSITORY_PROVIDER": "TfsGit",
        "BUILD_BUILDID": "42",
        "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
        "SYSTEM_ACCESSTOKEN": TOKEN,
    }
    for name, value in job.items():
        monkeypatch.setenv(name, value)
    for name in ("CI", "GITHUB_EVENT_PATH", "GITHUB_REF", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str) -> int:
        out = str(tmp_path / "out")
        with pytest.raises(SystemExit) as left:
            main(["-q", "--project", str(here.root), "--env", "sandbox", "azure-devops", "--out", out, *words])
        return int(left.value.code or 0)

    return run


def variables(log: str) -> dict[str, str]:
    """The variables of the step, read as the agent reads them."""
    found = {}
    for line in log.splitlines():
        command = _COMMAND.search(line)
        if command and command[1] == "task.setvariable":
            told = dict(one.split("=", 1) for one in command[2].strip().split(";"))
            assert told["isOutput"] == "true"
            found[told["variable"]] = command[3]
    return found


def test_a_plan_is_told_to_the_next_steps_and_on_the_pull_request(
    go: Go, held: Azure, tmp_path: Path, said: Callable[[], str]
) -> None:
    assert go("--comment", "--labels", "plan") == 0
    log = said()
    told = variables(log)
    assert {*told} == {*(one.replace("-", "_") for one in OUTPUTS), "reports"}
    plan = json.loads((tmp_path / "out/plan.json").read_text())
    assert (told["digest"], told["creates"], told["reports"]) == (plan["digest"], "1", str(tmp_path / "out"))
    summary = tmp_path / "out/summary.md"
    assert f"##vso[task.uploadsummary]{summary}\n" in log
    [thread] = held.threads
    body = thread["comments"][0]["content"]
    assert (thread["on"], "## Plan for `sandbox`" in body) == (7, True)
    assert f"[The whole plan](<{held.url}Master%20Data/_build/results?buildId=42>)" in body
    assert body.endswith(summary.read_text())
    assert (tmp_path / "out/plan.xml").exists()


def test_from_pull_request_to_merge(
    go: Go, held: Azure, here: Project, tmp_path: Path, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here.edit("customer.yaml", "Who buys.", "Who buys or did.")
    merged = commit(here.root)
    go("--comment", "plan")
    monkeypatch.delenv("SYSTEM_PULLREQUEST_PULLREQUESTID")
    monkeypatch.setenv("BUILD_SOURCEVERSION", merged)
    held.merged[f"lastMergeCommit {merged}"] = [{"pullRequestId": 7, "status": "completed"}]
    said()
    assert go("--compare", "plan") == 0
    assert (tmp_path / "out/summary.md").read_text().startswith("✅ Same as in pull request !7.")
    digest = variables(said())["digest"]
    assert go("--comment", "--compare", "--notes", "apply", f"--expect-digest={digest}") == 0
    _, result = held.threads
    told = result["comments"][0]["content"]
    assert (result["on"], "## Apply to `sandbox`" in told, "✅ Same as in pull request !7." in told) == (7, True, True)
    assert "“Who buys.” → “Who buys or did.”" in told


def test_drift_makes_a_work_item_and_its_end_ends_it(go: Go, held: Azure, here: Project) -> None:
    go("apply")
    here.edit_term(here.terms("Enterprise")["Customer"]["guid"], longDescription="By <hand>. ##vso[task.complete]")
    for _ in range(2):
        assert go("--work-item", "drift") == 0
    [item] = held.items
    assert item["fields"]["System.Title"] == "Drift in sandbox"
    assert "By &lt;hand&gt;. #\\u{23}vso[" in item["fields"]["System.Description"]
    assert item["fields"]["System.Tags"] == f"reconciler-drift-{Mark('drift', 'sandbox', str(here.root)).slug}"
    go("apply")
    assert go("--work-item", "drift") == 0
    assert item["fields"]["System.State"] == "Closed"


def test_drift_that_cannot_be_told_is_a_failure(go: Go, held: Azure, here: Project, said: Callable[[], str]) -> None:
    go("apply")
    here.edit_term(here.terms("Enterprise")["Customer"]["guid"], longDescription="By hand.")
    said()
    held.refuses = 500
    assert go("--work-item", "drift") == 1
    log = said()
    assert "azure_devops.refused" in log
    assert (variables(log)["failure_reason"], variables(log)["drift"]) == ("error", "1")


def test_a_thread_that_is_refused_costs_no_plan(
    go: Go, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SYSTEM_ACCESSTOKEN")
    assert go("--comment", "plan") == 0
    assert "the secret SYSTEM_ACCESSTOKEN is not set" in said()


@pytest.mark.parametrize("variable", ["SYSTEM_TEAMPROJECT", "BUILD_REPOSITORY_ID"])
def test_a_job_of_no_project_posts_nowhere(
    go: Go, held: Azure, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.delenv(variable)
    assert go("--comment", "plan") == 0
    assert f"{variable} does not say where to post to" in said()
    assert held.requests == []


def test_a_pull_request_elsewhere_has_no_thread(go: Go, held: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_REPOSITORY_PROVIDER", "GitHub")
    assert go("--comment", "--labels", "plan") == 0
    assert held.requests == []


def test_findings_stand_on_the_page_of_the_run(go: Go, here: Project, tmp_path: Path, said: Callable[[], str]) -> None:
    here.edit("customer.yaml", "term: {name: Customer,", "term: {name: Customer, colour: red,")
    assert go("validate") == 1
    log = said()
    issue = next(line for line in log.splitlines() if line.startswith("##vso[task.logissue"))
    assert "type=error;sourcepath=manifests/customer.yaml;linenumber=6;" in issue
    assert variables(log)["failure_reason"] == "error"
    assert "<failure" in (tmp_path / "out/validate.xml").read_text()


def test_no_value_is_a_command_or_ends_one() -> None:
    risky = "a]##vso[task.complete result=Succeeded;]100%\r\n##vso[task.setvariable variable=x]y;z\x1b\u202e"
    for line in (commands.variables({"digest": risky}), commands.summary(risky)):
        assert line.count("\n") == 1
        assert len(re.findall(r"##vso\[", line)) == 1
        assert not {"\x1b", "\u202e", "\r"} & set(line)
    told = commands.findings([Diagnostic(level, risky, risky, risky, Source(risky, 1)) for level in ("error", "info")])
    error, info = told.splitlines()
    command = _COMMAND.fullmatch(error)
    assert command is not None
    assert command[1] == "task.logissue"
    assert "]" not in command[2]
    assert "%AZP25" in command[3]
    assert "##vso[" not in info
