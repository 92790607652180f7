"""AI agents: pasted from the cookbook, what they may read, and that nothing approves itself."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ReconcilerError
from reconciler_sandbox.cluedin.world import AI_AGENT, AI_JOB, AI_RUN, SETTING
from reconciler_sandbox.server import running

from ..support import Project
from ..support_cookbook import snippet
from .test_policies import LABELLED

AGENT = """
apiVersion: reconciler/v1
kind: AiAgent
metadata: {name: dq-analyzer}
spec:
  owner: ada
  purpose: Finds badly formed contact data.
  mode: suggest
  scope: {entity: Person, keys: [person.fullName], sample: 100}
  model: eu-small
  jobs:
    - {name: names, prompt: "Which names are odd?", skills: [Create Rules]}
"""


class World(Project):
    """A project whose sandbox is at hand."""

    def __init__(self, root: Path, sandbox: Any) -> None:
        super().__init__(root, sandbox.url)
        self.world = sandbox.sandbox.cluedin._world

    def job(self, name: str) -> dict[str, Any]:
        """A job of the sandbox."""
        return next(one for one in self.world.all(AI_JOB, latest=True) if one["name"] == name)

    def codes(self) -> set[str]:
        """The errors of a plan, and of what stands before one."""
        try:
            found = self.plan().diagnostics
        except ReconcilerError as error:
            found = error.diagnostics
        return {one.code for one in found if one.severity == "error"}


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with running(seed="demo") as sandbox:
        yield World(tmp_path, sandbox)


def test_the_cookbook_s_words_are_accepted_and_the_rest_is_asked_for(made: World) -> None:
    said = json.loads(snippet("### 5.5", "json").partition("\n")[2])
    envelope = {"apiVersion": "reconciler/v1", "kind": "AiAgent", "metadata": {"name": said["agent"]}}
    made.write("agent.yaml", json.dumps({**envelope, "spec": said}))
    assert made.codes() == {"agent.owner", "agent.purpose", "agent.keys"}
    more = {"owner": "ada", "purpose": "Finds badly formed contact data.", "scope": {"keys": ["person.fullName"]}}
    job = {"name": "names", "prompt": "Which names are odd?", "skills": ["Create Rules"]}
    made.write("agent.yaml", json.dumps({**envelope, "spec": {**said, **more, "jobs": [job]}}))
    assert "agent.sample" in {one.code for one in made.plan().diagnostics}, "CluedIn takes 1,000 records at most"
    assert made.apply().complete
    [source] = made.job("names")["dataSources"]
    assert (source["sample"], source["sampleSize"]) == (True, 1000)
    assert made.job("names")["enabled"] is False, "an analysis runs when it is asked to"
    assert made.actions() == []


@pytest.mark.parametrize("word", ["auto_fix", "auto-fix", "AutoFix", "auto fix", "AUTO_FIX"])
def test_there_is_no_way_to_let_it_fix_by_itself(made: World, word: str) -> None:
    made.write("agent.yaml", AGENT.replace("mode: suggest", f"mode: {word}"))
    with pytest.raises(ReconcilerError, match="nothing fixes by itself until somebody has reviewed it"):
        made.plan()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("owner: ada", "owner: nobody", "agent.owner"),
        ("contact data.", "x.", ""),
        ("Finds badly formed contact data.", "Finds.", "agent.purpose"),
        ("entity: Person, ", "", "agent.entity"),
        ("entity: Person", "entity: Persons", "entity.unknown"),
        ("person.fullName", "person.fullname", "key.unknown"),
        ("Create Rules", "Create Rule", "agent.skill"),
        ("Create Rules", "Find Duplicates", "agent.approves"),
        ("eu-small", "eu-large", "agent.model"),
        ('"Which names are odd?"', "{file: none.md}", "agent.file"),
        ('"Which names are odd?"', '"https://x.test/?sig=abcdefghij"', "agent.secret"),
        ('"Which names are odd?"', "{file: empty.md}", "agent.text"),
        ('"Which names are odd?"', "{file: outside.md}", "agent.file"),
        ('"Which names are odd?"', "{file: bell.md}", "agent.file"),
        ('"Which names are odd?"', "{file: agents}", "agent.file"),
        ('"Which names are odd?"', '"Say sandbox-password to get in."', "agent.secret"),
        ("skills:", "schedule: hello, skills:", "agent.cron"),
        ("skills:", "schedule: 99 99 99 99 99, skills:", "agent.cron"),
        ("skills:", "schedule: 0 6 ? * MON-FRI, skills:", ""),
        ("sample: 100", "where: [{raw: {}}], sample: 100", "condition.raw"),
        ("  model:", "  review_by: 2020-01-31\n  model:", "agent.review"),
        ("sample: 100", "masked_by: mask_email, sample: 100", "agent.masked"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(made: World, old: str, new: str, code: str) -> None:
    assert old in AGENT
    folder = made.root / "manifests"
    (folder / "agents").mkdir()
    (folder / "empty.md").write_text(" \n", encoding="utf-8")
    (folder / "bell.md").write_text("Look\a here.", encoding="utf-8")
    (made.root.parent / "beside.md").write_text("What only the machine knows.", encoding="utf-8")
    (folder / "outside.md").symlink_to(made.root.parent / "beside.md")
    made.write("agent.yaml", AGENT.replace(old, new))
    assert made.codes() == ({code} if code else set())
    assert made.writes() == []


def test_labelled_keys_are_read_only_where_somebody_approves_the_label(made: World) -> None:
    made.write("guest.yaml", LABELLED)
    assert made.apply().complete
    reads = AGENT.replace("entity: Person, keys: [person.fullName]", "entity: /Guest, keys: [guest.mail]")
    made.write("agent.yaml", reads)
    assert made.codes() == {"agent.labelled_key"}
    made.write("agent.yaml", reads.replace("  model:", "  allow_labels: [PII]\n  prompt_logging: 'off'\n  model:"))
    assert made.codes() == {"agent.logging"}
    made.write("agent.yaml", reads.replace("  model:", "  allow_labels: [PII]\n  model:"))
    with pytest.raises(ReconcilerError, match="PII"):
        made.apply()
    made.edit("environments/sandbox.yaml", "allow_disruptive: true", "allow_disruptive: true, approved_labels: [PII]")
    assert made.apply().complete


def test_suggestions_wait_for_people_only_where_nothing_is_approved_by_itself(made: World) -> None:
    made.write("agent.yaml", AGENT)
    switch = next(one for one in made.world.all(SETTING) if one.get("group") == "AI Agents")
    made.world.put(SETTING, {**switch, "value": "true"})
    assert made.codes() == {"agent.auto_approve"}
    made.world.drop(SETTING, switch["key"])
    assert made.codes() == {"agent.auto_approve"}, "nobody knows"
    made.edit("environments/sandbox.yaml", "    roles:", "    ai_auto_approve: 'off'\n    roles:")
    assert made.codes() == set()
    made.edit("environments/sandbox.yaml", "    ai_auto_approve: 'off'\n", "")
    made.edit("agent.yaml", "mode: suggest", "mode: analysis")
    assert made.codes() == set()
    assert made.apply().complete


def test_nobody_switches_that_on_beside_agents(made: World) -> None:
    switch = next(one for one in made.world.all(SETTING) if one.get("group") == "AI Agents")
    settings = "apiVersion: reconciler/v1\nkind: Setting\nmetadata: {name: settings}\nspec:\n  set: {%s: true}\n"
    made.write("settings.yaml", settings % switch["key"])
    assert made.codes() == set()
    made.write("agent.yaml", AGENT)
    assert made.codes() == {"setting.auto_approve"}
    made.edit("settings.yaml", "true", "false")
    assert made.codes() == set()


def test_without_the_feature_the_version_or_the_job_that_shows_it_nothing_is_written(made: World) -> None:
    made.write("agent.yaml", AGENT)
    made.http("PUT", "/_sandbox/settings", json={"ai_agents": False})
    assert made.plan().refused
    assert made.plan().changes == []
    made.http("PUT", "/_sandbox/settings", json={"ai_agents": True})
    template = made.job("reconciler-template")
    made.world.put(AI_JOB, {**template, "allowedSkills": []})
    assert made.codes() == {"agent.template"}
    made.world.put(AI_JOB, template)
    assert made.codes() == set()
    made.world._settings.cluedin_version = "4.5"
    assert made.codes() == {"agent.version"}
    assert made.writes() == []


def test_what_people_add_to_an_agent_stays(made: World) -> None:
    made.write("agent.yaml", AGENT)
    assert made.apply().complete
    agent = next(one for one in made.world.all(AI_AGENT, latest=True) if one["name"] == "dq-analyzer")
    assert agent["metadata"]["reconciler.owner"] == "ada"
    assert len(agent["metadata"]["reconciler.digest"]) == 16
    made.world.put(AI_AGENT, {**agent, "metadata": {**agent["metadata"], "team": "data"}, "description": "Of people."})
    made.world.put(AI_JOB, {**made.job("names"), "description": "Of people.", "metadata": {"a": "b"}})
    made.edit("agent.yaml", "Finds badly", "Finds very badly")
    made.edit("agent.yaml", "sample: 100", "sample: 50")
    assert made.apply().complete
    agent = next(one for one in made.world.all(AI_AGENT, latest=True) if one["name"] == "dq-analyzer")
    assert (agent["metadata"]["team"], agent["description"]) == ("data", "Of people.")
    job = made.job("names")
    assert (job["description"], job["metadata"]) == ("Of people.", {"a": "b"})
    assert job["dataSources"][0]["sampleSize"] == 50


def test_a_job_is_on_last_and_a_schedule_runs_from_then_on(made: World) -> None:
    made.write("agent.yaml", AGENT.replace("[Create Rules]", '[Create Rules], schedule: "0 6 * * *"'))
    assert made.apply().complete
    assert len(made.world.all(AI_RUN, latest=True)) == 1
    wrote = [(one["method"], one["path"].rpartition("/")[0]) for one in made.writes() if "/ai" in one["path"]]
    assert [method for method, _ in wrote] == ["POST", "POST", "PATCH"]


def test_what_was_approved_is_kept_for_audit(made: World) -> None:
    made.write("agent.yaml", AGENT + "  on_remove: delete\n")
    assert made.apply().complete
    job = made.job("names")
    made.world.put(
        AI_RUN, {"id": job["id"], "job": job["id"], "startedAt": "2026-01-01", "chats": [], "approved": True}
    )
    (made.root / "manifests/agent.yaml").unlink()
    removed = [one for one in made.plan(prune=True).changes if one.action == "delete"]
    result = made.apply(prune=True, allow_deletes=len(removed))
    assert not result.complete
    assert any("kept for audit" in one.message for one in result.outcomes)
    assert made.job("names")


def test_one_that_runs_elsewhere_is_checked_and_not_written(made: World) -> None:
    made.write("agent.yaml", AGENT.replace("  model:", "  host: external\n  model:"))
    assert "agent.external" in {one.code for one in made.session().draft().findings}
    assert made.apply().complete
    assert [one["name"] for one in made.world.all(AI_AGENT, latest=True)] == ["reconciler-template"]
    made.edit("agent.yaml", "owner: ada", "owner: nobody")
    assert made.codes() == {"agent.owner"}


def test_a_day_of_review_that_is_to_come(made: World) -> None:
    day = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=2)
    made.write("agent.yaml", AGENT.replace("  model:", f"  review_by: {day.isoformat()}\n  model:"))
    assert made.codes() == set()
