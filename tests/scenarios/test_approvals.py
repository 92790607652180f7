"""CluedIn's approval pipeline: a write is answered well, and waits for a person."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from reconciler.errors import Exit
from reconciler.resources import types
from reconciler.systems import cluedin_tasks
from reconciler_sandbox.cluedin.world import World

from .. import portal
from ..support import SECRETS, Project
from .conftest import ROOT

pytestmark = pytest.mark.long

ADDRESS = "cluedin.vocabulary:product"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for resource in types().values():
        monkeypatch.setattr(type(resource), "settle", 0.1)


@pytest.fixture
def example(example: Project) -> Project:
    """The glossary of the worked example, which is enough to wait for people."""
    for folder in (example.root / "manifests").iterdir():
        if folder.is_dir() and folder.name not in ("environments", "glossary"):
            shutil.rmtree(folder)
    return example


def rest(project: Project, method: str, path: str, body: Any = None) -> Any:
    form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
    token = project.http("POST", "/auth/connect/token", data={**form, "password": SECRETS["CLUEDIN_PASSWORD"]})
    headers = {"authorization": f"Bearer {token['access_token']}"}
    answer = portal.request(method, f"{project.url}/api/api/v1{path}", headers=headers, json=body)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def approvals(project: Project, on: bool) -> None:
    project.http("POST", "/_sandbox/settings", json={"approvals": on})


def tasks(project: Project) -> list[str]:
    """The ids of the open tasks, oldest first."""
    return [task["id"] for task in rest(project, "GET", "/tasks?take=500")["data"]]


def decide(project: Project, word: str) -> int:
    """Somebody approves or rejects everything that is open."""
    found = tasks(project)
    for task in found:
        rest(project, "PUT", f"/tasks/approval/{word}/{task}", {"reason": "decided"})
    return len(found)


def waiting(applied: Project) -> Any:
    """An update that waits for an approval."""
    applied.edit("glossary/product.yaml", "    name: Product\n    key_prefix", "    name: Goods\n    key_prefix")
    approvals(applied, True)
    return applied.apply()


def intent_of(project: Project, address: str) -> Any:
    session = project.session()
    return session.book(session.draft()).load().entries[address].intent


def test_it_is_reported_and_shown_as_pending_and_found_done_later(applied: Project) -> None:
    result = waiting(applied)
    (task,) = tasks(applied)
    outcome = [(o.change.address, o.status, o.message) for o in result.outcomes]
    assert outcome == [(ADDRESS, "pending", f"waits for approval: task {task}")]
    assert result.exit_code == Exit.PARTIAL
    writes = len(applied.writes())
    plan = applied.plan()
    assert [(change.action, change.message) for change in plan.changes] == [("pending", outcome[0][2])]
    assert applied.apply().complete, "nothing is written for what waits"
    assert (len(applied.writes()), tasks(applied)) == (writes, [task])
    approvals(applied, False)
    decide(applied, "approve")
    assert applied.actions() == []
    applied.apply()
    assert intent_of(applied, ADDRESS) is None


def test_a_rejected_task_opens_the_change_again(applied: Project) -> None:
    waiting(applied)
    decide(applied, "reject")
    assert applied.actions() == [("update", ADDRESS)]
    assert applied.apply().summary == {"pending": 1}, "asked for anew"
    assert len(tasks(applied)) == 1
    approvals(applied, False)
    decide(applied, "reject")
    assert applied.apply().complete
    assert applied.actions() == []


def test_a_task_that_was_closed_without_a_word_is_not_sent_again(
    applied: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Approved writes are carried out a little later, so silence is no reason to ask twice."""
    waiting(applied)
    decide(applied, "reject")
    monkeypatch.setattr(cluedin_tasks, "_WORDS", ())
    (change,) = applied.plan().changes
    assert (change.action, "--retry-pending" in change.message) == ("pending", True)
    assert applied.actions(retry_pending=True) == [("update", ADDRESS)]


def test_what_was_approved_is_waited_for_until_it_shows(applied: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting(applied)
    monkeypatch.setattr(World, "approve", lambda *_: None)
    decide(applied, "approve")
    (change,) = applied.plan().changes
    assert (change.action, change.message[:34]) == ("pending", "was approved and does not show yet")


def test_where_tasks_are_hidden_it_is_unverified(applied: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluedin_tasks, "_ask", lambda *_: None)
    assert [outcome.status for outcome in waiting(applied).outcomes] == ["unverified"]
    assert applied.actions() == [("pending", ADDRESS)]


def test_it_is_sent_again_when_asked(applied: Project) -> None:
    waiting(applied)
    approvals(applied, False)
    assert applied.actions() == [("pending", ADDRESS)]
    assert applied.apply(retry_pending=True).complete
    assert applied.actions() == []


@pytest.mark.parametrize(("removed", "action"), [("delete", "delete"), ("obsolete", "retire")])
def test_a_removal_is_asked_for_once(example: Project, removed: str, action: str) -> None:
    example.edit("glossary/product.yaml", "removed: keep", f"removed: {removed}")
    assert example.apply().complete
    row = "    - {name: Title, key: title, definition: Name on the invoice.}\n"
    example.edit("glossary/product.yaml", row, "")
    approvals(example, True)
    key = "cluedin.vocabulary_key:product.title"
    result = example.apply(prune=True)
    waits = [(o.change.action, o.change.address) for o in result.outcomes if o.status == "pending"]
    assert (waits, len(tasks(example)), result.exit_code) == ([(action, key)], 1, Exit.PARTIAL)
    result = example.apply(prune=True)
    assert [(c.action, c.address) for c in result.plan.changes] == [("pending", key)]
    assert (len(tasks(example)), result.exit_code) == (1, Exit.OK)
    decide(example, "approve")
    writes = len(example.writes())
    assert example.apply(prune=True).complete
    assert len(example.writes()) == writes, "what was approved is found done"
    assert example.actions(prune=True) == []


@pytest.mark.long
def test_a_whole_project_goes_through_approvals_without_asking_twice(example: Project) -> None:
    """Each agreement lets the next step ask; a key's classification comes after the key, and is disruptive."""
    shutil.copytree(ROOT / "manifests", example.root / "manifests", dirs_exist_ok=True)
    example.edit("environments/sandbox.yaml", "    allow_disruptive: [", "    allow_disruptive: true # [")
    approvals(example, True)
    asked = 0
    for _ in range(8):
        result = example.apply()
        assert {outcome.status for outcome in result.outcomes} <= {"done", "pending", "skipped"}
        open_ = tasks(example)
        if not open_:
            break
        assert result.exit_code == Exit.PARTIAL
        assert not example.apply().wrote
        assert tasks(example) == open_, "what waits is not asked for again"
        asked += decide(example, "approve")
    assert asked > 10
    assert example.actions() == []
