"""`reconciler github VERB`: the verb's exit code, the outputs of the step, a summary, a comment, an issue."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.cli import main
from reconciler.forge.mark import Mark
from reconciler.report.github import OUTPUTS

from ..support import Project, project
from ..support_git import commit, git, repository
from .stand_in import REPOSITORY, TOKEN, GitHub, github

CUSTOMER = """
    apiVersion: reconciler/v1
    kind: GlossaryMapping
    metadata: {name: customer}
    spec:
      glossary: Enterprise
      term: {name: Customer, definition: Who buys.}
      terms:
        - {name: Email, definition: Where we write to.}
"""
Go = Callable[..., int]


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with github() as held:
        yield held


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path / "project") as made:
        made.write("customer.yaml", CUSTOMER)
        yield made


@pytest.fixture
def go(here: Project, hub: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Go:
    """Runs the verb in a job of a pull request."""
    event = tmp_path / "event.json"
    event.write_text('{"pull_request": {"number": 7, "user": {"login": "ada"}}}')
    job = {
        **here.env,
        "GITHUB_API_URL": hub.url,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_RUN_ID": "11",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "RECONCILER_GITHUB_TOKEN": TOKEN,
    }
    for name, value in job.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CI", raising=False)

    def run(*words: str) -> int:
        for name in ("output", "summary"):
            (tmp_path / name).write_text("")
        out = str(tmp_path / "out")
        with pytest.raises(SystemExit) as left:
            main(["-q", "--project", str(here.root), "--env", "sandbox", "github", "--out", out, *words])
        return int(left.value.code or 0)

    return run


def outputs(folder: Path) -> dict[str, str]:
    """What the step put out, read as GitHub reads it."""
    text = (folder / "output").read_text(encoding="utf-8")
    found = re.findall(r"^([\w-]+)<<(\S+)\n(.*?)\n\2\n", text, re.M | re.S)
    assert "".join(f"{name}<<{end}\n{value}\n{end}\n" for name, end, value in found) == text
    return {name: value for name, _, value in found}


def test_a_plan_is_put_out_summed_up_and_told_on_the_pull_request(go: Go, hub: GitHub, tmp_path: Path) -> None:
    assert go("--comment", "plan") == 0
    told = outputs(tmp_path)
    assert tuple(told) == OUTPUTS
    plan = json.loads((tmp_path / "out/plan.json").read_text())
    assert told["digest"] == plan["digest"]
    assert told["creates"] == str(plan["summary"]["create"]) != "0"
    assert (told["approvals"], told["failure-reason"]) == ("", "")
    [comment] = hub.comments
    assert (comment["on"], "## Plan for `sandbox`" in comment["body"]) == (7, True)
    assert "[The whole plan](<https://github.example/acme/mdm/actions/runs/11>)" in comment["body"]
    assert comment["body"].endswith((tmp_path / "summary").read_text().rstrip() + "\n")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        f"plan.{end}" for end in ("json", "md", "html", "xml")
    }


def test_the_next_push_replaces_the_comment(go: Go, hub: GitHub, here: Project) -> None:
    go("--comment", "plan")
    here.edit("customer.yaml", "name: Email", "name: Address")
    go("--comment", "plan")
    [comment] = hub.comments
    assert "Address" in comment["body"]


def test_what_does_not_fit_is_cut(go: Go, hub: GitHub, here: Project) -> None:
    terms = "".join(f"        - {{name: T{n}, definition: '{'word ' * 60}'}}\n" for n in range(400))
    here.write("customer.yaml", CUSTOMER + terms)
    assert go("--comment", "plan") == 0
    [comment] = hub.comments
    assert 40_000 < len(comment["body"]) <= 65_000
    assert "no more fits here" in comment["body"]


def test_a_plan_that_cannot_be_made_takes_the_place_of_the_old_one(
    go: Go, hub: GitHub, here: Project, tmp_path: Path
) -> None:
    go("--comment", "plan")
    here.edit("customer.yaml", "kind: GlossaryMapping", "kind: Nothing")
    assert go("--comment", "plan") == 1
    assert outputs(tmp_path)["failure-reason"] == "error"
    assert outputs(tmp_path)["digest"] == ""
    [comment] = hub.comments
    assert "## No plan of `sandbox`" in comment["body"]
    assert "customer.yaml:2" in comment["body"]


def test_a_job_of_no_pull_request_has_nothing_to_comment_on(
    go: Go, hub: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_EVENT_PATH")
    assert go("--comment", "plan") == 0
    assert hub.requests == []


def test_a_comment_that_is_refused_costs_no_plan(
    go: Go, hub: GitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.refuses = 403
    assert go("--comment", "plan") == 0
    assert "GitHub refused GET issues/7/comments: 403" in capsys.readouterr().err
    assert "## Plan for `sandbox`" in (tmp_path / "summary").read_text()


@pytest.mark.parametrize("repository", ["", "mdm"])
def test_a_job_of_no_repository_posts_nowhere(
    go: Go, hub: GitHub, repository: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", repository)
    assert go("--comment", "plan") == 0
    assert "GITHUB_REPOSITORY does not say which repository" in capsys.readouterr().err
    assert hub.requests == []


def test_an_apply_carries_out_the_digest_that_was_read(go: Go, hub: GitHub, tmp_path: Path) -> None:
    go("plan")
    planned = outputs(tmp_path)
    assert go("apply", f"--expect-digest={planned['digest']}") == 0
    told = outputs(tmp_path)
    assert (told["digest"], told["changes"]) == (planned["digest"], planned["changes"])
    assert "## Apply to `sandbox`" in (tmp_path / "summary").read_text()
    assert json.loads((tmp_path / "out/result.json").read_text())["complete"] is True
    assert hub.requests == []


def test_an_apply_of_another_digest_writes_nothing(go: Go, here: Project, tmp_path: Path) -> None:
    go("plan")
    digest = outputs(tmp_path)["digest"]
    here.edit("customer.yaml", "Who buys.", "Who pays.")
    before = len(here.writes())
    assert go("apply", f"--expect-digest={digest}") == 3
    assert outputs(tmp_path)["failure-reason"] == "not_approved"
    assert len(here.writes()) == before


def test_drift_opens_an_issue_and_its_end_closes_it(go: Go, hub: GitHub, here: Project, tmp_path: Path) -> None:
    go("apply")
    assert go("--issue", "drift") == 0
    assert hub.issues == []
    here.edit_term(here.terms("Enterprise")["Email"]["guid"], longDescription="By hand.")
    for _ in range(2):
        assert go("--issue", "drift") == 0
        assert outputs(tmp_path)["drift"] == "1"
    [issue] = hub.issues
    assert (issue["title"], issue["state"]) == ("Drift in sandbox", "open")
    assert "By hand." in issue["body"]
    go("apply")
    assert go("--issue", "drift") == 0
    assert (len(hub.issues), issue["state"]) == (1, "closed")


@pytest.mark.parametrize("words", [("--issue", "drift"), ("--issue", "drift", "--detailed-exitcode")])
def test_an_issue_that_cannot_be_opened_is_a_failure(
    go: Go, hub: GitHub, here: Project, tmp_path: Path, words: tuple[str, ...]
) -> None:
    go("apply")
    here.edit_term(here.terms("Enterprise")["Email"]["guid"], longDescription="By hand.")
    hub.refuses = 502
    assert go(*words) == 1
    assert (outputs(tmp_path)["failure-reason"], outputs(tmp_path)["drift"]) == ("error", "1")


def test_drift_that_cannot_be_read_leaves_the_issue(go: Go, hub: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUEDIN_PASSWORD", "wrong")
    assert go("--issue", "drift") == 1
    assert hub.requests == []


def test_findings_stand_beside_the_lines_and_in_a_file(
    go: Go, here: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.edit("customer.yaml", "term: {name: Customer,", "term: {name: Customer, colour: red,")
    assert go("validate") == 1
    assert re.search(r"^::error file=manifests/customer.yaml,line=6.*colour", capsys.readouterr().out, re.M)
    assert "colour" in (tmp_path / "summary").read_text()
    log = json.loads((tmp_path / "out/validate.sarif").read_text())
    assert len(log["runs"][0]["results"]) == 1
    assert outputs(tmp_path)["failure-reason"] == "error"


@pytest.mark.parametrize("verb", ["validate", "contracts"])
def test_what_is_in_order_is_said(go: Go, verb: str, tmp_path: Path) -> None:
    assert go(verb) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {f"{verb}.{end}" for end in ("sarif", "xml", "json")}
    assert (tmp_path / "summary").read_text().startswith(f"## {verb.capitalize()}")


def test_a_wrong_option_is_told_in_the_summary(go: Go, tmp_path: Path) -> None:
    assert go("plan", "--purge") == 1
    assert "--purge" in (tmp_path / "summary").read_text()


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("plan", "--out", "elsewhere.json"), "--out"),
        (("plan", "--out=elsewhere.json"), "--out"),
        (("drift", "--format", "text"), "--format"),
        (("drift", "--between"), "--between"),
        (("drift", "--accept"), "--accept"),
    ],
)
def test_an_option_that_the_job_sets_itself_is_refused_by_name(
    go: Go, tmp_path: Path, words: tuple[str, ...], option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert go(*words) == 1
    told = f"{option} is not for the arguments of {words[0]} in a job"
    assert told in " ".join(capsys.readouterr().err.split())
    assert told in (tmp_path / "summary").read_text().replace("\\", "")
    assert outputs(tmp_path)["failure-reason"] == "error"
    assert list((tmp_path / "out").iterdir()) == []


def test_further_copies_and_another_format_of_the_log_are_honoured(go: Go, tmp_path: Path) -> None:
    assert go("plan", "--format=json", "--also", f"json={tmp_path / 'mine.json'}") == 0
    assert "## Plan for `sandbox`" in (tmp_path / "summary").read_text()
    mine, kept = (json.loads(path.read_text()) for path in (tmp_path / "mine.json", tmp_path / "out/plan.json"))
    assert mine["digest"] == kept["digest"] == outputs(tmp_path)["digest"]
    assert go("validate", "--also", f"json={tmp_path / 'mine.json'}") == 0
    assert (tmp_path / "mine.json").read_text() == (tmp_path / "out/validate.json").read_text()


@pytest.fixture
def merged(here: Project, hub: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The project in a clone; a job of a push to `main`, which pull request 7 brought."""
    repository(here.root)
    first = commit(here.root, "the project")
    here.edit("customer.yaml", "Who buys.", "Who buys or did.")
    pushed = commit(here.root)
    monkeypatch.delenv("GITHUB_EVENT_PATH")
    monkeypatch.setenv("GITHUB_SHA", pushed)
    monkeypatch.setenv("GITHUB_REF_NAME", "main")
    hub.merged[pushed] = [{"number": 7, "merged_at": "2026-01-02", "merge_commit_sha": pushed}]
    (tmp_path / "push.json").write_text(json.dumps({"before": first}))
    return pushed


