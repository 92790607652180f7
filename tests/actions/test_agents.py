"""`agents analyse` and `agents log`: runs of which nothing counts, and what was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import main
from reconciler_sandbox.cluedin.world import AI_JOB, AI_RUN
from reconciler_sandbox.server import running

from ..scenarios.test_agents import AGENT, World

Run = Callable[..., tuple[int, str]]
NEVER = ("/approvals", "bulk-result-approval-request", "/execution-queue")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with running(seed="demo") as sandbox:
        world = World(tmp_path, sandbox)
        world.write("agent.yaml", AGENT)
        assert world.apply().complete
        yield world


@pytest.fixture
def run(made: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for name, value in made.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CI", raising=False)

    def go(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as left:
            main(["--project", str(made.root), "--env", "sandbox", *words])
        told = capsys.readouterr()
        return int(left.value.code or 0), told.out + told.err

    return go


def runs(made: World) -> list[dict[str, Any]]:
    return list(made.world.all(AI_RUN, latest=True))


def test_an_analysis_is_a_dry_run(made: World, run: Run) -> None:
    code, told = run("agents", "analyse", "dq-analyzer", "--wait", "10")
    assert (code, "Complete: an analysis by names" in told) == (0, True)
    [one] = runs(made)
    assert one["dryRun"] is True
    assert one["chats"][0]["input"] == "Which names are odd?"
    assert not any(word in request["path"] for request in made.requests() for word in NEVER)


def test_a_job_that_reads_more_than_the_manifest_says_is_not_run(made: World, run: Run) -> None:
    job = made.job("names")
    [source] = job["dataSources"]
    made.world.put(AI_JOB, {**job, "dataSources": [{**source, "vocabularyKeys": []}]})
    code, told = run("agents", "analyse", "dq-analyzer")
    assert (code, "reads other data in CluedIn than the manifest says" in told) == (4, True)
    assert runs(made) == []


def test_what_stands_in_the_way_of_a_plan_stands_in_the_way_of_an_analysis(made: World, run: Run) -> None:
    made.edit("agent.yaml", "  model:", "  review_by: 2020-01-31\n  model:")
    code, told = run("agents", "analyse", "dq-analyzer")
    assert (code, "had to look at the agent again" in told) == (4, True)
    assert runs(made) == []


def test_the_log_has_ids_and_costs_and_texts_only_where_they_are_asked_for(made: World, run: Run) -> None:
    assert run("agents", "log", "dq-analyzer") == (0, "Nothing was asked.\n") or runs(made) == []
    run("agents", "analyse", "dq-analyzer")
    code, told = run("-q", "agents", "log", "dq-analyzer", "--format", "json")
    said = json.loads(told)
    [asked] = said["asked"]
    assert code == 0
    assert asked["chat"] == runs(made)[0]["chats"][0]["id"]
    assert asked["cost"] == "0.0125 EUR"
    assert said["correlation_id"]
    assert "Which names" not in told
    assert not any(request["path"].endswith(asked["chat"]) for request in made.requests()), "no text was read"
    _, told = run("-q", "agents", "log", "dq-analyzer", "--with-text")
    assert "asked: Which names are odd?" in told
    _, told = run("-q", "agents", "log", "dq-analyzer", "--since", "2199-01-01")
    assert "Nothing was asked." in told


def test_texts_about_labelled_keys_are_never_shown(made: World, run: Run) -> None:
    run("agents", "analyse", "dq-analyzer")
    made.write("labels.yaml", "apiVersion: reconciler/v1\nkind: LabelMap\nmetadata: {name: labels}\n"
                              "spec: {labels: {PII: {classification: CLUEDIN.PII}}}\n")  # fmt: skip
    made.edit("agent.yaml", "  model:", "  allow_labels: [PII]\n  model:")
    code, told = run("agents", "log", "dq-analyzer", "--with-text")
    assert (code, "Which names" in told) == (4, False)


def test_an_agent_that_nobody_wrote(run: Run) -> None:
    code, told = run("agents", "log", "dq-analyser")
    assert code == 1
    assert "Did you mean `dq-analyzer`" in told or "dq-analyzer" in told
