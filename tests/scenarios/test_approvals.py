"""CluedIn's approval pipeline: a write is answered well, and waits for a person."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.errors import Exit
from reconciler.resources.cluedin.vocabulary import Vocabulary

from ..support import SECRETS, Project

ADDRESS = "cluedin.vocabulary:product"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Vocabulary, "settle", 0.3)


def rest(project: Project, method: str, path: str) -> Any:
    form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
    token = project.http("POST", "/auth/connect/token", data={**form, "password": SECRETS["CLUEDIN_PASSWORD"]})
    headers = {"authorization": f"Bearer {token['access_token']}"}
    answer = httpx.request(method, f"{project.url}/api/api/v1{path}", headers=headers)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def waiting(applied: Project) -> Any:
    """An update that waits for an approval."""
    applied.edit("glossary/product.yaml", "    name: Product\n    key_prefix", "    name: Goods\n    key_prefix")
    applied.http("POST", "/_sandbox/settings", json={"approvals": True})
    return applied.apply()


def test_it_is_reported_and_shown_as_pending_and_found_done_later(applied: Project) -> None:
    result = waiting(applied)
    assert [(o.change.address, o.status) for o in result.outcomes] == [(ADDRESS, "unverified")]
    assert result.exit_code == Exit.PARTIAL
    writes = len(applied.writes())
    assert applied.actions() == [("pending", ADDRESS)]
    assert applied.apply().complete, "nothing is written for what waits"
    assert len(applied.writes()) == writes
    applied.http("POST", "/_sandbox/settings", json={"approvals": False})
    tasks = rest(applied, "GET", "/tasks")
    rows = tasks["data"] if isinstance(tasks, dict) and "data" in tasks else tasks
    for task in rows if isinstance(rows, list) else tasks["items"]:
        rest(applied, "PUT", f"/tasks/approval/approve/{task['id']}")
    assert applied.actions() == []
    applied.apply()
    session = applied.session()
    assert session.book(session.draft()).load().entries[ADDRESS].intent is None


def test_it_is_sent_again_when_asked(applied: Project) -> None:
    waiting(applied)
    applied.http("POST", "/_sandbox/settings", json={"approvals": False})
    assert applied.actions() == [("pending", ADDRESS)]
    assert applied.apply(retry_pending=True).complete
    assert applied.actions() == []