def of_a_push(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "push.json"))


def test_what_is_merged_is_told_to_be_what_was_read(
    go: Go, hub: GitHub, here: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, merged: str
) -> None:
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    go("--comment", "plan")
    of_a_push(monkeypatch, tmp_path)
    assert go("--compare", "plan") == 0
    assert (tmp_path / "summary").read_text().startswith("✅ Same as in pull request #7.\n\n")
    assert go("--compare", "--comment", "--notes", "apply") == 0
    [_, comment] = hub.comments
    assert comment["on"] == 7
    assert "✅ Same as in pull request #7." in comment["body"]
    assert "## Apply to `sandbox`" in comment["body"]
    assert "“Who buys.” → “Who buys or did.”" in comment["body"]
    assert "Who buys or did." in (tmp_path / "summary").read_text()
    go("--comment", "apply")
    assert len(hub.comments) == 2, "a job that is run again replaces its own"


def test_what_differs_from_what_was_read_is_named(
    go: Go, hub: GitHub, here: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, merged: str
) -> None:
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    go("--comment", "plan")
    of_a_push(monkeypatch, tmp_path)
    here.edit("customer.yaml", "name: Email", "name: Phone")
    here.edit("customer.yaml", "Who buys or did.", "Who pays.")
    assert go("--compare", "plan") == 0
    told = (tmp_path / "summary").read_text()
    assert "**Not the plan that pull request #7 showed.**" in told
    assert "- New: The term Phone is created, in Purview." in told
    assert "- Other than it was: The term Customer is created, in Purview." in told
    assert "- Gone: 1 change" in told


@pytest.mark.parametrize("what", ["nothing", "no comment", "refused"])
def test_what_cannot_be_compared_is_said_and_costs_nothing(
    go: Go, hub: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, merged: str, what: str
) -> None:
    of_a_push(monkeypatch, tmp_path)
    if what == "nothing":
        hub.merged.clear()
    if what == "refused":
        hub.refuses = 403
    assert go("--compare", "plan") == 0
    told = {
        "nothing": "No pull request is known that showed this plan before.",
        "no comment": "pull request #7 shows no plan of `sandbox` to compare with.",
        "refused": "It could not be asked what the pull request showed.",
    }
    assert (tmp_path / "summary").read_text().startswith(f"ℹ️ {told[what]}")


def test_the_pull_request_is_labelled(go: Go, hub: GitHub, here: Project) -> None:
    go("apply")
    hub.labels[7] = ["bug"]
    here.write("customer.yaml", CUSTOMER[: CUSTOMER.index("      terms:")])
    go("--labels", "plan", "--prune", "--allow-deletes=1")
    assert hub.labels[7] == ["bug", Mark("plan", "sandbox", str(here.root)).label("deletes")]
    here.write("customer.yaml", CUSTOMER)
    go("--labels", "plan")
    assert hub.labels[7] == ["bug"]


def test_drift_is_proposed_as_a_pull_request(
    go: Go, hub: GitHub, here: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, merged: str
) -> None:
    of_a_push(monkeypatch, tmp_path)
    go("apply")
    assert go("--pull-request", "drift") == 0
    assert hub.pulls == []
    guid = here.terms("Enterprise")["Email"]["guid"]
    here.edit_term(guid, longDescription="By hand.")
    for _ in range(2):
        assert go("--pull-request", "drift") == 0
        git(here.root, "checkout", "-q", "--", ".")
    [pull] = hub.pulls
    assert (pull["base"], pull["state"]) == ("main", "open")
    assert "`purview.term:Enterprise/Customer/Email` `definition` in `manifests/customer.yaml`" in pull["body"]
    made = hub.objects[hub.refs[f"refs/heads/{pull['head']}"]]
    [file] = hub.objects[made["tree"]["sha"]]["tree"]
    before = (here.root / "manifests/customer.yaml").read_text()
    assert (file["path"], file["content"]) == (
        "manifests/customer.yaml",
        before.replace("Where we write to.", "By hand."),
    )
    go("apply")
    assert go("--pull-request", "drift") == 0
    assert pull["state"] == "closed"


def test_a_proposal_of_a_folder_names_files_from_the_top(
    go: Go, hub: GitHub, here: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here.root / "manifests/customer.yaml").chmod(0o755)
    repository(tmp_path)
    monkeypatch.setenv("GITHUB_SHA", commit(tmp_path))
    go("apply")
    here.edit_term(here.terms("Enterprise")["Email"]["guid"], longDescription="By hand.")
    assert go("--pull-request", "drift") == 0
    made = hub.objects[hub.refs[f"refs/heads/{hub.pulls[0]['head']}"]]
    [file] = hub.objects[made["tree"]["sha"]]["tree"]
    assert (file["path"], file["mode"]) == ("project/manifests/customer.yaml", "100755")


def test_a_proposal_that_is_refused_fails_the_job(
    go: Go, hub: GitHub, here: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, merged: str
) -> None:
    of_a_push(monkeypatch, tmp_path)
    go("apply")
    here.edit_term(here.terms("Enterprise")["Email"]["guid"], longDescription="By hand.")
    hub.refuses = 403
    assert go("--pull-request", "drift") == 1
    assert outputs(tmp_path)["failure-reason"] == "error"


@pytest.mark.long
def test_a_job_that_is_cancelled_says_so_and_is_finished_by_the_next(tmp_path: Path, hub: GitHub) -> None:
    with project(tmp_path / "project", latency_ms=150) as slow:
        slow.write("customer.yaml", CUSTOMER)
        job = {"GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_API_URL": hub.url, "PATH": os.environ["PATH"]}
        words = ["--project", str(slow.root), "--env", "sandbox", "github", "--out", str(tmp_path / "out"), "apply"]
        command = [sys.executable, "-m", "reconciler", *words]
        with subprocess.Popen(command, env={**slow.env, **job}, stdout=subprocess.PIPE, stderr=-2, text=True) as ran:
            until = time.monotonic() + 60
            while not slow.writes() and time.monotonic() < until:
                time.sleep(0.05)
            ran.send_signal(signal.SIGINT)
            said, _ = ran.communicate(timeout=60)
        assert ran.returncode == 130, said
        assert outputs(tmp_path)["failure-reason"] == "interrupted"
        (tmp_path / "output").unlink()
        again = subprocess.run(
            command, env={**slow.env, **job}, capture_output=True, text=True, timeout=120, check=False
        )
        assert again.returncode == 0, again.stderr
        assert outputs(tmp_path)["failure-reason"] == ""
        assert slow.actions() == []
